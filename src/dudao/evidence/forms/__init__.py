"""Forms of the evidence library."""
