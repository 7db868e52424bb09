"""New problems out of a 问题清单: which unit a row means, what is wrong with it, what is registered already. Writes nothing."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

from dudao.core.sheets import Comparison, Reading, normal
from dudao.findings.ledgers import PROBLEMS
from dudao.findings.models import WRITTEN, Finding
from dudao.findings.queries.ledgers import Register, known_of
from dudao.orgs.models import Unit

_TEXTS = [
    column.key for column in PROBLEMS.columns if column.kind == "text" and column.key in WRITTEN and not column.required
]


def checked(reading: Reading, office: Unit, register: Register, today: date) -> Comparison:
    """Check the rows of a list. A problem of the same unit, day and wording is registered once."""
    # Rows that are not there yet have no content that could stay as it is.
    notes = [note.replace("原有内容保持不变", "登记为空白") for note in reading.notes]
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
