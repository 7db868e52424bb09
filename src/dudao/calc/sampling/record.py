"""A draw that anybody can check: what was fixed before, the seed, who came out. Pure.

Before the draw a `Plan` is fixed: the frame's digest, the strata with their sizes and numbers, who is left out and why, a title.
Plan and seed together have a commitment, a hash that is published while the seed is still secret. Afterwards the `Record` says
the seed and who was drawn; with the frame beside it everything in it can be computed again (`checks_of`).

Words that somebody says in public at the moment of drawing may be mixed in, so that whoever knows the seed couldn't try seeds
until the outcome pleased. docs/calculations/draws.md has the whole as a stranger needs it.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from dudao.calc.sampling.allocation import AllocationError, check_numbers, proportional, proportional_to_size
from dudao.calc.sampling.frame import Frame, FrameError
from dudao.calc.sampling.pps import pps
from dudao.calc.sampling.tickets import mixed, ticket

FORM = "dudao draw 1"
"""First line of what is hashed: another form of the text says another number."""
FORM_BY_SIZE = "dudao draw 2"
"""The same for draws by size, with a line that names the column of sizes."""


class RecordError(ValueError):
    """What was given is no record of a draw, or can't become one; the message says why."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """``name`` is "" where nothing is stratified. ``size`` counts those that may be drawn, ``n`` those that are."""

    name: str
    size: int
    n: int


@dataclass(frozen=True, slots=True)
class Override:
    """One put in or taken out by a person afterwards, with a reason. What was drawn stays in the record as it was drawn."""

    identifier: str
    way: Literal["in", "out"]
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is fixed before a draw but the seed. ``strata`` by name, ``excluded`` by identifier: (identifier, reason).

    ``size_column``: chances are in proportion to the numbers in this column; empty: everybody in a stratum has the same.
    """

    frame_digest: str
    strata: tuple[Stratum, ...]
    strata_column: str = ""
    excluded: tuple[tuple[str, str], ...] = ()
    title: str = ""
    size_column: str = ""

    def text(self, seed: str) -> str:
        """What the commitment is the hash of: a line each, its parts divided by tabs, every line ended by a line feed."""
        lines = [
            [FORM_BY_SIZE if self.size_column else FORM],
            ["title", self.title],
            ["frame", self.frame_digest],
            ["column", self.strata_column],
            *([["size", self.size_column]] if self.size_column else []),
            *(["stratum", stratum.name, str(stratum.size), str(stratum.n)] for stratum in self.strata),
            *(["excluded", identifier, reason] for identifier, reason in self.excluded),
            ["seed", seed],
        ]
        return "".join("\t".join(line) + "\n" for line in lines)

    def commitment(self, seed: str) -> str:
        """SHA-256 of `text` in UTF-8, 64 hexadecimal digits."""
        return hashlib.sha256(self.text(seed).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Record:
    """``drawn`` by name of stratum, in each by rising ticket; ``words`` were mixed in at the moment of drawing."""

    plan: Plan
    seed: str
    commitment: str
    drawn: tuple[str, ...]
    words: str = ""
    overrides: tuple[Override, ...] = field(default=())

    @property
    def final(self) -> list[str]:
        """Who it came to: the drawn without those taken out, then those put in."""
        out = {one.identifier for one in self.overrides if one.way == "out"}
        return [key for key in self.drawn if key not in out] + [
            one.identifier for one in self.overrides if one.way == "in"
        ]

    def data(self) -> dict[str, Any]:
        """As JSON. What doesn't apply (no strata, nobody left out …) is missing rather than empty."""
        plan = self.plan
        return {
            "seed": self.seed,
            "commitment": self.commitment,
            "frame_digest": plan.frame_digest,
            "strata": [{"name": one.name, "size": one.size, "n": one.n} for one in plan.strata],
            "drawn": list(self.drawn),
            **({"title": plan.title} if plan.title else {}),
            **({"strata_column": plan.strata_column} if plan.strata_column else {}),
            **({"size_column": plan.size_column} if plan.size_column else {}),
            **(
                {"excluded": [{"identifier": key, "reason": why} for key, why in plan.excluded]}
                if plan.excluded
                else {}
            ),
            **({"words": self.words} if self.words else {}),
            **(
                {
                    "overrides": [
                        {"identifier": one.identifier, "way": one.way, "reason": one.reason} for one in self.overrides
                    ]
                }
                if self.overrides
                else {}
            ),
        }


def one_line(text: str) -> bool:
    """Whether a text can stand in what is hashed: no control characters, hence neither tab nor line feed, no halves of letters."""
    return not any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in text)


def plan_of(
    frame: Frame,
    wanted: int | Mapping[str, int],
    *,
    column: str = "",
    excluded: Mapping[str, str] | None = None,
    title: str = "",
    size_column: str = "",
) -> Plan:
    """What will be drawn of a frame: ``wanted`` of all in proportion, or the number named for each stratum.

    With ``size_column`` chances are in proportion to its numbers, and so are the shares of strata (`proportional_to_size`).

    ``excluded``: the reason by identifier. Raises `FrameError` (column, identifiers), `AllocationError` (numbers), `RecordError`
    (a reason that is missing, text of several lines).
    """
    excluded = excluded or {}
    known = {row[0] for row in frame.rows}
    for identifier, reason in excluded.items():
        if identifier not in known:
            raise FrameError(f"要排除的“{identifier}”不在表里。请核对编号。")
        if not reason.strip():
            raise RecordError(f"排除“{identifier}”没有写理由。回避必须写明理由。")
    if not all(one_line(text) for text in (title, *excluded.values())):
        raise RecordError("标题和排除的理由只能写一行，不能有换行和制表符。")
    strata = frame.strata(column, excluded)
    sizes = {name: len(members) for name, members in strata.items()}
    if not isinstance(wanted, int) and not column:
        raise FrameError("没有分层，只能写一个总数。要按层写数量，请指明按哪一列分层。")
    if size_column:
        numbers = _by_size(frame.sizes(size_column, excluded), strata, wanted)
    else:
        numbers = proportional(sizes, wanted) if isinstance(wanted, int) else check_numbers(sizes, wanted)
    return Plan(
        frame.digest,
        tuple(Stratum(name, sizes[name], numbers[name]) for name in sizes),
        column,
        tuple(sorted(excluded.items())),
        title,
        size_column,
    )


def _by_size(
    measured: Mapping[str, Fraction], strata: Mapping[str, Sequence[str]], wanted: int | Mapping[str, int]
) -> dict[str, int]:
    weights, limits = weights_of(measured, strata)
    if isinstance(wanted, int):
        return proportional_to_size(weights, limits, wanted)
    for name, number in wanted.items():
        if name in limits and limits[name] < number <= len(strata[name]):
            raise AllocationError(f"“{name}”要抽 {number} 个，这一层规模大于 0 的只有 {limits[name]} 个。请减少数量。")
    return check_numbers({name: len(members) for name, members in strata.items()}, wanted)


def weights_of(
    measured: Mapping[str, Fraction], strata: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Fraction], dict[str, int]]:
    """(whole size, members with a size) of each stratum."""
    return (
        {name: sum((measured[key] for key in keys), Fraction(0)) for name, keys in strata.items()},
        {name: sum(measured[key] > 0 for key in keys) for name, keys in strata.items()},
    )


def draw_record(plan: Plan, frame: Frame, seed: str, words: str = "") -> Record:
    """Draw: in each stratum the smallest tickets of the seed, the words mixed in. ``plan`` was made of this frame.

    Raises `RecordError` for an empty seed and for one, or words, of several lines.
    """
    if not seed:
        raise RecordError("没有随机种子，抽取不能重现。")
    if not one_line(seed) or not one_line(words):
        raise RecordError("随机种子和现场公布的号码只能是一行，不能有换行和制表符。")
    return Record(plan, seed, plan.commitment(seed), drawn_of(plan, frame, mixed(seed, words)), words)


def drawn_of(plan: Plan, frame: Frame, seed: str) -> tuple[str, ...]:
    """The identifiers by stratum and rising ticket (equal tickets would mean a broken hash).

    By size they lie on a line in the order of their tickets (`pps`); each stratum's line is begun by a number of its own. Raises
    ``ValueError`` for what can't be drawn.
    """
    strata = frame.strata(plan.strata_column, dict(plan.excluded))
    measured = frame.sizes(plan.size_column, dict(plan.excluded)) if plan.size_column else {}
    found: list[str] = []
    for stratum in plan.strata:
        keys = sorted(strata.get(stratum.name, ()), key=lambda key: ticket(seed, key))
        if not plan.size_column:
            found += keys[: stratum.n]
        elif stratum.n:
            own = f"{seed}:{stratum.name}" if stratum.name else seed
            found += pps({key: measured[key] for key in keys}, stratum.n, own, keys).drawn
    return tuple(found)


# ---- reading a record --------------------------------------------------------------------------------------------------

_TEXTS = {
    "seed": True,
    "commitment": True,
    "frame_digest": True,
    "title": False,
    "strata_column": False,
    "size_column": False,
    "words": False,
}
_LISTS = {
    "strata": {"name": str, "size": int, "n": int},
    "drawn": None,
    "excluded": {"identifier": str, "reason": str},
    "overrides": {"identifier": str, "way": str, "reason": str},
}


def record_of(data: bytes | str) -> Record:
    """A record as it was written to JSON. Raises `RecordError` for what isn't one: missing and unknown entries, wrong types."""
    try:
        found = json.loads(data, object_pairs_hook=_once)
    except RecordError:
        raise
    except (ValueError, RecursionError) as error:
        raise RecordError("这个文件不是抽取记录：不是 JSON 格式。请用抽取时导出的 .json 文件。") from error
    if not isinstance(found, dict):
        raise RecordError("这个文件不是抽取记录：最外层应当是一组带名称的项。")
    unknown = [key for key in found if key not in _TEXTS and key not in _LISTS]
    if unknown:
        shown = unknown[0][:40].encode("utf-8", "replace").decode()
        raise RecordError(f"记录里有不认识的项“{shown}”，可能被改动过。")
    missing = [key for key in ("seed", "commitment", "frame_digest", "strata", "drawn") if key not in found]
    if missing:
        raise RecordError(f"这个文件不是完整的抽取记录：缺少“{missing[0]}”。")
    for key, needed in _TEXTS.items():
        value = found.get(key, "")
        if not isinstance(value, str) or not one_line(value) or (needed and not value):
            raise RecordError(f"记录里的“{key}”应当是一行文字。")
    for key, shape in _LISTS.items():
        _check_list(key, found.get(key, []), shape)
    plan = Plan(
        found["frame_digest"],
        tuple(Stratum(one["name"], one["size"], one["n"]) for one in found["strata"]),
        found.get("strata_column", ""),
        tuple((one["identifier"], one["reason"]) for one in found.get("excluded", [])),
        found.get("title", ""),
        found.get("size_column", ""),
    )
    overrides = tuple(Override(one["identifier"], one["way"], one["reason"]) for one in found.get("overrides", []))
    return Record(plan, found["seed"], found["commitment"], tuple(found["drawn"]), found.get("words", ""), overrides)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RecordError("记录里有一项写了两次，可能被改动过。")
    return found


def _check_list(key: str, value: Any, shape: Mapping[str, type] | None) -> None:
    if not isinstance(value, list):
        raise RecordError(f"记录里的“{key}”应当是一个列表。")
    for one in value:
        if shape is None:
            right = _is(one, str)
        else:
            right = (
                isinstance(one, dict)
                and one.keys() == shape.keys()
                and all(_is(one[name], kind) for name, kind in shape.items())
            )
        if not right:
            raise RecordError(f"记录里的“{key}”有一条格式不对，可能被改动过。")


def _is(value: Any, kind: type) -> bool:
    """Text of one line, or a whole number from 0 on (which a truth value is not, though Python takes it for one)."""
    if kind is str:
        return isinstance(value, str) and one_line(value)
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
