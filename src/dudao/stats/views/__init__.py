"""Pages of statistics, split by subject: parse, call an action or a query, render."""
