"""Campaign templates (督导项目模板): what kind of evaluation it is, over whom, in which phases, by which rules. Pure.

A template is a pack of the kind ``campaigns``. It says days as distances from the first day of the campaign, so that the same file
serves every year. Which units there are and which system is published is not its business: `dudao.evaluations` looks that up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal, NamedTuple

from msgspec import UNSET, Meta, UnsetType, field, to_builtins

from dudao.calc.declared import Code, Count, Declared, Head, Name, among, decode

GROUPS: Final[Mapping[str, str]] = {"governments": "督政", "institutions": "督学", "topics": "专项和跟踪"}
"""How the templates are sorted where one chooses, with the words for it."""

OFFICES: Final = ("city", "county")
"""Which offices a template is made for."""

OBJECTS: Final = ("city", "counties", "leaders", "townships", "schools", "kindergartens", "districts")


class PhaseKind(NamedTuple):
    """``who`` acts in it where no source of marks says so; ``marked``: subjects get through it one by one, by marks;
    ``at_desk``: where it has a source, its marks are given at a desk like those of the online review.
    """

    who: str
    marked: bool = False
    at_desk: bool = False


PHASES: Final[Mapping[str, PhaseKind]] = {
    "self": PhaseKind("被评单位"),
    "check": PhaseKind("县级督导机构", marked=True, at_desk=True),
    "data": PhaseKind("数据", marked=True, at_desk=True),
    "online": PhaseKind("评审人员", marked=True),
    "onsite": PhaseKind("评估组", marked=True),
    "routine": PhaseKind("组织单位", marked=True, at_desk=True),
    "decision": PhaseKind("组织单位"),
    "objection": PhaseKind("被评单位"),
    "publicity": PhaseKind("组织单位"),
    "upper": PhaseKind("上级督导机构"),
}

# The words of units, rules and papers, which stand above this package: a test holds them together.
UNIT_KINDS: Final = (
    "province", "city", "county", "zone", "township", "department", "office", "school", "teaching_point", "kindergarten", "other",
)  # fmt: skip
UNIT_STAGES: Final = ("preschool", "primary", "junior", "senior", "vocational", "special")
LATE: Final = ("refuse", "mark", "accept")
SHOWN: Final = ("never", "feedback", "publicity", "published")
OPEN_MARKS: Final = ("refuse", "reason")
PAPERS: Final = ("notice", "self_notice")

Flag = bool | UnsetType
Days = Annotated[int, Meta(ge=0, le=90)] | UnsetType
Share = Annotated[str, Meta(pattern=r"^(0(\.\d+)?|1(\.0+)?)$")] | UnsetType
Names = tuple[Name, ...]
SomeNames = Annotated[tuple[Name, ...], Meta(min_length=1)]


class Pool(Declared, frozen=True):
    """Among which units the subjects are chosen: kinds of units, stages of schools, public or private; empty: all of them.

    ``labels``: what a subject is called, by kind of its unit («{}人民政府»); a kind without one keeps the unit's name.
    ``later``: nothing is chosen by itself when a campaign is made: whom it is about is drawn, or follows from what was found.
    """

    kinds: Annotated[tuple[Annotated[str, among(UNIT_KINDS)], ...], Meta(min_length=1)]
    stages: tuple[Annotated[str, among(UNIT_STAGES)], ...] = ()
    ownership: Annotated[str, among(["public", "private"])] = ""
    labels: Mapping[str, Annotated[str, Meta(pattern=r"\{\}")]] = {}
    later: bool = False

    def label(self, kind: str, name: str) -> str:
        """«平江县人民政府» for ``("county", "平江县")``."""
        return self.labels.get(kind, "{}").replace("{}", name)


class PhasePlan(Declared, frozen=True):
    """``after``: days from the first day of the campaign to the first of the phase; ``days``: how many it lasts."""

    kind: Annotated[str, among(PHASES)]
    title: Name
    after: Count
    days: Annotated[int, Meta(ge=1, le=1000)]
    source: str = ""
    codes: Names = ()
    said: str = field(default="", name="demand")

    @property
    def demand(self) -> str:
        return self.said.strip()

    def window(self, start: date) -> tuple[date, date]:
        """(first day, last day), both included."""
        first = start + timedelta(days=self.after)
        return first, first + timedelta(days=self.days - 1)


class PaperPlan(Declared, frozen=True):
    """A paper that the office sends: its kind (``dudao.papers.kinds``) and what it is about."""

    kind: Annotated[str, among(PAPERS)]
    title: Name
    demands: Names = ()


class Division(Declared, frozen=True):
    """What a department usually answers in its government's self-evaluation: ``units`` are endings of names («财政局»), the first
    that there is; ``codes`` are of any level.
    """

    units: SomeNames
    codes: SomeNames


class Starts(Declared, frozen=True):
    month: Annotated[int, Meta(ge=1, le=12)] = 1
    day: Annotated[int, Meta(ge=1, le=31)] = 1


class CampaignRules(Declared, frozen=True):
    """What a template may say of the rules of a campaign; what they mean is said by ``dudao.evaluations.rules``."""

    announced: Flag = UNSET
    self_report: Flag = UNSET
    check: Flag = UNSET
    blind: Flag = UNSET
    visible_below: Flag = UNSET
    recuse_branch: Flag = UNSET
    grade_unlicensed: Flag = UNSET
    ranked: Flag = UNSET
    third_at: Share = UNSET
    findings_below: Share = UNSET
    reason_at: Share = UNSET
    objection_days: Days = UNSET
    publicity_days: Days = UNSET
    specialities: Names | UnsetType = UNSET
    reviewers: Annotated[int, Meta(ge=0, le=2)] | UnsetType = UNSET
    late: Annotated[str, among(LATE)] | UnsetType = UNSET
    shown: Annotated[str, among(SHOWN)] | UnsetType = UNSET
    open_marks: Annotated[str, among(OPEN_MARKS)] | UnsetType = UNSET
    grace_minutes: Annotated[int, Meta(ge=0, le=120)] | UnsetType = UNSET
    counts: Names | UnsetType = UNSET


class CampaignPack(Head, frozen=True, kw_only=True):
    """``systems``: packs of indicator systems that it is made for, the usual one first (none: any the office has published).

    ``twin``: the template of a campaign over the same objects' leaders. ``cycle_years``: in how many years each object comes up
    once (0: every year). ``begins``: when it usually does. ``division``: how a government's self-evaluation is usually divided
    among its departments.
    """

    kind: Literal["campaigns"]
    title: str = ""
    group: Annotated[str, among(GROUPS)]
    summary: Name
    offices: Annotated[tuple[Annotated[str, among(OFFICES)], ...], Meta(min_length=1)]
    objects: Annotated[str, among(OBJECTS)]
    pool: Pool
    systems: tuple[Code, ...] = ()
    twin: str = ""
    cycle_years: Count = 0
    begins: Starts = field(default=Starts(), name="starts")
    phases: Annotated[tuple[PhasePlan, ...], Meta(min_length=1)]
    said: CampaignRules = field(default=CampaignRules(), name="rules")
    division: tuple[Division, ...] = ()
    papers: tuple[PaperPlan, ...] = ()

    @property
    def rules(self) -> Mapping[str, Any]:
        """Those that the template says."""
        found: Mapping[str, Any] = to_builtins(self.said)
        return found

    @property
    def of_leaders(self) -> bool:
        return self.objects == "leaders"

    def starts(self, year: int) -> date:
        """The first day in a year; a 29th of February that isn't there is the 28th."""
        try:
            return date(year, self.begins.month, self.begins.day)
        except ValueError:
            return date(year, self.begins.month, 28)

    def title_of(self, year: int) -> str:
        """«2026年县市区人民政府履行教育职责评价»."""
        return f"{year}年{self.title or self.name}"


def years_on(day: date, years: int) -> date:
    """The same day some years later (or before, for less than 0); from the 29th of February to the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def campaign_from(data: Mapping[str, Any]) -> CampaignPack:
    """A template from the values of its file. Raises `RulesError` with the place."""
    return decode(CampaignPack, data)
