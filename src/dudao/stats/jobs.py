"""The background work of statistics."""
