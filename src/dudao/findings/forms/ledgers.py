"""The form that takes a sheet of findings: new problems in bulk, or a 整改台账 filled in."""

from typing import Any, ClassVar

from django import forms

from dudao.core.access import Actor
from dudao.core.ui.forms import Form, Section, table_file
from dudao.findings.queries.findings import offices
from dudao.orgs.models import Unit

_KINDS = [
    ("new", "登记新问题：按“问题清单”模板填写的表，每行一个问题"),
    ("ledger", "导回整改台账：从平台导出、填写后的台账"),
]


class SheetForm(Form):
    sections: ClassVar = [Section("导入什么", ["kind", "office"]), Section("文件", ["file"])]

    kind = forms.ChoiceField(label="种类", choices=_KINDS, widget=forms.RadioSelect, initial="new")
    office: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(
        label="下达单位", queryset=None, empty_label=None, help_text="新问题以这个单位的名义登记。"
    )
    file = table_file(
        "Excel 文件",
        max_bytes=20 * 1024 * 1024,
        help_text="上传后先核对、列出内容和错误，确认以后才会写入。",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.actor = actor
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        choices: Any = self.fields["office"]
        choices.queryset = offices(self.actor, "finding.import")
        if choices.queryset.count() == 1:
            choices.initial = choices.queryset.get().pk
            choices.widget = forms.HiddenInput()
