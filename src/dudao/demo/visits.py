"""Visits of the demo city's kindergartens: one is over, with its preliminary opinion, what the unit said and what the team decided;
one goes on today, half marked, so that somebody with a phone finds where to go on.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from dudao.core.access import Actor
from dudao.demo.campaigns import KINDERGARTENS, by_code, cells_of
from dudao.demo.drafts import on
from dudao.demo.logins import Login
from dudao.evaluations.actions import visits as visiting
from dudao.evaluations.actions.visits import mark_on_site
from dudao.evaluations.models import Campaign, Subject
from dudao.people.models import Account
from dudao.people.queries import actor_for
from dudao.selection.queries.recusal import barred, candidates, inspectors_among
from dudao.visits.models import SiteVisit

Cells = Mapping[str, Mapping[str, str]]
"""What is marked on site, by indicator."""
_AGENDA = "听取汇报、查阅材料、半日活动观察、师生座谈、现场反馈。"
_REASON = "现场查看并与材料核对。"


def build_visits(logins: Sequence[Login], *, now: datetime) -> None:
    """Inspectors with a log-in go along where they may; nobody is visited for whom there aren't three."""
    row = Campaign.objects.filter(objects_kind=Campaign.Objects.KINDERGARTENS, state=Campaign.State.RUNNING).first()
    officer = next((login.account for login in logins if login.role == "city_officer"), None)
    if row is None or officer is None:
        return
    inspectors = {login.account.pk for login in logins if login.role in {"city_inspector", "county_inspector"}}
    cells = cells_of(row, KINDERGARTENS)
    subjects = row.subjects.exclude(state__in=[Subject.State.RETURNED, Subject.State.OUT]).order_by("unit__path")
    ways = ((_over, 4), (_running, 0))
    for subject, (walk, ago) in zip(subjects.select_related("unit", "campaign__office"), ways, strict=False):
        team = _team(subject, inspectors)
        if len(team) >= visiting.LEAST:
            day = timezone.localdate(now) - timedelta(ago)
            with on(now, -ago - 3):
                visit = visiting.plan_visit(
                    actor_for(officer), office=subject.campaign.office, unit=subject.unit, subjects=[subject],
                    members=team, leader=team[0], from_on=day, until_on=day, agenda=_AGENDA, demo=True,
                )  # fmt: skip
                visit = visiting.notify(actor_for(officer), visit=visit)
            walk(visit, subject, by_code(row, cells[subject.pk], "onsite"), actor_for(team[0]), now)


def _team(subject: Subject, wanted: Collection[int]) -> list[Account]:
    """Three inspectors who may mark there and needn't stay away, those with a log-in of the demo first."""
    able = list(candidates("onsite.mark", subject.unit.path).order_by("username"))
    inspecting = inspectors_among(able)
    bars = barred(subject.campaign.office, able, [subject.unit], branch=True)
    free = [one for one in able if one.pk in inspecting and (one.pk, subject.unit.pk) not in bars]
    return sorted(free, key=lambda one: one.pk not in wanted)[: visiting.LEAST]


def _over(visit: SiteVisit, subject: Subject, cells: Cells, leader: Actor, now: datetime) -> None:
    with on(now, -4):
        visit = visiting.begin(leader, visit=visit)
        _mark(visit, subject, cells, leader)
        visit = visiting.feed_back(
            leader,
            visit=visit,
            preliminary="保教活动组织有序，教师与幼儿互动较好；食堂留样记录不全，户外场地有一处防护垫破损。建议立即整改。",
            present="园长、保教主任，评估组全体成员",
        )
        visit = visiting.state_position(
            leader, visit=visit, text="无异议，防护垫已联系更换，留样记录当天补齐。", by="园长"
        )
    with on(now, -3):
        visiting.settle(leader, visit=visit, conclusion="同意初步意见，按现场评分计入。", unmarked=True)


def _running(visit: SiteVisit, subject: Subject, cells: Cells, leader: Actor, now: datetime) -> None:
    with on(now, 0):
        visit = visiting.begin(leader, visit=visit)
        half = sorted(cells)[: len(cells) // 2]
        _mark(visit, subject, {code: cells[code] for code in half}, leader)


def _mark(visit: SiteVisit, subject: Subject, cells: Cells, leader: Actor) -> None:
    for code, given in cells.items():
        mark_on_site(leader, visit=visit, subject=subject, code=code, cells=given, reason=_REASON)
