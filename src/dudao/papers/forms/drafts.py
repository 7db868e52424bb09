"""The form of a draft: built from what its kind of paper says (`composing.FIELDS`)."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from dudao.core.ui.forms import DateField, FileField, Form, PickManyField, Section
from dudao.orgs.models import Unit
from dudao.orgs.organs import addressed
from dudao.papers.composing import FIELDS, Field
from dudao.papers.forms.rows import LinesField, RowsField
from dudao.papers.models import Paper
from dudao.papers.queries import GROUPS, units_of_group

_LONG = 30_000


def _field(field: Field) -> forms.Field:
    common: dict[str, Any] = {"label": field.label, "required": field.required, "help_text": field.help}
    if field.kind == "date":
        return DateField(**common)
    if field.kind == "list":
        common["help_text"] = field.help or "一行一条。"
        return LinesField(**common, max_length=_LONG)
    if field.kind == "table":
        common["help_text"] = f"{field.help}可以从 Excel 里选中几列复制，粘贴到左上角的格子里。"
        return RowsField(**common, columns=field.columns)
    if field.kind == "text":
        return forms.CharField(**common, widget=forms.Textarea, max_length=_LONG)
    return forms.CharField(**common, max_length=500)


class PaperForm(Form):
    """Title, receivers and time for signing; then what this kind of paper says. ``may_reach()``: whom one can write to."""

    title = forms.CharField(label="标题", max_length=300, help_text="印在文书上的全称，如“关于开展……督导的通知”。")
    reply_days = forms.IntegerField(
        label="签收期限（天）", required=False, min_value=1, max_value=365, help_text="从印发当天起算；不填不催签。"
    )
    groups = forms.MultipleChoiceField(
        label="成批主送",
        required=False,
        choices=[(key, label) for key, (label, _) in GROUPS.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    addressees = forms.CharField(
        label="主送写法",
        required=False,
        max_length=200,
        help_text="印在文书上的主送机关，不写冒号；不填时写各单位的机关全称，成批主送的写统称。",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=0)

    def __init__(
        self, *args: Any, kind: str, office: Unit, may_reach: Callable[[], QuerySet[Unit]], **kwargs: Any
    ) -> None:
        self.office = office
        self.said = tuple(field for field in FIELDS[kind] if field.name != "title")  # type: ignore[index]
        self.may_reach = may_reach
        sections = (
            Section("标题和主送", ["title", "recipients", "groups", "addressees", "reply_days"]),
            Section("内容", [f"v_{field.name}" for field in self.said]),
        )
        super().__init__(*args, sections=sections, **kwargs)

    def adapt(self) -> None:
        self.fields["recipients"] = PickManyField(
            label="主送单位",
            required=False,
            url=lambda: reverse("orgs:pick"),
            objects=self.may_reach,
            help_text="可以先存稿再补，报告、公示、简报以外的文书送核前必须选定。",
        )
        for field in self.said:
            self.fields[f"v_{field.name}"] = _field(field)

    @property
    def values(self) -> dict[str, Any]:
        """The arguments of the action: the chosen receivers, then those of the groups, each once."""
        said = {name: self.cleaned_data[name] for name in ("title", "reply_days", "revision")}
        units: list[Unit] = list(self.cleaned_data["recipients"])
        for group in self.cleaned_data["groups"]:
            units += units_of_group(self.office, group)
        return said | {"values": self.said_values, "recipients": list({unit.pk: unit for unit in units}.values())}

    @property
    def said_values(self) -> dict[str, Any]:
        """The values of the paper, by the names of its fields; and how its receivers are written."""
        groups = self.cleaned_data["groups"]
        written = self.cleaned_data["addressees"]
        if groups and not written:
            written = addressed(self.cleaned_data["recipients"], [GROUPS[group][0] for group in groups])
        values = {field.name: self.cleaned_data[f"v_{field.name}"] for field in self.said}
        return values | ({"addressees": written} if written else {}) | ({"groups": groups} if groups else {})

    @staticmethod
    def initial_of(paper: Paper) -> dict[str, Any]:
        values: Mapping[str, Any] = paper.values
        groups = values.get("groups", [])
        named = {unit.pk for group in groups for unit in units_of_group(paper.unit, group)}
        return {
            "title": paper.title,
            "recipients": [key for key in paper.recipients if key not in named],
            "groups": groups,
            "addressees": values.get("addressees", ""),
            "reply_days": paper.reply_days,
            **{f"v_{name}": value for name, value in values.items()},
        }


class VersionForm(Form):
    file = FileField(
        label="修改后的 Word 文稿",
        kinds=(".docx",),
        max_bytes=20 * 2**20,
        help_text="下载最新一稿，用 WPS 或 Word 修改后传回。原来的各稿都会保留。",
    )


class ScanForm(Form):
    file = FileField(label="盖章扫描件", kinds=(".pdf", ".jpg", ".jpeg", ".png"), max_bytes=50 * 2**20)


class HandwritingForm(Form):
    file = FileField(label="手写签名图片", kinds=(".png", ".jpg", ".jpeg"), max_bytes=5 * 2**20)


class ProofForm(Form):
    """The file that somebody compares with the issued one on the public page."""

    file = FileField(
        label="比对手中的文件是否被改动",
        kinds=(".pdf", ".jpg", ".jpeg", ".png"),
        max_bytes=50 * 2**20,
        help_text="只计算文件摘要，不保存文件。",
    )
