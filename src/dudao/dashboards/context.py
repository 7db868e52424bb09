"""What every page needs around its content."""

from typing import Any

from django.http import HttpRequest

__all__ = ["shell"]


def shell(request: HttpRequest) -> dict[str, Any]:
    return {}
