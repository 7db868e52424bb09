"""What the pages of trials show, as plain values: the figures of a trial, its chart, the lines of one subject.

Pure functions of what was loaded.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from dudao.calc.expr import State, show_number
from dudao.calc.rounding import round_half_up
from dudao.calc.score import Movement, Outcome, Scores
from dudao.calc.tree import Role, Tree

MOST_SUBJECTS_IN_CHART = 20
MOST_PADDED = 4


@dataclass(slots=True)
class Summary:
    """``ranked``: subjects with a total (or, without points, a level); ``ties``: ranks that several share; ``grades``: how
    many have each grade (or level); ``rates``: mean rate of each block."""

    is_scored: bool = True
    places: int = 0
    """Decimals of totals, as the indicator system rounds them."""
    size: int = 0
    ranked: int = 0
    best: tuple[str, Fraction] | None = None
    worst: tuple[str, Fraction] | None = None
    mean: Fraction | None = None
    ties: list[tuple[int, list[str]]] = field(default_factory=list)
    grades: list[tuple[str, int]] = field(default_factory=list)
    vetoed: int = 0
    is_uneven: bool = False
    """Not the same full points apply to all: ranks go by rates."""
    rates: list[tuple[str, Fraction | None]] = field(default_factory=list)
    subjects: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    @property
    def best_words(self) -> str:
        return "—" if self.best is None else padded(self.best[1], self.places)

    @property
    def best_name(self) -> str:
        return "" if self.best is None else self.best[0]

    @property
    def worst_words(self) -> str:
        return "—" if self.worst is None else padded(self.worst[1], self.places)

    @property
    def worst_name(self) -> str:
        return "" if self.worst is None else self.worst[0]

    @property
    def mean_words(self) -> str:
        return "—" if self.mean is None else f"{round_half_up(self.mean, 2)}"

    @property
    def ties_words(self) -> list[str]:
        return [
            f"第 {rank} 名并列：{'、'.join(names[:8])}{'…' if len(names) > 8 else ''}" for rank, names in self.ties[:5]
        ]


def summary(results: Iterable[tuple[str, Mapping[str, Any]]], tree: Tree) -> Summary:
    """From names and results (`Outcome.data`) of all subjects of a trial, best first."""
    found = Summary(is_scored=tree.root.points is not None, places=total_places(tree))
    totals: Counter[str] = Counter()
    first: dict[tuple[str, str], str] = {}
    by_rank: dict[int, list[str]] = {}
    grades: dict[str, int] = {}
    marks: dict[str, dict[str, Counter[str]]] = {}
    for name, result in results:
        found.size += 1
        found.vetoed += bool(result["vetoes"])
        if len(found.subjects) < MOST_SUBJECTS_IN_CHART + 1:
            found.subjects.append((name, result))
        if result["total"] is not None:
            totals[result["total"]] += 1
            first.setdefault((result["total"], result["possible"]), name)
        if result["rank"] is not None:
            by_rank.setdefault(result["rank"], []).append(name)
        word = result["grade"] if tree.scale else result["level"]
        if word is not None:
            grades[word] = grades.get(word, 0) + 1
        for code, block in result["blocks"].items():
            if block["mark"] is not None and block["possible"] not in {None, "0"}:
                marks.setdefault(code, {}).setdefault(block["possible"], Counter())[block["mark"]] += 1
    found.ranked = totals.total() if found.is_scored else sum(grades.values())
    if totals:
        # As ranks are: by the rate where what applies differs from subject to subject.
        rates = {key: exact(key[0]) / (exact(key[1] or "0") or 1) for key in first}
        found.is_uneven = len({possible for _, possible in first}) > 1
        best, worst = max(rates, key=rates.__getitem__), min(rates, key=rates.__getitem__)
        found.best, found.worst = (first[best], exact(best[0])), (first[worst], exact(worst[0]))
        found.mean = _sum(totals) / totals.total()
    found.ties = [(rank, names) for rank, names in sorted(by_rank.items()) if len(names) > 1]
    names = dict.fromkeys(grade.name for row in (tree.scale.grades.values() if tree.scale else ()) for grade in row)
    found.grades = [(name, grades.get(name, 0)) for name in (names or tree.root.levels)]
    found.rates = [
        (f"{child.code} {child.name}", _mean_rate(marks.get(child.code)))
        for child in tree.root.children
        if child.role is Role.NORMAL and child.points is not None
    ]
    return found


def exact(text: str) -> Fraction:
    """The number that an exact text of a result («12.5», «25/3») stands for; `Fraction` reads it too, in ten times as long."""
    top, _, bottom = text.partition("/")
    whole, _, decimals = top.partition(".")
    return Fraction(int(whole + decimals), int(bottom or 1) * 10 ** len(decimals))


def _sum(texts: Counter[str]) -> Fraction:
    """Exact, and without a common divisor for each: few denominators occur."""
    by_divisor: dict[int, int] = {}
    for text, many in texts.items():
        value = exact(text)
        by_divisor[value.denominator] = by_divisor.get(value.denominator, 0) + value.numerator * many
    return sum((Fraction(top, bottom) for bottom, top in by_divisor.items()), Fraction(0))


def _mean_rate(marks: Mapping[str, Counter[str]] | None) -> Fraction | None:
    """``marks``: by the points that applied, how often each mark was given."""
    if not marks:
        return None
    rates = sum((_sum(given) / exact(possible) for possible, given in marks.items()), Fraction(0))
    return rates / sum(given.total() for given in marks.values())


def blocks_chart(found: Summary, tree: Tree) -> tuple[dict[str, Any] | None, str]:
    """Few subjects: their first-level indicators piled up, best first; many: the mean rate of each. With its finding.

    A single first-level indicator has nothing to be compared with: no chart.
    """
    rates = [(name, rate) for name, rate in found.rates if rate is not None]
    if len(rates) < 2:
        return None, ""
    low = min(rates, key=lambda pair: pair[1])
    finding = f"“{low[0]}”平均得分率最低：{round_half_up(low[1] * 100, 1)}%"
    if 1 < len(found.subjects) <= MOST_SUBJECTS_IN_CHART:
        children = [child for child in tree.root.children if child.role is Role.NORMAL and child.points is not None]
        series = [
            {"name": child.name, "values": [_share(result, child.code, tree) for _, result in found.subjects]}
            for child in children
        ]
        return {
            "kind": "stack",
            "categories": [name for name, _ in found.subjects],
            "series": series,
            "unit": "分",
        }, finding
    values = [round(float(rate * 100), 1) for _, rate in rates]
    spec = {
        "kind": "rank",
        "categories": [name for name, _ in rates],
        "series": [{"name": "平均得分率", "values": values}],
        "unit": "%",
        "max": 100,
    }
    return spec, finding


def _share(result: Mapping[str, Any], code: str, tree: Tree) -> float | None:
    """What a first-level indicator brings to the total: with weights, its weighted part."""
    block = result["blocks"].get(code)
    if block is None or block["mark"] is None:
        return None
    mark = Fraction(block["mark"])
    node = tree.nodes[code]
    if node.weight is not None and node.points and tree.root.points:
        mark = mark / Fraction(node.points) * Fraction(node.weight) * Fraction(tree.root.points)
    return round(float(mark), 2)


@dataclass(frozen=True, slots=True)
class Moved:
    """One subject before and after, in words. ``open``: codes that have no result afterwards."""

    name: str
    total: tuple[str, str]
    difference: str
    rank: tuple[str, str]
    step: int
    """Places won; negative: lost; 0 where there is no rank before or after."""
    grade: tuple[str, str]
    open: tuple[str, ...]
    is_same: bool
    is_moved: bool
    """Its total is another one, or it has one on one side only."""
    is_lost: bool
    """It had a total before and has none afterwards."""

    @property
    def up_words(self) -> str:
        return f"升 {self.step} 位"

    @property
    def down_words(self) -> str:
        return f"降 {-self.step} 位"


def moved(names: Sequence[str], moves: Sequence[Movement], after: Sequence[Outcome], places: int = 0) -> list[Moved]:
    """Who moved most comes first; who has no total any more before all others. A column has one number of decimals, ``places``
    at least.
    """
    totals = max(places, places_of(value for move in moves for value in move.total))
    changes = max(places, places_of(b - a for a, b in (one.total for one in moves) if a is not None and b is not None))
    rows = []
    for name, move, outcome in zip(names, moves, after, strict=True):
        old, new = move.total
        before, behind = move.rank
        change = None if old is None or new is None else new - old
        row = Moved(
            name=name,
            total=("—" if old is None else padded(old, totals), "—" if new is None else padded(new, totals)),
            difference="—" if change is None else signed(change, changes),
            rank=("—" if before is None else str(before), "—" if behind is None else str(behind)),
            step=0 if before is None or behind is None else before - behind,
            grade=(move.grade[0] or "—", move.grade[1] or "—"),
            open=outcome.open if new is None else (),
            is_same=move.is_same,
            is_moved=old != new,
            is_lost=old is not None and new is None,
        )
        rows.append(((not row.is_lost, -abs(change or 0), -abs(row.step), before or 10**9), row))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def moved_words(rows: Sequence[Moved]) -> str:
    """«13 个单位：5 个总分变动，3 个名次变动，1 个等次变动。» Who has no total any more is counted by itself."""
    kept = [row for row in rows if not row.is_lost]
    totals = sum(row.is_moved for row in kept)
    ranks = sum(row.rank[0] != row.rank[1] for row in kept)
    grades = sum(row.grade[0] != row.grade[1] for row in rows)
    lost = len(rows) - len(kept)
    if not totals and not ranks and not grades and not lost:
        return f"{len(rows)} 个单位的总分、名次和等次都没有变动。"
    parts = [f"{lost} 个有指标没有得分、总分待定"] if lost else []
    parts += [f"{totals} 个总分变动", f"{ranks} 个名次变动"] if kept else []
    return f"{len(rows)} 个单位：{'，'.join([*parts, f'{grades} 个等次变动'])}。"


def deviation(result: Mapping[str, Any], source: str, places: int = 0) -> str | None:
    """The adopted total less the total of a source, with its sign, with ``places`` decimals at least."""
    own = result["totals"].get(source)
    if own is None or result["total"] is None:
        return None
    return signed(Fraction(result["total"]) - Fraction(own), places)


def signed(value: Fraction, places: int = 0) -> str:
    """With its sign, with ``places`` decimals at least; no change is «0»."""
    if value == 0:
        return "0"
    return f"{'+' if value > 0 else '−'}{padded(abs(value), places)}"


def places_of(values: Iterable[Fraction | None]) -> int:
    """The decimals that the longest of some numbers is shown with; a tiny one doesn't lengthen all others."""
    texts = (show_number(value) for value in values if value is not None)
    return min(max((len(text.partition(".")[2]) for text in texts), default=0), MOST_PADDED)


def places_of_texts(texts: Iterable[str]) -> int:
    """The same for exact texts, each of which is best given once."""
    most = 0
    for text in texts:
        _, _, decimals = text.partition(".")
        most = max(
            most, len(decimals) if "/" not in text and len(decimals) <= MOST_PADDED else places_of([exact(text)])
        )
        if most >= MOST_PADDED:
            break
    return most


def total_places(tree: Tree) -> int:
    """The decimals of a total, as the indicator system rounds it: «94.70» everywhere. None where it doesn't round."""
    return tree.places.total or 0


def block_places(tree: Tree, code: str) -> int:
    """The same for a first-level indicator."""
    return (tree.places.node if tree.nodes[code].children else tree.places.mark) or 0


def padded(value: Fraction, places: int) -> str:
    """A number as it is shown, with ``places`` decimals at least: «94.70» beside «93.86»."""
    whole, _, decimals = show_number(value).partition(".")
    decimals = decimals.ljust(places, "0")
    return f"{whole}.{decimals}" if decimals else whole


def number(text: str | None, places: int = 0) -> str | None:
    """An exact text as people read it: «25/3» → «8.333…», with ``places`` decimals at least."""
    return None if text is None else padded(Fraction(text), places)


def decimals(tree: Tree, outcomes: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many decimals a column of a ranking is shown with: «» the totals, else a first-level indicator by its code. As many as
    the indicator system rounds to; where it doesn't, those of the longest.
    """
    columns: dict[str, set[str]] = {"": set()}
    for outcome in outcomes:
        if outcome["total"] is not None:
            columns[""].add(outcome["total"])
        for code, block in outcome["blocks"].items():
            if block["mark"] is not None:
                columns.setdefault(code, set()).add(block["mark"])
    stated = {code: block_places(tree, code) if code else total_places(tree) for code in columns}
    return {code: max(stated[code], places_of_texts(texts)) for code, texts in columns.items()}


def block_words(block: Mapping[str, Any] | None, places: int = 0) -> str | None:
    """A first-level indicator: its mark, its level, both."""
    if block is None:
        return None
    words = [found for found in (number(block["mark"], places), block["level"]) if found is not None]
    return " ".join(words) or None


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """One indicator of one subject. ``sources``: its mark on the sheet of each source, «37.95／41» where it marks only some of
    what is below, and nothing of the whole then; ``deviation``: adopted less the first.
    """

    code: str
    name: str
    depth: int
    points: str
    mark: str
    rate: int | None
    role: str
    is_open: bool
    sources: tuple[str, ...]
    deviation: str
    is_leaf: bool


_ROLES = {Role.NORMAL: "", Role.BONUS: "加分", Role.PENALTY: "减分"}


def lines_of(scores: Scores, main: str, sources: Sequence[str], *, even: bool = False) -> list[SubjectLine]:
    """All indicators of a table of one row, in the order of the document. ``even``: all marks with one number of decimals."""
    tree = scores.tree
    sheet = scores.sheet(main)
    apart = sources if len(sources) > 1 else ()
    places = _places(scores, [main, *apart]) if even else 0
    parts = {key: _marked_in_part(scores, key) for key in apart}
    lines = []
    for code, node in tree.nodes.items():
        score = sheet.nodes[code].row(0)
        mark = None if score.mark is None else score.mark.at(0)
        possible = score.possible.at(0)
        column = score.mark if score.mark is not None else score.level
        state = State.KNOWN if column is None else State(int(column.state[0]))
        level = None if score.level is None else score.level.at(0)
        own = [_given(scores, key, code) for key in apart]
        lines.append(
            SubjectLine(
                code=code,
                name=node.name,
                depth=_depth(tree, code),
                points="—" if node.points is None else show_number(Fraction(node.points)),
                mark=_words(
                    mark,
                    level,
                    state,
                    max(places, total_places(tree) if node is tree.root else 0),
                ),
                rate=None if mark is None or not possible else max(0, min(100, round(mark * 100 / possible))),
                role=_ROLES[node.role],
                is_open=state not in {State.KNOWN, State.NOT_APPLICABLE},
                sources=tuple(
                    _in_part(scores, key, code, given, places) if code in parts[key] else said(*given, places)
                    for key, given in zip(apart, own, strict=True)
                ),
                deviation=_apart(node.levels, (mark, level), own[0], places, code in parts[apart[0]]) if own else "",
                is_leaf=not node.children,
            )
        )
    return lines


def _depth(tree: Tree, code: str) -> int:
    depth = 0
    while code in tree.parents:
        code = tree.parents[code]
        depth += 1
    return depth


def _words(mark: Fraction | None, level: str | None, state: State, places: int = 0) -> str:
    parts = [padded(mark, places)] if mark is not None else []
    if level is not None:
        parts.append(level)
    return " ".join(parts) or f"—（{state.words}）"


def _places(scores: Scores, sheets: Sequence[str]) -> int:
    """The decimals of the longest mark of the first row on some sheets."""
    return places_of(scores.sheet(key).mark(code).at(0) for key in sheets for code in scores.tree.nodes)


Told: TypeAlias = tuple[Fraction | None, str | None]
"""A mark and a level of one source at one indicator."""


def _apart(levels: Sequence[str], adopted: Told, own: Told, places: int, in_part: bool) -> str:
    """The deviation; nothing where what was given is of other indicators than what was adopted."""
    return "—" if in_part else difference(levels, adopted, own, places)


def _marked_in_part(scores: Scores, key: str) -> frozenset[str]:
    """The indicators below which a source doesn't mark all that somebody marks: its sum isn't out of the full points."""
    tree, found = scores.tree, set()
    for code, node in tree.nodes.items():
        if not node.children and scores.system.is_foreign(code, key):
            while code in tree.parents:
                code = tree.parents[code]
                found.add(code)
    return frozenset(found)


def _in_part(scores: Scores, key: str, code: str, given: Told, places: int) -> str:
    """What a source gave of what it marks, «37.95／41»; of the whole nothing, which would be a guess."""
    possible = scores.sheet(key).nodes[code].row(0).possible.at(0)
    if code == scores.tree.root.code or given[0] is None or not possible:
        return "—"
    return f"{padded(given[0], places)}／{show_number(possible)}"


def _given(scores: Scores, key: str, code: str) -> Told:
    levels = scores.sheet(key).level(code)
    return scores.sheet(key).mark(code).at(0), None if levels is None else levels.at(0)


def said(mark: Fraction | None, level: str | None, places: int) -> str:
    """«3.5», «部分符合», «—»."""
    parts = [padded(mark, places)] if mark is not None else []
    return " ".join([*parts, *([level] if level is not None else [])]) or "—"


def difference(levels: Sequence[str], adopted: Told, own: Told, places: int) -> str:
    """What was adopted less what was given: in points, «−1.5»; where only levels are judged in steps, «低 1 档», «一致»."""
    if adopted[0] is not None and own[0] is not None:
        return signed(adopted[0] - own[0], places)
    if adopted[1] not in levels or own[1] not in levels:
        return "—"
    steps = levels.index(own[1]) - levels.index(adopted[1])  # the best level comes first
    return f"{'高' if steps > 0 else '低'} {abs(steps)} 档" if steps else "一致"
