"""Forms of dividing a self-evaluation: who answers what until when; the suggested division; sending back, taking away."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from dudao.core.ui.forms import DateField, Form, Section
from dudao.evaluations.models import Part, Subject
from dudao.evaluations.queries.parts import candidates, free_codes, parts_of
from dudao.evaluations.queries.systems import blocks_of, system_of
from dudao.orgs.models import Unit


class CodesWidget(forms.SelectMultiple):
    """Indicators to be ticked, by first-level indicator; the first box of a group stands for all of it."""

    template_name = "evaluations/parts/codes.html"
    input_type = "checkbox"
    use_fieldset = True


def _choices(subject: Subject, codes: Sequence[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    tree = system_of(subject.campaign).tree
    blocks = blocks_of(tree)
    found: dict[str, list[tuple[str, str]]] = {}
    for code in codes:
        block = blocks.get(code, code)
        parent = tree.parents.get(code, block)
        above = "" if parent == block else f"{tree.nodes[parent].name}：" if parent in tree.nodes else ""
        found.setdefault(block, []).append((code, f"{code} {above}{tree.nodes[code].name}"))
    return [
        (f"{block} {tree.nodes[block].name}", [(block, f"全部 {len(rows)} 项"), *rows] if len(rows) > 1 else rows)
        for block, rows in found.items()
    ]


class PartForm(Form):
    """What a department answers."""

    sections: ClassVar = [
        Section("由谁填报", ["unit", "contact", "due_on", "demand", "reads_all"]),
        Section("填报哪些指标", ["codes"], "一项指标只由一个单位填报；没有分出去的由本级督导机构自己填。"),
    ]

    unit = forms.ModelChoiceField(label="成员单位", queryset=Unit.objects.none(), empty_label="请选择")
    contact = forms.CharField(
        label="联系人", max_length=120, required=False, help_text="姓名、科室和电话，写在分工单上。"
    )
    due_on = DateField(label="完成时限")
    demand = forms.CharField(
        label="要求",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="口径、材料形式等。",
    )
    reads_all = forms.BooleanField(
        label="可查看全部自评内容",
        required=False,
        help_text="不勾选时，该单位只看到自己负责的指标；勾选后可以看其他单位填的内容，但不能改。",
    )
    codes = forms.MultipleChoiceField(label="指标", widget=CodesWidget)

    def __init__(self, *args: Any, subject: Subject, part: Part | None = None, **kwargs: Any) -> None:
        self.subject, self.part = subject, part
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        parts = parts_of(self.subject)
        fields: Mapping[str, Any] = self.fields
        free = free_codes(self.subject, parts, but=self.part.pk if self.part is not None else None)
        fields["codes"].choices = _choices(self.subject, free)
        if self.part is not None:
            del self.fields["unit"]
        else:
            busy = [part.unit_id for part in parts]
            fields["unit"].queryset = candidates(self.subject).exclude(pk__in=busy)


class DueForm(Form):
    """Until when departments hand in what the template suggests that they answer."""

    due_on = DateField(label="完成时限")


class PartReturnForm(Form):
    """Why a part goes back, and until when it must come again."""

    reason = forms.CharField(label="退回理由和要求", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    due_on = DateField(label="重新交出的时限", required=False, help_text="不填则仍按原时限；原时限已过的必须填写。")
