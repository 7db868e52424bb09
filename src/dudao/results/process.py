"""Results as they are worked with: what is done with an objection, each act with its form and its words."""

from typing import Any, Final

from dudao.core.access import Actor
from dudao.core.process import Act, Process
from dudao.evaluations.queries.systems import system_of
from dudao.results.actions import objections
from dudao.results.flow import OBJECTION as OBJECTION_FLOW
from dudao.results.forms import AnswerForm, ChangeForm
from dudao.results.models import Objection
from dudao.results.queries import uses


def _answer(actor: Actor, row: Objection) -> dict[str, Any]:
    return {"initial": {"revision": row.revision}}


def _change(actor: Actor, row: Objection) -> dict[str, Any]:
    labels = {source.key: source.label for source in system_of(row.subject.campaign).tree.sources}
    return {**_answer(actor, row), "cells": objections.changeable(row.subject, row.code), "labels": labels}


OBJECTION: Final = Process(
    "objection",
    "results:objection",
    OBJECTION_FLOW,
    uses.objection,
    lists="results:objections",
    list_word="异议申辩",
    code=lambda row: f"{row.subject.label}的异议",
    note=lambda row: row.text[:200],
    slug="objection_",
    acts=(
        Act(
            "objection.withdraw", objections.withdraw_objection, "已撤回异议。", "arrow-back-up",
            word="撤回异议", ask="撤回后不再处理，期限内可以重新提出。", primary=False,
        ),
        Act(
            "objection.uphold", objections.uphold_objection,
            lambda row: f"已答复，维持原评，{row.subject.label}会收到通知。",
            form=AnswerForm, given=_answer, title="维持原评", save="维持原评并答复", primary=False,
        ),
        Act(
            "objection.change", objections.change_objection,
            lambda row: f"已调整并答复，{row.subject.label}会收到通知；得分表已重新计算。", "pencil",
            form=ChangeForm, given=_change, title="调整评定", save="调整并答复",
        ),
    ),
)  # fmt: skip
