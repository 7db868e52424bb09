"""What a unit and who checks it fill in beside the answers themselves."""

from typing import Any

from django import forms
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.files import KINDS
from dudao.core.ui.forms import DateField, FileField, Form, PickField
from dudao.orgs.models import Unit
from dudao.orgs.queries import choosable

_SCANS = tuple(ending for key in ("pdf", "jpg", "png", "ofd") for ending in KINDS[key].extensions)


class ReportForm(Form):
    """The signed self-report."""

    file = FileField(
        label="签字盖章的自评报告", kinds=_SCANS, help_text="把下载的自评报告签字盖章后扫描上传；重新上传会替换前一份。"
    )


class ReturnForm(Form):
    """Why a self-evaluation goes back, and until when it must come again."""

    reason = forms.CharField(
        label="退回理由",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写总的要求；具体到指标的意见先在自评内容里逐项记下，会一并退回。",
    )
    due_on = DateField(label="重新提交截止日期", required=False, help_text="不填则仍按原期限；原期限已过的必须填写。")


class MoveForm(Form):
    """Which unit goes on in place of one that was merged or split."""

    unit = PickField(label="由哪个单位承担", url=lambda: reverse("orgs:pick"), objects=Unit.objects.none)
    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如撤并文件的名称和文号。已填的内容、材料和退回意见全部由新单位接着办理，名称仍按原单位列示。",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.objects = lambda: choosable(actor, "unit.view")
