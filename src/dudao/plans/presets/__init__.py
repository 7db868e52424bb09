"""Choosable defaults as data: rule tables of lights, chains of steps per kind of work."""
