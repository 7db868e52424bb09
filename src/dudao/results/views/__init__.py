"""Pages of results, split by subject."""
