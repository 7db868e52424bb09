"""The hook for a seal service (电子签章服务). The platform issues no seals; an office that has a service connects it here.

A service is one object that a setting names (``DUDAO_SEAL_SERVICE=package.module:object``, docs/operations.md). It is handed the
finished PDF/A once, while the paper is being issued, and answers the same paper with the seal. What it answers is what is frozen,
hashed and delivered; when it raises `SealRefused` the paper stays signed and nothing was issued.
"""

import importlib
from typing import Protocol

from django.conf import settings


class SealRefused(Exception):
    """The service didn't seal. The message is shown to the person who issues: what, and what to do."""


class SealService(Protocol):
    """What the platform asks of a seal service. Called inside a transaction that holds the paper: answer within seconds."""

    name: str
    """What the page calls it."""

    def seal(self, pdf: bytes, *, office: str, title: str, number: str) -> bytes:
        """The same pages with the office's seal. ``office`` is the full name in the signature. Raises `SealRefused`."""
        ...


def service() -> SealService | None:
    """The service that this platform is connected to, or None."""
    path: str = settings.SEAL_SERVICE
    if not path:
        return None
    module, _, name = path.partition(":")
    found: SealService = getattr(importlib.import_module(module), name)
    return found
