"""A campaign is made from a template, or from last year's; nothing is published on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NotRequired, TypedDict, Unpack

from django.core.exceptions import ValidationError

from dudao.calc.campaigns import years_on
from dudao.core import audit
from dudao.core.access import Actor
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects
from dudao.evaluations.actions.runs import pin_newest
from dudao.evaluations.models import Campaign
from dudao.evaluations.queries.pools import Changes, changes_since, cycle_year, label_of, units_in
from dudao.evaluations.queries.systems import rules_of
from dudao.evaluations.queries.templates import template_of
from dudao.evaluations.rules import Freeze, Rules
from dudao.frameworks.models import FrameworkVersion
from dudao.frameworks.queries.versions import tree
from dudao.orgs.models import Unit


class Asked(TypedDict):
    """What a person says of a campaign that is made from a template; without a title it gets the template's."""

    version: FrameworkVersion
    year: int
    title: NotRequired[str]
    purpose: NotRequired[str]
    twin: NotRequired[Campaign | None]
    demo: NotRequired[bool]


@audit.action
def create_from_template(
    actor: Actor, *, office: Unit, template: str, starts_on: date, counties: Sequence[int] = (), **asked: Unpack[Asked]
) -> Campaign:
    """A draft with the template's phases and rules, over all units that its pool names, or over nobody yet. Raises
    ``ValidationError`` by field.
    """
    pack = template_of(template)
    if pack is None:
        raise ValidationError({"template": f"没有名为“{template}”的项目模板。"})
    year, version = asked["year"], asked["version"]
    asked["title"] = asked.get("title") or pack.title_of(year)
    codes = set(_codes(version))
    sources = {one.key for one in tree(version).sources}
    phases = []
    for plan in pack.phases:
        first, last = plan.window(starts_on)
        # Another system than the usual one may not have the parts or sources that the template names: then a phase is about
        # all, or nobody's.
        kept = plan.codes if set(plan.codes) <= codes else ()
        source = plan.source if plan.source in sources else ""
        phases.append(PhaseGiven(plan.kind, plan.title, first, last, source, kept, plan.demand))
    made: Campaign = create_campaign(
        actor,
        office=office,
        phases=phases,
        rules=Rules.of(pack.rules),
        template=template,
        objects_kind=pack.objects,
        **asked,
    )
    pool: dict[str, Any] = {
        "kinds": list(pack.pool.kinds),
        "stages": list(pack.pool.stages),
        "ownership": pack.pool.ownership,
        "counties": list(counties),
    }
    pin_newest(actor, made)
    if pack.pool.later:
        Campaign.objects.filter(pk=made.pk).update(pool=pool)
        made.pool = pool
        return made
    return _choose(actor, made, pool, cycle_year(office, pack, year))


def _codes(version: FrameworkVersion) -> list[str]:
    return list(version.indicators.values_list("code", flat=True))


def _choose(
    actor: Actor, made: Campaign, pool: Mapping[str, Any], turn: tuple[str, Sequence[Unit]] = ("", ())
) -> Campaign:
    """The units that the pool names; of them, those whose ``turn`` it is by a cycle plan, where there is one."""
    Campaign.objects.filter(pk=made.pk).update(pool=pool)
    made.pool = dict(pool)
    words, turns = turn
    keys = {unit.pk for unit in turns}
    units = [unit for unit in units_in(made.office, pool) if not words or unit.pk in keys]
    given = [SubjectGiven(unit, label_of(made, unit), words or "按条件") for unit in units]
    chosen: Campaign = set_subjects(actor, campaign=made, revision=made.revision, subjects=given)
    chosen.pool = dict(pool)
    return chosen


@dataclass(frozen=True, slots=True)
class Cloned:
    """The new draft, and what is not as it was last time, in sentences."""

    campaign: Campaign
    changes: Sequence[str]


@audit.action
def clone_campaign(
    actor: Actor, *, campaign: Campaign, year: int, version: FrameworkVersion, title: str = "", demo: bool = False
) -> Cloned:
    """Next year's from this one: phases and freezes on the same days of another year, rules, the same pool chosen again.

    Subjects that were chosen by hand, by a draw or by a cycle are taken over as far as their units are still there.
    """
    before = Campaign.objects.select_related("office").get(pk=campaign.pk)
    actor.require("campaign.create", before.office.path)
    shift = year - before.year
    rules = rules_of(before)
    codes = set(_codes(version))
    said: list[str] = []
    phases = []
    for phase in before.phases.all():
        kept = [code for code in phase.codes if code in codes]
        if len(kept) < len(phase.codes):
            lost = "、".join(code for code in phase.codes if code not in codes)
            said.append(f"“{phase.title}”涉及的指标 {lost} 已不在新版本里，请核对这个阶段。")
        phases.append(
            PhaseGiven(
                phase.kind,
                phase.title,
                years_on(phase.opens_on, shift),
                years_on(phase.closes_on, shift),
                phase.source,
                kept,
                phase.demand,
            )
        )
    fresh = {each: getattr(rules, each) for each in rules.__slots__}
    fresh["freezes"] = tuple(
        Freeze(years_on(one.first, shift), years_on(one.last, shift), one.reason) for one in rules.freezes
    )
    made: Campaign = create_campaign(
        actor,
        office=before.office,
        title=title or _renamed(before, year),
        year=year,
        objects_kind=before.objects_kind,
        version=version,
        phases=phases,
        rules=Rules(**fresh),
        template=before.template,
        purpose=before.purpose,
        basis=before,
        demo=demo,
    )
    said += [f"取用{pin}。" for pin in pin_newest(actor, made)]
    if version.pk != before.version_id:
        said.insert(0, f"指标体系由“{before.version}”换为“{version}”。")
    made, changes = _choose_again(actor, before, made)
    if rules.freezes:
        said.append("停报日期按去年同一天平移，请按今年的校历核对。")
    return Cloned(made, [*said, *changes.sentences])


def _renamed(before: Campaign, year: int) -> str:
    title = before.title.replace(str(before.year), str(year))
    return title if title != before.title else f"{before.title}（{year}年）"[:120]


def _choose_again(actor: Actor, before: Campaign, made: Campaign) -> tuple[Campaign, Changes]:
    by_hand = before.subjects.exclude(state="out").exclude(drawn_from="按条件")
    if before.pool and before.subjects.exists() and not by_hand.exists():
        made = _choose(actor, made, before.pool)
        units = [subject.unit for subject in made.subjects.select_related("unit")]
        return made, changes_since(before, units)
    rows = before.subjects.exclude(state="out").filter(unit__valid_to__isnull=True).select_related("unit")
    given = [SubjectGiven(row.unit, row.label, row.drawn_from) for row in rows]
    Campaign.objects.filter(pk=made.pk).update(pool=before.pool)
    made = set_subjects(actor, campaign=made, revision=made.revision, subjects=given)
    return made, changes_since(before, [one.unit for one in given])
