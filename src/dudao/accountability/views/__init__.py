"""Pages of cases and talks."""
