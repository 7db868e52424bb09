"""New problems out of a 问题清单: which unit a row means, what is wrong with it, what is registered already. Writes nothing."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from dudao.core.sheets import Comparison, Reading, Rules, compare, key_of, normal
from dudao.findings.ledgers import PROBLEMS, cell_of, numbers_of
from dudao.findings.models import WRITTEN, Finding
from dudao.findings.queries.ledgers import Register, known_of
from dudao.orgs.models import Unit

_TEXTS = [
    column.key for column in PROBLEMS.columns if column.kind == "text" and column.key in WRITTEN and not column.required
]


_FIXED = "这个问题已经登记，请恢复原来的内容，需要变动的在问题页面办理；要登记新问题，请把“编号”留空"


def parted(
    reading: Reading, held: Mapping[int, Finding], snapshot: Mapping[str, Mapping[str, str]] | None
) -> tuple[Reading, Comparison]:
    """The rows that are to be registered, and what is to be said of those that are registered already, told by their number.

    An exported list that comes back says nothing new, from whichever office its problems are: ``held`` are the findings of its
    numbers that the actor may see. A changed cell beside a number is a fault, since nobody could tell what was meant.
    """
    numbers = {row.number: str(row.values.get("number") or "") for row in reading.rows}
    lines = {line for line, number in numbers.items() if number}
    numbered = [row for row in reading.rows if row.number in lines]
    unknown = [
        row.problem("编号", f"是“{numbers[row.number]}”，平台里没有这一项，或不在您的范围内。登记新问题请把编号留空")
        for row in numbered
        if (finding := held.get(key_of(numbers[row.number]))) is None or numbers[row.number] not in numbers_of(finding)
    ]
    strange = {problem.row for problem in unknown}
    matched = {key_of(numbers[row.number]): numbers[row.number] for row in numbered if row.number not in strange}
    rules = Rules(
        number=lambda row: matched[row.pk],
        label=str,
        shown=lambda row, column: (cell_of(row, column), *([row.unit.short_name] if column.key == "unit" else [])),
        why_not=lambda row, column, text: _FIXED,
        page="问题页面",
    )
    known = replace(
        reading,
        rows=[row for row in numbered if row.number not in strange],
        problems=[problem for problem in reading.problems if problem.row in lines],
        notes=[],
    )
    found = compare(PROBLEMS, known, snapshot, {key: held[key] for key in matched}, rules)
    found.problems += unknown
    found.notes = [f"{len(matched)} 个问题按编号认出是已经登记的，不会再登记。"] if matched else []
    fresh = replace(
        reading,
        rows=[row for row in reading.rows if row.number not in lines],
        problems=[problem for problem in reading.problems if problem.row not in lines],
    )
    return fresh, found


def checked(reading: Reading, office: Unit, register: Register, today: date) -> Comparison:
    """Check the rows of a list. A problem of the same unit, day and wording is registered once."""
    # Rows that are not there yet have no content that could stay as it is.
    told = [
        note.replace("原有内容保持不变", "登记为空白").replace("登记为空白：编号、", "登记为空白：")
        for note in reading.notes
    ]
    notes = [note for note in told if not note.endswith("登记为空白：编号。")]
    found = Comparison(len(reading.rows), [], list(reading.problems), notes)
    faulty = {problem.row for problem in found.problems}
    seen: dict[tuple[int, date, str], int] = {}
    for line in reading.rows:
        values = line.values
        unit: int | None = None
        if "unit" in values:
            unit, key, reason = register.find(values["unit"] or "", values.get("unit_code") or "")
            if reason:
                found.problems.append(line.problem(reading.table.column(key), reason))
        day = values.get("found_on") or today
        if day > today:
            found.problems.append(line.problem("发现时间", f"是{day:%Y-%m-%d}，晚于今天，请核对"))
            unit = None
        if unit is None or line.number in faulty:
            continue
        text = normal(values["description"])
        if (unit, day, text) in seen:
            found.problems.append(
                line.problem("问题描述", f"与第 {seen[unit, day, text]} 行相同（同一单位、同一天），请删除其中一行")
            )
            continue
        seen[unit, day, text] = line.number
        found.changes.append(
            {
                "line": line.number,
                "unit": unit,
                "name": register.units[unit],
                "description": text,
                "severity": values.get("severity") or Finding.Severity.GENERAL.value,
                "source": values.get("source") or Finding.Source.OTHER.value,
                "found_on": day.isoformat(),
                **{name: normal(values.get(name)) for name in _TEXTS},
            }
        )
    known = known_of(office, {key[0] for key in seen}, {key[1] for key in seen})
    again = [row["line"] for row in found.changes if _key(row) in known]
    if again:
        found.changes = [row for row in found.changes if _key(row) not in known]
        shown = "、".join(str(line) for line in again[:10]) + ("等" if len(again) > 10 else "")
        found.notes.append(
            f"第 {shown} 行，共 {len(again)} 个问题已经登记过（同一单位、同一天、同样的描述），不会再登记。"
        )
    return found


def _key(row: dict[str, Any]) -> tuple[int, date, str]:
    return row["unit"], date.fromisoformat(row["found_on"]), row["description"]


def drafts_of(office: int, rows: Iterable[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """(key of the unit, the values of ``create_finding``) of checked rows. The key of the source makes a second import harmless."""
    made = []
    for row in rows:
        unit, day, text = _key(row)
        digest = hashlib.sha256(f"{office}\0{day}\0{text}".encode()).hexdigest()
        values = {key: value for key, value in row.items() if key not in {"line", "unit", "name"}}
        made.append((unit, {**values, "found_on": day, "source_key": f"sheet:{digest}"}))
    return made
