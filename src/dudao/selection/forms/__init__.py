"""Forms of selection, split by subject."""
