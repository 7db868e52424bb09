"""Documents and workbooks of selection."""
