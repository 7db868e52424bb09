"""What somebody has to do about self-evaluations: one's own unit's to write and to put right, those below to check."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.dashboards.queries.groups import SHOWN, TodoGroup
from dudao.evaluations.models import Campaign, Part, Subject
from dudao.evaluations.queries import parts as part_reads
from dudao.evaluations.queries.answering import checks_seen, mine, window_of
from dudao.evaluations.rules import Rules
from dudao.orgs.models import Kind, Unit

__all__ = ["answering_groups"]


def answering_groups(actor: Actor) -> list[TodoGroup]:
    """The groups of one's trade; empty ones among them."""
    groups = []
    if actor.may_somewhere("evaluation.fill"):
        own = mine(actor).filter(campaign__state=Campaign.State.RUNNING).order_by("campaign__year", "pk")
        answers = reverse("evaluations:answers")
        back = own.filter(state=Subject.State.RETURNED)
        groups.append(_group("自评退回修改", "arrow-back-up", back, "修改后再交", f"{answers}?state=returned"))
        waiting = own.filter(state=Subject.State.OPEN)
        groups.append(_group("自评待填报", "pencil", waiting, "填报", f"{answers}?state=open"))
    if actor.may_somewhere("part.fill"):
        parts = part_reads.mine(actor).filter(
            subject__campaign__state=Campaign.State.RUNNING,
            subject__state__in=[Subject.State.OPEN, Subject.State.RETURNED],
        )
        url = reverse("evaluations:parts")
        back = parts.filter(state=Part.State.RETURNED).order_by("due_on", "pk")
        groups.append(_group("自评分工退回修改", "arrow-back-up", back, "修改后再交", f"{url}?state=returned"))
        waiting = parts.filter(state=Part.State.OPEN).order_by("due_on", "pk")
        groups.append(_group("自评分工待填报", "users", waiting, "填报", f"{url}?state=open"))
    if actor.may_somewhere("part.merge"):
        groups.append(_group("成员单位交来待汇总", "checks", part_reads.handed_in(actor), "汇总", ""))
    if actor.may_somewhere("evaluation.accept"):
        rows = checks_seen(actor).filter(campaign__state=Campaign.State.RUNNING, state=Subject.State.SUBMITTED)
        rows = rows.filter(_nearest(actor))
        rows = rows.exclude(submitted_by=actor.id) if actor.id is not None else rows
        url = f"{reverse('evaluations:checks')}?state=submitted"
        groups.append(_group("自评待核查", "clipboard-check", rows.order_by("submitted_at", "pk"), "核查", url))
    return groups


def _nearest(actor: Actor) -> Q:
    """What is checked at one's own desk: a city looks at the counties, and leaves a county's schools to the county."""
    found = Q(pk__in=[])
    for path, kind in Unit.objects.filter(path__in=actor.paths("evaluation.accept")).values_list("path", "kind"):
        is_above = kind in {Kind.PROVINCE, Kind.CITY}
        found |= Q(unit__parent__path=path) if is_above else Q(unit__path__startswith=path)
    return found


def _group(title: str, icon: str, rows: QuerySet[Any], act: str, url: str) -> TodoGroup:
    found = list(rows[: SHOWN + 1])
    items = [_todo(row, act) for row in found[:SHOWN]]
    total = len(found) if len(found) <= SHOWN else rows.order_by().count()
    return TodoGroup(title, icon, items, total, url)


def _todo(row: Subject | Part, act: str) -> Todo:
    if isinstance(row, Part):
        title = str(row.unit) if act == "汇总" else row.subject.campaign.title
        note = row.subject.campaign.title if act == "汇总" else f"{row.subject.unit}，已填 {row.filled}/{row.expected}"
        return Todo(title, row.get_absolute_url(), note, None if act == "汇总" else row.due_on, act=act)
    if act == "核查":
        return Todo(row.label, row.get_absolute_url(), row.campaign.title, act=act)
    window = window_of(row)
    wants_report = Rules.of(row.campaign.rules).self_report and row.report_id is None
    note = f"{row.campaign.office}，已填 {row.filled}/{row.expected}" + ("，另需上传自评报告" if wants_report else "")
    return Todo(row.campaign.title, row.get_absolute_url(), note, window.last if window is not None else None, act=act)
