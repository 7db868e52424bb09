"""Which file becomes a draft of which office: a new system, or the next version of one."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dudao.core.ui.forms import Form, Section, table_file
from dudao.frameworks.exchange import MAX_BYTES, MEANINGS, Choice
from dudao.frameworks.models import Framework
from dudao.orgs.models import Unit

_SEVERAL = {"", "points", "text", "rule", "evidence", "limits"}
"""What more than one column of a table may mean."""


class UploadForm(Form):
    sections = (
        Section("文件", ["file"]),
        Section("导入为", ["unit", "system", "name"], note="先读出来给您看，您确认之前不会建立任何指标体系。"),
    )
    file = table_file(
        "指标体系文件",
        more=(".docx",),
        max_bytes=MAX_BYTES,
        help_text="Excel 工作簿，或含有表格的 Word 文档。旧格式（.doc、.wps）请先另存为 .docx。",
    )
    unit = forms.ChoiceField(label="所属单位", help_text="导入后由这个单位修改和发布，发布后下级单位可以查看。")
    system = forms.ChoiceField(
        label="指标体系",
        required=False,
        help_text="新的指标体系，或已有指标体系的新版本草稿。已有草稿的不在这里，请先发布或丢弃草稿。",
    )
    name = forms.CharField(
        label="名称", required=False, max_length=200, help_text="新指标体系的名称。不填则用表格的标题。"
    )

    def __init__(self, *args: Any, units: Sequence[Unit], systems: Sequence[Framework], **kwargs: Any) -> None:
        self.units = {str(unit.pk): unit for unit in units}
        self.systems = {str(system.pk): system for system in systems}
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        unit: Any = self.fields["unit"]
        unit.choices = [(key, str(found)) for key, found in self.units.items()]
        system: Any = self.fields["system"]
        several = len(self.units) > 1
        system.choices = [
            ("", "新的指标体系"),
            *((key, f"{found}的新版本{f'（{found.unit}）' if several else ''}") for key, found in self.systems.items()),
        ]

    def clean_unit(self) -> Unit:
        return self.units[self.cleaned_data["unit"]]

    def clean_system(self) -> Framework | None:
        key = self.cleaned_data["system"]
        return self.systems[key] if key else None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        unit, system = data.get("unit"), data.get("system")
        if unit is not None and system is not None and system.unit_id != unit.pk:
            self.add_error(
                "system", ValidationError(f"“{system}”是{system.unit}的，请选{unit}的指标体系，或改所属单位。")
            )
        return data


class ColumnsForm(Form):
    """What each column of each table means. ``tables``: as `exchange.columns.shown_table` tells them."""

    def __init__(self, *args: Any, tables: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        self.tables = tables
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        for number, table in enumerate(self.tables):
            self.fields[f"head_{number}"] = forms.IntegerField(
                label=f"{table['called']}的表头在第几行",
                min_value=0,
                max_value=table["rows"],
                initial=table["head"],
                error_messages={"max_value": f"这张表只有 {table['rows']} 行。", "min_value": "没有表头的填 0。"},
                widget=forms.NumberInput(attrs={"class": "is-short"}),
            )
            for column in table["columns"]:
                self.fields[f"column_{number}_{column['at']}"] = forms.ChoiceField(
                    label=f"{table['called']}{column['called']}的含义",
                    required=False,
                    choices=list(MEANINGS.items()),
                    initial=column["meaning"],
                )

    @property
    def laid_out(self) -> Iterator[dict[str, Any]]:
        """The tables with their fields, for the page."""
        for number, table in enumerate(self.tables):
            columns = [{**column, "field": self[f"column_{number}_{column['at']}"]} for column in table["columns"]]
            yield {**table, "field": self[f"head_{number}"], "columns": columns}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        choices: dict[str, Choice] = {}
        for number, table in enumerate(self.tables):
            names = {f"column_{number}_{column['at']}": column["at"] for column in table["columns"]}
            roles = {at: data[name] for name, at in names.items() if data.get(name)}
            choice = Choice(data.get(f"head_{number}") or 0, roles)
            twice = [role for role, times in Counter(roles.values()).items() if times > 1 and role not in _SEVERAL]
            for name, at in names.items():
                if roles.get(at) in twice:
                    self.add_error(name, f"“{MEANINGS[roles[at]]}”选了不止一列，只能选一列。")
            if roles and not choice.levels:
                self.add_error(next(iter(names)), f"{table['called']}还没有选哪一列是指标，请至少选一列“一级指标”。")
            choices[table["name"]] = choice
        if not self.errors and not any(choice.levels for choice in choices.values()):
            raise ValidationError("没有选哪一列是指标。请至少给一列选“一级指标”。")
        data["choices"] = choices
        return data
