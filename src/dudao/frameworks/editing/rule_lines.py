"""A scoring rule as an office writes it in a form, and back: a few fields and one line for each band, part or deduction.

    36～40 | 认真规范            (pick: 档次 | 名称)
    ≥4.2 | 5 | 达标              (bands: 范围 | 得分 | 名称)
    【农村】                      (the lines below are for this category)

Pure. What the rule means, and whether it is right, is said by `dudao.calc.tree`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

KINDS: dict[str, str] = {
    "judged": "评估人员评分",
    "pick": "评估人员定档评分",
    "deduct": "扣分",
    "parts": "要点计分",
    "bands": "分档计分",
    "linear": "线性插值",
    "yes_no": "是与否",
    "attain": "达标等级",
    "computed": "公式计分",
}


class RuleTextError(ValueError):
    """What is wrong, in Chinese; ``field`` names the form's field."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in line.replace("｜", "|").split("|")]


def numbered_lines(text: str) -> list[tuple[int, str]]:
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _entry(names: Sequence[str], needed: int, line: str, number: int) -> dict[str, str]:
    cells = cells_of(line)
    if len(cells) > len(names):
        raise RuleTextError("lines", f"第 {number} 行有 {len(cells)} 栏，最多 {len(names)} 栏：{line}")
    if len(cells) < needed or not all(cells[:needed]):
        raise RuleTextError("lines", f"第 {number} 行缺少内容，至少要写 {needed} 栏，用“|”隔开：{line}")
    return {name: cell for name, cell in zip(names, cells, strict=False) if cell}


def _entries(text: str, names: Sequence[str], needed: int) -> list[dict[str, str]]:
    found = [_entry(names, needed, line, number) for number, line in numbered_lines(text)]
    if not found:
        raise RuleTextError("lines", "请写明规则内容，一行一条。")
    return found


def _by_category(text: str, names: Sequence[str], needed: int) -> Any:
    """A list, or a mapping where «【农村】» lines name categories."""
    rows: dict[str, list[dict[str, str]]] = {}
    category = ""
    for number, line in numbered_lines(text):
        if line.startswith("【") and line.endswith("】"):
            category = line[1:-1].strip()
            rows.setdefault(category, [])
            continue
        rows.setdefault(category, []).append(_entry(names, needed, line, number))
    if not rows or not all(rows.values()):
        raise RuleTextError("lines", "请写明规则内容，一行一条；每个类别下至少一条。")
    if "" in rows and len(rows) > 1:
        raise RuleTextError("lines", "分类别的规则，第一行应当是类别，如“【城市】”。")
    return rows.get("", rows)


_BANDS = ("within", "points", "label")
_PICKS = ("within", "label")
_KNOTS = ("at", "points")
_DEDUCTIONS = ("each", "label", "count", "most")
_PARTS = ("label", "points", "when")


def read_rule_fields(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The plain data of a rule from the form's fields; ``None`` where no kind is chosen."""
    kind = values.get("kind") or ""
    lines = values.get("lines") or ""
    value = values.get("value") or ""
    if not kind:
        if lines or value:
            raise RuleTextError("kind", "写了规则内容，还要选计分方式。")
        return None
    rule: dict[str, Any] = {"kind": kind}
    readers: dict[str, Callable[[], dict[str, Any]]] = {
        "judged": lambda: {"step": values.get("step")},
        "pick": lambda: {
            "bands": _entries(lines, _PICKS, 1),
            "factor": bool(values.get("factor")),
            "step": values.get("step"),
        },
        "deduct": lambda: {"deductions": _entries(lines, _DEDUCTIONS, 1), "floor": values.get("floor")},
        "parts": lambda: {"parts": _entries(lines, _PARTS, 2)},
        "bands": lambda: {"value": value, "by": values.get("by"), "bands": _by_category(lines, _BANDS, 2)},
        "linear": lambda: {"value": value, "by": values.get("by"), "knots": _by_category(lines, _KNOTS, 2)},
        "yes_no": lambda: {
            "when": value,
            "good": not values.get("negative"),
            "otherwise": values.get("otherwise_points"),
        },
        "attain": lambda: _read_attain(lines),
        "computed": lambda: {"points": value},
    }
    if kind in {"bands", "linear", "computed"} and not value:
        raise RuleTextError("value", "请写明按什么数值计分，如“专任教师数 ÷ 在校生数 × 100”。")
    rule |= {
        name: entry if isinstance(entry, bool | list | dict) else str(entry)
        for name, entry in readers[kind]().items()
        if entry not in (None, "", False) or (name == "good" and entry is False)
    }
    if rule.get("good") is True:
        del rule["good"]
    return rule


def _read_attain(text: str) -> dict[str, Any]:
    """Lines «等级 | A、B、C», «得分 | 2、1、0», «全部 | 条件», «任一 | 条件»."""
    found: dict[str, Any] = {"levels": [], "points": [], "all_of": [], "any_of": []}
    names = {"等级": "levels", "得分": "points", "全部": "all_of", "任一": "any_of"}
    for number, line in numbered_lines(text):
        head, _, rest = line.replace("｜", "|").partition("|")
        name = names.get(head.strip())
        if name is None or not rest.strip():
            raise RuleTextError("lines", f"第 {number} 行应当以“等级”“得分”“全部”或“任一”开头，后面写“|”和内容：{line}")
        if name in {"levels", "points"}:
            found[name] = [entry.strip() for entry in rest.replace("，", "、").split("、") if entry.strip()]
        else:
            found[name].append(rest.strip())
    return {name: entry for name, entry in found.items() if entry}


def _row(entry: Mapping[str, Any], names: Sequence[str]) -> str:
    cells = [str(entry.get(name, "")) for name in names]
    while cells and not cells[-1]:
        cells.pop()
    return " | ".join(cells)


def _written(rows: Any, names: Sequence[str]) -> str:
    if isinstance(rows, Mapping):
        return "\n".join(f"【{category}】\n{_written(entries, names)}" for category, entries in rows.items())
    return "\n".join(_row(entry, names) for entry in rows)


def write_rule_fields(rule: Mapping[str, Any] | None) -> dict[str, Any]:
    """The form's fields that `read_rule_fields` reads back into the same rule."""
    if not rule:
        return {"kind": ""}
    fields: dict[str, Any] = {"kind": rule["kind"]}
    match rule["kind"]:
        case "judged":
            fields["step"] = rule.get("step")
        case "pick":
            fields |= {"lines": _written(rule["bands"], _PICKS), "factor": rule.get("factor", False)}
            fields["step"] = rule.get("step")
        case "deduct":
            fields |= {"lines": _written(rule["deductions"], _DEDUCTIONS), "floor": rule.get("floor")}
        case "parts":
            fields["lines"] = _written(rule["parts"], _PARTS)
        case "bands":
            fields |= {"value": rule["value"], "by": rule.get("by"), "lines": _written(rule["bands"], _BANDS)}
        case "linear":
            fields |= {"value": rule["value"], "by": rule.get("by"), "lines": _written(rule["knots"], _KNOTS)}
        case "yes_no":
            fields |= {"value": rule.get("when", ""), "negative": rule.get("good") is False}
            fields["otherwise_points"] = rule.get("otherwise")
        case "attain":
            lines = [f"等级 | {'、'.join(rule['levels'])}"] if "levels" in rule else []
            lines += [f"得分 | {'、'.join(rule['points'])}"] if "points" in rule else []
            lines += [f"全部 | {condition}" for condition in rule.get("all_of", ())]
            lines += [f"任一 | {condition}" for condition in rule.get("any_of", ())]
            fields["lines"] = "\n".join(lines)
        case "computed":
            fields["value"] = rule["points"]
    return fields
