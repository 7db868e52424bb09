"""Lists and tables of a draft: a line an entry; a grid of cells to type in, or to paste into from Excel."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from dudao.papers.composing import Column

BLANK = 2
"""Empty rows behind the filled ones, for a browser that can't add any."""
MOST_CELLS = 1500
"""More than this are shown as text, a line a row: no browser likes a form of thousands of fields."""
TAB = "\t"
BREAK = "⏎"
"""A line break within a cell, where a row is a line."""


class LinesField(forms.CharField):
    """A list, a line an entry."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class RowsWidget(forms.Widget):
    """``<dd-rows>``: a cell is the field «name-row-column». A table too long for that is one text, its cells parted by tabs."""

    input_type = "checkbox"  # a group with a label of its own, not one field
    use_fieldset = True

    def __init__(self, columns: tuple[Column, ...]) -> None:
        super().__init__()
        self.columns = columns

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[list[str]]:
        text = data.get(f"{name}-text")
        if text is not None:
            return [[cell.replace(BREAK, "\n") for cell in line.split(TAB)] for line in text.splitlines()]
        cells: dict[int, dict[int, str]] = {}
        pattern = re.compile(rf"{re.escape(name)}-(\d{{1,5}})-(\d{{1,2}})")
        for key in data:
            found = pattern.fullmatch(key)
            if found is not None:
                cells.setdefault(int(found[1]), {})[int(found[2])] = data.get(key, "")
        width = len(self.columns)
        return [[cells[row].get(place, "") for place in range(width)] for row in sorted(cells)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}-") for key in data)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        rows = self._rows(value)
        long = len(rows) * len(self.columns) > MOST_CELLS
        if not long:
            rows += [[""] * len(self.columns) for _ in range(BLANK)]
        context = {
            "name": name,
            "id": (attrs or {}).get("id", f"id_{name}"),
            "columns": self.columns,
            "rows": rows,
            "long": long,
            "text": "\n".join(TAB.join(cell.replace("\n", BREAK) for cell in row) for row in rows) if long else "",
        }
        return render_to_string("papers/rows.html", context)

    def _rows(self, value: Any) -> list[list[str]]:
        rows = []
        for row in value or ():
            cells = [row.get(column.name, "") for column in self.columns] if isinstance(row, dict) else list(row)
            rows.append([str(cell) for cell in cells])
        return rows


class RowsField(forms.Field):
    """A table: a list of rows, each a dict by the columns' names. Empty rows are left out."""

    def __init__(self, *, columns: tuple[Column, ...], **kwargs: Any) -> None:
        self.columns = columns
        super().__init__(widget=RowsWidget(columns), **kwargs)

    def to_python(self, value: Any) -> list[dict[str, str]]:
        rows = []
        for place, cells in enumerate(value or (), 1):
            plain = [cell.replace("\r\n", "\n").strip() for cell in cells]
            if not any(plain):
                continue
            if len(plain) > len(self.columns):
                heads = "、".join(column.label for column in self.columns)
                raise ValidationError(f"第 {place} 行有 {len(plain)} 栏，应为 {len(self.columns)} 栏：{heads}。")
            plain += [""] * (len(self.columns) - len(plain))
            rows.append({column.name: cell for column, cell in zip(self.columns, plain, strict=True)})
        return rows

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))
