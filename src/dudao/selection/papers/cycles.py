"""A cycle plan as a workbook: the table of counties and terms, the list of schools (to fill in and bring back), what is unmet."""

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from dudao.calc.scheduling.cycle import term_label
from dudao.core import sheets
from dudao.core.sheets import Column, Problem, Table, Writer, add_sheet
from dudao.selection.actions.cycles import Fix
from dudao.selection.models import CycleEntry, CyclePlan
from dudao.selection.queries.cycles import Matrix, area_word, by_townships, county_name

_TERM = re.compile(r"(\d{4})\s*年?\s*(春|秋)(?:季|季学期|学期)?")


def _term(value: Any) -> int | None:
    """«2027年春季», «2027春» → term number."""
    match = _TERM.fullmatch(str(value).strip())
    if match is None:
        raise ValueError(f"是“{str(value)[:20]}”，请写成“2027年春季”的样子")
    return 2 * int(match.group(1)) + (match.group(2) == "秋")


def school_table() -> Table:
    return Table(
        "学校名单",
        [
            Column("number", "编号", "integer", required=True, width=10, help="由平台给出，不要改。"),
            Column("county", "地区", read_only=True, width=12),
            Column("school", "学校", read_only=True, width=30),
            Column("ownership", "公民办", read_only=True, width=8),
            Column("term", "排定学期", read_only=True, width=13),
            Column("risk", "风险分", "integer", read_only=True, width=8),
            Column("parts", "风险构成", read_only=True, width=36),
            Column("fixed", "固定学期", width=13, check=_term, help="例如 2027年春季；清空就不再固定。"),
            Column("reason", "固定理由", width=24, limit=200),
            Column("not_before", "不早于", width=13, check=_term),
            Column("not_after", "不晚于", width=13, check=_term),
            Column("last", "上次督导", width=13, check=_term),
            Column("why", "说明", read_only=True, width=40),
        ],
    )


def _label(term: int | None) -> str:
    return "" if term is None else term_label(term)


def write_cycle(
    plan: CyclePlan, matrix: Matrix, rows: Iterable[CycleEntry], unmet: Sequence[dict[str, Any]], target: io.BytesIO
) -> None:
    writer = Writer(target)
    line = [
        f"编制单位：{plan.office}",
        f"周期：{plan.span_words}",
        f"状态：{plan.get_state_display()}",
        f"摘要：{plan.digest[:12]}",
    ]
    heads = [
        Column("county", area_word(plan), width=14),
        Column("schools", "学校", "integer", width=8),
        *(Column(f"t{term}", term_label(term), "integer", width=11) for term in matrix.terms),
    ]
    table = [
        {"county": one.name, "schools": one.schools} | {f"t{cell.term}": cell.planned for cell in one.cells}
        for one in (*matrix.lines, matrix.total)
    ]
    add_sheet(
        writer, "分乡镇分学期" if by_townships(plan.office) else "分县分学期", heads, table, title=str(plan), line=line
    )
    listed = [
        {
            "number": entry.pk,
            "county": county_name(entry.county, plan),
            "school": entry.school.name,
            "ownership": entry.school.get_ownership_display(),
            "term": _label(entry.term),
            "risk": entry.risk,
            "parts": "；".join(entry.risk_lines),
            "fixed": _label(entry.fixed_term),
            "reason": entry.fixed_reason,
            "not_before": _label(entry.not_before),
            "not_after": _label(entry.not_after),
            "last": _label(entry.last_visited),
            "why": entry.why,
        }
        for entry in rows
    ]
    add_sheet(writer, "学校名单", school_table().columns, listed, title=str(plan), line=line)
    if unmet:
        texts = [{"text": one["text"]} for one in unmet]
        add_sheet(writer, "未满足的要求", [Column("text", "要求和原因", width=110)], texts, title=str(plan), line=line)
    writer.close()


def read_fixes(data: bytes, plan: CyclePlan) -> tuple[dict[int, Fix], list[Problem]]:
    """What a workbook says of the plan's schools; columns and rows that it leaves out stay as they are."""
    reading = sheets.read(data, school_table(), max_rows=5000)
    problems = list(reading.problems)
    faulty = {problem.row for problem in problems}
    entries = {entry.pk: entry for entry in plan.entries.filter(left_why="").select_related("school")}
    found: dict[int, Fix] = {}
    for line in reading.rows:
        if line.number in faulty:
            continue
        values = line.values
        entry = entries.get(values["number"])
        if entry is None:
            problems.append(line.problem("编号", f"{values['number']} 不在本规划之内，请用本规划导出的工作簿"))
            continue
        if entry.pk in found:
            problems.append(line.problem("编号", f"{entry.pk}（{entry.school}）在前面已经出现过"))
            continue

        def told(key: str, held: Any, values: dict[str, Any] = values) -> Any:
            return values.get(key) if reading.has(key) else held

        term = told("fixed", entry.fixed_term)
        reason = told("reason", entry.fixed_reason) or ""
        if term is not None and term not in plan.terms:
            problems.append(line.problem("固定学期", f"{term_label(term)}不在{plan.span_words}之内"))
        if term is not None and not reason:
            problems.append(line.problem("固定理由", "没有填写，固定了学期的学校必须写明理由"))
        found[entry.pk] = Fix(
            term=term,
            reason=reason,
            not_before=told("not_before", entry.not_before),
            not_after=told("not_after", entry.not_after),
            last_visited=told("last", entry.last_visited),
        )
    return found, problems
