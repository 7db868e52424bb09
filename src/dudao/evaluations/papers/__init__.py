"""Documents and workbooks of evaluations."""
