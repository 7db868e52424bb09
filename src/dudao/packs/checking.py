"""What is wrong with a pack: asked of the part of `dudao.calc` that it is made for, with what the pack itself says is missing.

A hole of the source is declared under `about.gaps` and then *expected*: it is reported and still forbids publishing, yet the
file is as right as it can be. What is declared and no longer found is a fault of the file. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dudao.calc.balance import RulesError, rules_from
from dudao.calc.balance.items import items_from
from dudao.calc.balance.sizes import sizes_from
from dudao.calc.campaigns import CampaignPackError, campaign_from
from dudao.calc.deadlines import TermError, terms_from
from dudao.calc.evidence import LibraryError, library_from
from dudao.calc.layout import LayoutError, layout_from
from dudao.calc.tree import Finding, TreeDataError, from_data, validate
from dudao.packs import KINDS, names, read
from dudao.packs.facts import FACTS, GRADES, LEVELS, about_of, day_of
from dudao.packs.shape import shape_faults, unknown_keys

Plain = Mapping[str, Any]


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
    if kind not in KINDS:
        written = [*(key for key in KINDS if key != "frameworks"), "scoring"]
        report.errors.append(f"kind 是“{kind}”，只能是：{'、'.join(written)}；指标体系不写 kind。")
        return report
    _facts(kind, data, report)
    report.errors += unknown_keys(kind, data)
    shape = list(shape_faults(kind, data))
    if shape and kind == "statistics":
        report.errors += shape
        return report
    try:
        match kind:
            case "frameworks":
                _framework(data, report)
            case "balance":
                report.size = f"{len(rules_from(data).indicators)} 项指标"
            case "items":
                report.size = f"{len(items_from(data).items)} 项"
            case "reliefs":
                from dudao.calc.balance.reliefs import clauses_from

                report.size = f"{len(clauses_from(data))} 条"
            case "sizes":
                report.size = f"{len(sizes_from(data).schools)} 条校额标准"
            case "papers":
                layout = layout_from(data)
                report.size = f"每页 {layout.lines} 行，每行 {layout.characters} 字"
            case "terms":
                report.size = f"{len(terms_from(data))} 条时限"
            case "evidence":
                report.size = f"{len(library_from(data).categories)} 类资料"
            case "campaigns":
                _campaign(data, report)
            case "statistics":
                _statistics(data, report, set(known_items))
    except (CampaignPackError, LayoutError, LibraryError, RulesError, TermError, TreeDataError) as error:
        # A key that nobody knows has been named already, with those that may have been meant.
        if not (report.errors and "不认识的名称" in str(error)):
            report.errors.append(str(error))
    # The readers' own words come first: they know more of what they read.
    report.errors += [] if report.errors else shape
    return report


def _facts(kind: str, data: Plain, report: Report) -> None:
    if kind == "examples":
        return
    facts = about_of(data)
    if facts.grade not in GRADES:
        report.errors.append(f"grade 是“{facts.grade}”，只能是：{'、'.join(GRADES)}。")
    if facts.level not in LEVELS:
        report.errors.append(f"level 是“{facts.level}”，只能是：{'、'.join(LEVELS)}。")
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
    stated = (data.get("about") or {}) if kind == "frameworks" else data
    for fact in ("date", "valid_from", "valid_to"):
        if stated.get(fact) is not None and day_of(stated[fact]) is None:
            report.errors.append(
                f"{FACTS[fact]}（{fact}）是“{stated[fact]}”，应当是日期，如 2020-02-18；不知道的写 null。"
            )
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


def _campaign(data: Plain, report: Report) -> None:
    """Whether what a template names is there: its systems, its twin, and the sources and indicators of its first system."""
    found = campaign_from(data)
    report.size = f"{len(found.phases)} 个阶段"
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


def _statistics(data: Plain, report: Report, known: set[str]) -> None:
    items = [str(item.get("code")) for item in data.get("items", [])]
    report.size = f"{len(items)} 个数据指标，{len(data.get('checks', []))} 条审核规则"
    report.errors += [
        f"数据指标代码“{code}”重复。" for code in sorted({code for code in items if items.count(code) > 1})
    ]
    for item in data.get("items", []):
        if item["kind"] == "choice" and not item.get("options"):
            report.errors.append(f"数据指标“{item['code']}”是选项，要写明 options。")
        asked = [key for key in ("stages", "schools", "county") if item.get(key)]
        if len(asked) > 1:
            report.errors.append(f"数据指标“{item['code']}”的 {'、'.join(asked)} 只能写一个：向谁要这个数。")
    report.errors += [
        f"审核规则第 {number} 条：和上年比较的要写明 percent。"
        for number, entry in enumerate(data.get("checks", []), 1)
        if entry["kind"] == "change" and "percent" not in entry
    ]
    known |= set(items)
    for part, word in (("sources", "数据来源"), ("checks", "审核规则")):
        for number, entry in enumerate(data.get(part, []), 1):
            named = [entry.get("item"), *entry.get("others", [])]
            report.errors += [f"{word}第 {number} 条：没有数据指标“{code}”。" for code in named if code not in known]
