"""Teams are found in the background for what campaigns want in some weeks; taken over, they become planned visits."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NotRequired, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.scheduling.team_model import TeamPlan
from dudao.calc.scheduling.team_reasons import Missing
from dudao.core import audit, jobs
from dudao.core.access import Actor
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.people.models import Account
from dudao.selection.demand import demand
from dudao.selection.flow import TEAMS
from dudao.selection.models import TeamProposal
from dudao.selection.queries.teams import MOST, Asked, asked, keys_of, people_of
from dudao.selection.queries.travel import ways_of
from dudao.visits.models import SiteVisit


class Wishes(TypedDict):
    """For what teams are found, and how large and how often. No ``campaigns`` or ``places``: all."""

    from_on: date
    until_on: date
    size: NotRequired[int]
    limit: NotRequired[int]
    days: NotRequired[int]
    announced: NotRequired[bool]
    campaigns: NotRequired[Sequence[int]]
    places: NotRequired[Sequence[int]]


@audit.action
def propose_teams(actor: Actor, *, office: Unit, demo: bool = False, **wishes: Unpack[Wishes]) -> TeamProposal:
    """Begin to find teams in the background, for some campaigns or counties or for all."""
    from_on, until_on = wishes["from_on"], wishes["until_on"]
    campaigns, places, days = wishes.get("campaigns", ()), wishes.get("places", ()), wishes.get("days", 1)
    actor.require("team.create", office.path)
    if until_on < from_on:
        raise ValidationError({"until_on": "结束日期早于开始日期，请改正。"})
    if (until_on - from_on).days > 92:
        raise ValidationError({"until_on": "一次组队不超过三个月，请分几次安排。"})
    wanted = asked(office, from_on, until_on, days, campaigns=campaigns, places=places)
    if not wanted.bundles:
        raise ValidationError(
            {"from_on": f"{office}进行中的督导项目在这段时间没有待安排的实地评估，请核对项目的实地评估阶段。"}
        )
    if len(wanted.bundles) > MOST:
        raise ValidationError(
            {
                "until_on": f"这个范围有 {len(wanted.bundles)} 次实地评估，一次最多安排 {MOST} 次，"
                "请按项目或地区分几次安排，或者缩短时间。"
            }
        )
    row = TeamProposal.objects.create(
        office=office,
        from_on=from_on,
        until_on=until_on,
        campaigns=sorted(campaigns),
        places=sorted(places),
        size=wishes.get("size", 3),
        limit=wishes.get("limit", 3),
        days=days,
        announced=wishes.get("announced", True),
        made_by=actor.name,
        demo=demo,
    )
    row.job = jobs.start(actor, kind="teams.compute", label=f"{office}{row}", params={"proposal": row.pk})
    row.save(update_fields=["job"])
    audit.record(actor, "team.create", row, count=len(wanted.bundles))
    return row


@audit.action
def keep_teams(actor: Actor, *, row: TeamProposal, wanted: Asked, found: TeamPlan) -> TeamProposal:
    """Write what was found into the proposal."""
    fresh = TEAMS.lock(row)
    actor.require("team.keep", fresh.office.path)
    if fresh.state != TeamProposal.State.DRAFT:
        raise Conflict
    members = found.teams.members
    people = people_of({int(key) for keys in members.values() for key in keys})
    ways = ways_of(fresh.office)
    rows = sorted(
        (
            (key, bundle, days, [people[int(one)] for one in members[key]])
            for key, bundle, days in zip(keys_of(wanted), wanted.bundles, wanted.days, strict=True)
        ),
        key=lambda row: row[2][0],
    )
    told: dict[str, list[Missing]] = {}
    for missing in found.missing:
        told.setdefault(missing.visit, []).append(missing)
    fresh.rows = [
        {
            "unit": int(bundle.school),
            "name": wanted.units[int(bundle.school)].name,
            "subjects": [int(want.key) for want in bundle.wants],
            "campaigns": list(bundle.campaigns),
            "from": days[0].isoformat(),
            "until": days[-1].isoformat(),
            "members": [one.pk for one in team],
            "names": [one.name for one in team],
            "leader": int(found.teams.leaders[key]) if key in found.teams.leaders else None,
            "missing": [one.text for one in told.get(key, [])],
            "lacks": [one.speciality or str(one.kind) for one in told.get(key, [])],
            "specialities": sorted(bundle.specialities),
            "holds": [one.specialities for one in team],
            "ways": [ways.between(ways.part(one.home), ways.part(wanted.units[int(bundle.school)])) for one in team],
        }
        for key, bundle, days, team in rows
    ]
    fresh.wants = sum(len(bundle.wants) for bundle in wanted.bundles)
    fresh.levels = [
        {"key": level.key, "name": level.name, "value": level.value, "bound": level.bound} for level in found.levels
    ]
    fresh.state = TeamProposal.State.READY
    fresh.save(update_fields=["rows", "wants", "levels", "state"])
    audit.record(actor, "team.keep", fresh, count=len(fresh.rows), problems=len(found.missing))
    return fresh


@audit.action
def apply_teams(actor: Actor, *, row: TeamProposal) -> list[SiteVisit]:
    """Plan the visits that have their whole team; all or none, so that nobody is left guessing which were made."""
    fresh = TEAMS.lock(row)
    whole = [one for one in fresh.rows if not one["missing"]]
    if not whole:
        raise Conflict("没有一次实地评估排齐了人，不能采用；请调整时间、人数或每周天数后重新组队。")
    TEAMS.move(
        fresh,
        "team.apply",
        actor,
        changes={"settled_at": timezone.now(), "settled_by": actor.name},
        count=len(whole),
    )
    units = Unit.objects.in_bulk([one["unit"] for one in whole])
    accounts = Account.objects.select_related("home").in_bulk({key for one in whole for key in one["members"]})
    subjects = demand().subjects({key for one in whole for key in one["subjects"]})
    made = []
    for one in whole:
        try:
            made.append(
                demand().plan(
                    actor,
                    fresh,
                    {
                        "unit": units[one["unit"]],
                        "subjects": [subjects[key] for key in one["subjects"]],
                        "members": [accounts[key] for key in one["members"]],
                        "leader": accounts[one["leader"]],
                        "specialities": _covering(one),
                        "from_on": date.fromisoformat(one["from"]),
                        "until_on": date.fromisoformat(one["until"]),
                    },
                )
            )
        except ValidationError as reason:
            raise Conflict(
                f"{one['name']}不能按此安排：{'；'.join(reason.messages)}组队以后情况有变化，请重新组队。"
            ) from None
    return made


def _covering(one: Mapping[str, Any]) -> dict[int, str]:
    """Member → what of the wanted specialities this person brings."""
    wanted = set(one.get("specialities", ()))
    pairs = zip(one["members"], one.get("holds", ()), strict=False)
    return {key: "、".join(word for word in holds if word in wanted) for key, holds in pairs}


@audit.action
def drop_teams(actor: Actor, *, row: TeamProposal) -> TeamProposal:
    fresh = TEAMS.lock(row)
    TEAMS.move(fresh, "team.drop", actor, changes={"settled_at": timezone.now(), "settled_by": actor.name})
    return fresh
