"""A campaign is pinned to runs of the statistics, and what they say enters: numbers as figures, people's verdicts as marks.

Nothing follows a newer run by itself. Pinning one is an act with a reason; a running campaign keeps it as an amendment, tells the
counties, changes what they have not handed in yet and had taken over, and leaves what they typed or handed in.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.evaluations.actions.amending import keep_amendment
from dudao.evaluations.actions.answering import count_anew
from dudao.evaluations.actions.campaigns import locked, tell_subjects
from dudao.evaluations.actions.run_marks import mark_from_runs
from dudao.evaluations.flow import CAMPAIGN, by_office
from dudao.evaluations.models import Campaign, Figure, RunPin, Subject
from dudao.evaluations.queries.runs import fed, kinds_of, numbered, offered, pinned
from dudao.evaluations.queries.systems import figures_asked, system_of


def why_not_pin(row: Campaign, actor: Actor) -> Denied | None:
    if row.state == Campaign.State.DRAFT:
        return by_office(row, actor, "campaign.edit")
    return CAMPAIGN.why_not(row, "campaign.amend", actor)


@audit.action
def pin_run(actor: Actor, *, campaign: Campaign, kind: str, run: int, reason: str = "") -> RunPin:
    """Take numbers and verdicts from this run from now on; the same run again takes what people have judged in it since."""
    row = locked(campaign)
    denied = why_not_pin(row, actor)
    if denied is not None:
        raise denied
    if kind not in kinds_of(row):
        raise ValidationError("这个项目的指标不用这种测算。")
    found = next((one for one in offered(row, kind) if one.pk == run), None)
    if found is None:
        raise ValidationError("没有这次测算，或者不是本项目范围和年度的，请重新选择。")
    is_draft = row.state == Campaign.State.DRAFT
    words = reason.strip()
    if not is_draft and not words:
        raise ValidationError({"reason": "请写明改用这次测算的理由。"})
    before = pinned(row).get(kind)
    made = _pin(actor, row, kind, found, words)
    said = f"改用{made}" if before is not None and str(before) != str(made) else f"取用{made}"
    if is_draft:
        audit.record(actor, "campaign.edit", row, what=said)
        return made
    changed, kept = _refresh(row, made)
    mark_from_runs(row)
    was = f"{before}" if before is not None else "未取用测算"
    sentence = f"{made.get_kind_display()}由“{was}”{said}：更新 {changed} 个数据"
    sentence += f"，{kept} 个单位已提交，内容不变。" if kept else "。"
    keep_amendment(actor, row, words, [sentence])
    Campaign.objects.filter(pk=row.pk).update(revision=row.revision + 1)
    tell_subjects(
        row, row.subjects.exclude(state=Subject.State.OUT), f"{said}，请核对取自测算的数据", verb="campaign.amend"
    )
    return made


def _pin(actor: Actor, row: Campaign, kind: str, run: Any, reason: str) -> RunPin:
    RunPin.objects.filter(campaign=row, kind=kind, ended_at__isnull=True).update(ended_at=timezone.now())
    made: RunPin = RunPin.objects.create(
        campaign=row,
        kind=kind,
        number=numbered(run),
        reason=reason[:500],
        at=timezone.now(),
        by=actor.name[:100],
        **{kind: run},
    )
    return made


def pin_newest(actor: Actor, campaign: Campaign) -> list[RunPin]:
    """Part of the action that makes a campaign from a template: the newest run of each kind that it can use."""
    runs = [(kind, next(iter(offered(campaign, kind)), None)) for kind in kinds_of(campaign)]
    return [_pin(actor, campaign, kind, run, "建立项目时取用最近一次测算") for kind, run in runs if run is not None]


def _refresh(row: Campaign, pin: RunPin) -> tuple[int, int]:
    """Write what the run says where a county hasn't handed in and hasn't typed something else: (numbers changed, counties left)."""
    open_ = {
        subject.unit_id: subject
        for subject in row.subjects.filter(state__in=[Subject.State.OPEN, Subject.State.RETURNED])
    }
    asked = {column.name for column in figures_asked(system_of(row))}
    known = fed(row, open_)
    have = {(one.subject_id, one.name): one for one in Figure.objects.filter(subject__in=list(open_.values()))}
    new, old = [], []
    for unit, given in known.items():
        for name, one in given.items():
            figure = have.get((open_[unit].pk, name))
            if name not in asked or one.taken != str(pin):
                continue
            if figure is None:
                made = Figure(subject=open_[unit], name=name, cell=one.cell, taken=one.taken, taken_url=one.url)
                made.saved_by = "系统"
                new.append(made)
            elif (figure.taken or figure.cell in (None, "")) and (figure.cell, figure.taken) != (one.cell, one.taken):
                figure.cell, figure.taken, figure.taken_url = one.cell, one.taken[:200], one.url
                figure.revision, figure.saved_by, figure.saved_at = 0, "系统", timezone.now()
                old.append(figure)
    Figure.objects.bulk_create(new, batch_size=2000)
    for figure in old:
        figure.save()
    count_anew(row, [subject.pk for subject in open_.values()])
    handed = row.subjects.filter(state__in=[Subject.State.SUBMITTED, Subject.State.ACCEPTED]).count()
    return len(new) + len(old), handed
