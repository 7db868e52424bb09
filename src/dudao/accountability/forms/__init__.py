"""The shape of what people fill in about cases and talks."""
