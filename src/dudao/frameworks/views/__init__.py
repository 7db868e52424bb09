"""Pages of indicator systems, by subject."""
