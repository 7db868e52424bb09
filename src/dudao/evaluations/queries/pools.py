"""Among which units a campaign's subjects are chosen: by kind, stage, public or private, county; from a cycle plan; from a draw."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from dudao.calc.campaigns import CampaignPack, Pool
from dudao.core.access import Actor
from dudao.evaluations.models import Campaign
from dudao.evaluations.queries.templates import template_of
from dudao.findings.models import Finding
from dudao.orgs.models import Kind, Licensed, Ownership, Stage, Unit
from dudao.orgs.queries import licensed
from dudao.selection.models import CycleEntry, CyclePlan, Draw, DrawMember
from dudao.selection.queries.draws import FINAL

Stored = Mapping[str, Any]


def units_in(office: Unit, pool: Stored) -> QuerySet[Any]:
    """The open units of an office's tree that a stored pool names, in their order."""
    rows: QuerySet[Any] = Unit.objects.filter(
        path__startswith=office.path, valid_to__isnull=True, kind__in=pool.get("kinds") or []
    )
    if pool.get("stages"):
        rows = rows.filter(pk__in=Stage.objects.filter(level__in=pool["stages"]).values("unit"))
    if pool.get("ownership"):
        rows = rows.filter(ownership=pool["ownership"])
    if pool.get("licence"):
        rows = licensed(rows, pool["licence"])
    if pool.get("counties"):
        inside = Q(pk__in=[])
        for path in Unit.objects.filter(pk__in=pool["counties"]).values_list("path", flat=True):
            inside |= Q(path__startswith=path)
        rows = rows.filter(inside)
    return rows.select_related("parent").order_by("path")


def units_to_add(campaign: Campaign) -> QuerySet[Any]:
    """Any open unit of the office's tree, and the office's own unit, that is no subject yet."""
    rows = Unit.objects.filter(path__startswith=campaign.office.path, valid_to__isnull=True)
    return rows.exclude(pk__in=campaign.subjects.values("unit")).select_related("parent")


def pool_words(pool: Stored) -> str:
    """«幼儿园，民办，平江县»."""
    kinds, stages, owned = dict(Kind.choices), dict(Stage.Level.choices), dict(Ownership.choices)
    said = ["、".join(kinds[kind] for kind in pool.get("kinds", ()) if kind in kinds)]
    if pool.get("stages"):
        said.append("、".join(stages[stage] for stage in pool["stages"] if stage in stages))
    if pool.get("ownership") in owned:
        said.append(owned[pool["ownership"]])
    if pool.get("licence"):
        said.append(f"办园许可：{Licensed(pool['licence']).label}")
    if pool.get("counties"):
        said.append("、".join(map(str, Unit.objects.filter(pk__in=pool["counties"]).order_by("path"))))
    return "，".join(word for word in said if word)


def label_of(campaign: Campaign, unit: Unit) -> str:
    """What a unit is called in the results, by the campaign's template."""
    found = template_of(campaign.template)
    return (found.pool if found is not None else Pool(())).label(unit.kind, unit.name)


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of last time's subjects: units that are gone, those that are new."""

    gone: Sequence[str]
    new: Sequence[str]

    @property
    def sentences(self) -> list[str]:
        found = []
        if self.gone:
            found.append(f"上一轮的对象中 {len(self.gone)} 个已撤销或不再符合条件：{_some(self.gone)}。")
        if self.new:
            found.append(f"新增 {len(self.new)} 个：{_some(self.new)}。")
        return found or ["对象和上一轮相同。"]


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:6]) + (f"等 {len(names)} 个" if len(names) > 6 else "")


def changes_since(basis: Campaign, units: Sequence[Unit]) -> Changes:
    before = dict(basis.subjects.exclude(state="out").values_list("unit_id", "unit__name"))
    now = {unit.pk: unit.name for unit in units}
    return Changes(
        [name for key, name in before.items() if key not in now],
        [name for key, name in now.items() if key not in before],
    )


def draws_of(actor: Actor, office: Unit) -> list[tuple[int, str]]:
    """The finished draws of objects of an office, newest first."""
    rows = Draw.objects.visible_to(actor, "draw.view").filter(
        office=office, kind=Draw.Kind.OBJECTS, state__in=[Draw.State.DRAWN, Draw.State.PUBLISHED]
    )
    return [(row.pk, row.title) for row in rows[:50]]


def drawn_units(actor: Actor, office: Unit, pk: int) -> tuple[str, list[Unit]]:
    """(the draw's title, to whom it came)."""
    row = Draw.objects.visible_to(actor, "draw.view").filter(office=office, pk=pk).first()
    if row is None:
        return "", []
    members = DrawMember.objects.filter(FINAL, draw=row, unit__isnull=False).select_related("unit")
    return row.title, [member.unit for member in members.order_by("position") if member.unit is not None]


def found_units(office: Unit, kinds: Iterable[str], least: int, since: date) -> list[tuple[Unit, int]]:
    """(unit, how many) with at least so many findings that the office handed down and that were found since a day, most first."""
    out = [Finding.State.DRAFT, Finding.State.WAIVED]
    rows = Finding.objects.filter(office=office, found_on__gte=since, unit__kind__in=list(kinds)).exclude(state__in=out)
    counted = rows.order_by().values("unit").annotate(n=Count("pk")).filter(n__gte=least).values_list("unit", "n")
    counts = dict(counted)
    units = Unit.objects.filter(pk__in=counts, path__startswith=office.path, valid_to__isnull=True)
    found = [(unit, counts[unit.pk]) for unit in units.order_by("path")]
    return sorted(found, key=lambda one: -one[1])


def cycle_terms(actor: Actor, office: Unit) -> list[tuple[str, str]]:
    """The terms of the office's approved cycle plans: («12:4053», «五年轮查：2026年秋季»)."""
    found: list[tuple[str, str]] = []
    for plan in CyclePlan.objects.visible_to(actor, "cycle.view").filter(office=office, state=CyclePlan.State.APPROVED):
        terms = range(plan.first_term, plan.first_term + plan.years * 2)
        found += [
            (f"{plan.pk}:{term}", f"{plan.title}：{term // 2}年{'秋季' if term % 2 else '春季'}") for term in terms
        ]
    return found


def cycle_year(office: Unit, pack: CampaignPack, year: int) -> tuple[str, list[Unit]]:
    """(the plans in words, whose turn it is in a year by the office's approved cycle plans of such schools), for a template
    that goes round in years; «» where there is no plan for that year.
    """
    if not pack.cycle_years:
        return "", []
    terms = (2 * year, 2 * year + 1)
    rows = CyclePlan.objects.filter(office=office, state=CyclePlan.State.APPROVED, objects_kind__in=_cycle_kinds(pack))
    plans = [row for row in rows if row.first_term <= terms[1] and terms[0] < row.first_term + 2 * row.years]
    entries = CycleEntry.objects.filter(plan__in=plans, term__in=terms, left_why="").select_related("school")
    units = [entry.school for entry in entries.order_by("school__path")]
    return "、".join(f"{plan.title}：{year}年" for plan in plans), units


def _cycle_kinds(pack: CampaignPack) -> list[str]:
    stages = set(pack.pool.stages)
    found: list[str] = [CyclePlan.Objects.KINDERGARTENS] if pack.objects == "kindergartens" else []
    if stages & {"primary", "junior"}:
        found.append(CyclePlan.Objects.COMPULSORY)
    if stages & {"senior", "vocational"}:
        found.append(CyclePlan.Objects.SENIORS)
    return found


def cycle_units(actor: Actor, office: Unit, key: str) -> tuple[str, list[Unit]]:
    """(the plan and term in words, the schools whose turn it is)."""
    words = dict(cycle_terms(actor, office)).get(key, "")
    if not words:
        return "", []
    plan, _, term = key.partition(":")
    entries = CycleEntry.objects.filter(plan_id=int(plan), term=int(term), left_why="").select_related("school")
    return words, [entry.school for entry in entries.order_by("school__path") if not entry.school.is_closed]
