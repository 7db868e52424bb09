"""Reads over cases and talks."""
