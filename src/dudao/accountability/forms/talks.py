"""What an office fills in about a talk."""

import re
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils import timezone

from dudao.accountability.forms.cases import text
from dudao.accountability.queries import cases
from dudao.core.access import Actor
from dudao.core.ui.forms import DateField, Form, PickField, Section
from dudao.orgs.models import Unit


class TalkForm(Form):
    sections: ClassVar = [
        Section("约谈谁", ["office", "unit", "called"]),
        Section("时间地点", ["held_on", "time", "place_name", "host"]),
        Section("约谈什么", ["reason", "matters", "materials"]),
    ]

    office: "forms.ModelChoiceField[Unit]" = forms.ModelChoiceField(label="约谈单位", queryset=None, empty_label=None)
    unit = PickField(
        label="被约谈单位", url=lambda: f"{reverse('orgs:pick')}?verb=talk.call", objects=Unit.objects.none
    )
    called = forms.CharField(label="参加人", max_length=300, help_text="写职务，例如“主要负责人、分管负责人”。")
    host = forms.CharField(
        label="主持人", max_length=100, help_text="写姓名和职务，例如“市教育督导办主任李示例”；印在通知和纪要上。"
    )
    held_on = DateField(label="约谈日期")
    time = forms.CharField(label="时间", max_length=30, help_text="例如“上午9:00”。")
    place_name = forms.CharField(label="地点", max_length=200)
    reason = text("约谈事由", 2000, rows=4, help_text="有什么事实，依据哪一条。")
    matters = text("约谈内容", 2000, rows=4, help_text="一行一项。")
    materials = text("准备材料", 1000, required=False, rows=3, help_text="一行一项。")

    def __init__(self, *args: Any, actor: Actor, fixed: Unit | None = None, **kwargs: Any) -> None:
        self.actor, self.fixed = actor, fixed
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        office: Any = self.fields["office"]
        office.queryset = cases.offices(self.actor, "talk.call")
        if office.queryset.count() == 1:
            office.initial = office.queryset.get().pk
            office.widget = forms.HiddenInput()
        unit: Any = self.fields["unit"]
        unit.objects = lambda: cases.accused_units(self.actor, "talk.call")
        if self.fixed is not None:
            unit.initial = self.fixed.pk


class RecordForm(Form):
    """约谈纪要. Attendees and demands are one line each; a demand ends with its day."""

    sections: ClassVar = [
        Section("到场", ["on", "attendees", "recorder"]),
        Section("约谈情况", ["facts", "course", "statement"]),
        Section("要求", ["demands"]),
    ]

    on = DateField(label="约谈日期", initial=timezone.localdate)
    attendees = text("参加人员", 2000, rows=4, help_text="一行一人：姓名 职务，例如“李示例 校长”。")
    recorder = forms.CharField(label="记录人", max_length=60, required=False)
    facts = text("事实和依据", 4000, rows=4)
    course = text("约谈情况", 4000, rows=5, help_text="谁说了什么，一行一项。")
    statement = text("表态发言", 4000, required=False, rows=3, help_text="被约谈单位的说明和表态。")
    demands = text("约谈要求", 4000, rows=5, help_text="一行一条，行末写完成日期，例如“食堂留样全部达标 2026-07-31”。")

    def clean_attendees(self) -> list[dict[str, str]]:
        people = []
        for line in self.cleaned_data["attendees"].splitlines():
            name, _, post = line.strip().partition(" ")
            if name:
                people.append({"name": name, "post": post.strip()})
        return people

    def clean_demands(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        problems = []
        for number, line in enumerate(self.cleaned_data["demands"].splitlines(), 1):
            if not line.strip():
                continue
            match = re.fullmatch(r"\s*(.+?)[\s，,]*(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?[前。]*\s*", line)
            day = _day(match) if match else None
            if match is None or day is None:
                problems.append(f"第 {number} 行“{line.strip()[:20]}”行末没有完成日期，请按“要求 2026-07-31”填写。")
            else:
                found.append({"text": match[1], "due_on": day})
        if problems:
            raise forms.ValidationError(problems)
        return found


def _day(match: "re.Match[str]") -> date | None:
    try:
        return date(int(match[2]), int(match[3]), int(match[4]))
    except ValueError:
        return None


class FollowForm(Form):
    on = DateField(label="落实日期", initial=timezone.localdate)
    note = text("落实情况", 1000, rows=4)
