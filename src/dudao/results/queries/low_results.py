"""Indicators at which subjects did badly: below the share that the campaign's rules name, or of the lowest level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from dudao.calc.expr import show_number
from dudao.calc.rounding import percent
from dudao.calc.score import ADOPTED, Scores, explain
from dudao.calc.tree import Role
from dudao.evaluations.models import Result, ScoreSheet
from dudao.evaluations.queries.sheets import loaded
from dudao.evaluations.queries.systems import rules_of


@dataclass(frozen=True, slots=True)
class Low:
    """One subject at one indicator. ``rate`` is ``None`` where there are no points; then the level says it."""

    row: Result
    code: str
    name: str
    mark: Fraction | None
    possible: Fraction | None
    level: str | None

    @property
    def rate(self) -> Fraction | None:
        return self.mark / self.possible if self.mark is not None and self.possible else None

    @property
    def words(self) -> str:
        """«得3分（满分8分，37.5%）», «不符合»."""
        if self.mark is None:
            return self.level or "—"
        if not self.possible:
            return f"扣{show_number(self.mark)}分"
        share = percent(self.mark, self.possible)
        return f"得{show_number(self.mark)}分（满分{show_number(self.possible)}分，{share}%）"

    @property
    def short(self) -> str:
        """«3/8», «不符合»."""
        if self.mark is None:
            return self.level or "—"
        return (
            f"{show_number(self.mark)}/{show_number(self.possible)}" if self.possible else f"扣{show_number(self.mark)}"
        )


def threshold_words(sheet: ScoreSheet) -> str:
    """«60%»."""
    return f"{percent(Fraction(rules_of(sheet.campaign).findings_below), Fraction(1), 0)}%"


def lows_of(sheet: ScoreSheet, code: str = "") -> list[Low]:
    """Of all subjects, at one leaf or at every leaf; in the order of the document, worst first."""
    rows = list(Result.objects.filter(sheet=sheet).select_related("subject__unit").order_by("position"))
    for row in rows:
        row.sheet = sheet
    return lows_of_rows(sheet, rows, code)


def lows_of_rows(sheet: ScoreSheet, rows: Sequence[Result], code: str = "") -> list[Low]:
    """Of some subjects. Rows whose cells could not be read have no lows."""
    table, scores = loaded(sheet, rows)
    sound = [rows[line - 1] for line in table.rows]
    below = Fraction(rules_of(sheet.campaign).findings_below)
    found = []
    for leaf, node in scores.tree.nodes.items():
        if not node.children and (not code or leaf == code) and not scores.tree.only_adds(leaf):
            found += sorted(_at(scores, leaf, sound, below), key=_badness)
    return found


def _badness(one: Low) -> Fraction:
    rate = one.rate
    return Fraction(0) if rate is None else rate


def _at(scores: Scores, code: str, rows: Sequence[Result], below: Fraction) -> list[Low]:
    sheet, node = scores.sheet(ADOPTED), scores.tree.nodes[code]
    if node.points is None:
        level = sheet.level(code)
        if level is None or len(level.labels) < 2:
            return []
        values = level.values()
        last = level.labels[-1]
        return [
            Low(row, code, node.name, None, None, value)
            for row, value in zip(rows, values, strict=True)
            if value == last
        ]
    marks, possible = sheet.mark(code).values(), sheet.possible(code).values()
    if node.role is Role.PENALTY:
        pairs = zip(rows, marks, strict=True)
        return [Low(row, code, node.name, mark, None, None) for row, mark in pairs if mark]
    return [
        Low(row, code, node.name, mark, full, None)
        for row, mark, full in zip(rows, marks, possible, strict=True)
        if mark is not None and full and mark / full < below
    ]


def fact_at(sheet: ScoreSheet, rows: Sequence[Result], code: str) -> dict[int, str]:
    """What is missing at an indicator, by result, as a letter states it."""
    table, scores = loaded(sheet, rows)
    return {rows[line - 1].pk: explain(scores, place, code).fact for place, line in enumerate(table.rows)}


def by_indicator(lows: Sequence[Low]) -> Mapping[str, list[Low]]:
    """Most subjects first."""
    found: dict[str, list[Low]] = {}
    for one in lows:
        found.setdefault(one.code, []).append(one)
    return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))
