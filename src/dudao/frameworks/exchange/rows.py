"""The rows of one table: which row is which indicator, and what its cells say of it.

A blank or merged cell of a level belongs to the indicator above. What can't be read is a `Fault` with its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from dudao.calc.tree import MAX_LEVELS
from dudao.core.sheets.cells import fold
from dudao.frameworks.exchange.drafts import Draft, Fault, Table
from dudao.frameworks.exchange.grid import Grid, Spot
from dudao.frameworks.exchange.heads import Head, is_head_again, is_other_head

_TOTAL: Final = re.compile(r"(?:合计|总计|总分|小计|满分)(?:得分)?[:：]?(?:\d+(?:\.\d+)?分?)?")
_REMARK: Final = re.compile(r"(?:备?注|说明|填表说明)\s*[:：1]|[※*]")
_SECTION: Final = re.compile(
    r"^[一二三四五六七八九十]+、|^[（(][一二三四五六七八九十]+[)）]|[（(]\d+(?:\.\d+)?分[)）]$"
)


class Rows:
    """The rows of one table."""

    def __init__(self, table: Table, grid: Grid, head: Head, start: int, several: bool) -> None:
        self.table, self.grid, self.head, self.start = table, grid, head, start
        self.levels = list(head.levels)
        self.current: list[Draft | None] = []
        self.above: Draft | None = None
        self.by_code: dict[str, Draft] = {}
        self.indents: set[int] = set()
        self.codes: set[str] = set()
        self.outlined: bool | None = None
        self.gaps: list[str] = []
        if several and grid.is_sheet and head.first_level > 1 and start:
            # A sheet for each first-level indicator: its name stands on the tab.
            self.above = self._new(grid.name, grid.spot(0), 0, None)
        if head.loose and self._is_wording():
            self.levels, self.wording = self.levels[:-1], self.levels[-1]
        else:
            self.wording = -1
        self.current = [None] * len(self.levels)

    def _is_wording(self) -> bool:
        """Whether the column behind the levels only words the last level: each of its cells has an indicator of its own."""
        level, column = self.levels[-2], self.levels[-1]
        for row in range(self.start, len(self.grid.rows)):
            if self.grid.text(row, column) and (not self.grid.text(row, level) or self.grid.goes_on(row, level)):
                return False
        return True

    def _new(self, text: str, spot: Spot, level: int, parent: Draft | None, column: int = 0) -> Draft:
        draft = Draft(text, spot, level, column=column, valued=column in self.head.valued)
        (self.table.drafts if parent is None else parent.children).append(draft)
        return draft

    def fault(self, row: int, column: int | None, text: str) -> None:
        self.table.faults.append(Fault(self.grid.spot(row, column), text))

    def read(self) -> None:
        by_parent = "parent" in self.head.columns and "code" in self.head.columns
        flat = len(self.levels) == 1
        for row in range(self.start, len(self.grid.rows)):
            texts = [self.grid.text(row, column) for column in range(self.grid.width)]
            filled = [text for text in texts if text]
            for column in (column for column in self._used() if (row, column) in self.grid.broken):
                self.fault(row, column, self.grid.broken[row, column])
            if not filled or is_head_again(self.grid, row, self.head):
                continue
            if is_other_head(self.grid, row, self.head):
                self.fault(
                    row, None,
                    f"像是另一个表头，与第 {self.head.bottom + 1} 行的列不同。请把下面的表移到另一个工作表，或改成同样的列。",
                )  # fmt: skip
                break
            if _REMARK.match(filled[0]):
                self.table.notes.append(f"{self.grid.spot(row)}“{filled[0][:30]}”是说明，没有读取。")
                continue
            if _TOTAL.fullmatch(fold(filled[0])):
                self._total(row, filled)
                continue
            if len(filled) == 1 and self._is_across(row) and (not flat or _SECTION.search(filled[0])):
                self._section(row, filled[0])
                continue
            if by_parent:
                self._by_parent(row)
            elif flat and "depth" in self.head.columns:
                self._by_depth(row)
            elif flat and self._outline_codes():
                self._by_outline(row)
            else:
                self._by_levels(row)
        if self.gaps:
            more = f"等 {len(self.gaps)} 处" if len(self.gaps) > 1 else ""
            self.table.notes.append(f"{self.gaps[0]}{more}的上一级是空的，直接归在再上一级之下，请核对层级。")

    def _used(self) -> list[int]:
        """The columns that are read."""
        head = self.head
        return sorted({*head.levels, *head.points, *head.columns.values(), *head.also})

    # ---- rows that are no indicators ------------------------------------------------------------------------

    def _total(self, row: int, filled: Sequence[str]) -> None:
        for column in self.head.points:
            number = _number(self.grid.text(row, column))
            if number is not None and fold(filled[0]).startswith(("合计", "总计", "总分")):
                self.table.total = number

    def _is_across(self, row: int) -> bool:
        """One text over (nearly) the whole width of the table."""
        first = next(column for column in range(self.grid.width) if self.grid.text(row, column))
        covered = sum(self.grid.joined.get((row, column)) == (row, first) for column in range(self.grid.width))
        return covered + 1 >= max(len(self.head.names) - 1, 2)

    def _section(self, row: int, text: str) -> None:
        if not _SECTION.search(text) or len(text) > 60:
            self.table.notes.append(f"{self.grid.spot(row)}“{text[:30]}”不是指标，没有读取。")
            return
        self.above = self._new(text, self.grid.spot(row, 0), 0, None)
        self.above.valued = True
        self.current = [None] * len(self.levels)

    # ---- which indicator a row is ---------------------------------------------------------------------------

    def _by_levels(self, row: int) -> None:
        grid, levels = self.grid, self.levels
        deepest = max((at for at, column in enumerate(levels) if grid.text(row, column)), default=-1)
        target: Draft | None = None
        is_new = False
        for at, column in enumerate(levels):
            text = grid.text(row, column)
            if not text:
                if target is None and self.current[at] is not None and at < max(deepest, 0):
                    target = self.current[at]
                continue
            now = self.current[at]
            if now is not None and at < deepest and now.text == text and not is_new:
                target = now
                continue
            parent = next(
                (self.current[up] for up in range(at - 1, -1, -1) if self.current[up] is not None), self.above
            )
            target = self.current[at] = self._new(text, grid.spot(row, column), at + 1, parent, column)
            if at and (parent is None or parent.level < at) and parent is not self.above:
                self.gaps.append(f"{target.spot}“{' '.join(text.split())[:20]}”")
            self.current[at + 1 :] = [None] * (len(levels) - at - 1)
            is_new = True
        if target is None:
            target = next((draft for draft in reversed(self.current) if draft is not None), None)
            if target is None:
                self.fault(row, None, "没有指标名称，也没有可以归属的上级，请补上指标。")
                return
        self._fill(row, target, is_new)

    def _by_parent(self, row: int) -> None:
        code_column, parent_column = self.head.columns["code"], self.head.columns["parent"]
        code, parent = self.grid.text(row, code_column), self.grid.text(row, parent_column)
        name = self.grid.text(row, self.levels[0])
        if not code or not name:
            self.fault(row, code_column if not code else self.levels[0], "是空的，每个指标都要有代码和名称。")
            return
        parent = "" if parent in {"-", "–", "—", "－", "无", "/"} else parent
        above = self.by_code.get(parent)
        if parent and above is None:
            self.fault(row, parent_column, f"“上级”是“{parent}”，上面没有这个代码的指标，请核对。")
            return
        draft = self._new(
            name, self.grid.spot(row, self.levels[0]), above.level + 1 if above else 1, above, self.levels[0]
        )
        self.by_code.setdefault(code, draft)
        self._fill(row, draft, True)

    def _by_depth(self, row: int) -> None:
        column = self.head.columns["depth"]
        text = fold(self.grid.shown(row, column))
        found = re.fullmatch(r"第?([1-9一二三四五六a-d])级?(?:指标)?", text)
        if found is None:
            self.fault(row, column, f"“层级”是“{text}”，请填 1、2、3 或一级、二级、三级。")
            return
        depth = "一二三四五六".find(found[1]) + 1 or "abcd".find(found[1]) + 1 or int(found[1])
        self._at_depth(row, depth)

    def _outline_codes(self) -> bool:
        """Whether the only column of indicators shows its levels by blanks or by codes like 1.1 and M1-1."""
        if self.outlined is None:
            column, code = self.levels[0], self.head.columns.get("code")
            rows = [row for row in range(self.start, len(self.grid.rows)) if self.grid.text(row, column)]
            self.indents = {self.grid.indent(row, column) for row in rows}
            codes = [self._code_of(row, column, code) for row in rows]
            self.codes = set(codes) - {""}
            self.outlined = len(self.indents) > 1 or any(_above(text) in self.codes for text in codes if text)
        return self.outlined

    def _code_of(self, row: int, column: int, code: int | None) -> str:
        if code is not None:
            return self.grid.text(row, code)
        found = re.match(r"[A-Za-z]*\d+(?:[.\-－．]\d+)*", self.grid.text(row, column))
        return found.group() if found else ""

    def _by_outline(self, row: int) -> None:
        column = self.levels[0]
        if not self.grid.text(row, column):
            target = next((draft for draft in reversed(self.current) if draft is not None), None)
            if target is not None:
                self._fill(row, target, False)
            return
        if len(self.indents) > 1:
            steps = sorted(self.indents)
            self._at_depth(row, steps.index(self.grid.indent(row, column)) + 1)
            return
        code, depth = self._code_of(row, column, self.head.columns.get("code")), 1
        while (code := _above(code)) in self.codes:
            depth += 1
        self._at_depth(row, depth)

    def _at_depth(self, row: int, depth: int) -> None:
        name = self.grid.text(row, self.levels[0])
        if not name:
            self.fault(row, self.levels[0], "没有指标名称，请补上。")
            return
        if depth > MAX_LEVELS:
            self.fault(row, None, f"层级太多，最多 {MAX_LEVELS} 级。")
            return
        self.current += [None] * (depth - len(self.current))
        parent = next((self.current[up] for up in range(depth - 2, -1, -1) if self.current[up] is not None), self.above)
        draft = self.current[depth - 1] = self._new(
            name, self.grid.spot(row, self.levels[0]), depth, parent, self.levels[0]
        )
        self.current[depth:] = [None] * (len(self.current) - depth)
        self._fill(row, draft, True)

    # ---- what a row says of its indicator -------------------------------------------------------------------

    def _fill(self, row: int, draft: Draft, is_new: bool) -> None:
        head, grid = self.head, self.grid

        def cell(role: str) -> str:
            column = head.columns.get(role)
            return "" if column is None or grid.goes_on(row, column) else grid.text(row, column)

        if draft.rows and not is_new and self._has_own_points(row) and (cell("text") or cell("rule")):
            part = Draft(cell("text") or cell("rule"), grid.spot(row), draft.level + 1)
            draft.parts.append(part)
            self._points(row, part)
            part.rules += [cell("rule")] if cell("rule") and cell("text") else []
            part.evidence += [cell("evidence")] if cell("evidence") else []
            part.rows = 1
            return
        draft.rows += 1
        if is_new:
            draft.cells = {
                name: grid.text(row, column) for column, name in head.names.items() if column not in self.levels
            }
        self._points(row, draft)
        if cell("weight"):
            self._weight(row, draft, cell("weight"))
        if cell("code") and not draft.code:
            draft.code = cell("code")
        if cell("kind"):
            draft.kind, draft.kind_spot = cell("kind"), grid.spot(row, head.columns["kind"])
        for role, into in (
            ("rule", draft.rules), ("text", draft.texts), ("steps", draft.steps), ("limits", draft.limits),
            ("evidence", draft.evidence),
        ):  # fmt: skip
            if cell(role):
                into.append(cell(role))
        for column, role in head.also.items():
            if grid.text(row, column):
                lists = {"text": draft.texts, "rule": draft.rules, "evidence": draft.evidence, "limits": draft.limits}
                lists[role].append(grid.text(row, column))
        if self.wording >= 0 and grid.text(row, self.wording):
            draft.texts.insert(0, grid.text(row, self.wording))
        draft.attach = cell("attach") or draft.attach
        draft.explain = cell("explain") or draft.explain

    def _has_own_points(self, row: int) -> bool:
        return any(self.grid.text(row, column) and not self.grid.goes_on(row, column) for column in self.head.points)

    def _points(self, row: int, draft: Draft) -> None:
        """Points belong to the indicator of the row, or to one above: the one whose cell is as high, or left of them."""
        for column in self.head.points:
            text = self.grid.text(row, column)
            if not text or text in {"-", "—", "–", "/"}:
                continue
            number = _number(text)
            if number is None and (marks := _marks(text)):
                number = marks[0]
                draft.steps.append(text)
            if number is None:
                advice = "不能是负数，减分项也填正数，名称写“减分项”" if re.match(r"[-－−]\d", text) else "请填数字"
                self.fault(row, column, f"“{self.head.names[column]}”是“{text[:30]}”，{advice}。")
                continue
            owner = self._owner(row, column, draft)
            if owner.points is not None and owner.points != number and owner.rows > 1:
                self.fault(row, column, f"“{owner.text[:20]}”已经有分值 {owner.points}，这里又是 {number}，请核对。")
                continue
            owner.points = number

    def _owner(self, row: int, column: int, draft: Draft) -> Draft:
        """Whose points (or weight) a cell holds."""
        held = [now for now in self.current if now is not None]
        if draft not in held:
            return draft
        left = [now for now in held if now.column < column]
        if column < max(self.levels) and left:
            # «一级指标 | 分值 | 二级指标 | 分值»: each belongs to the level on its left.
            return left[-1]
        height = self.grid.heights.get((row, column), 1)
        if height > 1:
            for now in reversed(held):
                if self.grid.heights.get((now.spot.row - 1, now.column), 1) >= height:
                    return now
        return draft

    def _weight(self, row: int, draft: Draft, text: str) -> None:
        plain = text.replace("％", "%").replace(" ", "")
        number = _number(plain.removesuffix("%").removesuffix("分"))
        if number is None:
            self.fault(row, self.head.columns["weight"], f"“权重”是“{text[:30]}”，请填 0.15 或 15% 这样的数。")
            return
        self.table.has_weights = True
        owner = self._owner(row, self.head.columns["weight"], draft)
        owner.weight = number / 100 if plain.endswith("%") else number
        owner.percent_weight = plain.endswith("%")


def _above(code: str) -> str:
    """M1-1-1 → M1-1, 1.2 → 1; nothing for a code of one part."""
    found = re.fullmatch(r"(.+)[.\-－．](?:\d+)", code)
    return found[1] if found else ""


def _number(text: str) -> Decimal | None:
    plain = fold(text).removesuffix("分").strip("()")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number < 10**9 else None


def _marks(text: str) -> list[Decimal]:
    """«4/3.2/2.6/2»: the points of the levels, best first."""
    parts = [_number(part) for part in re.split(r"[/、,，;；\n]", text) if part.strip()]
    marks = [part for part in parts if part is not None]
    return marks if len(marks) == len(parts) >= 2 and marks == sorted(marks, reverse=True) else []
