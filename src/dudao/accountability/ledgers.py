"""The 问责台账: its columns and a row's values. Names of people never stand in it. Writes nothing."""

from typing import Any, Final

from dudao.accountability.flow import CASE
from dudao.accountability.grounds import PUBLICITY
from dudao.accountability.models import Case
from dudao.calc.calendar import chinese_date
from dudao.core.sheets import Column, Table

LEDGER: Final = Table(
    "问责台账",
    [
        Column("code", "编号", read_only=True, width=13),
        Column("subject", "问责对象", read_only=True, width=15),
        Column("trigger", "线索", read_only=True, width=15),
        Column("facts", "主要事实", read_only=True, width=28),
        Column("state", "状态", read_only=True, width=9),
        Column("notified_on", "告知日期", "date", read_only=True, width=14.5),
        Column("decided_on", "审定日期", "date", read_only=True, width=14.5),
        Column("measures", "问责方式", read_only=True, width=20),
        Column("effective_on", "生效日期", "date", read_only=True, width=14.5),
        Column("issued_on", "印发日期", "date", read_only=True, width=14.5),
        Column("received_on", "签收日期", "date", read_only=True, width=14.5),
        Column("remedies", "复核申诉", read_only=True, width=12),
        Column("publicity", "公开情况", read_only=True, width=14.5),
        Column("office", "问责单位", read_only=True, width=11),
    ],
)

_DECIDED = ("decided_on", "effective_on", "issued_on", "received_on")


def values_of(row: Case) -> dict[str, Any]:
    """A row of the sheet. ``row.led``: whether it is taken away by the side that leads it; the others read of a decision only
    after it was issued, and nothing that the office hasn't told them of.
    """
    led = bool(row.led)  # type: ignore[attr-defined]
    found: dict[str, Any] = {
        "code": row.code,
        "subject": row.subject,
        "trigger": row.get_trigger_display(),
        # What is written about a person stays on the case's page.
        "facts": "" if row.is_person else row.facts,
        "state": CASE.states[row.state].word,
        "notified_on": row.notified_on,
        "remedies": "、".join(
            f"{one.get_kind_display()}{one.get_result_display() or '待决定'}" for one in row.remedies.all()
        ),
        "office": str(row.office),
    }
    if led or row.issued_on is not None:
        found |= {name: getattr(row, name) for name in _DECIDED}
        found["measures"] = "；".join(str(one) for one in row.measures.all() if one.revoked_on is None)
        found["publicity"] = _public(row)
    return found


def _public(row: Case) -> str:
    """The range that was decided, and the day on which it was made public."""
    day = f"，{chinese_date(row.published_on)}" if row.published_on is not None else ""
    return f"{PUBLICITY.get(row.publicity, '')}{day}"
