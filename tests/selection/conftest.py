"""The town that tests of selection stand on."""

from evaluations.conftest import running, town

__all__ = ["running", "town"]
