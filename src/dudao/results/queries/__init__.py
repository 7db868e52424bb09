"""Reads of results, split by subject."""
