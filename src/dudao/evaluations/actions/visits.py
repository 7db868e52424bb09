"""On-site evaluation: a visit is planned with its team, told to the unit, fed back before leaving, answered, settled.

Marks are given on the spot; what the team notes down there is in `dudao.visits.actions`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NotRequired, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.notices import tell
from dudao.core.ui.formats import date_cn
from dudao.core.workflow import Conflict
from dudao.evaluations.actions.marking import put_mark
from dudao.evaluations.models import Campaign, Mark, Subject
from dudao.evaluations.queries import visits as reads
from dudao.orgs.models import Unit
from dudao.people.guards import by_office
from dudao.people.models import Account
from dudao.people.queries import holders_at
from dudao.selection.queries.recusal import barred, candidates, inspectors_among
from dudao.visits import actions as visit_acts
from dudao.visits.actions import at_work, touch
from dudao.visits.flow import VISIT, by_team
from dudao.visits.models import SiteVisit, VisitMember

LEAST = 3
"""Inspectors that a team has at least; experts do not count (教育督导条例第十六条)."""

_SERVED = ("subjects__campaign__office", "subjects__campaign__version", "subjects__unit")


def opened(visit: SiteVisit) -> SiteVisit:
    """The row, locked, with its team and what it serves."""
    return visit_acts.opened(visit, *_SERVED)


# ---- planning -------------------------------------------------------------------------------------------------


class Plan(TypedDict):
    """What is agreed of a visit. ``members``: with or without the leader."""

    subjects: Sequence[Subject]
    members: Sequence[Account]
    leader: Account
    from_on: date
    until_on: date
    announced: NotRequired[bool]
    agenda: NotRequired[str]


def _checked(actor: Actor, row: SiteVisit, plan: Plan) -> list[VisitMember]:
    """The team as it would be written. Raises ``ValidationError`` by field with what doesn't do."""
    subjects, leader = plan["subjects"], plan["leader"]
    if row.until_on < row.from_on:
        raise ValidationError({"until_on": "结束日期早于开始日期，请改正。"})
    if (row.until_on - row.from_on).days > 30:
        raise ValidationError({"until_on": "一次实地评估不超过 31 天，请核对日期。"})
    if not subjects:
        raise ValidationError({"subjects": "请至少选择一个项目。"})
    known = set(reads.offered(actor, row.unit, row).values_list("pk", flat=True))
    wrong = [one.campaign.title for one in subjects if one.pk not in known]
    if wrong:
        raise ValidationError(
            {"subjects": f"“{'、'.join(wrong)}”没有{row.unit}可以实地评估的任务，或者已经列入另一次实地评估。"}
        )
    people = list(dict.fromkeys([leader, *plan["members"]]))
    able = set(
        candidates("onsite.mark", row.unit.path).filter(pk__in=[one.pk for one in people]).values_list("pk", flat=True)
    )
    strangers = [one.name for one in people if one.pk not in able]
    if strangers:
        raise ValidationError({"members": f"{'、'.join(strangers)}没有对{row.unit}实地评估的权限，不能列入评估组。"})
    branch = any(rules.recuse_branch for rules in reads.rules_of_visit(subjects))
    bars = barred(row.office, people, [row.unit], branch=branch)
    away = [f"{one.name}{bars[one.pk, row.unit.pk]}" for one in people if (one.pk, row.unit.pk) in bars]
    if away:
        raise ValidationError({"members": f"{'；'.join(away)}，应当回避{row.unit}。"})
    inspectors = inspectors_among(people)
    if leader.pk not in inspectors:
        raise ValidationError({"leader": f"组长应由督学担任，{leader.name}不是督学。"})
    if len(inspectors) < LEAST:
        raise ValidationError(
            {
                "members": f"评估组至少 {LEAST} 名督学（含组长），现有 {len(inspectors)} 名；专家不计入（教育督导条例第十六条）。"
            }
        )
    return [
        VisitMember(visit=row, account=one, leader=one.pk == leader.pk, inspector=one.pk in inspectors)
        for one in people
    ]


@audit.action
def plan_visit(
    actor: Actor,
    *,
    office: Unit,
    unit: Unit,
    specialities: Mapping[int, str] | None = None,
    demo: bool = False,
    **plan: Unpack[Plan],
) -> SiteVisit:
    """One visit to a unit that serves several campaigns. ``specialities``: what a member (by account) is in the team for."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)  # two plans at once would both find the unit free
    row = SiteVisit(
        office=office,
        unit=unit,
        from_on=plan["from_on"],
        until_on=plan["until_on"],
        announced=plan.get("announced", True),
        agenda=plan.get("agenda", "").strip(),
        demo=demo,
    )
    actor.require("onsite.plan", office.path, unit.path)
    denied = by_office(row, actor, "onsite.plan")
    if denied is not None:
        raise denied
    if not unit.path.startswith(office.path):
        raise ValidationError({"office": f"{unit}不在{office}之下。"})
    team = _checked(actor, row, plan)
    for member in team:
        member.speciality = (specialities or {}).get(member.account_id, "")[:60]
    row.save(force_insert=True)
    row.subjects.set(plan["subjects"])
    VisitMember.objects.bulk_create(team)
    audit.record(actor, "onsite.plan", row, inspectors=[one.account.name for one in team], total=len(plan["subjects"]))
    _tell_team(row, team)
    return row


def _tell_team(row: SiteVisit, team: Sequence[VisitMember]) -> None:
    tell(
        [member.account_id for member in team],
        text=f"请参加{date_cn(row.from_on)}起对{row.unit}的实地评估",
        url=row.get_absolute_url(),
        place=row.office.path,
        verb="onsite.plan",
    )


@audit.action
def edit_visit(actor: Actor, *, visit: SiteVisit, revision: int, **plan: Unpack[Plan]) -> SiteVisit:
    """Change a visit before the team is on site. Who is new to the team is told; so is a unit that knew the old days."""
    row = opened(visit)
    VISIT.require(row, "onsite.plan", actor)
    if row.revision != revision:
        raise Conflict
    before = {member.account_id for member in row.members.all()}
    days = (row.from_on, row.until_on)
    from_on, until_on = row.from_on, row.until_on = plan["from_on"], plan["until_on"]
    team = _checked(actor, row, plan)
    announced = plan.get("announced", True) or row.notified_at is not None
    touch(row, from_on=from_on, until_on=until_on, announced=announced, agenda=plan.get("agenda", "").strip())
    row.subjects.set(plan["subjects"])
    VisitMember.objects.filter(visit=row).delete()
    VisitMember.objects.bulk_create(team)
    audit.record(actor, "onsite.plan", row, inspectors=[one.account.name for one in team], total=len(plan["subjects"]))
    _tell_team(row, [one for one in team if one.account_id not in before])
    if row.notified_at is not None and days != (from_on, until_on):
        _tell_unit(row, f"实地评估改为{date_cn(from_on)}至{date_cn(until_on)}", "onsite.notify")
    return opened(row)


def _tell_unit(row: SiteVisit, text: str, verb: str) -> None:
    """Those who speak for the unit; where nobody is appointed, nobody above it is troubled."""
    held = holders_at(["onsite.state"], [row.unit.path])[row.unit.path]
    own = Account.objects.filter(pk__in=held, appointments__unit=row.unit).values_list("pk", flat=True)
    tell(set(own), text=text, url=row.get_absolute_url(), place=row.unit.path, verb=verb)


@audit.action
def notify(actor: Actor, *, visit: SiteVisit) -> SiteVisit:
    """Tell the unit who comes when and what they want to see."""
    row = opened(visit)
    if not row.announced:
        raise Denied("这次实地评估不事先通知，到现场后点“开始实地评估”。", "onsite.notify")
    VISIT.move(row, "onsite.notify", actor, changes={"notified_at": timezone.now()})
    _tell_unit(row, f"{row.office}将于{date_cn(row.from_on)}来实地评估，请做好准备", "onsite.notify")
    return row


@audit.action
def begin(actor: Actor, *, visit: SiteVisit) -> SiteVisit:
    """The team is on site. Without notice the unit hears of it now."""
    row = opened(visit)
    if row.announced and row.state == SiteVisit.State.PLANNED:
        raise Denied("还没有通知单位。请督导办先发通知；不事先通知的，请把安排改为“不事先通知”。", "onsite.begin")
    VISIT.move(row, "onsite.begin", actor, changes={"begun_at": timezone.now()})
    if row.notified_at is None:
        _tell_unit(row, f"{row.office}的评估组已到校，开始实地评估", "onsite.begin")
    return row


@audit.action
def cancel(actor: Actor, *, visit: SiteVisit, reason: str) -> SiteVisit:
    """The visit doesn't take place; what was marked stays with it and no longer counts."""
    row = opened(visit)
    VISIT.move(
        row,
        "onsite.cancel",
        actor,
        reason=reason,
        changes={"reason": reason.strip()[:500]},
    )
    if row.notified_at is not None or row.begun_at is not None:
        _tell_unit(row, f"实地评估已取消：{reason.strip()}", "onsite.cancel")
    tell(
        [member.account_id for member in row.members.all() if member.account_id != actor.id],
        text=f"对{row.unit}的实地评估已取消：{reason.strip()}",
        url=row.get_absolute_url(),
        place=row.office.path,
        verb="onsite.cancel",
    )
    return row


# ---- on the spot ----------------------------------------------------------------------------------------------


@audit.action
def mark_on_site(
    actor: Actor,
    *,
    visit: SiteVisit,
    subject: Subject,
    code: str,
    cells: Mapping[str, object],
    reason: str = "",
    revision: int | None = None,
) -> Mark:
    """A mark of the team for one campaign's indicator. Of two who mark the same one the second is told what the first gave."""
    row = at_work(actor, visit, "onsite.mark", *_SERVED)
    served = reads.subject_at(row, subject.pk)
    if served is None:
        raise ValidationError(f"这次实地评估不包括“{subject}”。")
    if served.campaign.state != Campaign.State.RUNNING:
        raise Denied(f"项目{served.campaign.get_state_display()}，不能评分。", "onsite.mark")
    if served.state == Subject.State.OUT:
        raise Denied(f"{served}不参评，不用评分。", "onsite.mark")
    source, codes = reads.marked_at(served)
    if code not in codes:
        raise ValidationError(f"指标“{code}”不在实地评估的范围内。")
    mark = put_mark(
        actor,
        subject=served,
        source=source,
        code=code,
        cells=cells,
        reason=reason,
        revision=revision,
        held={"visit": row},
    )
    audit.record(actor, "onsite.mark", row, indicator=code)
    return mark


# ---- before leaving, and after --------------------------------------------------------------------------------


@audit.action
def feed_back(actor: Actor, *, visit: SiteVisit, preliminary: str, present: str) -> SiteVisit:
    """Tell the unit the preliminary opinion before leaving (条例第二十条); who heard it is written down."""
    row = opened(visit)
    if not preliminary.strip():
        raise ValidationError({"preliminary": "请写明初步意见：成绩、主要问题、建议。"})
    if not present.strip():
        raise ValidationError({"present": "请写明反馈时在场的人。"})
    VISIT.move(
        row,
        "onsite.feed_back",
        actor,
        changes={
            "preliminary": preliminary.strip(),
            "present": present.strip()[:500],
            "fed_back_at": timezone.now(),
        },
        tell_at=row.unit.path,
    )
    return row


def by_head(visit: SiteVisit, actor: Actor) -> tuple[Denied | None, bool]:
    """(why one can't state the unit's position, whether it is entered for the unit): by the unit itself, by its office, or by the
    team on the spot."""
    if visit.state != SiteVisit.State.FED_BACK:
        return Denied(
            f"实地评估{visit.get_state_display()}，现场反馈后、形成评估组意见前才能说明。", "onsite.state"
        ), False
    if any(grant.path == visit.unit.path and "onsite.state" in grant.verbs for grant in actor.grants):
        return (Denied("当前为只读查看，不能进行任何操作。", "onsite.state") if actor.read_only else None), False
    if by_team(visit, actor, "onsite.record") is None and actor.may("onsite.record", visit.unit.path):
        return None, True
    return actor.why_not("onsite.state", visit.unit.path), True


@audit.action
def state_position(actor: Actor, *, visit: SiteVisit, text: str, by: str = "") -> SiteVisit:
    """What the unit says to the preliminary opinion, by its head; ``by`` names who speaks where somebody else enters it."""
    row = opened(visit)
    denied, recorded = by_head(row, actor)
    if denied is not None:
        raise denied
    if not text.strip():
        raise ValidationError({"text": "请写明单位的说明；没有不同意见的写“无异议”。"})
    name = by.strip() or ("" if recorded else actor.name)
    if not name:
        raise ValidationError({"by": "代为登记的，请写明是谁说明的（姓名、职务）。"})
    touch(
        row,
        statement=text.strip(),
        stated_by=f"{name}（代为登记）"[:100] if recorded else name[:100],
        stated_at=timezone.now(),
    )
    audit.record(actor, "onsite.state", row, recorded=recorded)
    tell(
        [member.account_id for member in row.members.all() if member.leader and member.account_id != actor.id],
        text=f"{row.unit}对初步意见作了说明",
        url=row.get_absolute_url(),
        place=row.office.path,
        verb="onsite.state",
    )
    return row


@audit.action
def settle(
    actor: Actor, *, visit: SiteVisit, conclusion: str, unmarked: bool = False, unstated: bool = False
) -> SiteVisit:
    """The team decides; its marks stand and can't be changed any more. ``unmarked``: also with indicators that have no whole mark;
    ``unstated``: also though the unit has said nothing."""
    row = opened(visit)
    if not conclusion.strip():
        raise ValidationError({"conclusion": "请写明评估组的意见。"})
    if row.state == SiteVisit.State.FED_BACK:
        left = [f"{item.code}（{item.lacks}）" for desk in reads.desks(row) for item in desk.items if item.lacks]
        if left and not unmarked:
            more = f"等 {len(left)} 项" if len(left) > 8 else ""
            raise ValidationError(
                {
                    "unmarked": f"还有 {len(left)} 项没有评完：{'、'.join(left[:8])}{more}。评完再形成意见，或者确认按现有评分。"
                }
            )
        if not row.statement and not unstated:
            raise ValidationError({"unstated": "单位还没有说明情况。请等单位说明，或者确认单位没有要说明的。"})
    VISIT.move(
        row,
        "onsite.settle",
        actor,
        changes={"conclusion": conclusion.strip(), "settled_at": timezone.now()},
    )
    _tell_unit(row, "评估组已形成意见", "onsite.settle")
    return row
