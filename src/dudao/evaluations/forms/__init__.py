"""Forms of evaluations, split by subject."""
