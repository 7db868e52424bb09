"""The visits of a list as a sheet with what came of each: 实地评估结果台账."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from dudao.core.ui.acting import actor_of
from dudao.core.ui.columns import Column
from dudao.evaluations.queries import visits as reads
from dudao.evaluations.views.exporting import recorded
from dudao.visits import queries as visit_reads
from dudao.visits.flow import VISIT
from dudao.visits.models import SiteVisit

KINDS = [("outcomes", "实地评估结果台账")]
"""The sheet besides the list itself: key and label."""

_TOLD = {SiteVisit.State.FED_BACK, SiteVisit.State.SETTLED}

_COLUMNS = [
    Column("unit", "受评单位", lambda row: row.unit.name),
    Column("office", "组织单位", lambda row: str(row.office)),
    Column("campaigns", "服务的项目", lambda row: "、".join(one.campaign.title for one in row.subjects.all())),
    Column("from_on", "开始日期", "from_on"),
    Column("until_on", "结束日期", "until_on"),
    Column("leader", "组长", lambda row: "、".join(one.account.name for one in row.members.all() if one.leader)),
    Column("members", "组员", lambda row: "、".join(one.account.name for one in row.members.all() if not one.leader)),
    Column("state", "状态", lambda row: VISIT.states[row.state]),
    Column("announced", "事先通知", "announced"),
    Column("notified", "通知日期", "notified_at"),
    Column("begun", "进校日期", "begun_at"),
    Column("fed_back", "反馈日期", "fed_back_at"),
    Column("settled", "完成日期", "settled_at"),
    Column("marks", "已评项", "mark_count"),
    Column("records", "现场记录", "record_count"),
    Column("findings", "形成问题", "finding_count"),
    Column("preliminary", "初步意见", lambda row: row.preliminary if row.told else ""),
    Column("statement", "单位说明", "statement"),
    Column("conclusion", "评估组意见", "conclusion"),
    Column("reason", "取消理由", "reason"),
]


def outcomes(request: HttpRequest, rows: Any) -> HttpResponse:
    """The sheet. A unit does not read in it what the team has not told it yet."""
    actor = actor_of(request)
    found = list(rows)
    counts = reads.findings_of(actor, found)
    for row in found:
        row.told = row.state in _TOLD or visit_reads.is_inside(actor, row)
        row.finding_count = counts.get(row.pk, 0)
    return taken(request, _COLUMNS, found, KINDS[0][1])


taken = recorded(lambda row: row.subjects.all()[0].campaign)
"""How the list of visits answers its export."""
