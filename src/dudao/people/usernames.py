"""Log-in names for many accounts at once: pure rules over plain values.

By code: the institution code, which is a school's own for life. By number: the county's pinyin initials and a running number.
A second account of a school at the same code gets «-2».
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

BY_CODE = "code"
BY_NUMBER = "number"
RULES = {BY_CODE: "学校（机构）标识码", BY_NUMBER: "县名拼音首字母 + 序号"}
_LEAST, _MOST = 3, 40


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a name is for: the unit's number and its institution code ("" when it has none)."""

    unit_id: int
    code: str


def propose(bearers: Sequence[Bearer], rule: str, prefix: str, taken: Collection[str]) -> dict[int, str]:
    """A free name for each unit. Without a code the unit is named by number. ``prefix``: initials, for example ``pjx``."""
    used = {name.casefold() for name in taken}
    numbers = [int(found[1]) for name in used if (found := re.fullmatch(rf"{re.escape(prefix)}(\d+)", name))]
    last = max(numbers, default=0)
    names: dict[int, str] = {}
    for bearer in bearers:
        if rule == BY_CODE and bearer.code:
            name = bearer.code.casefold()
            again = 2
            while name in used:
                name = f"{bearer.code.casefold()}-{again}"
                again += 1
        else:
            last += 1
            name = f"{prefix}{last:04d}"
            while name in used:
                last += 1
                name = f"{prefix}{last:04d}"
        used.add(name)
        names[bearer.unit_id] = name
    return names


def why_bad(username: str) -> str:
    """What is wrong with a log-in name, or ""."""
    if not _LEAST <= len(username) <= _MOST:
        return f"登录名“{username}”有 {len(username)} 个字符，应为 {_LEAST} 至 {_MOST} 个。"
    if not re.fullmatch(r"[a-z0-9][a-z0-9._@-]*", username):
        return f"登录名“{username}”只能用小写字母、数字和 . _ @ -，并以字母或数字开头。"
    return ""
