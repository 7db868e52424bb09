"""Every kind of pack: what an office calls it, and the struct that says what its files hold (`dudao.calc.declared`).

Indicator systems are no struct: their parts are the classes of `dudao.calc.tree`, their shape is made from those by `schema`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType, field

from dudao.calc.balance.items import ItemSet
from dudao.calc.balance.reliefs import Reliefs
from dudao.calc.balance.rules import Rules, SchoolType
from dudao.calc.balance.sizes import SizeRules
from dudao.calc.campaigns import CampaignPack
from dudao.calc.deadlines import Terms
from dudao.calc.declared import Count, Declared, Head, Name, RulesError, among
from dudao.calc.evidence import Library
from dudao.calc.layout import Layout

# The words of the catalogue of statistics, which stands above this package: a test holds them together.
ITEM_KINDS: Final = ("integer", "decimal", "yes_no", "choice")
CHECK_KINDS: Final = ("sum", "at_most", "range", "ratio", "change", "register", "type", "count", "below", "nature")
ALL_STAGES: Final = ("学前", "小学", "初中", "高中", "中职", "特教")

StageLabel = Annotated[str, among(ALL_STAGES)]
Stages = Annotated[tuple[StageLabel, ...], Meta(min_length=1)]
FormYear = Annotated[int, Meta(ge=1990)]


class DataItem(Declared, frozen=True):
    """A number that is asked of somebody: of the ``stages`` of a school, of ``schools`` with one of these stages, or of counties;
    without any of the three, of all schools. ``carry``: last year's number stands in the form.
    """

    code: Annotated[str, Meta(pattern=r"^[a-z0-9_]+$")]
    name: Name
    kind: Annotated[str, among(ITEM_KINDS)]
    heading: Name | UnsetType = UNSET
    part: Name | UnsetType = UNSET
    definition: str = ""
    unit: str = ""
    stages: Stages | UnsetType = UNSET
    schools: Stages | UnsetType = UNSET
    county: bool = False
    options: Annotated[tuple[Name, ...], Meta(min_length=2)] | UnsetType = UNSET
    decimals: Annotated[int, Meta(ge=0, le=4)] = 0
    carry: bool = False

    def __post_init__(self) -> None:
        if self.kind == "choice" and not self.options:
            raise RulesError("是选项，要写明 options。")
        asked = [key for key in ("stages", "schools", "county") if getattr(self, key)]
        if len(asked) > 1:
            raise RulesError(f"{'、'.join(asked)} 只能写一个：向谁要这个数。")


class Source(Declared, frozen=True):
    """Where an item stands in the yearly returns, from one year to another."""

    item: Name
    since: FormYear = field(name="from")
    table: Name
    label: Name
    stage: StageLabel | UnsetType = UNSET
    until: FormYear | UnsetType = field(default=UNSET, name="to")


class CheckRule(Declared, frozen=True):
    """What has to hold between ``item`` and ``others``, or between its number and the one of the year before."""

    kind: Annotated[str, among(CHECK_KINDS)]
    item: Name
    severity: Annotated[str, among(["error", "warning"])]
    code: Name | UnsetType = UNSET
    others: Annotated[tuple[Name, ...], Meta(min_length=1)] = ()
    stages: Stages | UnsetType = UNSET
    types: Annotated[tuple[SchoolType, ...], Meta(min_length=1)] | UnsetType = UNSET
    low: float | UnsetType = UNSET
    high: float | UnsetType = UNSET
    percent: Annotated[float, Meta(gt=0)] | UnsetType = UNSET
    source: str = ""

    def __post_init__(self) -> None:
        if self.kind == "change" and self.percent is UNSET:
            raise RulesError("和上年比较的要写明 percent。")


def _if_kind(kind: str, needed: str) -> Meta:
    condition = {"properties": {"kind": {"const": kind}}, "required": ["kind"]}
    return Meta(extra_json_schema={"if": condition, "then": {"required": [needed]}})


_ONE_OF_WHOM: Final = Meta(
    extra_json_schema={
        "not": {
            "anyOf": [
                {"required": ["stages", "schools"]},
                {"required": ["stages", "county"]},
                {"required": ["schools", "county"]},
            ]
        }
    }
)


class Statistics(Head, frozen=True, kw_only=True):
    """``order``: sets of a lower one come first, so that the checks of a later one may name their items."""

    kind: Literal["statistics"]
    order: Count = 0
    items: Annotated[tuple[Annotated[DataItem, _if_kind("choice", "options"), _ONE_OF_WHOM], ...], Meta(min_length=1)]
    sources: tuple[Source, ...]
    checks: tuple[Annotated[CheckRule, _if_kind("change", "percent")], ...]


class Examples(msgspec.Struct, frozen=True):
    """Worked examples, of coefficients or of score tables; the part of `dudao.calc` that recomputes them reads the rest."""

    kind: Literal["examples", "scoring"]
    code: str
    name: Name


KINDS: Final[Mapping[str, tuple[type[msgspec.Struct], str]]] = {
    "balance": (Rules, "项指标"),
    "items": (ItemSet, "项"),
    "reliefs": (Reliefs, "条"),
    "sizes": (SizeRules, "条校额标准"),
    "statistics": (Statistics, ""),
    "papers": (Layout, ""),
    "terms": (Terms, "条时限"),
    "campaigns": (CampaignPack, "个阶段"),
    "evidence": (Library, "类资料"),
    "examples": (Examples, ""),
}
