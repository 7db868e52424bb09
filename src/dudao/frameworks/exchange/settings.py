"""The sheet «设置»: what belongs to the whole system or doesn't fit into the table of indicators, one fact a row.

    类别 | 对象 | 项目 | 内容
    数据项 | 1 | 名称 | 专任教师数
    指标 | A1 | 汇总方式 | weighted

Texts stand as they are; a list one entry a line («（逐行）»), yes and no as 是／否 («（是否）»), everything else as data
(«（数据）»). So the sheet gives back exactly what was written, also facts of a document that nobody has thought of yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from dudao.calc.tree import Tree, to_data
from dudao.frameworks.exchange.layout import carries

SHEET: Final = "设置"
HEAD: Final = ("类别", "对象", "项目", "内容")
MARK: Final = ("说明", "", "格式", "督导平台指标体系 1")
"""First row below the head: the workbook was written here, so that it is read without guessing."""

_LABELS: Final = {
    "code": "代码", "name": "名称", "points": "满分", "roll": "汇总方式", "cap": "最高得分", "text": "标准与考核方式",
    "adjust": "得分调整", "unmarked_is_zero": "没有评分的按 0 分计", "places": "小数位数", "by": "分类依据",
    "number": "文号", "issuer": "发文机关", "date": "成文日期", "region": "适用地区", "valid_from": "生效日期",
    "valid_to": "失效日期", "grade": "来源等级", "level": "层级", "office_fills": "由办公室补充", "notes": "备注",
    "gaps": "来源有缺", "kind": "类型", "unit": "单位", "options": "选项", "formula": "公式", "least": "最小值",
    "most": "最大值", "total": "总分", "ratio": "最低得分率", "blocks": "相关指标", "when": "条件", "key": "代号",
    "label": "显示名称", "counts": "可作认定", "weight": "权重", "role": "性质", "applies": "适用条件", "otherwise": "不适用时",
    "sources": "评分来源", "evidence": "佐证材料", "rule": "计分规则", "category": "类别", "scope": "范围", "title": "标题",
    "url": "网址", "veto_grade": "最高等次",
}  # fmt: skip
_WORDS: Final = {
    "roll": {"sum": "下级分值相加", "weighted": "下级按权重计分"},
    "role": {"normal": "计分项", "bonus": "加分项", "penalty": "减分项"},
    "otherwise": {"exclude": "从满分中剔除", "redistribute": "由同级分摊", "full": "按满分计"},
    "kind": {"number": "数值", "count": "整数", "amount": "非负数", "truth": "是非", "choice": "选项", "text": "文字"},
}
_KEYS: Final = {label: key for key, label in _LABELS.items()}
_WHOLE, _ABOUT, _ITEM, _GRADE, _VETO, _SOURCE, _NODE = "整体", "文件", "数据项", "等次", "一票否决", "评分来源", "指标"
_WHOLE_KEYS: Final = ("code", "name", "points", "roll", "cap", "text", "adjust", "unmarked_is_zero", "places")
_CARRIED: Final = {"code", "name", "points", "weight", "children"}
_CARRIED_BY_LEAF: Final = {*_CARRIED, "rule", "text", "evidence"}

Row = tuple[str, str, str, str]


def settings_rows(tree: Tree) -> list[Row]:
    """All rows below the head, the mark first."""
    data = to_data(tree)
    rows: list[Row] = [MARK]
    rows += _facts(_WHOLE, "", {key: data[key] for key in _WHOLE_KEYS if key in data})
    rows += _facts(_ABOUT, "", data.get("about", {}))
    items = [*data.get("items", ())]
    items += [{**item, "scope": scope} for scope, row in data.get("lower", {}).items() for item in row]
    rows += _listed(_ITEM, items)
    grades = data.get("grades")
    if isinstance(grades, Mapping):
        rows += _facts(_GRADE, "", {"by": grades["by"]})
        rows += _listed(_GRADE, [{**g, "category": name} for name, row in grades.items() if name != "by" for g in row])
    elif grades is not None:
        rows += _listed(_GRADE, grades)
    rows += _listed(_VETO, [_renamed(veto, "grade", "veto_grade") for veto in data.get("vetoes", ())])
    rows += _listed(_SOURCE, data.get("sources", ()))
    for node in _walk(data["indicators"]):
        carried = _CARRIED if node.get("children") else _CARRIED_BY_LEAF
        rest = {key: value for key, value in node.items() if key not in carried}
        rest |= {} if node.get("children") else _not_carried(node)
        rows += _facts(_NODE, node["code"], rest)
    return rows


def _renamed(values: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    return {new if key == old else key: value for key, value in values.items()}


def _walk(nodes: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    stack = list(reversed(list(nodes)))
    while stack:
        node = stack.pop()
        yield node
        stack += reversed(node.get("children", ()))


def _not_carried(node: Mapping[str, Any]) -> dict[str, Any]:
    """What of a leaf its row can't say: a rule beyond its lines, material or a text with odd blanks and line breaks."""
    found = {} if carries(node.get("rule")) else {"rule": node["rule"]}
    if any(not entry or entry != " ".join(entry.split()) for entry in node.get("evidence", ())):
        found["evidence"] = node["evidence"]
    if "\r" in node.get("text", ""):
        found["text"] = node["text"]
    return found


def _listed(kind: str, entries: Sequence[Mapping[str, Any]]) -> list[Row]:
    return [row for number, entry in enumerate(entries, 1) for row in _facts(kind, str(number), entry)]


def _facts(kind: str, of: str, values: Mapping[str, Any]) -> list[Row]:
    return [(kind, of, *_fact(_label(key), _worded(kind, key, value))) for key, value in values.items()]


def _worded(kind: str, key: str, value: Any) -> Any:
    words = _WORDS.get(key, {}) if kind != _ABOUT else {}
    return words.get(value, value) if isinstance(value, str) else value


def _label(key: str) -> str:
    # A key that is itself a Chinese label of another one would come back as that other.
    return _LABELS.get(key, f"={key}" if key in _KEYS or key.startswith("=") else key)


def _fact(label: str, value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        return f"{label}（是否）", "是" if value else "否"
    if isinstance(value, str) and value and value == value.strip() and "\r" not in value:
        return label, value
    if isinstance(value, list) and value and all(_is_line(entry) for entry in value):
        return f"{label}（逐行）", "\n".join(value)
    return f"{label}（数据）", json.dumps(value, ensure_ascii=False)


def _is_line(entry: Any) -> bool:
    return isinstance(entry, str) and bool(entry) and entry == entry.strip() and len(entry.splitlines()) == 1


class SettingsError(ValueError):
    """A row that can't be read; ``row`` counts from the first row below the head."""

    def __init__(self, row: int, reason: str) -> None:
        self.row = row
        super().__init__(reason)


def read_settings(rows: Sequence[Sequence[str]]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """What belongs to the whole, and what belongs to single indicators by code; raises `SettingsError`."""
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for number, row in enumerate(rows):
        kind, of, label, text = (*row, *[""] * 4)[:4]
        if not kind or (kind, label) == (MARK[0], MARK[2]):
            continue
        if kind not in {_WHOLE, _ABOUT, _ITEM, _GRADE, _VETO, _SOURCE, _NODE}:
            raise SettingsError(number, f"没有“{kind}”这个类别。")
        key, value = _read_fact(number, label, text)
        if kind != _ABOUT and key in _WORDS:
            value = next((word for word, said in _WORDS[key].items() if said == value), value)
        groups.setdefault((kind, of), {})[key] = value
    whole = groups.pop((_WHOLE, ""), {})
    about = groups.pop((_ABOUT, ""), None)
    whole |= {} if about is None else {"about": about}
    by = groups.pop((_GRADE, ""), {}).get("by", "")
    found: dict[str, list[dict[str, Any]]] = {}
    for (kind, _), values in groups.items():
        found.setdefault(kind, []).append(values)
    nodes = {code: values for (kind, code), values in groups.items() if kind == _NODE}
    for item in found.get(_ITEM, ()):
        scope = item.pop("scope", "")
        (whole.setdefault("lower", {}).setdefault(scope, []) if scope else whole.setdefault("items", [])).append(item)
    if _GRADE in found:
        whole["grades"] = _grades(by, found[_GRADE])
    if _VETO in found:
        whole["vetoes"] = [_renamed(veto, "veto_grade", "grade") for veto in found[_VETO]]
    if _SOURCE in found:
        whole["sources"] = found[_SOURCE]
    return whole, nodes


def _grades(by: str, grades: list[dict[str, Any]]) -> Any:
    if not by:
        return grades
    rows: dict[str, Any] = {"by": by}
    for grade in grades:
        rows.setdefault(grade.pop("category", ""), []).append(grade)
    return rows


def _read_fact(number: int, label: str, text: str) -> tuple[str, Any]:
    value: Any = text
    if label.endswith("（是否）"):
        label, value = label.removesuffix("（是否）"), text == "是"
    elif label.endswith("（逐行）"):
        label, value = label.removesuffix("（逐行）"), text.split("\n")
    elif label.endswith("（数据）"):
        label = label.removesuffix("（数据）")
        try:
            value = json.loads(text)
        except ValueError:
            raise SettingsError(number, f"“{label}”的内容读不出来，请用导出时的内容。") from None
    key = label.removeprefix("=") if label.startswith("=") else _KEYS.get(label, label)
    return key, value
