"""What is wrong with a pack: asked of the part of `dudao.calc` that it is made for, with what the pack itself says is missing.

A hole of the source is declared under `about.gaps` and then *expected*: it is reported and still forbids publishing, yet the
file is as right as it can be. What is declared and no longer found is a fault of the file. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from dudao.calc.campaigns import CampaignPack
from dudao.calc.declared import RulesError, decode, described, faults
from dudao.calc.facts import FACTS, GRADES, LEVELS, about_of, day_of
from dudao.calc.layout import Layout
from dudao.calc.tree import Finding, TreeDataError, from_data, validate
from dudao.packs import names, read
from dudao.packs.kinds import KINDS, Statistics
from dudao.packs.schema import definitions

Plain = Mapping[str, Any]
_UNKNOWN: Final = "不认识的名称"
_PARTS: Final = ("indicators", "clauses", "schools", "terms", "phases", "categories", "items")
"""What is counted of a pack: the first of these that it has."""


@dataclass(slots=True)
class Report:
    """``gaps``: what was found and had been declared, with the reason. ``size``: «36 个指标»."""

    title: str
    size: str = ""
    errors: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def check(kind: str, data: Plain, known_items: Iterable[str] = ()) -> Report:
    """All that can be said of the (resolved) values of a pack of this kind.

    ``known_items``: codes of data items of other statistics packs, which check rules may name.
    """
    report = Report(str(data.get("name", "")))
    if kind == "frameworks":
        _framework(data, report)
    elif kind not in KINDS:
        report.errors.append(f"kind 是“{kind}”，只能是：{'、'.join([*KINDS, 'scoring'])}；指标体系不写 kind。")
    else:
        struct, unit = KINDS[kind]
        if kind != "examples":
            _facts(kind, data, report)
        (top,), parts = described(struct)
        found = list(faults(top, data, parts))
        report.errors += found
        if not found:
            try:
                _other(decode(struct, data), unit, report, set(known_items))
            except RulesError as error:
                report.errors.append(str(error))
    return report


def _facts(kind: str, data: Plain, report: Report) -> None:
    """What is said of the document, as far as the shape alone can't tell."""
    facts = about_of(data)
    if kind == "frameworks":
        for name, words in (("grade", GRADES), ("level", LEVELS)):
            if getattr(facts, name) not in words:
                report.errors.append(f"{name} 是“{getattr(facts, name)}”，只能是：{'、'.join(words)}。")
        stated = data.get("about") or {}
        for fact in ("date", "valid_from", "valid_to"):
            if stated.get(fact) is not None and day_of(stated[fact]) is None:
                report.errors.append(
                    f"{FACTS[fact]}（{fact}）是“{stated[fact]}”，应当是日期，如 2020-02-18；不知道的写 null。"
                )
    codes = set(_codes(data))
    for fact in facts.unchecked:
        if fact in codes:
            continue
        if fact not in FACTS:
            report.errors.append(
                f"unchecked 里的“{fact}”不是文件信息，也不是指标编号；文件信息只能是：{'、'.join(FACTS)}。"
            )
        elif facts.said(fact) == "—":
            report.errors.append(f"unchecked 里写了{FACTS[fact]}，但没有填{FACTS[fact]}。")
    if facts.valid_from and facts.valid_to and facts.valid_to < facts.valid_from:
        report.errors.append("失效日期早于生效日期。")


def _codes(data: Plain) -> Iterator[str]:
    """The codes of all parts of a pack, at any depth."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            yield str(value.get("code", ""))
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _framework(data: Plain, report: Report) -> None:
    """The shape is told after what the reader of indicator systems says, which knows more of it; misspelt names in any case."""
    _facts("frameworks", data, report)
    shape = list(faults(definitions()["framework"], data, definitions()))
    report.errors += [fault for fault in shape if _UNKNOWN in fault]
    try:
        _tree(data, report)
    except TreeDataError as error:
        # A name that nobody knows has been told already, with those that may have been meant.
        if not (report.errors and _UNKNOWN in str(error)):
            report.errors.append(str(error))
    report.errors += [] if report.errors else shape


def _tree(data: Plain, report: Report) -> None:
    # As a version is stored: dates of the document are texts.
    tree = from_data(json.loads(json.dumps(dict(data), default=str)))
    report.size = f"{len(tree.nodes)} 个指标"
    gaps = {(gap.code, gap.kind): gap for gap in about_of(data).gaps}
    stated = tree.about.get("gaps")
    if stated is not None and (not isinstance(stated, list) or len(gaps) < len(stated)):
        report.errors.append("about.gaps 应当是一列缺口，各有 code、kind、reason，互不相同。")
    met: set[tuple[str, str]] = set()
    for finding in validate(tree):
        place = _place(finding)
        if place in gaps:
            met.add(place)
            report.gaps.append(f"{finding.sentence}（{gaps[place].reason}）")
        else:
            (report.errors if finding.is_error else report.warnings).append(finding.sentence)
    for code, kind in gaps.keys() - met:
        report.errors.append(f"about.gaps 写的缺口 {code}（{kind}）已经没有了，请删去。")


def _place(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.kind


def _other(pack: msgspec.Struct, unit: str, report: Report, known: set[str]) -> None:
    """How much there is in it, and whether what it names is there."""
    parts: Sequence[Any] = next((found for name in _PARTS if (found := getattr(pack, name, None)) is not None), ())
    report.size = f"{len(parts)} {unit}" if unit else ""
    match pack:
        case Layout():
            report.size = f"每页 {pack.lines} 行，每行 {pack.characters} 字"
        case CampaignPack():
            _campaign(pack, report)
        case Statistics():
            _statistics(pack, report, known)


def _campaign(found: CampaignPack, report: Report) -> None:
    """Whether what a template names is there: its systems, its twin, and the sources and indicators of its first system."""
    for name in found.systems:
        if name not in names("frameworks"):
            report.errors.append(f"systems 里的“{name}”不是随平台提供的指标体系。")
    if found.twin and found.twin not in names("campaigns"):
        report.errors.append(f"twin 是“{found.twin}”，没有这个项目模板。")
    if report.errors or not found.systems:
        return
    tree = from_data(json.loads(json.dumps(dict(read("frameworks", found.systems[0])), default=str)))
    sources = {source.key for source in tree.sources}
    for number, phase in enumerate(found.phases, 1):
        if phase.source and phase.source not in sources:
            report.errors.append(f"phases[{number}]“{phase.title}”的评分来源“{phase.source}”不在指标体系里。")
        unknown = [code for code in phase.codes if code not in tree.nodes]
        if unknown:
            report.errors.append(f"phases[{number}]“{phase.title}”的指标 {'、'.join(unknown)} 不在指标体系里。")


def _statistics(pack: Statistics, report: Report, known: set[str]) -> None:
    codes = [item.code for item in pack.items]
    report.size = f"{len(codes)} 个数据指标，{len(pack.checks)} 条审核规则"
    report.errors += [
        f"数据指标代码“{code}”重复。" for code in sorted({code for code in codes if codes.count(code) > 1})
    ]
    known |= set(codes)
    named = [("数据来源", number, [source.item]) for number, source in enumerate(pack.sources, 1)]
    named += [("审核规则", number, [rule.item, *rule.others]) for number, rule in enumerate(pack.checks, 1)]
    for word, number, items in named:
        report.errors += [f"{word}第 {number} 条：没有数据指标“{code}”。" for code in items if code not in known]
