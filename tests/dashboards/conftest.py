"""The small city of the plans' tests, here as well."""

from plans.conftest import city  # noqa: F401
