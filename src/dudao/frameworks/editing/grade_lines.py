"""Grades, vetoes and sources of marks as an office writes them in a form, and back: one line each, cells divided by «|».

    优秀 | ≥90 | 85%             (grades: 等次 | 总分 | 每块最低得分率 | 哪些块 | 其他条件)
    【民办】                      (the lines below are for this category)
    V1 | 发生重大安全责任事故      (vetoes: 代码 | 事项 | 条件 | 最高等次)
    county | 县评 | 是            (sources: 代号 | 名称 | 是否计入认定)

Pure. Whether they are right is said by `dudao.calc.tree`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from dudao.calc.rules import RuleTextError, cells_of, numbered_lines
from dudao.calc.tree import Tree, to_data

_GRADE = ("name", "total", "ratio", "blocks", "when")
_VETO = ("code", "name", "when", "grade")
_YES = {"是", "计入", ""}
_NO = {"否", "不计入"}


def _row(line: str, number: int, names: tuple[str, ...], needed: int) -> dict[str, Any]:
    cells = cells_of(line)
    if len(cells) > len(names):
        raise RuleTextError("lines", f"第 {number} 行有 {len(cells)} 栏，最多 {len(names)} 栏：{line}")
    if len(cells) < needed or not all(cells[:needed]):
        raise RuleTextError("lines", f"第 {number} 行缺少内容，至少要写 {needed} 栏，用“|”隔开：{line}")
    return {name: cell for name, cell in zip(names, cells, strict=False) if cell}


def read_grades(text: str, by: str) -> Any:
    """A list, a mapping by category with ``by``, or ``None`` for no grades."""
    rows: dict[str, list[dict[str, Any]]] = {}
    category = ""
    for number, line in numbered_lines(text):
        if line.startswith("【") and line.endswith("】"):
            category = line[1:-1].strip()
            if category in {"", "by"} or category in rows:
                raise RuleTextError("lines", f"第 {number} 行的类别“{category}”是空的，或者写了两次。")
            rows[category] = []
            continue
        grade = _row(line, number, _GRADE, 1)
        if "blocks" in grade:
            grade["blocks"] = [code.strip() for code in grade["blocks"].replace("，", "、").split("、") if code.strip()]
        rows.setdefault(category, []).append(grade)
    if not rows:
        if by:
            raise RuleTextError("lines", "写了按什么分类，还要在每个类别下写等次。")
        return None
    if "" in rows:
        if len(rows) > 1 or by:
            raise RuleTextError("lines", "分类别的等次，第一行应当是类别，如“【公办】”。")
        return rows[""]
    if not by:
        raise RuleTextError("by", "写了类别，还要写按什么分类，如“办学类型”。")
    if not all(rows.values()):
        raise RuleTextError("lines", "每个类别下至少写一个等次。")
    return {"by": by, **rows}


def write_grades(tree: Tree) -> dict[str, str]:
    """The form's fields."""
    found = to_data(tree).get("grades")
    if found is None:
        return {"by": "", "lines": ""}
    if isinstance(found, Mapping):
        cases = {category: rows for category, rows in found.items() if category != "by"}
        lines = "\n".join(f"【{category}】\n{_written(rows, _GRADE)}" for category, rows in cases.items())
        return {"by": found["by"], "lines": lines}
    return {"by": "", "lines": _written(found, _GRADE)}


def read_vetoes(text: str) -> list[dict[str, Any]]:
    return [_row(line, number, _VETO, 2) for number, line in numbered_lines(text)]


def write_vetoes(tree: Tree) -> str:
    return _written(to_data(tree).get("vetoes", ()), _VETO)


def read_sources(text: str) -> list[dict[str, Any]]:
    found = []
    for number, line in numbered_lines(text):
        row = _row(line, number, ("key", "label", "counts"), 2)
        said = row.pop("counts", "")
        if said not in _YES | _NO:
            raise RuleTextError("lines", f"第 {number} 行是否计入认定要写“是”或“否”，这里是“{said}”。")
        found.append({**row, "counts": said in _YES})
    if not found:
        raise RuleTextError("lines", "至少写一种评分来源。")
    return found


def write_sources(tree: Tree) -> str:
    return "\n".join(f"{source.key} | {source.label} | {'是' if source.counts else '否'}" for source in tree.sources)


def _written(rows: Iterable[Mapping[str, Any]], names: tuple[str, ...]) -> str:
    lines = []
    for row in rows:
        cells = [_cell(row.get(name, "")) for name in names]
        while cells and not cells[-1]:
            cells.pop()
        lines.append(" | ".join(cells))
    return "\n".join(lines)


def _cell(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else str(value)
