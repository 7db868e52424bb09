"""Which standard becomes a draft of which office."""

from collections.abc import Sequence
from typing import Any

from django import forms

from dudao.core.ui.forms import Form
from dudao.orgs.models import Unit

__all__ = ["LoadForm"]


class LoadForm(Form):
    """Which standard becomes a draft of which office."""

    unit = forms.ChoiceField(label="所属单位", help_text="载入后由这个单位修改和发布，发布后下级单位可以查看。")
    pack = forms.ChoiceField(label="标准")

    def __init__(self, *args: Any, units: Sequence[Unit], packs: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        self.units = {str(unit.pk): unit for unit in units}
        self.packs = packs
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        self.fields["unit"].choices = [(key, str(unit)) for key, unit in self.units.items()]  # type: ignore[attr-defined]
        self.fields["pack"].choices = [*self.packs]  # type: ignore[attr-defined]

    def clean_unit(self) -> Unit:
        return self.units[self.cleaned_data["unit"]]
