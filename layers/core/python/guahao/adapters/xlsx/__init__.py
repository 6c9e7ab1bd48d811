"""Spreadsheets, read and written row by row."""
