"""Who may be drawn: institutions by a filter, inspectors by their office, each as a row that may be published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from dudao.calc.codetables import URBAN_RURAL
from dudao.calc.sampling import plain
from dudao.core.access import Actor
from dudao.orgs.models import Kind, Licensed, Ownership, Stage, Unit
from dudao.orgs.queries import standings
from dudao.people.models import Appointment
from dudao.people.queries.specialities import held_specialities
from dudao.people.roles import ROLES
from dudao.selection.models import Draw
from dudao.stats.queries.pupils import pupils_of
from dudao.visits.models import SiteVisit, VisitMember

MOST = 10_000
"""Members of one frame: more than a city has."""
KINDS: tuple[Kind, ...] = (Kind.SCHOOL, Kind.TEACHING_POINT, Kind.KINDERGARTEN)
INSPECTING = ("city_inspector", "county_inspector")
COUNTY, TOWNSHIP, KIND, STAGE, OWNERSHIP, PLACE = "县市区", "乡镇街道", "类别", "学段", "公民办", "城乡"
LICENCE = "办园许可"
"""Only in frames that are filtered by it or stratified by it."""
ROLE = "督学类别"
PUPILS = "在校生数"
"""The column of sizes of a draw in proportion to size."""
UNMEASURED = "没有审核通过的在校生数，不能按规模抽取"
"""Why a member without a size is left out of such a draw."""
UNKNOWN = "未登记"
STRATA: dict[str, tuple[str, ...]] = {
    Draw.Kind.OBJECTS: (COUNTY, TOWNSHIP, KIND, STAGE, OWNERSHIP, PLACE, LICENCE),
    Draw.Kind.INSPECTORS: (COUNTY, ROLE),
}
"""The columns by which a draw of each kind may be stratified."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a frame is filtered by; empty means all. ``counties``: keys of units. ``unseen_years``: not visited for so long.

    ``speciality``: what an inspector is good at, or was in the team of an earlier visit for (校园安全, 学前教育 …).
    ``names``: whether the names of inspectors are published (of institutions they always are).
    """

    counties: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    stage: str = ""
    ownership: str = ""
    licence: str = ""
    unseen_years: int | None = None
    roles: tuple[str, ...] = ()
    speciality: str = ""
    names: bool = True

    @staticmethod
    def of(data: Mapping[str, Any]) -> "Criteria":
        lists = {name: tuple(data.get(name) or ()) for name in ("counties", "kinds", "roles")}
        return Criteria(
            **lists,
            stage=data.get("stage") or "",
            ownership=data.get("ownership") or "",
            licence=data.get("licence") or "",
            speciality=data.get("speciality") or "",
            unseen_years=data.get("unseen_years"),
            names=data.get("names", True),
        )

    def data(self) -> dict[str, Any]:
        return {
            "counties": list(self.counties),
            "kinds": list(self.kinds),
            "stage": self.stage,
            "ownership": self.ownership,
            "licence": self.licence,
            "unseen_years": self.unseen_years,
            "roles": list(self.roles),
            "speciality": self.speciality,
            "names": self.names,
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row of a frame to be; ``cells`` by column, the identifier and the name among them if they are published."""

    name: str
    cells: dict[str, str] = field(default_factory=dict)
    unit_id: int | None = None
    account_id: int | None = None


def columns_of(kind: str, names: bool, *, size: str = "", licence: bool = False) -> list[str]:
    """The heads of the published frame, the identifier first; ``size``: the column of sizes, if it is drawn by them."""
    if kind == Draw.Kind.OBJECTS:
        more = [*([LICENCE] if licence else []), *([size] if size else [])]
        return ["标识码", "名称", COUNTY, TOWNSHIP, KIND, STAGE, OWNERSHIP, PLACE, *more]
    return ["编号", *(["姓名"] if names else []), "单位", COUNTY, ROLE]


def candidates(actor: Actor, office: Unit, kind: str, criteria: Criteria, day: date) -> list[Candidate]:
    """The rows of a frame in their order. Raises ``ValidationError`` when there are none, or more than `MOST`."""
    found = _objects(actor, office, criteria, day) if kind == Draw.Kind.OBJECTS else _inspectors(office, criteria, day)
    if not found:
        raise ValidationError("这个范围里没有可以抽取的对象，请放宽范围。")
    if len(found) > MOST:
        raise ValidationError(f"这个范围里有 {len(found)} 个对象，一次抽取最多 {MOST} 个，请缩小范围。")
    return [
        replace(one, cells={head: _plain(one.name, head, cell) for head, cell in one.cells.items()}) for one in found
    ]


def _plain(name: str, head: str, cell: str) -> str:
    try:
        return plain(cell)[:200]
    except ValueError as reason:
        raise ValidationError(f"“{name}”的“{head}”{reason}，请先改正。") from reason


def _townships(office: Unit) -> dict[str, str]:
    """path → name of the townships below an office."""
    rows = Unit.objects.filter(path__startswith=office.path, kind=Kind.TOWNSHIP)
    return {unit.path: str(unit) for unit in rows}


def _township_of(path: str, townships: Mapping[str, str]) -> str:
    """The nearest township above, by the prefixes of the path."""
    parts = path.rstrip(".").split(".")
    prefixes = (".".join(parts[:depth]) + "." for depth in range(len(parts), 0, -1))
    return next((townships[prefix] for prefix in prefixes if prefix in townships), "不属于乡镇街道")


def _place(code: str) -> str:
    return URBAN_RURAL[code].area if code in URBAN_RURAL else UNKNOWN


def _counties(office: Unit) -> list[tuple[str, str]]:
    """(path, name) of the counties at or below an office, and of the one above it."""
    rows = Unit.objects.counties().filter(Q(path__startswith=office.path) | Q(pk=office.pk))
    return [(unit.path, str(unit)) for unit in rows]


def _county_of(path: str, counties: Sequence[tuple[str, str]]) -> str:
    return next((name for above, name in counties if path.startswith(above)), "市本级")


def _under(prefix: str, criteria: Criteria) -> Q:
    """The condition that a unit stands in one of the counties asked for."""
    found = Q()
    for path in Unit.objects.filter(pk__in=criteria.counties).values_list("path", flat=True):
        found |= Q(**{f"{prefix}path__startswith": path})
    return found


def _objects(actor: Actor, office: Unit, criteria: Criteria, day: date) -> list[Candidate]:
    rows = Unit.objects.visible_to(actor, "draw.create").filter(path__startswith=office.path, valid_to__isnull=True)
    rows = rows.filter(kind__in=criteria.kinds or KINDS).filter(_under("", criteria))
    if criteria.stage:
        rows = rows.filter(pk__in=Stage.objects.filter(level=criteria.stage).values("unit"))
    if criteria.ownership:
        rows = rows.filter(ownership=criteria.ownership)
    if criteria.licence:
        rows = rows.filter(pk__in=Unit.objects.licensed(criteria.licence, day).values("pk"))
    if criteria.unseen_years:
        seen = SiteVisit.objects.exclude(state__in=[SiteVisit.State.PLANNED, SiteVisit.State.CANCELLED])
        since = date(day.year - criteria.unseen_years, day.month, min(day.day, 28))  # 29 February has no day of its own
        rows = rows.exclude(pk__in=seen.filter(until_on__gt=since).values("unit"))
    units = list(rows.defer("search_text").order_by("path")[: MOST + 1])
    stages = _stages([unit.pk for unit in units])
    counties, kinds, owners = _counties(office), dict(Kind.choices), dict(Ownership.choices)
    townships, pupils = _townships(office), pupils_of([unit.pk for unit in units])
    standing = standings(unit.pk for unit in units if unit.kind == Kind.KINDERGARTEN)
    return [
        Candidate(
            unit.name,
            {
                "标识码": unit.institution_code or unit.local_code or f"D{unit.pk}",
                "名称": unit.name,
                COUNTY: _county_of(unit.path, counties),
                KIND: str(kinds[unit.kind]),
                STAGE: stages.get(unit.pk, UNKNOWN),
                OWNERSHIP: str(owners.get(unit.ownership, UNKNOWN)),
                TOWNSHIP: _township_of(unit.path, townships),
                PLACE: _place(unit.urban_rural),
                LICENCE: str(standing.get(unit.pk, Licensed.UNKNOWN).label) if unit.kind == Kind.KINDERGARTEN else "—",
                PUPILS: str(pupils.get(unit.pk, "")),
            },
            unit_id=unit.pk,
        )
        for unit in units
    ]


def _stages(keys: Sequence[int]) -> dict[int, str]:
    """The stages of each unit in words, in the order of schooling."""
    levels: dict[int, set[str]] = {}
    for key, level in Stage.objects.filter(unit__in=keys).values_list("unit_id", "level"):
        levels.setdefault(key, set()).add(level)
    labels = dict(Stage.Level.choices)
    return {
        key: "、".join(str(labels[level]) for level in Stage.Level.values if level in held)
        for key, held in levels.items()
    }


def _inspectors(office: Unit, criteria: Criteria, day: date) -> list[Candidate]:
    """Inspectors appointed at the office or below it, each once; numbered in this order, never by anything personal."""
    rows = Appointment.objects.filter(
        Appointment.current(day),
        role__in=criteria.roles or INSPECTING,
        unit__path__startswith=office.path,
        account__is_active=True,
    ).filter(_under("unit__", criteria))
    if criteria.speciality:
        before = VisitMember.objects.filter(speciality=criteria.speciality).values("account")
        rows = rows.filter(Q(account__specialities__contains=[criteria.speciality]) | Q(account__in=before))
    held = rows.select_related("account__home", "unit").order_by("unit__path", "account__pinyin", "account_id", "id")
    counties = _counties(office)
    found: dict[int, Candidate] = {}
    for one in held:
        number = len(found) + 1
        found.setdefault(
            one.account_id,
            Candidate(
                one.account.name,
                {
                    "编号": f"督学{number:03d}",
                    **({"姓名": one.account.name} if criteria.names else {}),
                    "单位": one.account.home.name,
                    COUNTY: _county_of(one.unit.path, counties),
                    ROLE: ROLES[one.role].label,
                },
                account_id=one.account_id,
            ),
        )
    return list(found.values())


def specialities(actor: Actor) -> list[str]:
    """What inspectors of one's offices are good at, and were in teams for, each once."""
    seen = VisitMember.objects.filter(visit__in=SiteVisit.objects.visible_to(actor, "onsite.view"), inspector=True)
    before = seen.exclude(speciality="").order_by("speciality").values_list("speciality", flat=True).distinct()
    return list(dict.fromkeys([*held_specialities(actor.paths("draw.create")), *before]))
