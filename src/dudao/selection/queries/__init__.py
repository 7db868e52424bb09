"""Reads of selection, split by subject."""
