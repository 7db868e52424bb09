"""An indicator system as text: codes, points, rules in words, what happens to what does not apply. For the command line."""

from __future__ import annotations

from collections.abc import Iterator

from dudao.calc.expr import Item, Kind
from dudao.calc.rules import rule_words, shown
from dudao.calc.tree import Node, Role, Tree, adjust_words, grade_words, otherwise_words

_KINDS = {
    Kind.NUMBER: "数",
    Kind.COUNT: "整数",
    Kind.AMOUNT: "数量",
    Kind.TRUTH: "是否",
    Kind.CHOICE: "选项",
    Kind.TEXT: "文字",
}


def outline(tree: Tree) -> Iterator[str]:
    """Line by line, the parts of the system after each other."""
    yield ""
    yield from _node(tree.root, 0)
    if tree.scale is not None:
        yield ""
        yield "等次" + (f"（按{tree.scale.by}）" if tree.scale.by else "")
        for category, row in tree.scale.grades.items():
            yield from (f"  {category and f'〔{category}〕'}{grade_words(grade)}" for grade in row)
    if tree.vetoes:
        yield ""
        yield "一票否决"
        for veto in tree.vetoes:
            when = f"　条件：{veto.when}" if veto.when else ""
            yield f"  {veto.code} {veto.name}{when}　等次最高为{veto.grade or '末等'}"
    for scope, items in {"": tree.items, **tree.lower}.items():
        if items:
            yield ""
            yield f"数据项{scope and f'（{scope}）'}"
            yield from (f"  {_item(item)}" for item in items)


def _node(node: Node, depth: int) -> Iterator[str]:
    indent = "  " * depth
    role = {Role.BONUS: "加分，最多 ", Role.PENALTY: "减分，最多 "}.get(node.role, "")
    facts = [f"{role}{shown(node.points)} 分"] if node.points is not None else []
    facts += [f"权重 {shown(node.weight)}"] if node.weight is not None else []
    facts += [f"封顶 {shown(node.cap)} 分"] if node.cap is not None else []
    more = f"（{'，'.join(facts)}）" if facts else ""
    yield f"{indent}{node.code} {node.name}{more}"
    inner = indent + "    "
    if node.text:
        yield f"{inner}{node.text}"
    if node.rule is not None:
        yield f"{inner}计分：{rule_words(node.rule)}"
    for adjust in node.adjust:
        yield f"{inner}调整：{adjust_words(adjust)}"
    if node.applies:
        yield f"{inner}适用：{node.applies}"
    if node.otherwise is not None:
        yield f"{inner}{otherwise_words(node.otherwise)}"
    if node.evidence:
        yield f"{inner}材料：{'、'.join(node.evidence)}"
    for child in node.children:
        yield from _node(child, depth + 1)


def _item(item: Item) -> str:
    kind = "、".join(item.options) if item.options else _KINDS[item.kind]
    formula = f" = {item.formula}" if item.formula else ""
    return f"{item.name}{formula}（{'，'.join(filter(None, (item.unit, kind)))}）"
