"""The form that pins a campaign to a run of the statistics."""

from collections.abc import Sequence
from typing import Any

from django import forms

from dudao.core.ui.forms import Form


class PinForm(Form):
    """Which run, and why."""

    run = forms.ChoiceField(label="改用哪次测算")
    reason = forms.CharField(label="理由", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, choices: Sequence[tuple[int, str]], running: bool, **kwargs: Any) -> None:
        self.choices, self.running = choices, running
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        run: Any = self.fields["run"]
        run.choices = self.choices
        self.fields["reason"].required = self.running
