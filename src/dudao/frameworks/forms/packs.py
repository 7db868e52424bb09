"""The first draft of a system: a standard, or a blank one; and of which office."""

from collections.abc import Sequence
from typing import Any

from django import forms

from dudao.core.ui.forms import Form
from dudao.orgs.models import Unit


class _OfOffice(Form):
    """``units``: those for which the person may keep indicator systems."""

    unit = forms.ChoiceField(label="所属单位", help_text="由这个单位修改和发布，发布后下级单位可以查看。")

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        self.units = {str(unit.pk): unit for unit in units}
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["unit"].choices = [(key, str(unit)) for key, unit in self.units.items()]  # type: ignore[attr-defined]

    def clean_unit(self) -> Unit:
        return self.units[self.cleaned_data["unit"]]


class LoadForm(_OfOffice):
    """Which standard becomes a draft of which office."""

    form_token = None
    pack = forms.ChoiceField(label="标准")

    def __init__(self, *args: Any, packs: Sequence[tuple[str, Sequence[tuple[str, str]]]], **kwargs: Any) -> None:
        self.packs = packs
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        super().adapt()
        self.fields["pack"].choices = [*self.packs]  # type: ignore[attr-defined]


class StartForm(_OfOffice):
    """An empty draft."""

    name = forms.CharField(label="名称", max_length=200, help_text="如“2026年乡镇（街道）教育工作评价”。")
    points = forms.DecimalField(
        label="满分",
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=6,
        help_text="只评等级、不计分的留空。",
        widget=forms.NumberInput(attrs={"class": "is-short", "step": "any"}),
    )
