"""Results of evaluations on the shared pages; what waits: answer objections, decide, publish; a unit looks and objects."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.desk import Desk, Entry
from dudao.core.ui.parts import Todo
from dudao.core.waiting import Kind, Pile, at
from dudao.evaluations.models import Campaign, Result
from dudao.evaluations.queries import scores as results
from dudao.results.models import Objection
from dudao.results.queries import deciding, uses

_State = Campaign.State
_OBJECTIONS: QuerySet[Any] = Objection.objects.select_related("subject__campaign")
_CAMPAIGNS: QuerySet[Any] = Campaign.objects.all()
_RESULTS: QuerySet[Any] = Result.objects.select_related("sheet__campaign").defer("cells", "outcome")


def result_piles(actor: Actor) -> list[Pile]:
    """The piles of one's trade, in the order in which one would work."""
    piles = []
    today = timezone.localdate()
    if actor.may_somewhere("objection.uphold"):
        led_by = at(actor, "objection.uphold", "subject__campaign__office__path")
        rows = uses.objections(actor).filter(led_by, state=Objection.State.ASKED)
        kind = Kind("异议待答复", "message-report", f"{reverse('results:objections')}?state=asked", _objection)
        piles.append(Pile(rows, (kind,), ("decide_by",), _OBJECTIONS))
    if actor.may_somewhere("campaign.decide"):
        url = reverse("evaluations:campaigns")
        led = Campaign.objects.filter(at(actor, "campaign.decide", "office__path"))
        waiting = deciding.undecided(led)
        over = led.filter(state=_State.PUBLICISED, publicised_until__lt=today).exclude(pk__in=waiting.values("pk"))
        piles.append(Pile(waiting, (Kind("评定会议待登记", "users", url, _decide),), read=_CAMPAIGNS))
        piles.append(Pile(over, (Kind("公示期满待公布", "send", url, _publish),), read=_CAMPAIGNS))
    if actor.may_somewhere("objection.ask"):
        own = results.published_results(actor).filter(
            at(actor, "objection.ask", "path"),
            sheet__campaign__state=_State.PUBLICISED,
            sheet__campaign__publicised_until__gte=today,
        )
        # An office that runs a campaign at its own place has nothing to object to.
        own = own.exclude(at(actor, "objection.ask", "sheet__campaign__office__path"))
        kind = Kind("评估结果公示中", "award", reverse("results:result_list"), _publicised)
        piles.append(Pile(own, (kind,), ("sheet__campaign__publicised_until",), _RESULTS))
    return piles


def _objection(row: Objection) -> Todo:
    subject = row.subject
    return Todo(f"{subject.label}的异议", row.get_absolute_url(), subject.campaign.title, row.decide_by, act="答复")


def _decide(row: Campaign, act: str = "登记") -> Todo:
    return Todo(row.title, reverse("results:results", args=[row.pk]), f"{row.year}年", act=act)


def _publish(row: Campaign) -> Todo:
    return _decide(row, "公布")


def _publicised(row: Result) -> Todo:
    note = f"{row.name}，{row.grade}" if row.grade else row.name
    campaign = row.sheet.campaign
    return Todo(campaign.title, row.get_absolute_url(), note, campaign.publicised_until, act="查看")


_LIST = Entry("评估结果", "award", "results:result_list", "result.view")
_ASKED = Entry("异议申辩", "message-report", "results:objections", "result.view")
_USED = Entry("结果运用", "report-analytics", "results:uses", "result.view")
_PROPOSED = Entry("修订建议", "message-2", "results:proposals", "proposal.make")


def _entry(*below: Entry) -> Entry:
    return Entry(_LIST.label, _LIST.icon, _LIST.name, _LIST.verb, below=below)


DESK = Desk(
    menu=(
        (40, (("office", "county", "leader"), _entry(_LIST, _ASKED, _USED, _PROPOSED))),
        (40, (("school",), _entry(_LIST, _ASKED, _PROPOSED))),
    ),
    waiting=((70, result_piles),),
)
