"""The 督导通知 of one visit: who comes when, for what, how. It is then checked, signed and issued like every paper."""

from collections.abc import Sequence

from dudao.calc.calendar import chinese_date
from dudao.core import audit, keys
from dudao.core.access import Actor, Denied
from dudao.evaluations.actions.visits import notify, opened
from dudao.evaluations.queries.systems import system_of
from dudao.papers.actions import draft_paper
from dudao.papers.kinds import Kind
from dudao.papers.models import Paper
from dudao.papers.sources import Fact, Source, register
from dudao.people.guards import by_office
from dudao.visits import queries as visit_reads
from dudao.visits.flow import VISIT
from dudao.visits.models import SiteVisit

VISIT_NOTICE = keys.Kind("visit", int)
_GONE = (Paper.State.DISCARDED, Paper.State.WITHDRAWN)


def notice_of(visit: SiteVisit) -> Paper | None:
    """The notice that stands, if one was drafted."""
    return Paper.objects.filter(source_key=VISIT_NOTICE.key(visit.pk)).exclude(state__in=_GONE).order_by("-pk").first()


def why_not_notice(actor: Actor, row: SiteVisit) -> Denied | None:
    """Whether the notice can be drafted now."""
    for denied in (actor.why_not("paper.draft", row.office.path), by_office(row, actor, "onsite.notify")):
        if denied is not None:
            return denied
    if not row.announced:
        return Denied("这次实地评估不事先通知，不用起草督导通知。", "paper.draft")
    if row.state not in {SiteVisit.State.PLANNED, SiteVisit.State.NOTIFIED}:
        return Denied(f"实地评估{row.get_state_display()}，不用再发督导通知。", "paper.draft")
    standing = notice_of(row)
    if standing is not None:
        return Denied(f"已经起草了督导通知，当前为“{standing.get_state_display()}”。", "paper.draft")
    return None


def facts_of_visit(pk: int) -> Sequence[Fact]:
    """The days of a visit, as they are now: a notice that names others is stopped before it is issued."""
    row = SiteVisit.objects.filter(pk=pk).first()
    return () if row is None else _facts(row)


def _facts(row: SiteVisit) -> list[Fact]:
    return [
        Fact("督导开始日期", row.from_on.isoformat(), chinese_date(row.from_on)),
        Fact("督导结束日期", row.until_on.isoformat(), chinese_date(row.until_on)),
    ]


@audit.action
def draft_visit_notice(actor: Actor, *, visit: SiteVisit) -> Paper:
    """Draft the notice to the unit: matters of all campaigns that the visit serves, days, ways, the team."""
    row = opened(visit)
    denied = why_not_notice(actor, row)
    if denied is not None:
        raise denied
    subjects = list(row.subjects.all())
    matters = []
    for subject in subjects:
        tree = system_of(subject.campaign).tree
        matters += [child.name for child in tree.root.children]
    team = visit_reads.team_of(row)
    titles = "、".join(one.campaign.title for one in subjects)
    paper: Paper = draft_paper(
        actor,
        unit=row.office,
        kind=Kind.NOTICE,
        title=f"关于对{row.unit.name}实地评估的通知",
        values={
            "topic": titles,
            "basis": ["《教育督导条例》（国务院令第624号）"],
            "matters": list(dict.fromkeys(matters)),
            "from_on": row.from_on.isoformat(),
            "to_on": row.until_on.isoformat(),
            "ways": ["听取汇报，查阅资料", "察看现场，随机听课", "召开师生和家长座谈会，征求公众意见"],
            "group": [
                {
                    "name": member.account.name,
                    "post": f"{member.account.home}{'督学' if member.inspector else '专家'}",
                    "duty": "组长" if member.leader else (member.speciality or "成员"),
                }
                for member in team
            ],
            "self_due": None,
            "materials": [],
            "demands": [line.strip() for line in row.agenda.splitlines() if line.strip()],
            "contact": "",
            "copies": "",
        },
        recipients=[row.unit],
        source_label=str(row),
        source_url=row.get_absolute_url(),
        source_key=VISIT_NOTICE.key(row.pk),
        facts=_facts(row),
    )
    audit.record(actor, "onsite.plan", row, what=f"起草{paper.get_kind_display()}")
    return paper


def issued(actor: Actor, paper: Paper) -> None:
    """With its notice the unit hears of the visit."""
    asked = VISIT_NOTICE.read(paper.source_key)
    row = SiteVisit.objects.filter(pk=asked[0]).first() if asked is not None else None
    if row is not None and row.announced and VISIT.why_not(opened(row), "onsite.notify", actor) is None:
        notify(actor, visit=row)


def register_all() -> None:
    register(VISIT_NOTICE, Source(facts=facts_of_visit, issued=issued))
