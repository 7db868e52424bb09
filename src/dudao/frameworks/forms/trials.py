"""The forms of trials: the upload of a table, and the changes that somebody plays with."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dudao.calc.score import Subjects, SubjectsError, System, read_subjects
from dudao.core import sheets
from dudao.core.ui.forms import Form, table_file
from dudao.orgs.models import Unit

MOST_PROBLEMS = 50


class TrialForm(Form):
    """A table for one version. ``subjects`` is what was read of it; ``problems`` is what must be put right first."""

    subjects: Subjects

    unit = forms.ChoiceField(label="试算单位", help_text="这个单位和它的上级能看到试算。")
    title = forms.CharField(label="名称", max_length=120, help_text="如“2026年度评价试算（第一稿数据）”。")
    file = table_file(
        "数据表",
        max_bytes=sheets.MAX_BYTES,
        help_text="每行一个单位，列名用模板里的；没有填的格子按“未填”处理，不算 0 分。",
    )

    def __init__(self, *args: Any, units: Sequence[Unit], system: System, **kwargs: Any) -> None:
        self.units = {str(unit.pk): unit for unit in units}
        self.system = system
        self.problems: list[str] = []
        self.digest = ""
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["unit"].choices = [(key, str(unit)) for key, unit in self.units.items()]  # type: ignore[attr-defined]
        if len(self.units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.fields["unit"].initial = next(iter(self.units))

    def clean_unit(self) -> Unit:
        return self.units[self.cleaned_data["unit"]]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        try:
            data = sheets.read_upload(upload)
            self.digest = hashlib.sha256(data).hexdigest()
            found = read_subjects(self.system, sheets.grid_of(data))
        except sheets.SheetError as error:
            raise ValidationError(str(error)) from None
        except SubjectsError as error:
            raise ValidationError([problem.sentence for problem in error.problems]) from None
        if found.errors:
            self.problems = [problem.sentence for problem in found.errors]
            raise ValidationError(
                f"表里有 {len(self.problems)} 处错误，见“表里的错误”。改正后重新上传，这次没有保存任何内容。"
            )
        self.subjects = found
        return upload
