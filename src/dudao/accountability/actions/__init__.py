"""Every write of accountability and of talks, by subject."""
