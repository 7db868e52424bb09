"""A GET can't write: while a safe request runs, the database connection refuses every statement that changes rows.

Bookkeeping about the request itself is the only exception, named by table: sessions, and how often an address asks.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

_WRITES = re.compile(
    r"(?:^|[\s(;])(?:INSERT\s+INTO|UPDATE(?!\s+(?:OF|SKIP|NOWAIT)\b)|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|MERGE\s+INTO)"
    r"\s+(?:ONLY\s+)?\"?(\w+)",
    re.IGNORECASE,
)
_EXEMPT = {"django_session", "people_loginsession", "core_brakecount"}


class WriteOnGet(RuntimeError):
    """A safe request tried to write: a fault of the view, which must use POST and an action."""


def _refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    match = _WRITES.search(sql) if isinstance(sql, str) else None
    if match and match.group(1) not in _EXEMPT:
        raise WriteOnGet(f"a GET request tried to write to {match.group(1)}")
    return execute(sql, params, many, context)


class ReadOnlyGetMiddleware:
    """Refuse writes of GET, HEAD and OPTIONS requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            return self.get_response(request)
        with connection.execute_wrapper(_refuse):
            return self.get_response(request)
