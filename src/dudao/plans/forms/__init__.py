"""Forms of plans: the shape of input, split by subject."""
