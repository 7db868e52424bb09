"""What changed between two versions of an indicator system, in words. Matched by code; a node that kept its name, rule and
points under another code is «renumbered». How results would have changed is told by scoring both (`score.movements`)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from dudao.calc.expr import FormulaError, Item, parse, write
from dudao.calc.rules import rule_words, shown
from dudao.calc.tree.model import Node, Tree, Veto
from dudao.calc.tree.words import adjust_words, grade_words, otherwise_words, scale_words

_ROLL: Final = {"sum": "下级分值相加", "weighted": "下级按权重计分"}
_ROLE: Final = {"normal": "计分项", "bonus": "加分项", "penalty": "减分项"}


@dataclass(frozen=True, slots=True)
class Change:
    """``kind``: added, removed, renumbered, moved, repointed, reweighted, reworded, rule, condition, grade, veto, item,
    policy."""

    kind: str
    code: str
    sentence: str


def diff(old: Tree, new: Tree) -> tuple[Change, ...]:
    """From old to new, in the order of the new document, what was removed last."""
    found: list[Change] = []
    pairs = _pairs(old, new)
    for code, node in new.nodes.items():
        before = pairs.get(code)
        if before is None:
            found.append(Change("added", code, f"新增 {_title(node)}{_place(new, code)}。"))
        else:
            found += _node(old, new, old.nodes[before], node, pairs)
    kept = set(pairs.values())
    found += [
        Change("removed", code, f"删除 {_title(node)}{_place(old, code)}。")
        for code, node in old.nodes.items()
        if code not in kept
    ]
    found += _policies(old, new)
    return tuple(found)


def _pairs(old: Tree, new: Tree) -> dict[str, str]:
    """New code → old code."""
    root = {new.root.code: old.root.code}
    same = {code: code for code in new.nodes if code in old.nodes and code not in root and code != old.root.code}
    pairs = root | same
    lost = {code: node for code, node in old.nodes.items() if code not in set(pairs.values())}
    by_content = _unique((_content(node), code) for code, node in lost.items())
    fresh = _unique((_content(node), code) for code, node in new.nodes.items() if code not in pairs)
    for content, code in fresh.items():
        if content in by_content:
            pairs[code] = by_content[content]
    return pairs


def _content(node: Node) -> Hashable:
    return node.name, node.points, repr(node.rule), node.role


def _unique(entries: Iterable[tuple[Hashable, str]]) -> dict[Hashable, str]:
    found: dict[Hashable, str] = {}
    twice: set[Hashable] = set()
    for content, code in entries:
        if content in found:
            twice.add(content)
        found[content] = code
    return {content: code for content, code in found.items() if content not in twice}


def _title(node: Node) -> str:
    points = "" if node.points is None else f"（{shown(node.points)} 分）"
    return f"{node.code}“{node.name}”{points}"


def _place(tree: Tree, code: str) -> str:
    parent = tree.parents.get(code)
    if parent is None or parent == tree.root.code:
        return ""
    return f"，在 {parent}“{tree.nodes[parent].name}”下"


def _node(old_tree: Tree, new_tree: Tree, old: Node, new: Node, pairs: Mapping[str, str]) -> list[Change]:
    found: list[Change] = []
    title = f"{new.code}“{new.name}”"

    def add(kind: str, sentence: str) -> None:
        found.append(Change(kind, new.code, sentence))

    if old.code != new.code:
        add("renumbered", f"{title}的编号由 {old.code} 改为 {new.code}。")
    old_parent, new_parent = old_tree.parents.get(old.code), new_tree.parents.get(new.code)
    if new_parent is not None and pairs.get(new_parent) != old_parent:
        before = f"{old_parent}“{old_tree.nodes[old_parent].name}”" if old_parent is not None else "最上级"
        add("moved", f"{title}由 {before}移到 {new_parent}“{new_tree.nodes[new_parent].name}”。")
    if old.points != new.points:
        add("repointed", f"{title}的分值由 {shown(old.points)} 改为 {shown(new.points)}。")
    if old.weight != new.weight:
        add("reweighted", f"{title}的权重由 {shown(old.weight)} 改为 {shown(new.weight)}。")
    if old.name != new.name:
        which = "体系" if new is new_tree.root else new.code
        add("reworded", f"{which}的名称由“{old.name}”改为“{new.name}”。")
    if old.text != new.text:
        add("reworded", f"{title}的说明由“{old.text or '（空）'}”改为“{new.text or '（空）'}”。")
    if old.evidence != new.evidence:
        add("reworded", f"{title}要的材料由“{_joined(old.evidence)}”改为“{_joined(new.evidence)}”。")
    if _same_text(old) != _same_text(new):
        add("rule", f"{title}的计分规则由“{_rule(old)}”改为“{_rule(new)}”。")
    if (_standard(old.applies), old.otherwise) != (_standard(new.applies), new.otherwise):
        add("condition", f"{title}的适用条件由“{_applies(old)}”改为“{_applies(new)}”。")
    if (old.role, old.roll, old.cap) != (new.role, new.roll, new.cap):
        add("rule", f"{title}的计分方式由“{_manner(old)}”改为“{_manner(new)}”。")
    if old.sources != new.sources:
        before, after = _sources(old_tree, old), _sources(new_tree, new)
        add("policy", f"{title}的评分来源由“{before}”改为“{after}”。")
    return found


def _joined(texts: tuple[str, ...]) -> str:
    return "；".join(texts) or "（空）"


def _standard(formula: str) -> str:
    """One spelling of a formula, so that a full-width bracket is no change."""
    try:
        return write(parse(formula))
    except FormulaError:
        return formula


def _same_text(node: Node) -> Hashable:
    """The rule and adjustments with every formula in its standard spelling."""
    text = repr((node.rule, node.adjust))
    formulas = [use.text for use in node.uses] + [adjust.when for adjust in node.adjust]
    for formula in sorted(set(formulas), key=len, reverse=True):
        text = text.replace(repr(formula), _standard(formula))
    return text


def _rule(node: Node) -> str:
    words = rule_words(node.rule) if node.rule is not None else "由下级指标计分"
    return "；".join([words, *map(adjust_words, node.adjust)])


def _applies(node: Node) -> str:
    words = node.applies or "都适用"
    return words if node.otherwise is None else f"{words}，{otherwise_words(node.otherwise)}"


def _manner(node: Node) -> str:
    cap = "" if node.cap is None else f"，最高 {shown(node.cap)} 分"
    return f"{_ROLE[node.role]}，{_ROLL[node.roll]}{cap}"


def _sources(tree: Tree, node: Node) -> str:
    labels = {source.key: source.label for source in tree.sources}
    return "、".join(labels.get(key, key) for key in node.sources) or "同上级"


def _policies(old: Tree, new: Tree) -> list[Change]:
    found: list[Change] = []
    found += _scales(old, new)
    found += _listed("veto", "否决项", {v.code: v for v in old.vetoes}, {v.code: v for v in new.vetoes}, _veto)
    found += _listed("item", "数据项", {i.name: i for i in old.items}, {i.name: i for i in new.items}, _item)
    for scope in dict.fromkeys([*old.lower, *new.lower]):
        old_items = {item.name: item for item in old.lower.get(scope, ())}
        new_items = {item.name: item for item in new.lower.get(scope, ())}
        found += _listed("item", f"{scope}数据项", old_items, new_items, _item)
    if old.places != new.places:
        names = {"mark": "指标得分", "node": "上级得分", "total": "总分"}
        for field in fields(old.places):
            was, now = getattr(old.places, field.name), getattr(new.places, field.name)
            if was != now:
                sentence = f"{names[field.name]}的小数位数由{_places(was)}改为{_places(now)}。"
                found.append(Change("policy", "", sentence))
    if old.unmarked_is_zero != new.unmarked_is_zero:
        after = "按 0 分计" if new.unmarked_is_zero else "总分待定"
        found.append(Change("policy", "", f"没有评分的指标改为{after}。"))
    if old.sources != new.sources:
        before, after = ("、".join(source.label for source in tree.sources) for tree in (old, new))
        found.append(Change("policy", "", f"评分来源由“{before}”改为“{after}”。"))
    return found


def _places(places: int | None) -> str:
    return "不取舍" if places is None else f" {places} 位"


def _scales(old: Tree, new: Tree) -> list[Change]:
    if old.scale == new.scale:
        return []
    if (
        old.scale is None
        or new.scale is None
        or old.scale.by != new.scale.by
        or set(old.scale.grades) != set(new.scale.grades)
    ):
        return [Change("grade", "", f"等次由“{scale_words(old.scale)}”改为“{scale_words(new.scale)}”。")]
    found: list[Change] = []
    for category, row in new.scale.grades.items():
        name = f"〔{category}〕" if category else ""
        before = {grade.name: grade for grade in old.scale.grades[category]}
        after = {grade.name: grade for grade in row}
        found += _listed("grade", f"{name}等次", before, after, grade_words)
        if list(before) != list(after) and set(before) == set(after):
            found.append(Change("grade", "", f"{name}等次的顺序改为{'、'.join(after)}。"))
    return found


def _listed(
    kind: str, what: str, old: Mapping[str, Any], new: Mapping[str, Any], words: Callable[[Any], str]
) -> list[Change]:
    found = []
    for key, entry in new.items():
        if key not in old:
            found.append(Change(kind, key, f"新增{what}“{words(entry)}”。"))
        elif old[key] != entry:
            found.append(Change(kind, key, f"{what}由“{words(old[key])}”改为“{words(entry)}”。"))
    found += [Change(kind, key, f"删除{what}“{words(entry)}”。") for key, entry in old.items() if key not in new]
    return found


def _veto(veto: Veto) -> str:
    grade = f"，定为{veto.grade}" if veto.grade else ""
    return f"{veto.code} {veto.name}" + (f"（{veto.when}）" if veto.when else "") + grade


def _item(item: Item) -> str:
    unit = f"（{item.unit}）" if item.unit else ""
    options = f"：{'、'.join(item.options)}" if item.options else ""
    return f"{item.name}{unit}{options}" + (f" = {item.formula}" if item.formula else "")
