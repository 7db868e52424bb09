"""The 问责台账: its columns and a row's values. Names of people never stand in it. Writes nothing."""

from typing import Any, Final

from dudao.accountability.grounds import PUBLICITY
from dudao.accountability.labels import STATES
from dudao.accountability.models import Case
from dudao.core.sheets import Column, Table

__all__ = ["LEDGER", "values_of"]

LEDGER: Final = Table(
    "问责台账",
    [
        Column("code", "编号", read_only=True, width=14),
        Column("subject", "问责对象", read_only=True, width=24),
        Column("sort", "对象类别", read_only=True, width=9),
        Column("trigger", "线索", read_only=True, width=18),
        Column("article", "条款", read_only=True, width=18),
        Column("facts", "主要事实", read_only=True, width=34),
        Column("findings", "有关问题", read_only=True, width=16),
        Column("state", "状态", read_only=True, width=11),
        Column("ended_on", "督导结束日期", "date", read_only=True, width=14.5),
        Column("group_on", "工作组成立", "date", read_only=True, width=14.5),
        Column("notified_on", "告知日期", "date", read_only=True, width=14.5),
        Column("defend_by", "申辩截止", "date", read_only=True, width=14.5),
        Column("decided_on", "审定日期", "date", read_only=True, width=14.5),
        Column("measures", "问责方式", read_only=True, width=24),
        Column("effective_on", "生效日期", "date", read_only=True, width=14.5),
        Column("issued_on", "印发日期", "date", read_only=True, width=14.5),
        Column("received_on", "签收日期", "date", read_only=True, width=14.5),
        Column("remedies", "复核申诉", read_only=True, width=16),
        Column("publicity", "公开范围", read_only=True, width=12),
        Column("published_on", "公开日期", "date", read_only=True, width=14.5),
        Column("office", "问责单位", read_only=True, width=16),
    ],
)

_DECIDED = ("decided_on", "effective_on", "issued_on", "received_on", "published_on")


def values_of(row: Case) -> dict[str, Any]:
    """A row of the sheet. ``row.led``: whether it is taken away by the side that leads it; the others read of a decision only
    after it was issued, and nothing that the office hasn't told them of.
    """
    led = bool(row.led)  # type: ignore[attr-defined]
    found: dict[str, Any] = {
        "code": row.code,
        "subject": row.subject,
        "sort": "个人" if row.is_person else "单位",
        "trigger": row.get_trigger_display(),
        "article": row.article,
        # What is written about a person stays on the case's page.
        "facts": "" if row.is_person else row.facts,
        "findings": "、".join(one.code for one in row.findings.all() if one.code),
        "state": STATES[row.state].word,
        "ended_on": row.ended_on,
        "group_on": row.group_on if led else None,
        "notified_on": row.notified_on,
        "defend_by": row.defend_by,
        "remedies": "、".join(
            f"{one.get_kind_display()}{one.get_result_display() or '待决定'}" for one in row.remedies.all()
        ),
        "office": str(row.office),
    }
    if led or row.issued_on is not None:
        found |= {name: getattr(row, name) for name in _DECIDED}
        found["measures"] = "；".join(str(one) for one in row.measures.all() if one.revoked_on is None)
        found["publicity"] = PUBLICITY.get(row.publicity, "")
    return found
