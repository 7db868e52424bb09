"""How a leaf gets its points: nine kinds of rules. Each was seen in a real table.

Formulas are texts of the indicator language. In a rule «本项» is what a person answered for this item, «满分» its full
points. Where a formula is left out, people answer. Computing marks is in `dudao.calc.score`, describing rules in words
in `words`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from dudao.calc.tree.intervals import Interval

ANSWER = "本项"
FULL = "满分"

Zero = Decimal(0)


@dataclass(frozen=True, slots=True)
class Judged:
    """A person gives a mark from 0 to the full points, in steps if ``step`` is set."""

    step: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """``points`` for a measured value within; where a person picks a mark within, there are none."""

    within: Interval
    points: Decimal | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """A person picks a level, and within it a mark (or with ``factor`` a share of the full points).

    A level of one value (优 1, 良 0.8) may be answered by its label. Marks come in steps of ``step``.
    """

    bands: tuple[Band, ...]
    factor: bool = False
    step: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Deduction:
    """``each`` point off for every one counted; at most ``most`` points. No ``count``: a person counts."""

    each: Decimal
    count: str = ""
    label: str = ""
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Deduct:
    """Full points less the deductions, not below ``floor`` (扣完为止)."""

    deductions: tuple[Deduction, ...]
    floor: Decimal = Zero


@dataclass(frozen=True, slots=True)
class Part:
    """``points`` if the condition ``when`` holds, or if a person says it is there."""

    label: str
    points: Decimal
    when: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """A list of parts each worth points; what is missing loses its points."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Bands:
    """Points by the band in which a measured value lies, with bands of their own for each category.

    ``by``: a formula of words («办学类型»); without it the only key is "". A value in no band has no mark.
    """

    value: str
    bands: Mapping[str, tuple[Band, ...]]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Knot:
    """``points`` at the measured value ``at``."""

    at: Decimal
    points: Decimal
    percent: bool = False
    """Written in percents: «95%» is stored as 0.95."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Points by straight lines between knots (in ascending order); beyond the ends, the end's points."""

    value: str
    knots: Mapping[str, tuple[Knot, ...]]
    by: str = ""


@dataclass(frozen=True, slots=True)
class YesNo:
    """Full points if the answer is the good one, else ``otherwise``. ``good=False``: a negative question."""

    when: str = ANSWER
    good: bool = True
    otherwise: Decimal = Zero


@dataclass(frozen=True, slots=True)
class Attain:
    """A level: the first if all of ``all_of`` hold, the last if any of ``any_of`` does (that one decides), else between.

    With two levels ``any_of`` is empty and the last is what is not the first. Without any condition a person answers
    with a level. ``points``: of each level; without them the leaf has a level and no mark.
    """

    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    levels: tuple[str, ...] = ("A", "B", "C")
    points: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Computed:
    """Points by a formula, held between 0 and the full points."""

    points: str


Rule = Judged | Pick | Deduct | Parts | Bands | Linear | YesNo | Attain | Computed


@dataclass(frozen=True, slots=True)
class Adjust:
    """If ``when`` holds the item's mark is multiplied by ``factor``: 0 (整项不得分), 0.5 (减半). No ``when``: a person says."""

    factor: Decimal
    when: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Where marks are rounded (half up) and to how many places; ``None``: not rounded there."""

    mark: int | None = 2
    """Marks of leaves."""
    node: int | None = None
    """Marks of the indicators above them."""
    total: int | None = 2


@dataclass(frozen=True, slots=True)
class Use:
    """A formula in its place: ``what`` names the place for messages, ``wanted`` is the kind it must yield."""

    what: str
    text: str
    wanted: str


def formulas_of(rule: Rule | None) -> Iterator[Use]:
    """Every formula of a rule, in the order in which it is written."""
    match rule:
        case Deduct(deductions):
            yield from (Use(f"扣分“{d.label}”", d.count, "number") for d in deductions if d.count)
        case Parts(parts):
            yield from (Use(f"要点“{part.label}”", part.when, "truth") for part in parts if part.when)
        case Bands() | Linear():
            yield Use("计分的数值", rule.value, "number")
            if rule.by:
                yield Use("分类", rule.by, "text")
        case YesNo():
            yield Use("条件", rule.when, "truth")
        case Attain(all_of, any_of, levels):
            yield from (Use(f"“{levels[0]}”的条件", text, "truth") for text in all_of)
            yield from (Use(f"“{levels[-1]}”的条件", text, "truth") for text in any_of)
        case Computed(points):
            yield Use("计分公式", points, "number")
        case _:
            pass
