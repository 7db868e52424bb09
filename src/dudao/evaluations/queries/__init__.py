"""Reads of evaluations, split by subject."""
