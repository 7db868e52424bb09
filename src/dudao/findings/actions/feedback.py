"""上级反馈: register the document and its problems, spread them over units as findings, report back as one document."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Required, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Max, Model
from django.urls import reverse
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core import audit, notices
from dudao.core.access import Actor, Denied
from dudao.core.files import store
from dudao.core.many import Done
from dudao.core.workflow import Conflict
from dudao.findings.actions import issuing, making
from dudao.findings.feedback_lists import ItemInput
from dudao.findings.models import Feedback, FeedbackItem, FeedbackPart, Finding
from dudao.findings.queries import feedback as reads
from dudao.findings.queries.terms import terms_on
from dudao.orgs.models import Unit
from dudao.people.queries import nearest_holders

_FACTS = ("title", "number", "superior", "addressees", "dated", "received_on", "due_on")


@dataclass(frozen=True, slots=True)
class Added:
    """What a list brought: problems that are new, changed, the same as before; findings made of them."""

    new: int = 0
    changed: int = 0
    same: int = 0
    findings: int = 0


def _clean(office: Unit, values: Mapping[str, Any], *, but: int | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    problems = {}
    for name, what in (("title", "文件名称"), ("superior", "反馈机关")):
        if not found[name]:
            problems[name] = f"请填写{what}。"
    others = Feedback.objects.filter(office=office).exclude(pk=but or 0)
    known = others.filter(number=found["number"]).first() if found["number"] else None
    if known is not None:
        day = chinese_date(known.received_on)
        problems["number"] = f"文号“{found['number']}”已经登记过（{known.title}，{day}收文），请打开它补充问题。"
    elif others.filter(superior=found["superior"], title=found["title"]).exists():
        problems["title"] = f"{found['superior']}的这份文件已经登记过，请打开它补充问题；确是另一份的，请写明年度。"
    if found["received_on"] < found["dated"]:
        problems["received_on"] = f"文件{chinese_date(found['dated'])}才成文，收文不能比它早。"
    elif found["received_on"] > timezone.localdate():
        problems["received_on"] = "收文日期晚于今天，请核对。"
    if found["due_on"] < found["received_on"]:
        problems["due_on"] = f"报告期限比收文日期{chinese_date(found['received_on'])}早，请核对。"
    if problems:
        raise ValidationError(problems)
    return found


class Facts(TypedDict, total=False):
    """What is written of a document; without ``number`` and ``addressees`` it has none."""

    title: Required[str]
    superior: Required[str]
    dated: Required[date]
    received_on: Required[date]
    due_on: Required[date]
    number: str
    addressees: str


@audit.action
def register(
    actor: Actor,
    *,
    office: Unit,
    document: UploadedFile | None = None,
    rows: Sequence[ItemInput] = (),
    demo: bool = False,
    **values: Unpack[Facts],
) -> Feedback:
    """Register a document of a superior with its problems. One that is registered already is refused."""
    actor.require("feedback.register", office.path)
    Unit.objects.select_for_update().get(pk=office.pk)
    stored = store(document, document.name or "") if document is not None else None
    made: Feedback = Feedback.objects.create(
        office=office,
        document=stored,
        document_name=(document.name or "文件")[:200] if document is not None else "",
        made_by=actor.name[:100],
        demo=demo,
        **_clean(office, {"number": "", "addressees": "", **values}),
    )
    added = _add(actor, made, rows)
    audit.record(actor, "feedback.register", made, number=made.number, count=added.new, deadline=made.due_on)
    return made


@audit.action
def edit_feedback(actor: Actor, *, feedback: Feedback, document: UploadedFile | None = None, **values: Any) -> Feedback:
    """Correct what is written of the document."""
    row = _locked(feedback)
    actor.require("feedback.edit", row.office.path)
    unknown = set(values) - set(_FACTS)
    if unknown:
        raise TypeError(f"not a field of a feedback: {sorted(unknown)}")
    found = _clean(row.office, {name: getattr(row, name) for name in _FACTS} | values, but=row.pk)
    touched = [str(_field(name).verbose_name) for name in _FACTS if found[name] != getattr(row, name)]
    for name in _FACTS:
        setattr(row, name, found[name])
    if document is not None:
        row.document, row.document_name = store(document, document.name or ""), (document.name or "文件")[:200]
        touched.append("文件")
    row.save(update_fields=[*_FACTS, "document", "document_name"])
    audit.record(actor, "feedback.edit", row, fields=touched)
    return row


def _field(name: str, model: type[Model] = Feedback) -> Any:
    return model._meta.get_field(name)


def _locked(row: Feedback) -> Feedback:
    found: Feedback = Feedback.objects.select_for_update(of=("self",)).select_related("office", "paper").get(pk=row.pk)
    return found


@audit.action
def add_items(actor: Actor, *, feedback: Feedback, rows: Sequence[ItemInput]) -> Added:
    """Bring a list into a feedback: what is there already is recognised, what differs is changed, units not yet there are added.

    A problem that units carry out already keeps its words. All or nothing.
    """
    row = _locked(feedback)
    actor.require("feedback.edit", row.office.path)
    if not rows:
        raise ValidationError("没有读到问题，请粘贴问题清单或者选择表格。")
    added = _add(actor, row, rows)
    audit.record(actor, "feedback.edit", row, count=added.new, changed=added.changed, again=added.same or None)
    return added


def _words(text: str) -> str:
    return "".join(text.split())


def _add(actor: Actor, row: Feedback, rows: Sequence[ItemInput]) -> Added:
    items = list(row.items.all())
    by_number = {one.number: one for one in items}
    by_words = {_words(one.description): one for one in items}
    parts = reads.standing_of(items)
    following = (row.items.aggregate(last=Max("number"))["last"] or 0) + 1
    taken = {given.number for given in rows if given.number is not None}
    counts = {"new": 0, "changed": 0, "same": 0, "findings": 0}
    for given in rows:
        item = by_number.get(given.number) if given.number is not None else by_words.get(_words(given.description))
        if item is None:
            while given.number is None and (following in by_number or following in taken):
                following += 1
            item = FeedbackItem(feedback=row, number=given.number or following, description=given.description.strip())
            by_number[item.number] = by_words[_words(item.description)] = item
            counts["new"] += 1
            _fill(item, given)
            item.save(force_insert=True)
        else:
            counts["changed" if _update(item, given, bool(parts.get(item.pk))) else "same"] += 1
        if given.lead is not None or given.others:
            counts["findings"] += len(_spread(actor, item, given.lead, given.others, parts.get(item.pk, ())))
    return Added(**counts)


_COLUMNS = ("category", "demand", "due_on", "measures", "standing")


def _fill(item: FeedbackItem, given: ItemInput) -> None:
    for name in _COLUMNS:
        if name in given.has:
            setattr(item, name, getattr(given, name))
    item.told = given.told or item.told


def _update(item: FeedbackItem, given: ItemInput, spread_already: bool) -> bool:
    before = [getattr(item, name) for name in ("description", *_COLUMNS)]
    if _words(given.description) != _words(item.description):
        if spread_already:
            raise ValidationError(
                f"第 {given.row} 行：编号 {item.number} 的问题已经分解给责任单位，描述不能改成“{given.description[:30]}”；"
                "是另一个问题的，请换一个编号。"
            )
        item.description = given.description.strip()
    _fill(item, given)
    if before == [getattr(item, name) for name in ("description", *_COLUMNS)]:
        return False
    item.revision += 1
    item.save()
    return True


@audit.action
def edit_item(actor: Actor, *, item: FeedbackItem, revision: int | None = None, **values: Any) -> FeedbackItem:
    """Correct a problem, or write the office's own summary of measures and progress."""
    row = _locked_item(item, revision)
    actor.require("feedback.edit", row.feedback.office.path)
    unknown = set(values) - {"description", *_COLUMNS}
    if unknown:
        raise TypeError(f"not a field of an item: {sorted(unknown)}")
    found = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if not found.get("description", "x"):
        raise ValidationError({"description": "请写明问题的具体表现。"})
    if found.get("description", row.description) != row.description and row.parts.exists():
        raise ValidationError({"description": "已经分解给责任单位，描述不能再改。"})
    touched = [str(_field(name, FeedbackItem).verbose_name) for name in found if found[name] != getattr(row, name)]
    for name, value in found.items():
        setattr(row, name, value)
    row.revision += 1
    row.save()
    audit.record(actor, "feedback.edit", row, fields=touched)
    return row


def _locked_item(item: FeedbackItem, revision: int | None = None) -> FeedbackItem:
    rows = FeedbackItem.objects.select_for_update(of=("self",)).select_related("feedback__office")
    found: FeedbackItem = rows.get(pk=item.pk)
    if revision is not None and found.revision != revision:
        raise Conflict
    return found


@audit.action
def remove_item(actor: Actor, *, item: FeedbackItem) -> Feedback:
    """Take away a problem that was entered by mistake, as long as nobody carries it out."""
    row = _locked_item(item)
    actor.require("feedback.edit", row.feedback.office.path)
    if row.parts.exists():
        raise Denied("这个问题已经分解给责任单位，不能删除；不再整改的请在问题里“免予整改”。", "feedback.edit")
    audit.record(actor, "feedback.edit", row.feedback, removed=1, description=row.description[:200])
    row.delete()
    return row.feedback


@audit.action
def spread(
    actor: Actor,
    *,
    item: FeedbackItem,
    lead: Unit | None = None,
    others: Collection[Unit] = (),
    severity: str = Finding.Severity.GENERAL,
    issue_now: bool = False,
    deadline: date | None = None,
) -> list[Finding]:
    """Hand a problem to a leading unit and others responsible: a finding for each, the leading one's the parent of the rest.

    Units that have it already are left as they are. With ``issue_now`` the new ones go out until ``deadline``, else until the
    problem's or the document's own.
    """
    row = _locked_item(item)
    actor.require("feedback.spread", row.feedback.office.path)
    made = _spread(actor, row, lead, others, list(row.parts.select_related("finding__unit")), severity=severity)
    if not made:
        raise ValidationError({"others": "所选单位都已经承担这个问题，没有新增。"})
    audit.record(actor, "feedback.spread", row, units=[str(one.unit) for one in made])
    if issue_now:
        day = deadline or row.due_on or row.feedback.due_on
        made = [issuing.issue(actor, finding=one, deadline=day) for one in made]
    return made


def _spread(
    actor: Actor,
    item: FeedbackItem,
    lead: Unit | None,
    others: Collection[Unit],
    parts: Collection[FeedbackPart],
    *,
    severity: str = Finding.Severity.GENERAL,
) -> list[Finding]:
    """Findings for the units that have none of this problem yet, as drafts."""
    actor.require("feedback.spread", item.feedback.office.path)
    has = {part.finding.unit_id: part for part in parts}
    leading = next((part.finding for part in parts if part.leads), None)
    wanted = [unit for unit in others if unit.pk not in has and (lead is None or unit.pk != lead.pk)]
    if lead is None and not others:
        raise ValidationError({"lead": "请选择牵头单位或责任单位。"})
    made: list[Finding] = []
    if lead is not None and (leading is None or leading.unit_id != lead.pk):
        if leading is not None:
            raise ValidationError({"lead": f"第 {item.number} 项已由{leading.unit}牵头，不能再选{lead}牵头。"})
        if lead.pk in has:
            raise ValidationError({"lead": f"{lead}已经是第 {item.number} 项的责任单位，不能改为牵头。"})
        leading = _part(actor, item, lead, severity=severity, leads=True)
        made.append(leading)
        Finding.objects.filter(feedback_part__item=item, parent__isnull=True).exclude(pk=leading.pk).update(
            parent=leading
        )
    made += [_part(actor, item, unit, severity=severity, parent=leading) for unit in wanted]
    return made


def _part(
    actor: Actor, item: FeedbackItem, unit: Unit, *, severity: str, leads: bool = False, parent: Finding | None = None
) -> Finding:
    row = item.feedback
    number = f"（{row.number}）" if row.number else ""
    made: Finding = making.create_finding(
        actor,
        office=row.office,
        unit=unit,
        description=item.description,
        source=Finding.Source.SUPERIOR,
        source_label=f"{row.superior}《{row.title}》{number}第{item.number}项"[:300],
        source_url=item.get_absolute_url(),
        source_key=f"feedback:{item.pk}",
        severity=severity,
        found_on=row.received_on,
        category=item.category,
        suggestion=item.demand,
        parent=parent,
        demo=row.demo,
    )
    FeedbackPart.objects.create(item=item, finding=made, leads=leads)
    return made


@audit.action
def issue_drafts(actor: Actor, *, feedback: Feedback) -> list[Done[Finding]]:
    """Hand down all findings of a list that still wait, each until its problem's or the document's day."""
    row = _locked(feedback)
    actor.require("feedback.spread", row.office.path)
    parts = FeedbackPart.objects.filter(item__feedback=row, finding__state=Finding.State.DRAFT).select_related("item")
    by_day: dict[date, list[int]] = {}
    for part in parts.order_by("item__number", "pk"):
        by_day.setdefault(part.item.due_on or row.due_on, []).append(part.finding_id)
    if not by_day:
        raise ValidationError("没有待下达的问题。")
    done: list[Done[Finding]] = []
    for day, keys in sorted(by_day.items()):
        done += issuing.issue_many(actor, findings=list(Finding.objects.filter(pk__in=keys)), deadline=day)
    return done


@audit.action
def export_list(actor: Actor, *, feedback: Feedback) -> int:
    """Note that somebody takes a list away."""
    actor.require("feedback.export", feedback.office.path)
    count = feedback.items.count()
    audit.record(actor, "feedback.export", feedback, rows=count)
    return count


def tell_due(day: date) -> int:
    """The daily work: remind an office of what it must report back, once it is near or overdue. Answers how many were told."""
    terms = terms_on(day)
    told = 0
    for row, left in reads.due_soon(day):
        if left > terms.days(row.office.path, "near"):
            continue
        when = f"还有 {left} 天" if left > 0 else "今天到期" if left == 0 else f"已过 {-left} 天"
        told += notices.tell(
            nearest_holders(["feedback.report"], [row.office.path])[row.office.path],
            text=f"“{row.title}”的整改情况应在{chinese_date(row.due_on)}前报告{row.superior}，{when}。",
            url=reverse("findings:feedback", args=[row.pk]),
            verb="feedback.report",
            key=f"feedback {row.pk} {day}",
            urgent=left < 0,
        )
    return told
