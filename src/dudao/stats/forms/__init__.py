"""The forms of statistics, by subject."""
