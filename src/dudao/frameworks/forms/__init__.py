"""The forms of indicator systems, by subject."""
