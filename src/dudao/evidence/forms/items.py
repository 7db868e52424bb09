"""What a unit says of its evidence: one item, many at once, files without JavaScript, limits."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from dudao.core import files
from dudao.core.ui.forms import DateField, FileField, Form, Section
from dudao.evidence.models import Evidence
from dudao.orgs.models import Unit


class Suggested(forms.TextInput):
    """A text field with a list of what is usual; anything else may be typed."""

    template_name = "evidence/suggested.html"

    def __init__(self, choices: Sequence[str] = (), key: str = "") -> None:
        super().__init__({"list": key or "ev-categories", "autocomplete": "off"})
        self.choices = choices

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "choices": self.choices}


class ItemForm(Form):
    sections: ClassVar = [
        Section("是什么", ["title", "category", "tags", "note"]),
        Section(
            "何时有效",
            ["effective_from", "effective_until"],
            note="按材料内容填写，不是上传的日期。长期有效的不填“有效期至”。",
        ),
        Section("文件或证照", ["number", "issuer", "issued_on"], note="不是文件和证照的不填。"),
    ]

    title = forms.CharField(
        label="名称", max_length=200, help_text="别人看名称就知道证明什么，例如“2026年春季学期食堂陪餐记录”。"
    )
    category = forms.CharField(label="类别", max_length=60, required=False)
    tags = forms.CharField(label="标签", max_length=200, required=False, help_text="几个标签之间用空格或顿号隔开。")
    note = forms.CharField(label="说明", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": "3"}))
    effective_from = DateField(label="生效日期", required=False)
    effective_until = DateField(label="有效期至", required=False, help_text="当天仍有效。")
    number = forms.CharField(label="文号或证号", max_length=80, required=False)
    issuer = forms.CharField(label="发文或发证机关", max_length=120, required=False)
    issued_on = DateField(label="发文或发证日期", required=False)

    def __init__(self, *args: Any, row: Evidence | None = None, categories: Sequence[str] = (), **kwargs: Any) -> None:
        self.categories = categories
        if row is not None:
            kwargs["initial"] = {
                **{name: getattr(row, name) for name in self.base_fields if name not in {"tags", "form_token"}},
                "tags": "、".join(row.tags),
                **kwargs.get("initial", {}),
            }
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["category"].widget = Suggested(self.categories)

    def clean_tags(self) -> list[str]:
        text = str(self.cleaned_data["tags"])
        for sign in "、，,；;":
            text = text.replace(sign, " ")
        return text.split()


class DescribeForm(Form):
    """Many items in a table: name, category and days of each; the first line is for all that have nothing there yet."""

    form_token = None
    all_category = forms.CharField(label="类别（统一填写）", max_length=60, required=False)
    all_from = DateField(label="生效日期（统一填写）", required=False)
    all_until = DateField(label="有效期至（统一填写）", required=False)

    def __init__(self, *args: Any, rows: Sequence[Evidence], categories: Sequence[str] = (), **kwargs: Any) -> None:
        self.rows, self.categories = rows, categories
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["all_category"].widget = Suggested(self.categories)
        for row in self.rows:
            self.fields[f"title-{row.pk}"] = forms.CharField(label="名称", max_length=200, initial=row.title)
            self.fields[f"category-{row.pk}"] = forms.CharField(
                label="类别", max_length=60, required=False, initial=row.category, widget=Suggested()
            )
            self.fields[f"from-{row.pk}"] = DateField(label="生效日期", required=False, initial=row.effective_from)
            self.fields[f"until-{row.pk}"] = DateField(label="有效期至", required=False, initial=row.effective_until)
        for field in self.fields.values():
            if isinstance(field, DateField | forms.CharField) and field.label:
                field.widget.attrs["aria-label"] = field.label

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [
            {
                "row": row,
                "title": self[f"title-{row.pk}"],
                "category": self[f"category-{row.pk}"],
                "start": self[f"from-{row.pk}"],
                "end": self[f"until-{row.pk}"],
            }
            for row in self.rows
        ]

    def said(self) -> list[tuple[Evidence, dict[str, Any]]]:
        """(item, what is said of it): what is empty takes what is said for all."""
        data = self.cleaned_data
        return [
            (
                row,
                {
                    "title": data[f"title-{row.pk}"],
                    "category": data[f"category-{row.pk}"] or data["all_category"],
                    "effective_from": data[f"from-{row.pk}"] or data["all_from"],
                    "effective_until": data[f"until-{row.pk}"] or data["all_until"],
                },
            )
            for row in self.rows
        ]


class AddForm(Form):
    """Files sent with a plain form, where no JavaScript runs."""

    form_token = None
    chosen = FileField(label="文件", multiple=True, kinds=files.ENDINGS, max_bytes=100 * 2**20)


class LimitForm(Form):
    sections: ClassVar = [
        Section(
            "容量",
            ["unit", "unit_mb", "file_mb"],
            note="对所选单位和它下面的所有单位各自适用；下级另有规定的从其规定。",
        ),
        Section("依据", ["source", "valid_from"]),
    ]

    unit: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(label="适用范围", queryset=None, empty_label=None)
    unit_mb = forms.IntegerField(label="每个单位的容量（MB）", min_value=1, max_value=10_000_000)
    file_mb = forms.IntegerField(label="单个文件上限（MB）", min_value=1, max_value=100)
    source = forms.CharField(label="依据", max_length=300, help_text="文件名称和文号，或会议决定。")
    valid_from = DateField(label="自", initial=timezone.localdate)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        self.units = units
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        unit: Any = self.fields["unit"]
        unit.queryset = self.units
