"""What somebody has to do about self-evaluations: one's own unit's to write and to put right, those below to check."""

from typing import Any

from django.db.models import Exists, Q, QuerySet
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.dashboards.queries.waiting import Kind, Pile
from dudao.evaluations.models import Campaign, Part, Subject
from dudao.evaluations.queries import parts as part_reads
from dudao.evaluations.queries.answering import checks_seen, mine, window_of
from dudao.evaluations.rules import Rules
from dudao.orgs.models import Kind as UnitKind
from dudao.orgs.models import Unit

_RUNNING = Campaign.State.RUNNING
_SUBJECTS: QuerySet[Any] = Subject.objects.select_related("unit", "campaign__office").prefetch_related(
    "campaign__phases"
)
_PARTS: QuerySet[Any] = Part.objects.select_related("unit", "subject__unit", "subject__campaign").defer("content")


def answering_piles(actor: Actor) -> list[Pile]:
    piles = []
    if actor.may_somewhere("evaluation.fill"):
        here, state = reverse("evaluations:answers"), Subject.State
        kinds = (
            Kind("自评退回修改", "arrow-back-up", f"{here}?state=returned", _correct, Q(state=state.RETURNED)),
            Kind("自评待填报", "pencil", f"{here}?state=open", _fill, Q(state=state.OPEN)),
        )
        piles.append(Pile(mine(actor).filter(campaign__state=_RUNNING), kinds, ("campaign__year",), _SUBJECTS))
    if actor.may_somewhere("part.fill"):
        parts = part_reads.mine(actor).filter(
            subject__campaign__state=_RUNNING, subject__state__in=[Subject.State.OPEN, Subject.State.RETURNED]
        )
        url = reverse("evaluations:parts")
        back, waiting = Q(state=Part.State.RETURNED), Q(state=Part.State.OPEN)
        kinds = (
            Kind("自评分工退回修改", "arrow-back-up", f"{url}?state=returned", _correct_part, back),
            Kind("自评分工待填报", "users", f"{url}?state=open", _fill_part, waiting),
        )
        piles.append(Pile(parts, kinds, ("due_on",), _PARTS))
    if actor.may_somewhere("part.merge"):
        kind = Kind("成员单位交来待汇总", "checks", "", _merge)
        piles.append(Pile(part_reads.handed_in(actor), (kind,), ("submitted_at",), _PARTS))
    if actor.may_somewhere("evaluation.accept"):
        rows = checks_seen(actor).filter(_nearest(actor), campaign__state=_RUNNING, state=Subject.State.SUBMITTED)
        rows = rows.exclude(submitted_by=actor.id) if actor.id is not None else rows
        kind = Kind("自评待核查", "clipboard-check", f"{reverse('evaluations:checks')}?state=submitted", _check)
        piles.append(Pile(rows, (kind,), ("submitted_at",), _SUBJECTS))
    return piles


def _nearest(actor: Actor) -> Q:
    """What is checked at one's own desk: a city looks at the counties, and leaves a county's schools to the county."""
    found = Q(pk__in=[])
    for path in actor.paths("evaluation.accept"):
        above = Exists(Unit.objects.filter(path=path, kind__in=[UnitKind.PROVINCE, UnitKind.CITY]))
        found |= Q(above, unit__parent__path=path) | Q(~above, unit__path__startswith=path)
    return found


def _own(row: Subject, act: str) -> Todo:
    window = window_of(row)
    wants_report = Rules.of(row.campaign.rules).self_report and row.report_id is None
    note = f"{row.campaign.office}，已填 {row.filled}/{row.expected}" + ("，另需上传自评报告" if wants_report else "")
    return Todo(row.campaign.title, row.get_absolute_url(), note, window.last if window is not None else None, act=act)


def _fill(row: Subject) -> Todo:
    return _own(row, "填报")


def _correct(row: Subject) -> Todo:
    return _own(row, "修改后再交")


def _own_part(row: Part, act: str) -> Todo:
    note = f"{row.subject.unit}，已填 {row.filled}/{row.expected}"
    return Todo(row.subject.campaign.title, row.get_absolute_url(), note, row.due_on, act=act)


def _fill_part(row: Part) -> Todo:
    return _own_part(row, "填报")


def _correct_part(row: Part) -> Todo:
    return _own_part(row, "修改后再交")


def _merge(row: Part) -> Todo:
    return Todo(str(row.unit), row.get_absolute_url(), row.subject.campaign.title, act="汇总")


def _check(row: Subject) -> Todo:
    return Todo(row.label, row.get_absolute_url(), row.campaign.title, act="核查")
