"""约谈: plan one, call the unit, write down what was said, follow what was demanded. Who refuses to come gives cause for a case."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Required, TypedDict, Unpack

from django.core.exceptions import ValidationError

from dudao.accountability.actions.steps import number, past_day, today, written
from dudao.accountability.flow import TALK, by_office
from dudao.accountability.models import Case, Demand, Talk
from dudao.calc.calendar import chinese_date
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.findings.actions import create_finding
from dudao.findings.models import Finding
from dudao.orgs.models import Unit


class Planned(TypedDict, total=False):
    """What a talk is about, who comes and where: texts of `Talk`."""

    called: Required[str]
    host: Required[str]
    time: Required[str]
    place_name: Required[str]
    reason: Required[str]
    matters: Required[str]
    materials: str
    demo: bool


@audit.action
def plan_talk(
    actor: Actor,
    *,
    office: Unit,
    unit: Unit,
    held_on: date,
    case: Case | None = None,
    finding: Finding | None = None,
    **said: Unpack[Planned],
) -> Talk:
    """Set up a talk of an office with a unit below it. Raises ``ValidationError`` by field."""
    actor.require("talk.plan", unit.path, office.path)
    if not unit.path.startswith(office.path) or unit.pk == office.pk:
        raise Denied(f"“{unit}”不在{office}之下，不能由{office}约谈。", "talk.plan")
    if held_on < today():
        raise ValidationError({"held_on": f"约谈日期{chinese_date(held_on)}已经过去，请填今天或以后的日期。"})
    if case is not None and case.unit_id != unit.pk:
        raise ValidationError({"unit": "约谈单位应当是问责案件的被问责单位。"})
    if finding is not None and finding.unit_id != unit.pk:
        raise ValidationError({"unit": "约谈单位应当是问题的责任单位。"})
    row = Talk(
        office=office,
        unit=unit,
        called=written("called", said["called"], "参加人的职务", 300),
        host=written("host", said["host"], "主持人", 100),
        held_on=held_on,
        time=written("time", said["time"], "时间", 30),
        place_name=written("place_name", said["place_name"], "地点", 200),
        reason=written("reason", said["reason"], "约谈事由", 2000),
        matters=written("matters", said["matters"], "约谈内容", 2000),
        materials=said.get("materials", "").strip()[:1000],
        case=case,
        finding=finding,
        code=number("约谈", office.pk, today()),
        created_by_id=actor.id,
        demo=said.get("demo", False),
    )
    denied = by_office(row, actor, "talk.call")
    if denied is not None:
        raise denied
    row.save(force_insert=True)
    audit.record(actor, "talk.plan", row, day=held_on)
    return row


@audit.action
def call(actor: Actor, *, talk: Talk) -> Talk:
    """Tell the unit; it sees the talk from now on."""
    row = TALK.lock(talk)
    return step(actor, row, "talk.call", changes={"called_on": today()}, tell_at=row.unit.path)


@audit.action
def sign(actor: Actor, *, talk: Talk) -> Talk:
    """The unit has taken note."""
    row = TALK.lock(talk)
    actor.require("talk.sign", row.unit.path)
    if row.state != Talk.State.CALLED or row.signed_on is not None:
        raise Denied("这次约谈不用签收。", "talk.sign")
    TALK.move(row, "talk.sign", actor, changes={"signed_on": today()}, day=today())
    return row


def step(actor: Actor, row: Talk, verb: str, *, changes: dict[str, Any] | None = None, **said: Any) -> Talk:
    TALK.move(row, verb, actor, changes=changes, **said)
    return row


class Minutes(TypedDict, total=False):
    facts: Required[str]
    course: Required[str]
    statement: str
    recorder: str


@audit.action
def record(
    actor: Actor,
    *,
    talk: Talk,
    attendees: Sequence[Mapping[str, str]],
    demands: Sequence[Mapping[str, Any]],
    on: date | None = None,
    **said: Unpack[Minutes],
) -> Talk:
    """Write the talk down: who came, what was said, what is demanded until when ({text, due_on}, at least one)."""
    row = TALK.lock(talk)
    people = [
        {"name": one.get("name", "").strip()[:60], "post": one.get("post", "").strip()[:100]} for one in attendees
    ]
    people = [one for one in people if one["name"]]
    if not people:
        raise ValidationError({"attendees": "请填写参加人员，一行一人：姓名 职务。"})
    day = past_day("on", on, row.called_on, "约谈日期")
    if day < row.held_on:
        # The summons and the record of one talk say the same of its day; one that was put off is held later.
        told = f"约谈通知写的是{chinese_date(row.held_on)}，约谈不能早于这一天。提前约谈的，请取消后重新通知。"
        raise ValidationError({"on": told})
    wanted = [(str(one["text"]).strip(), one["due_on"]) for one in demands if str(one["text"]).strip()]
    if not wanted:
        raise ValidationError({"demands": "请至少写一条约谈要求和完成时限。"})
    for text, last in wanted:
        if last < day:
            raise ValidationError({"demands": f"“{text[:20]}”的完成时限{chinese_date(last)}早于约谈日期，请核对。"})
    changes = {
        "attendees": people, "facts": written("facts", said["facts"], "事实和依据"),
        "course": written("course", said["course"], "约谈情况"),
        "statement": said.get("statement", "").strip()[:4000], "recorder": said.get("recorder", "").strip()[:60],
        "recorded_on": day,
    }  # fmt: skip
    step(actor, row, "talk.record", changes=changes, day=day, count=len(wanted), tell_at=row.unit.path)
    Demand.objects.bulk_create(Demand(talk=row, text=text[:1000], due_on=last) for text, last in wanted)
    return row


@audit.action
def absent(actor: Actor, *, talk: Talk, reason: str) -> Talk:
    """Nobody came, without a reason that the office accepts: the talk ends, and is a trigger for a case."""
    row = TALK.lock(talk)
    if today() < row.held_on:
        raise Denied(f"约谈日期是{chinese_date(row.held_on)}，还没有到。", "talk.absent")
    reason = written("reason", reason, "通知和未到场的情况", 500)
    return step(actor, row, "talk.absent", reason=reason, changes={"ending": reason}, tell_at=row.office.path)


@audit.action
def cancel(actor: Actor, *, talk: Talk, reason: str) -> Talk:
    row = TALK.lock(talk)
    reason = written("reason", reason, "取消的原因", 500)
    return step(actor, row, "talk.cancel", reason=reason, changes={"ending": reason}, tell_at=row.unit.path)


def _demand(demand: Demand) -> Demand:
    found: Demand = (
        Demand.objects.select_for_update(of=("self",))
        .select_related("talk__unit__parent", "talk__office", "finding")
        .get(pk=demand.pk)
    )
    return found


@audit.action
def follow(actor: Actor, *, demand: Demand, note: str, on: date | None = None) -> Talk:
    """Note that a demand was met; with the last one the talk is done."""
    row = TALK.lock(demand.talk)
    found = _demand(demand)
    actor.require("talk.follow", row.unit.path)
    denied = by_office(row, actor, "talk.follow")
    if denied is not None:
        raise denied
    if row.state != Talk.State.HELD or found.done_on is not None:
        raise Denied("这条要求已经登记落实。", "talk.follow")
    if found.finding is not None and found.finding.state not in {Finding.State.CLOSED, Finding.State.WAIVED}:
        raise Denied(f"这条要求已列入问题整改，{found.finding.code or '下达'}销号后再登记落实。", "talk.follow")
    note = written("note", note, "落实情况", 1000)
    day = past_day("on", on, row.recorded_on, "落实日期")
    Demand.objects.filter(pk=found.pk).update(done_on=day, done_note=note)
    if row.demands.filter(done_on__isnull=True).exists():
        Talk.objects.filter(pk=row.pk).update(revision=row.revision + 1)
        audit.record(actor, "talk.follow", row, day=day)
        return row
    return step(actor, row, "talk.follow", day=day)


@audit.action
def to_finding(actor: Actor, *, demand: Demand) -> Finding:
    """Make a finding of a demand, to be rectified and crossed off like any other."""
    row = TALK.lock(demand.talk)
    found = _demand(demand)
    denied = by_office(row, actor, "talk.follow")
    if denied is not None:
        raise denied
    if row.state != Talk.State.HELD or found.finding_id is not None or found.done_on is not None:
        raise Denied("这条要求已经列入问题整改或登记落实。", "talk.follow")
    made: Finding = create_finding(
        actor,
        office=row.office,
        unit=row.unit,
        description=found.text,
        source=Finding.Source.OTHER,
        source_label=f"{row.code} 约谈要求",
        source_url=row.get_absolute_url(),
        source_key=f"talk:{row.pk}:{found.pk}",
        suggestion=f"约谈要求：{chinese_date(found.due_on)}前完成。",
        category="约谈要求",
    )
    Demand.objects.filter(pk=found.pk).update(finding=made)
    audit.record(actor, "talk.follow", row, item="列入问题整改")
    return made
