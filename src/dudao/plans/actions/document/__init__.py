"""What people do with a work plan as a document: bring it in, put it right, publish it, amend it, make tasks of it.

Split by subject: ``importing``, ``editing`` (the plan and its sections), ``points``, ``items``, ``guesses``, ``remarks``,
``publishing``, ``drafting`` (tasks).
"""

from dudao.plans.actions.document.drafting import draft_tasks
from dudao.plans.actions.document.editing import Stale, add_section, delete_section, edit_plan, edit_section
from dudao.plans.actions.document.guesses import add_guess, change_guess, decide_guess, decide_guesses
from dudao.plans.actions.document.importing import import_plan
from dudao.plans.actions.document.items import add_item, delete_item, edit_item, merge_items, resplit_items, split_item
from dudao.plans.actions.document.points import (
    add_point,
    check_point,
    delete_point,
    edit_point,
    merge_points,
    move_point,
    renumber_points,
    restore_point,
    split_point,
)
from dudao.plans.actions.document.publishing import PointChange, amend_plan, discard_plan, publish_plan
from dudao.plans.actions.document.remarks import resolve_remark

__all__ = [
    "PointChange",
    "Stale",
    "add_guess",
    "add_item",
    "add_point",
    "add_section",
    "amend_plan",
    "change_guess",
    "check_point",
    "decide_guess",
    "decide_guesses",
    "delete_item",
    "delete_point",
    "delete_section",
    "discard_plan",
    "draft_tasks",
    "edit_item",
    "edit_plan",
    "edit_point",
    "edit_section",
    "import_plan",
    "merge_items",
    "merge_points",
    "move_point",
    "publish_plan",
    "renumber_points",
    "resolve_remark",
    "resplit_items",
    "restore_point",
    "split_item",
    "split_point",
]
