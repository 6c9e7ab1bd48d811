"""The papers that are written from the code: what a program can know, nobody types."""
