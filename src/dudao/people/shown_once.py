"""What is shown once and kept nowhere else: fresh one-time codes, recovery codes.

They lie sealed in the person's own session for a quarter of an hour, so that the page can be printed again and its Excel file
fetched; then, on log-out, or when the person says so, they are gone. The database never holds them readable.
"""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from dudao.people.actions import FreshLogin
from dudao.people.secrets import Unreadable, seal, unseal

_KEY = "shown_once"
_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Slip:
    """One person's slip of the sheet."""

    unit: str
    role: str
    name: str
    username: str
    code: str


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    expires: str
    slips: tuple[Slip, ...]


def keep(session: SessionBase, kind: str, content: Any) -> None:
    text = json.dumps({"at": int(time.time()), "content": content}, ensure_ascii=False)
    session[_KEY] = {**session.get(_KEY, {}), kind: seal(f"shown once {kind}", text)}


def kept(session: SessionBase, kind: str) -> Any:
    """The content while it lasts, else None."""
    sealed = session.get(_KEY, {}).get(kind)
    if sealed is None:
        return None
    try:
        found = json.loads(unseal(f"shown once {kind}", sealed))
    except Unreadable:
        found = {"at": 0}
    if time.time() - found["at"] > _SECONDS:
        forget(session, kind)
        return None
    return found["content"]


def forget(session: SessionBase, kind: str) -> None:
    session[_KEY] = {name: value for name, value in session.get(_KEY, {}).items() if name != kind}


def keep_logins(session: SessionBase, title: str, fresh: Iterable[FreshLogin], expires: str) -> None:
    slips = [[one.unit.name, one.role_label, one.account.name, one.username, one.code] for one in fresh]
    keep(session, "sheet", {"title": title, "expires": expires, "slips": slips})


def sheet_of(session: SessionBase) -> Sheet | None:
    found = kept(session, "sheet")
    if found is None:
        return None
    return Sheet(found["title"], found["expires"], tuple(Slip(*slip) for slip in found["slips"]))
