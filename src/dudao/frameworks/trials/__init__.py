"""Trials as pure functions of what was loaded: what their pages show (`shown`), and playing with one (`changed`)."""
