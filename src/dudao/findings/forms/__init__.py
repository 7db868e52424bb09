"""The shape of input about findings, by who fills it in."""
