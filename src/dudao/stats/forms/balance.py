"""Shapes of input of balance runs."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from dudao.core.ui.forms import Form
from dudao.orgs.models import Unit
from dudao.stats.models import Round

__all__ = ["BalanceForm"]


class BalanceForm(Form):
    """Where, which round, which standard."""

    unit: ClassVar[Any] = forms.ModelChoiceField(label="范围", queryset=Unit.objects.none(), empty_label=None)
    asked: ClassVar[Any] = forms.ModelChoiceField(
        label="数据报送",
        queryset=Round.objects.none(),
        empty_label=None,
        error_messages={"required": "请选择数据报送。"},
    )
    pack = forms.ChoiceField(label="标准")
    accepted_only = forms.BooleanField(
        label="只用已通过审核的数据", required=False, help_text="不勾选时也用填报中和待审核的数据，只供试算。"
    )

    def __init__(self, *args: Any, regions: Any, rounds: Any, packs: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"accepted_only": True})
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["unit"].queryset, fields["asked"].queryset = regions, rounds
        fields["pack"].choices = packs
