"""Keys that name a place in another app: «mark:12:B2» is the kind of place and the parts that find it there.

    MARK = Kind("mark", int, str)
    MARK.key(12, "B2") == "mark:12:B2"        MARK.read("mark:12:B2") == [12, "B2"]

An app below asks what stands at a key; the apps above answer, each for its own kinds (`Answers`).
"""

from typing import Any, Generic, TypeVar

A = TypeVar("A")


def is_number(text: str) -> bool:
    """Whether a text from an address is a number that the database can look up."""
    return text.isascii() and text.isdigit() and len(text) < 18


def number_in(text: str | None) -> int | None:
    """The number that an address or a hidden field says; ``None`` for anything else."""
    return int(text) if text and is_number(text) else None


class Kind:
    """A kind of place, and the one spot where its keys are written and read.

    The last part may hold colons itself. A key comes from an address: what isn't one of this kind is read as ``None``.
    """

    def __init__(self, name: str, *parts: type[int] | type[str]) -> None:
        if not name or ":" in name:
            raise ValueError(f"a kind of place is named without a colon, not «{name}»")
        self.name, self.parts = name, parts

    def key(self, *parts: object) -> str:
        """The key of a place; of fewer parts what the keys of all places below begin with."""
        return ":".join([self.name, *map(str, parts), *([""] if len(parts) < len(self.parts) else [])])

    def read(self, key: str) -> list[Any] | None:
        name, *texts = key.split(":", len(self.parts))
        if name != self.name or len(texts) != len(self.parts) or "" in texts:
            return None
        found: list[Any] = []
        for text, part in zip(texts, self.parts, strict=True):
            if part is int and not is_number(text):
                return None
            found.append(part(text))
        return found


class Answers(Generic[A]):
    """What the apps above say of the kinds of places they know, filled when they are loaded (``AppConfig.ready``)."""

    def __init__(self, asked: str) -> None:
        self.asked = asked
        self.given: dict[str, tuple[Kind, A]] = {}

    def register(self, kind: Kind, answer: A) -> None:
        if self.given.setdefault(kind.name, (kind, answer)) != (kind, answer):
            raise ValueError(f"{self.asked} at {kind.name}: two answers to one question")

    def of(self, key: str) -> A | None:
        """Who answers for this kind of key."""
        known = self.given.get(key.partition(":")[0])
        return known[1] if known is not None else None

    def at(self, key: str) -> tuple[A, list[Any]] | None:
        """Who answers, and the parts to ask with; ``None`` for what nobody knows and what is no key."""
        kind, answer = self.given.get(key.partition(":")[0], (None, None))
        parts = kind.read(key) if kind is not None else None
        return (answer, parts) if answer is not None and parts is not None else None
