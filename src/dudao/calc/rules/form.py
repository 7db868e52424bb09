"""A scoring rule as an office writes it in a form, and back: a few fields and one line for each band, part or deduction.

    36～40 | 认真规范            (pick: 档次 | 名称)
    ≥4.2 | 5 | 达标              (bands: 范围 | 得分 | 名称)
    【农村】                      (the lines below are for this category)

Each kind of rule says which fields it has; what is written in them is plain data, to be read by `read_rule`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of the editor's form that a kind of rule uses. ``help``: what is written there; ``brief``: the same where
    the help of all kinds stands together; ``wanted``: what a formula there must yield."""

    name: str
    help: str = ""
    brief: str = ""
    wanted: str = ""


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


def read_lines(text: str, names: Sequence[str], needed: int) -> list[dict[str, str]]:
    """An entry for each line, whose cells bear the ``names``; the first ``needed`` must be there."""
    found = [_entry(names, needed, line, number) for number, line in numbered_lines(text)]
    if not found:
        raise RuleTextError("lines", "请写明规则内容，一行一条。")
    return found


def read_lines_by_category(text: str, names: Sequence[str], needed: int) -> Any:
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


def required_value(form: Mapping[str, Any]) -> str:
    value: str = form.get("value") or ""
    if not value:
        raise RuleTextError("value", "请写明按什么数值计分，如“专任教师数 ÷ 在校生数 × 100”。")
    return value


def write_lines(rows: Any, names: Sequence[str]) -> str:
    return "\n".join(_written(rows, names))


def _written(rows: Any, names: Sequence[str]) -> Iterator[str]:
    if isinstance(rows, Mapping):
        for category, entries in rows.items():
            yield from (f"【{category}】", *_written(entries, names))
        return
    for entry in rows:
        cells = [str(entry.get(name, "")) for name in names]
        while cells and not cells[-1]:
            cells.pop()
        yield " | ".join(cells)
