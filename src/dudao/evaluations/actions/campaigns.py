"""A campaign is made, changed while it is a draft, given its subjects, and started. Changes to a running one are amendments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NotRequired, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core import audit, notices
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.evaluations.actions.answering import count_anew, take_figures_of
from dudao.evaluations.actions.run_marks import mark_from_runs
from dudao.evaluations.flow import CAMPAIGN, by_office
from dudao.evaluations.models import Campaign, Phase, Subject
from dudao.evaluations.queries.answering import phase_of
from dudao.evaluations.queries.systems import rules_of, system_of
from dudao.evaluations.queries.templates import template_of
from dudao.evaluations.rules import Rules
from dudao.frameworks.models import FrameworkVersion
from dudao.orgs.models import Kind, Unit
from dudao.people.queries import nearest_holders


@dataclass(frozen=True, slots=True)
class PhaseGiven:
    """A phase as the office gives it; see `Phase`."""

    kind: str
    title: str
    opens_on: date
    closes_on: date
    source: str = ""
    codes: Sequence[str] = ()
    demand: str = ""


@dataclass(frozen=True, slots=True)
class SubjectGiven:
    """A unit that takes part; ``label``: its name in the results (empty: the unit's name)."""

    unit: Unit
    label: str = ""
    drawn_from: str = ""


def locked(campaign: Campaign, revision: int | None = None) -> Campaign:
    """The row, locked. ``revision``: what the person had before them; another one now is a ``Conflict``."""
    row: Campaign = (
        Campaign.objects.select_for_update(of=("self",)).select_related("office", "version").get(pk=campaign.pk)
    )
    if revision is not None and row.revision != revision:
        raise Conflict
    return row


def tell_subjects(campaign: Campaign, subjects: Iterable[Subject], words: str, *, verb: str, key: str = "") -> int:
    """Tell those who fill in for these subjects «‹title›‹words›»; of an inspection without notice nobody is told.

    Answers how many people. With a ``key`` each of them hears it once. A constant number of queries.
    """
    if not rules_of(campaign).announced:
        return 0
    keys = [row.pk for row in subjects]
    paths = set(Subject.objects.filter(pk__in=keys).values_list("unit__path", flat=True))
    people = {account for found in nearest_holders(["evaluation.fill"], paths).values() for account in found}
    return notices.tell(
        sorted(people),
        text=f"“{campaign.title}”{words}",
        url=campaign.get_absolute_url(),
        place=campaign.office.path,
        verb=verb,
        key=key,
    )


def _require_office(actor: Actor, row: Campaign, verb: str) -> None:
    denied: Denied | None = by_office(row, actor, verb)
    if denied is not None:
        raise denied
    if row.state != Campaign.State.DRAFT:
        raise Denied(f"项目{row.get_state_display()}，请用“变更项目”并写明理由。", verb)


class Draft(TypedDict):
    """What a campaign is when it begins."""

    title: str
    year: int
    objects_kind: str
    version: FrameworkVersion
    template: NotRequired[str]
    purpose: NotRequired[str]
    basis: NotRequired[Campaign | None]
    twin: NotRequired[Campaign | None]
    demo: NotRequired[bool]


@audit.action
def create_campaign(
    actor: Actor, *, office: Unit, phases: Iterable[PhaseGiven], rules: Rules | None = None, **draft: Unpack[Draft]
) -> Campaign:
    """A draft on a published version. Raises ``ValidationError`` by field."""
    actor.require("campaign.create", office.path)
    title, year, version = draft["title"].strip(), draft["year"], draft["version"]
    if not title:
        raise ValidationError({"title": "请填写项目名称。"})
    if version.state != FrameworkVersion.State.PUBLISHED:
        raise ValidationError({"version": f"“{version}”{version.get_state_display()}，只能用已发布的版本。"})
    if Campaign.objects.filter(office=office, year=year, title=title).exists():
        raise ValidationError({"title": f"{year} 年已有名为“{title}”的项目，请换一个名称。"})
    row = Campaign(
        **{**draft, "title": title[:120], "purpose": draft.get("purpose", "").strip()},
        office=office,
        rules=(rules or Rules()).data(),
        created_by_id=actor.id,
    )
    row.save(force_insert=True)
    _write_phases(row, phases)
    audit.record(actor, "campaign.create", row, template=row.template, version=str(version))
    return row


def _write_phases(row: Campaign, phases: Iterable[PhaseGiven]) -> None:
    sources = {source.key for source in system_of(row).tree.sources}
    codes = set(system_of(row).tree.nodes)
    made = []
    for position, given in enumerate(phases, 1):
        where = f"第 {position} 个阶段“{given.title}”"
        if given.closes_on < given.opens_on:
            raise ValidationError({"phases": f"{where}的截止日期早于开始日期，请改正。"})
        if given.source and given.source not in sources:
            raise ValidationError({"phases": f"{where}的评分来源“{given.source}”不在指标体系里。"})
        unknown = sorted(set(given.codes) - codes)
        if unknown:
            raise ValidationError({"phases": f"{where}涉及的指标 {'、'.join(unknown)} 不在指标体系里。"})
        made.append(
            Phase(
                campaign=row,
                position=position,
                kind=given.kind,
                title=given.title.strip()[:60],
                source=given.source,
                codes=list(given.codes),
                opens_on=given.opens_on,
                closes_on=given.closes_on,
                demand=given.demand.strip(),
            )
        )
    if not made:
        raise ValidationError({"phases": "至少要有一个阶段。"})
    Phase.objects.filter(campaign=row).delete()
    Phase.objects.bulk_create(made)


@audit.action
def set_phases(actor: Actor, *, campaign: Campaign, revision: int, phases: Iterable[PhaseGiven]) -> Campaign:
    """Replace the phases of a draft."""
    row = locked(campaign, revision)
    _require_office(actor, row, "campaign.edit")
    _write_phases(row, phases)
    return _touched(actor, row, "campaign.edit", {}, what="阶段")


def _touched(actor: Actor, row: Campaign, verb: str, changes: Mapping[str, Any], **data: Any) -> Campaign:
    values = {"revision": row.revision + 1, **changes}
    Campaign.objects.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        setattr(row, name, value)
    audit.record(actor, verb, row, **data)
    return row


@audit.action
def set_subjects(actor: Actor, *, campaign: Campaign, revision: int, subjects: Iterable[SubjectGiven]) -> Campaign:
    """Replace the subjects of a draft. Every unit once, inside the office's own tree; equal names get their county in front."""
    row = locked(campaign, revision)
    _require_office(actor, row, "campaign.edit")
    given = list({one.unit.pk: one for one in subjects}.values())
    outside = [one.unit.name for one in given if not one.unit.path.startswith(row.office.path)]
    if outside:
        raise ValidationError({"subjects": f"{'、'.join(outside[:5])}不在{row.office}之下，不能列为对象。"})
    ended = [one.unit.name for one in given if one.unit.is_closed]
    if ended:
        raise ValidationError({"subjects": f"{'、'.join(ended[:5])}已撤销，不能列为对象。"})
    labels = _labels(given)
    Subject.objects.filter(campaign=row).delete()
    Subject.objects.bulk_create(
        Subject(campaign=row, unit=one.unit, label=labels[one.unit.pk], drawn_from=one.drawn_from[:200])
        for one in given
    )
    changes = {"objects_kind": _kind_of(row, given)} if given and _is_of_anything(row) else {}
    return _touched(actor, row, "campaign.edit", changes, what="对象", total=len(given))


def _is_of_anything(row: Campaign) -> bool:
    """Whether its template leaves open what kind of units it is about (回访督导)."""
    pack = template_of(row.template)
    return pack is not None and pack.pool.later and not pack.systems


def _kind_of(row: Campaign, given: Sequence[SubjectGiven]) -> str:
    """What the chosen units are, where they are all of one kind; else as it was."""
    found = {_KINDS.get(one.unit.kind, Campaign.Objects.SCHOOLS) for one in given}
    return str(found.pop()) if len(found) == 1 else row.objects_kind


_KINDS: Mapping[str, str] = {
    Kind.COUNTY: Campaign.Objects.COUNTIES,
    Kind.ZONE: Campaign.Objects.COUNTIES,
    Kind.TOWNSHIP: Campaign.Objects.TOWNSHIPS,
    Kind.KINDERGARTEN: Campaign.Objects.KINDERGARTENS,
}


def _labels(given: Sequence[SubjectGiven]) -> dict[int, str]:
    """A name for each, once in the campaign: the label or name; with the parent in front where two are equal; else numbered."""
    names = {one.unit.pk: (one.label or one.unit.name).strip()[:100] for one in given}
    parents = {unit.pk: unit.name for unit in Unit.objects.filter(pk__in={one.unit.parent_id for one in given})}
    seen: dict[str, int] = {}
    for name in names.values():
        seen[name] = seen.get(name, 0) + 1
    taken: set[str] = set()
    for one in given:
        name = names[one.unit.pk]
        if seen[name] > 1:
            name = f"{parents.get(one.unit.parent_id or 0, '')}{name}"[:115]
        number = 2
        while name in taken:
            name = f"{name[:112]}（{number}）"
            number += 1
        taken.add(name)
        names[one.unit.pk] = name
    return names


@audit.action
def start_campaign(actor: Actor, *, campaign: Campaign, revision: int) -> Campaign:
    """Pin the version and open the first phase. Without a self-evaluation the subjects are received at once."""
    row = locked(campaign, revision)
    if not row.subjects.exists():
        raise ValidationError("还没有评估对象，请先选择对象。")
    if row.version.state != FrameworkVersion.State.PUBLISHED:
        raise ValidationError(f"指标体系“{row.version}”{row.version.get_state_display()}，请换用已发布的版本。")
    now = timezone.now()
    phase = phase_of(row)
    CAMPAIGN.move(
        row,
        "campaign.start",
        actor,
        changes={"started_at": now, "system_digest": row.version.digest, "revision": row.revision + 1},
        total=row.subjects.count(),
    )
    if phase is not None:
        take_figures_of(row)
    mark_from_runs(row)
    count_anew(row, list(row.subjects.values_list("pk", flat=True)))
    if phase is None:
        row.subjects.filter(state=Subject.State.OPEN).update(state=Subject.State.ACCEPTED, accepted_at=now)
    until = f"，请在{chinese_date(phase.closes_on)}前完成自评" if phase is not None else ""
    tell_subjects(row, row.subjects.all(), f"已启动{until}", verb="campaign.start")
    return row
