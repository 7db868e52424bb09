"""From the defence to the decision: heard before anything is decided, member units asked, decided by the committee's head."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from dudao.accountability.actions.steps import attach, past_day, step, today, written
from dudao.accountability.flow import CASE, by_office, party
from dudao.accountability.grounds import AGGRAVATING, FORMS, LIGHTER, PUBLICITY, REPEAT, forms_for
from dudao.accountability.models import Case, CaseFile, Measure, Opinion
from dudao.accountability.queries import cases
from dudao.accountability.queries.clock import Clock
from dudao.calc.calendar import chinese_date
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.orgs.models import Unit

audit.TELLS["case.answer"] = ("case.consult",)


@audit.action
def defend(actor: Actor, *, case: Case, text: str, on: date | None = None, files: Iterable[UploadedFile] = ()) -> Case:
    """The accused's defence; sent again it replaces the earlier one until it is heard. A late one is refused."""
    row = CASE.lock(case)
    _, recorded = party(row, actor, "case.defend")
    text = written("text", text, "陈述申辩的内容")
    day = past_day("on", on if recorded else None, row.notified_on, "收到日期")
    if row.defend_by is not None and day > row.defend_by:
        raise Denied(
            f"陈述申辩截止{chinese_date(row.defend_by)}，已经过了 {(day - row.defend_by).days} 天，不能再提交。",
            "case.defend",
        )
    changes = {
        "defence": text, "defended_on": day, "defended_by": "书面提交" if recorded else actor.name[:100],
        "defence_recorded": recorded,
    }  # fmt: skip
    step(actor, row, "case.defend", changes=changes, recorded=recorded or None, tell_at=row.office.path)
    attach(row, CaseFile.Part.DEFENCE, files)
    return row


@audit.action
def hear(actor: Actor, *, case: Case, hearing: str) -> Case:
    """Weigh the defence: what is taken over and what isn't, with reasons. Without one only after the last day for it."""
    row = CASE.lock(case)
    hearing = written("hearing", hearing, "对申辩意见的采纳情况和理由", 2000)
    if row.state == Case.State.NOTIFIED and not row.defence and row.defend_by is not None and today() <= row.defend_by:
        raise Denied(
            f"对方还可以在{chinese_date(row.defend_by)}以前陈述申辩，期满或者提交申辩后才能继续。", "case.hear"
        )
    return step(actor, row, "case.hear", changes={"hearing": hearing})


@audit.action
def consult(actor: Actor, *, case: Case, units: Sequence[Unit]) -> Case:
    """Ask member units of the committee; each has the office's term to answer."""
    row = CASE.lock(case)
    if not units:
        raise ValidationError({"units": "请至少选择一个成员单位。"})
    known = set(cases.member_units(row).values_list("pk", flat=True))
    wrong = [unit for unit in units if unit.pk not in known]
    if wrong:
        raise ValidationError({"units": f"“{wrong[0]}”不是{row.office}可以征求意见的成员单位。"})
    held = Clock.of(row.office, today())
    counted = held.count("members", today(), "征求之日")
    if counted is None:
        raise ValidationError("还没有规定成员单位反馈意见的天数，请先在“时限规定”里登记。")
    last = counted.last
    had = set(row.opinions.values_list("unit", flat=True))
    made = [Opinion(case=row, unit=unit, asked_on=today(), due_on=last) for unit in units if unit.pk not in had]
    if not made:
        raise ValidationError({"units": "所选单位都已经征求过意见。"})
    step(actor, row, "case.consult", units=len(made), deadline=last)
    for opinion in made:
        opinion.save(force_insert=True)
        audit.record(actor, "case.consult", opinion, deadline=last, tell_at=opinion.unit.path)
    return row


def why_not_answer(actor: Actor, asked: Opinion) -> tuple[Denied | None, bool]:
    """(why one can't answer, whether one would enter an answer that came on paper)."""
    if asked.answered_on is not None or asked.case.state != Case.State.CONSULTING:
        word = "已经反馈" if asked.answered_on is not None else asked.case.get_state_display()
        return Denied(f"当前为“{word}”，不用反馈意见。", "case.answer"), False
    denied = actor.why_not("case.answer", asked.unit.path)
    if any(grant.path == asked.unit.path and grant.covers("case.answer", asked.unit.path) for grant in actor.grants):
        return denied, False
    if by_office(asked.case, actor, "case.answer") is None:
        return denied, not actor.everything
    if denied is None:
        denied = Denied(f"只有{asked.unit}或{asked.case.office}可以登记反馈意见。", "case.answer")
    return denied, False


@audit.action
def answer(actor: Actor, *, opinion: Opinion, agrees: bool, text: str = "", on: date | None = None) -> Opinion:
    """A member unit's opinion. Who disagrees says why."""
    row = (
        Opinion.objects.select_for_update(of=("self",))
        .select_related("unit", "case__unit__parent", "case__office")
        .get(pk=opinion.pk)
    )
    denied, recorded = why_not_answer(actor, row)
    if denied is not None:
        raise denied
    if not agrees and not text.strip():
        raise ValidationError({"text": "不同意的，请写明意见和理由。"})
    day = past_day("on", on if recorded else None, row.asked_on, "反馈日期")
    values = {
        "agrees": agrees, "answer": text.strip()[:2000], "answered_on": day, "recorded": recorded,
        "answered_by": "书面反馈" if recorded else actor.name[:100],
    }  # fmt: skip
    Opinion.objects.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        setattr(row, name, value)
    audit.record(actor, "case.answer", row, given=agrees, recorded=recorded or None, tell_at=row.case.office.path)
    return row


def set_measures(row: Case, measures: Mapping[str, str]) -> list[Measure]:
    """The forms of a proposal or of a correction: {key: detail}, each with its article. Those that stood before are replaced."""
    allowed = {entry.key for entry in forms_for(row.is_person)}
    if not measures:
        raise ValidationError({"measures": "请至少选择一种问责方式。"})
    for key, detail in measures.items():
        if key not in allowed:
            label = FORMS[key].label if key in FORMS else key
            raise ValidationError({"measures": f"“{label}”不适用于对{'个人' if row.is_person else '单位'}的问责。"})
        if key == "other" and not detail.strip():
            raise ValidationError({"measures": "选“其他”方式的，请写明具体内容和依据。"})
    made = [
        Measure(case=row, form=key, detail=detail.strip()[:500], article=FORMS[key].article or detail.strip()[:200])
        for key, detail in measures.items()
    ]
    Measure.objects.bulk_create(made)
    return made


class Circumstances(TypedDict, total=False):
    """What makes it graver, what lighter, and the article for the latter."""

    aggravating: Iterable[str]
    lighter: Iterable[str]
    lighter_article: str


@audit.action
def submit(
    actor: Actor,
    *,
    case: Case,
    measures: Mapping[str, str],
    publicity: str,
    publicity_reason: str = "",
    **circumstances: Unpack[Circumstances],
) -> Case:
    """Put the proposal before the committee's head: forms, graver and lighter circumstances, publicity.

    A second case within the year is found here and can't be left out. All member units asked have answered, or their day is over.
    """
    row = CASE.lock(case)
    waiting = row.opinions.filter(answered_on__isnull=True, due_on__gte=today()).select_related("unit").first()
    if waiting is not None and row.state == Case.State.CONSULTING:
        raise Denied(
            f"{waiting.unit}还没有反馈意见（{chinese_date(waiting.due_on)}截止），收到或者期满后再报请审定。",
            "case.submit",
        )
    if publicity not in PUBLICITY:
        raise ValidationError({"publicity": "请选择公开范围。"})
    if publicity in {"none", "party"} and not publicity_reason.strip():
        raise ValidationError({"publicity_reason": "问责决定应当在一定范围公开；不公开的，请写明理由。"})
    changes = _circumstances(row, circumstances, today())
    changes |= {
        "publicity": publicity,
        "publicity_reason": publicity_reason.strip()[:500],
        "submitted_by_id": actor.id,
        "decided_by": None,
    }
    step(actor, row, "case.submit", changes=changes, tell_at=row.office.path)
    row.measures.all().delete()
    set_measures(row, measures)
    return row


def _circumstances(row: Case, said: Circumstances, day: date) -> dict[str, Any]:
    graver = [key for key in said.get("aggravating", ()) if key != REPEAT]
    less, article = list(said.get("lighter", ())), said.get("lighter_article", "")
    if set(graver) - set(AGGRAVATING) or set(less) - set(LIGHTER):
        raise ValidationError({"aggravating": "没有这种情形，请重新选择。"})
    if less and not article.strip():
        raise ValidationError({"lighter_article": "从轻或免责的，请写明依据的文件和条款。"})
    earlier = cases.earlier_case(row, day)
    if earlier is not None:
        graver.append(REPEAT)
    return {"aggravating": graver, "lighter": less, "lighter_article": article.strip()[:300], "earlier": earlier}


@audit.action
def send_back(actor: Actor, *, case: Case, reason: str) -> Case:
    """The head wants something added before deciding."""
    row = CASE.lock(case)
    reason = written("reason", reason, "要补充什么", 1000)
    return step(actor, row, "case.send_back", reason=reason, changes={"decision_note": reason})


@audit.action
def decide(actor: Actor, *, case: Case, effective_on: date, note: str = "") -> Case:
    """The committee's head decides; the decision takes effect on a day that is today or later.

    Whether it is a second case within the year is asked again for the day of the decision.
    """
    row = CASE.lock(case)
    if effective_on < today():
        raise ValidationError({"effective_on": f"生效日期{chinese_date(effective_on)}早于审定之日，请核对。"})
    changes = _circumstances(
        row,
        Circumstances(aggravating=row.aggravating, lighter=row.lighter, lighter_article=row.lighter_article),
        today(),
    )
    del changes["lighter_article"]
    changes |= {
        "decided_by_id": actor.id,
        "decided_on": today(),
        "effective_on": effective_on,
        "decision_note": note.strip()[:1000],
    }
    return step(actor, row, "case.decide", changes=changes, tell_at=row.office.path, day=today())
