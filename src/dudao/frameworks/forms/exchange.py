"""Which file becomes a draft of which office: a new system, or the next version of one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dudao.core.ui.forms import FileField, Form, Section
from dudao.frameworks.exchange import MAX_BYTES
from dudao.frameworks.models import Framework
from dudao.orgs.models import Unit

__all__ = ["UploadForm"]


class UploadForm(Form):
    sections = (
        Section("文件", ["file"]),
        Section("导入为", ["unit", "system", "name"], note="先读出来给您看，您确认之前不会建立任何指标体系。"),
    )
    file = FileField(
        label="指标体系文件",
        kinds=(".xlsx", ".docx"),
        max_bytes=MAX_BYTES,
        help_text="Excel 工作簿，或含有表格的 Word 文档。旧格式（.xls、.doc、.wps）请先另存为 .xlsx 或 .docx。",
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
