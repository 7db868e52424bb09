"""Reads over findings: rows and who sees them, lights, terms, what has come back, the board."""
