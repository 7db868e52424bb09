"""A case begins: a trigger with its facts, the group that examines it, what is proposed and told to the accused; or it ends."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Required, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from dudao.accountability.actions.steps import attach, number, past_day, step, tell_accused, today, written
from dudao.accountability.flow import CASE
from dudao.accountability.grounds import TRIGGERS
from dudao.accountability.models import Case, CaseFile
from dudao.accountability.queries import cases
from dudao.accountability.queries.clock import Clock
from dudao.calc.calendar import chinese_date
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.findings.models import Finding
from dudao.orgs.models import Unit
from dudao.people.models import Account


class Grounds(TypedDict, total=False):
    """What a case rests on."""

    trigger: Required[str]
    facts: Required[str]
    ended_on: Required[date]
    """The day the supervision ended, from which the term for the group runs."""
    article: str
    findings: Iterable[Finding]


class Opened(Grounds, total=False):
    source_label: str
    person_name: str
    person_post: str
    person_account: Account | None
    demo: bool


@audit.action
def open_case(
    actor: Actor, *, office: Unit, unit: Unit, files: Iterable[UploadedFile] = (), **said: Unpack[Opened]
) -> Case:
    """Write a trigger down as a case of an office against a unit, or against one person of it.

    Raises ``ValidationError`` by field.
    """
    actor.require("case.open", unit.path, office.path)
    if not unit.path.startswith(office.path) or unit.pk == office.pk:
        raise Denied(f"“{unit}”不在{office}之下，不能由{office}问责。", "case.open")
    if any(grant.path == unit.path for grant in actor.grants):
        raise Denied(f"您在{unit}任职，应当回避。", "case.open")
    rested = list(said.get("findings", ()))
    values = _clean(actor, unit, said, rested)
    person = _person(unit, actor, said.get("person_name", ""), said.get("person_post", ""), said.get("person_account"))
    row = Case(
        office=office,
        unit=unit,
        source_label=said.get("source_label", "").strip()[:300],
        created_by_id=actor.id,
        demo=said.get("demo", False),
    )
    for name, value in {**values, **person}.items():
        setattr(row, name, value)
    counted = Clock.of(office, today()).group(row)
    if counted is not None:
        row.group_by, row.group_basis = counted.last, counted.basis[:300]
    row.code = number("问责", office.pk, today())
    row.save(force_insert=True)
    row.findings.set(rested)
    attach(row, CaseFile.Part.EVIDENCE, files)
    audit.record(
        actor,
        "case.open",
        row,
        kind="对个人" if row.is_person else "对单位",
        problems=len(rested),
        deadline=row.group_by,
    )
    return row


def _person(unit: Unit, actor: Actor, name: str, post: str, account: Account | None) -> dict[str, Any]:
    name, post = name.strip(), post.strip()
    if not name and not post and account is None:
        return {}
    if account is not None:
        if not cases.accounts_of(unit).filter(pk=account.pk).exists():
            raise ValidationError({"person_account": f"这个账号不在{unit}任职，请重新选择。"})
        if account.pk == actor.id:
            raise ValidationError({"person_account": "不能登记对自己的问责。"})
        name = name or account.name
    if not name:
        raise ValidationError({"person_name": "对个人问责的，请填写姓名。"})
    if not post:
        raise ValidationError({"person_post": "请填写职务，例如“校长”。"})
    return {"person_name": name[:60], "person_post": post[:100], "person_account": account}


def _clean(actor: Actor, unit: Unit, said: Grounds, findings: list[Finding]) -> dict[str, Any]:
    problems, trigger, ended_on = {}, said["trigger"], said["ended_on"]
    if trigger not in TRIGGERS:
        raise ValidationError({"trigger": "请选择问责线索。"})
    article = said.get("article", "").strip() or TRIGGERS[trigger].article
    if not article:
        problems["article"] = "“其他”线索请写明依据的条款。"
    if ended_on > today():
        problems["ended_on"] = f"督导结束日期{chinese_date(ended_on)}晚于今天，请核对。"
    if any(finding.unit_id != unit.pk for finding in findings):
        problems["findings"] = f"所选问题不都是{unit}的，请重新选择。"
    allowed = {
        found.pk for found in cases.findings_for(actor, unit).filter(pk__in=[finding.pk for finding in findings])
    }
    if {finding.pk for finding in findings} - allowed and "findings" not in problems:
        problems["findings"] = "所选问题已不存在，或您无权查看，请重新选择。"
    if problems:
        raise ValidationError(problems)
    return {
        "trigger": trigger,
        "article": article[:200],
        "facts": written("facts", said["facts"], "主要事实"),
        "ended_on": ended_on,
    }


@audit.action
def edit_case(
    actor: Actor,
    *,
    case: Case,
    files: Iterable[UploadedFile] = (),
    revision: int | None = None,
    **said: Unpack[Grounds],
) -> Case:
    """Change what a case rests on, before the accused is told."""
    row = CASE.lock(case, revision)
    rested = list(said.get("findings", ()))
    values = _clean(actor, row.unit, said, rested)
    row.ended_on = said["ended_on"]
    counted = Clock.of(row.office, today()).group(row)
    if counted is not None and row.group_on is None:
        values |= {"group_by": counted.last, "group_basis": counted.basis[:300]}
    step(actor, row, "case.edit", changes=values)
    row.findings.set(rested)
    attach(row, CaseFile.Part.EVIDENCE, files)
    return row


@audit.action
def set_up_group(actor: Actor, *, case: Case, members: str, on: date | None = None, late_reason: str = "") -> Case:
    """Set up the 调查认定工作组. After its term a reason is asked for, and kept."""
    row = CASE.lock(case)
    members = written("members", members, "工作组成员（姓名、单位、职务）", 1000)
    day = past_day("on", on, row.ended_on, "成立日期")
    late = row.group_by is not None and day > row.group_by
    if late and not late_reason.strip():
        raise ValidationError(
            {"late_reason": f"成立日期超过期限（{chinese_date(row.group_by)}），请写明逾期原因。"}  # type: ignore[arg-type]
        )
    changes = {"group": members, "group_on": day, "late_reason": late_reason.strip()[:500] if late else ""}
    return step(actor, row, "case.examine", changes=changes, day=day, late=late or None)


@audit.action
def notify(
    actor: Actor,
    *,
    case: Case,
    established: str,
    proposal: str,
    defend_by: date | None = None,
    files: Iterable[UploadedFile] = (),
) -> Case:
    """Tell the accused the facts that were established and what is proposed, and until when they may defend themselves.

    The day is that of the office's term for 陈述申辩; where it has none a person names it. The unit sees the case from now on.
    """
    row = CASE.lock(case)
    established = written("established", established, "调查认定的事实")
    proposal = written("proposal", proposal, "拟给予的问责", 2000)
    day = today()
    counted = Clock.of(row.office, day).count("objection", day, "告知之日")
    last = defend_by or (counted.last if counted is not None else None)
    if last is None:
        raise ValidationError({"defend_by": "没有“陈述申辩”的时限规定，请填写截止日期。"})
    if last <= day:
        raise ValidationError({"defend_by": f"截止日期{chinese_date(last)}应在告知之日以后。"})
    if counted is not None and last < counted.last:
        raise ValidationError({"defend_by": f"截止日期早于规定的期限（{chinese_date(counted.last)}），不能少给。"})
    attach(row, CaseFile.Part.EVIDENCE, files)
    changes = {"established": established, "proposal": proposal, "notified_on": day, "defend_by": last}
    step(actor, row, "case.notify", changes=changes, deadline=last)
    tell_accused(actor, row, "case.notify", f"拟予以问责，请在{chinese_date(last)}以前陈述申辩")
    return row


@audit.action
def drop_case(actor: Actor, *, case: Case, reason: str) -> Case:
    """End a case without accountability, with the reason."""
    row = CASE.lock(case)
    reason = written("reason", reason, "不予问责的理由", 1000)
    return step(actor, row, "case.drop", reason=reason, changes={"closing": reason})
