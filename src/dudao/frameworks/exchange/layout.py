"""One indicator as cells of a table, and back: its heading, and its rule as lines.

    A1 办园条件（100 分，权重 0.15）          a heading: code, name, points and weight
    数值：专任教师数 ÷ 在校生数              a rule: what has a name of its own first,
    ≥0.05 | 6                                then the lines of `dudao.calc.rules.form`

What is written here is read back to the same value; what it can't hold is said by `carries`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from dudao.calc.rules import RULE_KINDS, RuleTextError, read_form, write_form
from dudao.calc.tree import TreeDataError, from_data, to_data

UNSCORED = "（不计分）"
_AFTER = re.compile(r"（(?:(?P<points>\d+(?:\.\d+)?) 分)?(?:，?权重 (?P<weight>\d+(?:\.\d+)?))?）\Z")
_NAMED = {
    "数值": "value",
    "分类": "by",
    "间隔": "step",
    "最低得分": "floor",
    "否则得分": "otherwise_points",
    "按满分的比例": "factor",
    "回答“否”得满分": "negative",
}
_TRUTHS = {"factor", "negative"}
_KIND_OF = {rule.label: kind for kind, rule in RULE_KINDS.items()}


def heading(node: Mapping[str, Any], *, with_points: bool) -> str:
    """«A1 办园条件（100 分，权重 0.15）»; without points what looks like points at the end of the name is fenced off."""
    text = f"{node['code']} {node['name']}"
    if with_points:
        said = [f"{node['points']} 分"] if "points" in node else []
        said += [f"权重 {node['weight']}"] if "weight" in node else []
        if said:
            return f"{text}（{'，'.join(said)}）"
    return f"{text}{UNSCORED}" if _AFTER.search(text) or text.endswith(UNSCORED) else text


def read_heading(text: str) -> dict[str, str]:
    """What `heading` wrote: code, name, perhaps points and weight."""
    code, _, name = text.partition(" ")
    found: dict[str, str] = {"code": code}
    if name.endswith(UNSCORED):
        name = name.removesuffix(UNSCORED)
    elif (after := _AFTER.search(name)) is not None:
        name = name[: after.start()]
        found |= {key: value for key, value in after.groupdict().items() if value}
    return {**found, "name": name.strip()}


def rule_lines(rule: Mapping[str, Any] | None) -> tuple[str, str]:
    """A rule as the texts of two cells: its kind in words, and its lines."""
    fields = write_form(rule)
    lines = []
    for label, name in _NAMED.items():
        value = fields.get(name)
        if name in _TRUTHS:
            lines += [f"{label}：是"] if value else []
        elif value not in (None, ""):
            lines.append(f"{label}：{value}")
    if fields.get("lines"):
        lines.append(fields["lines"])
    return RULE_KINDS[fields["kind"]].label if rule else "", "\n".join(lines)


def read_rule(kind: str, text: str) -> dict[str, Any] | None:
    """What `rule_lines` wrote; raises ``ValueError`` in Chinese. «扣分» alone, or a rule's own word, will do as kind."""
    word = kind.strip()
    if word and word not in _KIND_OF and word not in RULE_KINDS:
        raise ValueError(f"没有“{word}”这种计分方式，只能是：{'、'.join(_KIND_OF)}。")
    fields: dict[str, Any] = {"kind": _KIND_OF.get(word, word)}
    rest = []
    for line in text.splitlines():
        label, colon, value = line.partition("：")
        name = _NAMED.get(label.strip())
        if name is None or not colon or "|" in line:
            rest.append(line)
        else:
            fields[name] = value.strip() == "是" if name in _TRUTHS else value.strip()
    fields["lines"] = "\n".join(rest).strip()
    try:
        rule = read_form(fields)
        return None if rule is None else normal_rule(rule)
    except RuleTextError as error:
        raise ValueError(str(error)) from None
    except TreeDataError as error:
        raise ValueError(error.reason) from None


def normal_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as `to_data` writes it; raises `TreeDataError`."""
    found: dict[str, Any] = json.loads(_normal(json.dumps(rule, sort_keys=True)))
    return found


@lru_cache(maxsize=512)  # the same sentence stands behind many indicators of a table
def _normal(rule: str) -> str:
    tree = from_data({"code": "·", "name": "·", "indicators": [{"code": "·1", "name": "·", "rule": json.loads(rule)}]})
    return json.dumps(to_data(tree)["indicators"][0]["rule"])


def carries(rule: Mapping[str, Any] | None) -> bool:
    """Whether the two cells say the rule exactly."""
    try:
        return read_rule(*rule_lines(rule)) == (None if rule is None else dict(rule))
    except ValueError:
        return False
