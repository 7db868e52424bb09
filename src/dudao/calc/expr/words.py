"""Columns of yes and no, and of words: one value a row, each with a `State`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dudao.calc.expr.ints import Bools, Index, States
from dudao.calc.expr.states import State

_KNOWN: Final[States] = np.zeros(1, np.uint8)


class Truths:
    """A column of yes and no, in the logic of three values: no «and» unknown is no, yes «or» unknown is yes."""

    __slots__ = ("state", "value")

    def __init__(self, value: Bools, state: States) -> None:
        self.value = value
        self.state = state

    @classmethod
    def constant(cls, value: bool) -> Truths:
        return cls(np.array([value]), _KNOWN)

    @classmethod
    def of(cls, values: Sequence[bool | None], absent: State = State.ABSENT) -> Truths:
        state = np.array([absent if value is None else 0 for value in values], np.uint8)
        return cls(np.array([bool(value) for value in values], np.bool_), state)

    def __len__(self) -> int:
        return len(self.state)

    def at(self, row: int) -> bool | None:
        return None if self.state[row] else bool(self.value[row])

    def values(self) -> list[bool | None]:
        return [self.at(row) for row in range(len(self))]

    def take(self, rows: Index | slice) -> Truths:
        return Truths(self.value[rows], self.state[rows])

    def spread(self, size: int) -> Truths:
        if len(self) == size:
            return self
        return Truths(np.broadcast_to(self.value, size), np.broadcast_to(self.state, size))

    def with_state(self, state: States) -> Truths:
        return Truths(self.value, state)

    def true(self) -> Bools:
        """Rows known to be true."""
        known: Bools = self.state == 0
        return self.value & known

    def false(self) -> Bools:
        known: Bools = self.state == 0
        return ~self.value & known

    def both(self, other: Truths) -> Truths:
        state = np.where(self.false() | other.false(), np.uint8(0), np.maximum(self.state, other.state))
        return Truths(self.value & other.value, state)

    def either(self, other: Truths) -> Truths:
        return ~(~self).both(~other)

    def __invert__(self) -> Truths:
        return Truths(~self.value, self.state)

    def with_row(self, row: int, one: Truths) -> Truths:
        value, state = self.value.copy(), self.state.copy()
        value[row], state[row] = one.value[0], one.state[0]
        return Truths(value, state)

    def choose(self, where: Bools, other: Truths) -> Truths:
        return Truths(np.where(where, self.value, other.value), np.where(where, self.state, other.state))


class Texts:
    """A column of words from a short list: ``labels[code[row]]``."""

    __slots__ = ("code", "labels", "state")

    def __init__(self, code: NDArray[np.int32], labels: tuple[str, ...], state: States) -> None:
        self.code = code
        self.labels = labels
        self.state = state

    @classmethod
    def constant(cls, value: str) -> Texts:
        return cls(np.zeros(1, np.int32), (value,), _KNOWN)

    @classmethod
    def of(cls, values: Sequence[str | None], absent: State = State.ABSENT) -> Texts:
        labels = tuple(dict.fromkeys(value for value in values if value is not None)) or ("",)
        index = {label: number for number, label in enumerate(labels)}
        code = np.array([0 if value is None else index[value] for value in values], np.int32)
        return cls(code, labels, np.array([absent if value is None else 0 for value in values], np.uint8))

    def __len__(self) -> int:
        return len(self.state)

    def at(self, row: int) -> str | None:
        return None if self.state[row] else self.labels[self.code[row]]

    def values(self) -> list[str | None]:
        return [self.at(row) for row in range(len(self))]

    def take(self, rows: Index | slice) -> Texts:
        return Texts(self.code[rows], self.labels, self.state[rows])

    def spread(self, size: int) -> Texts:
        if len(self) == size:
            return self
        return Texts(np.broadcast_to(self.code, size), self.labels, np.broadcast_to(self.state, size))

    def with_state(self, state: States) -> Texts:
        return Texts(self.code, self.labels, state)

    def _recoded(self, labels: tuple[str, ...]) -> NDArray[np.int32]:
        if labels == self.labels:
            return self.code
        index = {label: number for number, label in enumerate(labels)}
        return np.array([index.get(label, 0) for label in self.labels], np.int32)[self.code]

    def recoded(self, labels: tuple[str, ...]) -> Texts:
        """The same words by their places in ``labels``, which must hold all that are known."""
        return Texts(self._recoded(labels), labels, self.state)

    def equals(self, other: Texts) -> Truths:
        labels = tuple(dict.fromkeys(self.labels + other.labels))
        same = self._recoded(labels) == other._recoded(labels)
        return Truths(same, np.maximum(self.state, other.state))

    def among(self, words: Sequence[str]) -> Bools:
        """Rows known to be one of the words."""
        wanted: Bools = np.array([label in words for label in self.labels])
        known: Bools = self.state == 0
        return wanted[self.code] & known

    def with_row(self, row: int, one: Texts) -> Texts:
        where = np.zeros(len(self), np.bool_)
        where[row] = True
        return one.choose(where, self)

    def choose(self, where: Bools, other: Texts) -> Texts:
        labels = tuple(dict.fromkeys(self.labels + other.labels))
        code = np.where(where, self._recoded(labels), other._recoded(labels))
        return Texts(code, labels, np.where(where, self.state, other.state))
