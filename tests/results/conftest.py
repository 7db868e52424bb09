"""The town that tests of results stand on."""

from evaluations.conftest import running, town

__all__ = ["running", "town"]
