"""Every write of the evidence library, by subject."""
