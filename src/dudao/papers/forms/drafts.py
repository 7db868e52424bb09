"""The form of a draft: built from what its kind of paper says (`composing.FIELDS`)."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse

from dudao.core.ui.forms import DateField, FileField, Form, PickManyField, Section
from dudao.orgs.models import Unit
from dudao.papers.composing import FIELDS, Column, Field
from dudao.papers.models import Paper
from dudao.papers.queries import GROUPS

__all__ = ["HandwritingForm", "PaperForm", "ScanForm", "VersionForm"]

_SEPARATOR = "｜"
_LONG = 30_000


class LinesField(forms.CharField):
    """A list, a line an entry."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class TableField(forms.CharField):
    """A table, a line a row; cells are parted by «｜» or, as Excel copies them, by tabs."""

    widget = forms.Textarea

    def __init__(self, *, columns: tuple[Column, ...], **kwargs: Any) -> None:
        self.columns = columns
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return value
        return "\n".join(_SEPARATOR.join(str(row.get(column.name, "")) for column in self.columns) for row in value)

    def clean(self, value: Any) -> list[dict[str, str]]:
        rows = []
        for place, line in enumerate(super().clean(value).splitlines(), 1):
            if not line.strip():
                continue
            cells = [
                cell.strip()
                for cell in (line.split("\t") if "\t" in line else line.replace("|", _SEPARATOR).split(_SEPARATOR))
            ]
            if len(cells) > len(self.columns):
                heads = _SEPARATOR.join(column.label for column in self.columns)
                raise ValidationError(f"第 {place} 行有 {len(cells)} 栏，应为 {len(self.columns)} 栏：{heads}。")
            cells += [""] * (len(self.columns) - len(cells))
            rows.append({column.name: cell for column, cell in zip(self.columns, cells, strict=True)})
        if self.required and not rows:
            raise ValidationError(self.error_messages["required"], code="required")
        return rows


def _field(field: Field) -> forms.Field:
    common: dict[str, Any] = {"label": field.label, "required": field.required, "help_text": field.help}
    if field.kind == "date":
        return DateField(**common)
    if field.kind == "list":
        common["help_text"] = field.help or "一行一条。"
        return LinesField(**common, max_length=_LONG)
    if field.kind == "table":
        heads = _SEPARATOR.join(column.label for column in field.columns)
        common["help_text"] = f"{field.help}一行一条，各栏依次为 {heads}；可以从 Excel 复制粘贴。"
        return TableField(**common, columns=field.columns, max_length=1_000_000)
    if field.kind == "text":
        return forms.CharField(**common, widget=forms.Textarea, max_length=_LONG)
    return forms.CharField(**common, max_length=500)


class PaperForm(Form):
    """Title, receivers and time for signing; then what this kind of paper says. ``may_reach()`` answers who can be written to."""

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

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=0)

    def __init__(self, *args: Any, kind: str, may_reach: Callable[[], QuerySet[Unit]], **kwargs: Any) -> None:
        self.said = tuple(field for field in FIELDS[kind] if field.name != "title")  # type: ignore[index]
        self.may_reach = may_reach
        sections = (
            Section("标题和主送", ["title", "recipients", "groups", "reply_days"]),
            Section("内容", [f"v_{field.name}" for field in self.said]),
        )
        super().__init__(*args, sections=sections, **kwargs)

    def adapt(self) -> None:
        self.fields["recipients"] = PickManyField(
            label="主送单位", required=False, url=lambda: reverse("orgs:pick"), objects=self.may_reach
        )
        for field in self.said:
            self.fields[f"v_{field.name}"] = _field(field)

    @property
    def said_values(self) -> dict[str, Any]:
        """The values of the paper, by the names of its fields."""
        return {field.name: self.cleaned_data[f"v_{field.name}"] for field in self.said}

    @staticmethod
    def initial_of(paper: Paper) -> dict[str, Any]:
        values: Mapping[str, Any] = paper.values
        return {
            "title": paper.title,
            "recipients": list(paper.recipients),
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
