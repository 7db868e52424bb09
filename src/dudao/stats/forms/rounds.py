"""The forms of a round: making one, editing a draft, a later deadline."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from dudao.core.ui.forms import DateField, Form, Section
from dudao.orgs.models import Stage, Unit
from dudao.stats.models import DataItem, Round

_STAGES = [(level, level.label) for level in Stage.Level]


class RoundForm(Form):
    """A new round: whole sets of items; what is in them can be chosen one by one as long as it is being prepared."""

    sections = (
        Section("报送", ["title", "year", "opens_on", "closes_on"]),
        Section("向谁要数", ["groups", "stages", "regions"]),
    )
    title = forms.CharField(label="名称", max_length=120, help_text="例如“2025—2026学年义务教育数据报送”。")
    year = forms.IntegerField(
        label="学年", min_value=2000, max_value=2100, help_text="按起始年份填，2025—2026学年填 2025。",
        widget=forms.NumberInput(attrs={"class": "is-short"}),
    )  # fmt: skip
    opens_on = DateField(label="开始日期")
    closes_on = DateField(label="截止日期")
    groups: ClassVar[Any] = forms.MultipleChoiceField(
        label="指标",
        widget=forms.CheckboxSelectMultiple,
        help_text="“县级数据”由县市区填报，其余由学校、幼儿园填报。保存后可以逐项增减。",
    )
    stages: ClassVar[Any] = forms.MultipleChoiceField(
        label="报送学段",
        choices=_STAGES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="开设所选学段的学校、教学点、幼儿园各有一份报表。只要县级数据的不用选。",
    )
    regions: ClassVar[Any] = forms.TypedMultipleChoiceField(
        label="布置范围", widget=forms.CheckboxSelectMultiple, required=False, help_text="都不选就是全部县市区。"
    )

    def __init__(
        self, *args: Any, groups: Mapping[str, str], regions: Sequence[Unit], initial: Mapping[str, Any], **kwargs: Any
    ) -> None:
        self.sets, self.places = groups, regions
        super().__init__(*args, initial=dict(initial), **kwargs)

    def adapt(self) -> None:
        fields: dict[str, Any] = self.fields
        fields["groups"].choices = [(name or "own", words) for name, words in self.sets.items()]
        _offer_regions(fields, self.places)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        _in_order(self, cleaned)
        if set(cleaned.get("groups", ())) - {"county"} and not cleaned.get("stages"):
            self.add_error("stages", "向学校、幼儿园要数，请至少选一个学段。")
        return cleaned


def _offer_regions(fields: dict[str, Any], places: Sequence[Unit]) -> None:
    if places:
        fields["regions"].choices = [(str(unit.pk), str(unit)) for unit in places]
        fields["regions"].coerce = {str(unit.pk): unit for unit in places}.__getitem__
    else:
        del fields["regions"]


def _in_order(form: Form, cleaned: Mapping[str, Any]) -> None:
    opens, closes = cleaned.get("opens_on"), cleaned.get("closes_on")
    if opens and closes and closes < opens:
        form.add_error("closes_on", "截止日期早于开始日期，请对调。")


class RoundEditForm(Form):
    """A round that is being prepared: title, days, stages, regions, and its items one by one, set by set."""

    title, year = RoundForm.base_fields["title"], RoundForm.base_fields["year"]
    opens_on, closes_on = RoundForm.base_fields["opens_on"], RoundForm.base_fields["closes_on"]
    stages, regions = RoundForm.base_fields["stages"], RoundForm.base_fields["regions"]
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        asked: Round,
        items: Mapping[str, Sequence[DataItem]],
        groups: Mapping[str, str],
        regions: Sequence[Unit],
        chosen: Sequence[int],
        within: Sequence[int],
        **kwargs: Any,
    ) -> None:
        self.items, self.sets, self.places = items, groups, regions
        sections = [
            Section("报送", ["title", "year", "opens_on", "closes_on"]),
            Section("向谁要数", ["stages", "regions"]),
            Section("指标", [self._name(group) for group in groups if items.get(group)]),
        ]
        initial = {
            name: getattr(asked, name) for name in ("title", "year", "opens_on", "closes_on", "stages", "revision")
        }
        initial["regions"] = [str(key) for key in within]
        for group, rows in items.items():
            initial[self._name(group)] = [item.pk for item in rows if item.pk in chosen]
        super().__init__(*args, sections=sections, initial=initial, **kwargs)

    @staticmethod
    def _name(group: str) -> str:
        return f"items_{group or 'own'}"

    def adapt(self) -> None:
        fields: dict[str, Any] = self.fields
        _offer_regions(fields, self.places)
        for group, rows in self.items.items():
            fields[self._name(group)] = forms.TypedMultipleChoiceField(
                label=self.sets.get(group, group),
                choices=[(item.pk, item.label) for item in rows],
                coerce={str(item.pk): item for item in rows}.__getitem__,
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        _in_order(self, cleaned)
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """With all items that are asked for, of whatever set."""
        given = super().values
        items = [item for group in self.items for item in given.pop(self._name(group), [])]
        return {"regions": [], **given, "items": items}


class ExtendForm(Form):
    """A later deadline, for all or for some counties."""

    form_token = None
    regions: ClassVar[Any] = forms.TypedMultipleChoiceField(
        label="给谁延长",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="都不选就是全部，报送的截止日期随之改变；选了县市区，只有那里还没有报的单位延长。",
    )
    until = DateField(label="延长到")
    reason = forms.CharField(label="理由", max_length=300, help_text="会通知到填报单位。")

    def __init__(self, *args: Any, regions: Sequence[Unit], **kwargs: Any) -> None:
        self.places = regions
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        _offer_regions(self.fields, self.places)
