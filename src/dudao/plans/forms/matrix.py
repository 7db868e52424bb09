"""Several tasks × to whom each goes: the table in which an office hands a plan down, filled in by what the plan's text says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from dudao.core.ui.forms import DateField, Section
from dudao.orgs.models import Kind, Unit
from dudao.plans.actions.hand_down import Given
from dudao.plans.forms.tasks import HandDownForm
from dudao.plans.models import Task, WorkPlan
from dudao.plans.queries import units
from dudao.plans.queries.suggestions import Suggested


@dataclass(frozen=True, slots=True)
class Board:
    """What the table shows: its rows and columns, who may lead, and (task, unit) that was handed down before."""

    tasks: Sequence[Task]
    counties: Sequence[Unit]
    members: Sequence[Unit]
    leads: Sequence[Unit]
    present: frozenset[tuple[int, int]]


class MatrixWidget(forms.Widget):
    """Checkboxes «matrix-task», a day and a lead for each task. The value: by task ``units``, ``deadline``, ``lead`` as sent."""

    board: Board

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[int, dict[str, Any]]:
        return {
            task.pk: {
                "units": data.getlist(f"{name}-{task.pk}"),
                "deadline": data.get(f"{name}-{task.pk}-deadline", ""),
                "lead": data.get(f"{name}-{task.pk}-lead", ""),
            }
            for task in self.board.tasks
        }

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        lines = []
        for task in self.board.tasks:
            said = (value or {}).get(task.pk, {})
            chosen = {str(key) for key in said.get("units", ())}
            cells = [
                (unit, str(unit.pk) in chosen, (task.pk, unit.pk) in self.board.present)
                for unit in (*self.board.counties, *self.board.members)
            ]
            lead = str(said.get("lead") or task.lead_id or "")
            deadline = said.get("deadline") or task.deadline or ""
            lines.append((task, cells, [(unit, str(unit.pk) == lead) for unit in self.board.leads], str(deadline)))
        return render_to_string("plans/task/recipients.html", {"name": name, "lines": lines, "board": self.board})


class MatrixField(forms.Field):
    """Answers a `Given` for each task, without what is missing being filled in: the action says of all tasks what they lack."""

    widget = MatrixWidget

    def clean(self, value: Mapping[int, Mapping[str, Any]]) -> list[Given]:
        board: Board = self.widget.board
        by_key = {str(unit.pk): unit for unit in (*board.counties, *board.members)}
        leads = {str(unit.pk): unit for unit in board.leads}
        made, wrong = [], []
        for task in board.tasks:
            said = value[task.pk]
            try:
                deadline: date | None = DateField(required=False).clean(said["deadline"])
            except ValidationError as error:
                deadline = None
                wrong.append(f"{task.code} 的完成时限：{error.messages[0]}")
            if any(key not in by_key for key in said["units"]):
                wrong.append(f"{task.code}：所选的单位已经撤销或不在范围内，请重新选择。")
            chosen = [by_key[key] for key in said["units"] if key in by_key]
            made.append(Given(task, chosen, deadline, leads.get(said["lead"])))
        if wrong:
            raise ValidationError(wrong)
        return made


class MatrixForm(HandDownForm):
    """To whom each of several tasks goes, until when, led by whom; and schools by a filter, which get all of them."""

    sections: ClassVar = [
        Section("承办单位", ["matrix"]),
        Section(
            "学校和幼儿园",
            ["schools", "under", "kinds", "stages", "ownership"],
            note="勾选后，上面的每一项任务都另外下达到按条件选出的每一所；各行的完成时限同样适用。",
        ),
    ]
    matrix = MatrixField(label="任务和承办单位")

    def __init__(
        self,
        *args: Any,
        plan: WorkPlan,
        day: date,
        chosen: Sequence[Task],
        suggested: Mapping[int, Suggested],
        **kwargs: Any,
    ) -> None:
        self.suggested = suggested
        super().__init__(*args, plan=plan, day=day, chosen=chosen, **kwargs)

    def adapt(self) -> None:
        super().adapt()
        for name in ("every_county", "counties", "members", "deadline"):
            del self.fields[name]
        leads = list(units.members(self.plan, self.day))
        self.fields["matrix"].widget.board = Board(
            tasks=self.chosen,
            counties=list(units.counties(self.plan, self.day)),
            members=[unit for unit in leads if unit.kind != Kind.OFFICE],
            leads=leads,
            present=units.handed_down(self.chosen),
        )
        self.fields["matrix"].initial = {
            task.pk: {"units": [unit.pk for unit in one.units], "lead": one.lead and one.lead.pk}
            for task in self.chosen
            if (one := self.suggested.get(task.pk)) is not None
        }

    @property
    def given(self) -> list[Given]:
        """What each task gets; a task that got neither somebody in the table nor by the filter has nobody."""
        more = self.recipients
        made: list[Given] = self.cleaned_data["matrix"]
        return [
            Given(one.task, list({unit.pk: unit for unit in (*one.units, *more)}.values()), one.deadline, one.lead)
            for one in made
        ]
