"""Shapes of input about class and school sizes: a new elimination plan, its rows as typed, its workbook."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms

from dudao.core.sheets import MAX_BYTES, parse_date
from dudao.core.ui.forms import Form, table_file
from dudao.orgs.models import Unit
from dudao.stats.actions.sizes import RowInput
from dudao.stats.models import EliminationRow, year_words

MOST = 99_999


class PlanForm(Form):
    """Whose plan, from which year's numbers, until when."""

    unit: ClassVar[Any] = forms.ModelChoiceField(label="县市区", queryset=Unit.objects.none(), empty_label=None)
    base_year: ClassVar[Any] = forms.TypedChoiceField(
        label="起始学年",
        coerce=int,
        help_text="按这个学年已通过审核的数据列出有大班额、大校额的学校。",
        error_messages={"required": "还没有可用的数据报送，暂时不能编制计划。"},
    )
    last_year = forms.IntegerField(
        label="完成年份", min_value=2000, max_value=2100, help_text="到这一年年底完成，最多五年。"
    )

    def __init__(self, *args: Any, counties: Any, years: Sequence[int], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"last_year": years[0] + 2 if years else None})
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["unit"].queryset = counties
        fields["base_year"].choices = [(year, year_words(year)) for year in years]


class PlanUploadForm(Form):
    file = table_file("文件", max_bytes=MAX_BYTES, help_text="先导出计划，填好后导回。")


def parse_rows(
    data: Mapping[str, Any], rows: Sequence[EliminationRow], years: Sequence[int]
) -> tuple[dict[int, RowInput], dict[str, str]]:
    """(what was typed by row, faults by field). ``data`` is a ``QueryDict``; a field left out counts as empty."""
    found: dict[int, RowInput] = {}
    errors: dict[str, str] = {}
    measures = set(EliminationRow.Measure.values)
    for row in rows:
        targets: list[int | None] = []
        for year in years:
            name = f"t-{row.pk}-{year}"
            text = str(data.get(name, "")).strip()
            if text and not (text.isdecimal() and int(text) <= MOST):
                errors[name] = f"{row}：{year} 年底的目标“{text[:20]}”应为不小于 0 的整数。"
                targets.append(None)
            else:
                targets.append(int(text) if text else None)
        day: date | None = None
        typed = str(data.get(f"d-{row.pk}", "")).strip()
        if typed:
            try:
                day = parse_date(typed)
            except ValueError as reason:
                errors[f"d-{row.pk}"] = f"{row}：完成时限{reason}。"
        chosen = data.getlist(f"m-{row.pk}") if hasattr(data, "getlist") else []
        found[row.pk] = RowInput(
            targets,
            [one for one in EliminationRow.Measure.values if one in measures & set(chosen)],
            str(data.get(f"r-{row.pk}", "")),
            day,
            str(data.get(f"n-{row.pk}", "")),
        )
    return found, errors
