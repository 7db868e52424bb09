"""Pages of evaluations, split by subject."""
