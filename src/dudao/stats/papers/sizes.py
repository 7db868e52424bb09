"""Workbooks about class and school sizes: the board as tables, and a plan's rows to fill in and bring back."""

import io
from collections.abc import Sequence
from typing import Any

from dudao.calc.balance.crowding import Counted, Span
from dudao.core import sheets
from dudao.core.sheets import Column, Problem, Table, Writer, add_sheet
from dudao.orgs.models import Unit
from dudao.stats.actions.sizes import RowInput
from dudao.stats.models import EliminationPlan, EliminationRow, year_words
from dudao.stats.queries.catalogue import STAGE_WORDS
from dudao.stats.queries.sizes import Board, PlanView, percent

MEASURES = {str(value): str(label) for value, label in EliminationRow.Measure.choices}
SORTS = {str(value): str(label) for value, label in EliminationRow.Sort.choices}
STAGES = {**STAGE_WORDS, "all": "全校"}


def plan_table(plan: EliminationPlan) -> Table:
    """One row a stage of a school; what the platform knows is for the eye, what the county fills in comes back."""
    return Table(
        "消除计划",
        [
            Column("school", "学校名称", required=True, width=28),
            Column("sort", "类别", "choice", required=True, choices=SORTS, width=10),
            Column("stage", "学段", "choice", required=True, choices=STAGES, width=8),
            Column("start", "现有数", "integer", read_only=True, help="大班额是班数，大校额是超出的人数。"),
            Column("moved", "至少调整学生", "integer", read_only=True),
            Column("added", "至少增加班数", "integer", read_only=True),
            *(
                Column(f"t{year}", f"{year}年底目标", "integer", width=12, check=_not_negative, help="到年底还剩多少。")
                for year in plan.years
            ),
            Column("measures", "措施", "choices", choices=MEASURES, width=24, help="可以写几项，用顿号隔开。"),
            Column("responsible", "责任人", width=14, limit=60),
            Column("deadline", "完成时限", "date", width=16),
            Column("note", "说明", width=30, limit=200),
        ],
    )


def _not_negative(value: Any) -> Any:
    if value is not None and value < 0:
        raise ValueError(f"是 {value}，不能是负数")
    return value


def write_plan(plan: EliminationPlan, view: PlanView, target: io.BytesIO) -> None:
    rows = [
        {
            "school": one.row.school.name,
            "sort": one.row.sort,
            "stage": one.row.stage or "all",
            "start": one.row.start,
            "moved": one.row.moved,
            "added": one.row.added,
            **{f"t{year}": goal for year, goal in zip(plan.years, one.row.targets, strict=True)},
            "measures": one.row.measures,
            "responsible": one.row.responsible,
            "deadline": one.row.deadline,
            "note": one.row.note,
        }
        for one in view.rows
    ]
    sheets.export(plan_table(plan), rows, target, title=str(plan), lists=True)


def read_plan(data: bytes, plan: EliminationPlan) -> tuple[dict[int, RowInput], list[Problem]]:
    """What a workbook says of the plan's rows. Columns and rows that it leaves out stay as they are."""
    table = plan_table(plan)
    reading = sheets.read(data, table, max_rows=5000)
    problems = list(reading.problems)
    have: dict[tuple[str, str, str], list[EliminationRow]] = {}
    for row in plan.rows.select_related("school"):
        have.setdefault((row.school.name, row.sort, row.stage or "all"), []).append(row)
    found: dict[int, RowInput] = {}
    seen: dict[int, int] = {}
    for line in reading.rows:
        values = line.values
        if not {"school", "sort", "stage"} <= set(values):
            continue
        rows = have.get((values["school"], values["sort"], values["stage"]), [])
        if len(rows) != 1:
            words = "不在这份计划里，请核对校名、类别和学段" if not rows else "在计划里有同名学校，请在页面上填写"
            problems.append(line.problem("学校名称", f"“{values['school']}”{words}"))
            continue
        row = rows[0]
        if row.pk in seen:
            problems.append(line.problem("学校名称", f"“{values['school']}”与第 {seen[row.pk]} 行重复"))
            continue
        seen[row.pk] = line.number
        targets = [
            values.get(f"t{year}") if reading.has(f"t{year}") else old
            for year, old in zip(plan.years, row.targets, strict=True)
        ]

        def kept(key: str, old: Any, empty: Any, values: dict[str, Any] = values) -> Any:
            return (values.get(key) or empty) if reading.has(key) else old

        found[row.pk] = RowInput(
            targets,
            kept("measures", row.measures, []),
            kept("responsible", row.responsible, ""),
            kept("deadline", row.deadline, None),
            kept("note", row.note, ""),
        )
    return found, problems


def write_sizes(board: Board, year: int, counties: Sequence[Unit], scope: str, target: io.BytesIO) -> None:
    """The board of a year: counties, schools, and the trend."""
    writer = Writer(target)
    line = [f"范围：{scope}", f"学年：{year_words(year)}", f"已纳入 {len(board.schools.get(year, ()))} 所"]
    counts = [
        Column("classes", "班级数", "integer"), Column("standard", "超标准班额班数", "integer", width=14),
        Column("large", "大班额班数", "integer"),
        Column("large_share", "大班额比例（%）", "decimal", width=13, places=2),
        Column("extra", "超大班额班数", "integer", width=13),
        Column("extra_share", "超大班额比例（%）", "decimal", width=14, places=2),
    ]  # fmt: skip
    heads = [
        Column("county", "县区"), Column("stage", "学段", width=8), Column("schools", "学校数", "integer"), *counts,
        Column("too_large", "大校额学校数", "integer", width=13),
    ]  # fmt: skip
    rows: list[dict[str, Any]] = []
    for one in [*board.lines(year, counties), board.whole(year)]:
        for stage, counted in one.stages.items():
            rows.append({"county": one.name, "stage": STAGE_WORDS[stage], **_counts(counted)})
        rows.append(
            {
                "county": one.name,
                "stage": "合计",
                "schools": one.schools,
                **_counts(one.all),
                "too_large": one.too_large,
            }
        )
    add_sheet(writer, "县区", heads, rows, title="班额和校额", line=line)
    heads = [
        Column("county", "县区"), Column("name", "学校名称", width=30), Column("stage", "学段", width=8),
        Column("pupils", "学生数", "integer"), *counts, Column("size", "全校学生数", "integer"),
        Column("limit", "校额上限", "integer"), Column("excess", "超出人数", "integer"), Column("relief", "放宽理由", width=30),
    ]  # fmt: skip
    rows = []
    for school in board.schools.get(year, ()):
        for stage, counted in school.stages.items():
            row = {"county": school.county, "name": school.name, "stage": STAGE_WORDS[stage], **_counts(counted)}
            row["pupils"] = school.pupils.get(stage)
            if school.size is not None:
                row |= {
                    "size": school.size.pupils, "limit": school.size.limit, "excess": school.size.excess,
                    "relief": school.size.relief,
                }  # fmt: skip
            rows.append(row)
    add_sheet(writer, "各校", heads, rows, title="班额和校额", line=line)
    heads = [Column("year", "学年", width=16), Column("schools", "学校数", "integer"), *counts]
    rows = []
    for one_year in board.years:
        whole = board.whole(one_year)
        rows.append({"year": year_words(one_year), "schools": whole.schools, **_counts(whole.all)})
    add_sheet(writer, "历年", heads, rows, title="班额和校额", line=line)
    writer.close()


def _counts(counted: Counted) -> dict[str, Any]:
    """Numbers to go on with; «0—4» as text where the bands leave a count open."""

    def number(count: Span) -> int | str:
        return count.least if count.is_exact else str(count)

    return {
        "classes": counted.classes,
        "standard": number(counted.above_standard),
        "large": number(counted.large),
        "large_share": percent(counted, counted.large),
        "extra": number(counted.extra_large),
        "extra_share": percent(counted, counted.extra_large),
    }
