"""Judging a sheet of units against the tree: what each row would do, what is wrong with it. ``actions.importing`` writes."""

from dudao.orgs.importing.planning import ImportPlan, plan_import
from dudao.orgs.importing.register import Line, Outcome

__all__ = ["ImportPlan", "Line", "Outcome", "plan_import"]
