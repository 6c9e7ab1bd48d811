"""Lists of others that the product carries: each is written from a maintained package into a small file, and the package stays out."""
