"""Shapes of input: a new round, and the numbers of a return as typed."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from dudao.core.sheets import MAX_BYTES
from dudao.core.ui.forms import DateField, FileField, Form, Section
from dudao.orgs.models import Stage
from dudao.stats.models import DataItem, DataUpload, Round
from dudao.stats.numbers import parse_number
from dudao.stats.queries.catalogue import Cell

__all__ = ["RoundForm", "UploadForm", "parse_return"]


class RoundForm(Form):
    sections = (
        Section("报送", ["title", "year", "opens_on", "closes_on"]),
        Section("范围", ["stages", "items"], note="开设所选学段的学校、教学点都会有一份报表。"),
    )
    title = forms.CharField(label="名称", max_length=120, help_text="例如“2025—2026学年义务教育数据报送”。")
    year = forms.IntegerField(
        label="学年", min_value=2000, max_value=2100, help_text="按起始年份填，2025—2026学年填 2025。"
    )
    opens_on = DateField(label="开始日期")
    closes_on = DateField(label="截止日期")
    stages: ClassVar[Any] = forms.MultipleChoiceField(
        label="报送学段",
        choices=[(Stage.Level.PRIMARY, "小学"), (Stage.Level.JUNIOR, "初中")],
        widget=forms.CheckboxSelectMultiple,
    )
    items: ClassVar[Any] = forms.TypedMultipleChoiceField(label="指标", coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, items: Sequence[DataItem], today: date, **kwargs: Any) -> None:
        year = today.year if today.month >= 9 else today.year - 1
        kwargs["initial"] = {
            "year": year,
            "title": f"{year}—{year + 1}学年义务教育数据报送",
            "opens_on": today,
            "stages": [Stage.Level.PRIMARY, Stage.Level.JUNIOR],
            "items": [item.pk for item in items],
        }
        super().__init__(*args, **kwargs)
        field: Any = self.fields["items"]
        field.choices = [(item.pk, f"{item.name}（{item.unit}）") for item in items]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens_on"), cleaned.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", "截止日期早于开始日期，请对调。")
        return cleaned


class UploadForm(Form):
    sort = forms.ChoiceField(
        label="文件种类",
        choices=DataUpload.Sort.choices,
        help_text="汇总表一行一校，列名同模板；统计报表一校一册，文件名是学校名，工作表以表号命名。",
    )
    file = FileField(label="文件", kinds=(".xlsx",), max_bytes=MAX_BYTES)


def parse_return(
    data: Mapping[str, str], cells: Sequence[Cell]
) -> tuple[dict[tuple[int, str], Decimal | None], dict[str, str], dict[tuple[int, str], str], dict[str, str]]:
    """(numbers, faults by field, notes, explanations by check) of what was posted; a faulty field is left out of the numbers."""
    numbers: dict[tuple[int, str], Decimal | None] = {}
    faults: dict[str, str] = {}
    notes: dict[tuple[int, str], str] = {}
    for cell in cells:
        text = data.get(cell.name)
        if text is None:
            continue
        try:
            numbers[cell.key] = parse_number(text, cell.item)
        except ValueError as wrong:
            faults[cell.name] = f"“{cell.item.name}”{wrong}"
        note = data.get(f"n{cell.name[1:]}")
        if note is not None:
            notes[cell.key] = note.strip()[:200]
    explanations = {name[2:]: text for name, text in data.items() if name.startswith("e-")}
    return numbers, faults, notes, explanations
