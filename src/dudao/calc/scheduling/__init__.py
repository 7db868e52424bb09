"""Schedules: backward from a deadline, visits over a cycle of years, teams for visits.

`backward` counts dates back from a deadline; `cycle` gives every school of a cycle its term and `replanning` changes such
a plan with as few moves as can be; `bundles` joins what several campaigns want of one school into one visit; `teams` finds
the inspectors for visits. Models for the solver stand in `cycle_model` and `team_model`, `solving` runs it, and what could
not be had is put into words in `cycle_reasons`.
"""

from dudao.calc.scheduling.backward import (
    Problem,
    ProblemKind,
    Schedule,
    ScheduledStep,
    ScheduleError,
    Step,
    move_step,
    schedule_backward,
)

__all__ = [
    "Problem",
    "ProblemKind",
    "Schedule",
    "ScheduleError",
    "ScheduledStep",
    "Step",
    "move_step",
    "schedule_backward",
]
