"""The light of every finding, as one SQL CASE: rows can be filtered, counted and sorted by it.

The rules are few and the same everywhere; what differs by place is the number of days that count as near, a term of the office
(`queries.terms`). While the clock stands still nothing turns red; a finding reported done is judged by the day it was reported.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Case, CharField, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from dudao.calc.calendar import chinese_date
from dudao.core.lights import ORDER, DaysBetween
from dudao.core.ui.parts import State
from dudao.findings.flow import TO_DO
from dudao.findings.labels import LIT, lit_as
from dudao.findings.models import Finding
from dudao.findings.queries.terms import Terms

_States = Finding.State
RUNNING: Final = Q(state__in=sorted(TO_DO), paused_since__isnull=True)
"""Whose clock runs: what can be near or overdue."""


@dataclass(frozen=True)
class Lights:
    """The terms of a day, asked for lights."""

    terms: Terms

    @property
    def today(self) -> date:
        return self.terms.day

    def annotate(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Add ``days_left``, ``near`` (from how many days it counts as near) and ``lit`` (a key of `LIT`).

        ``days_left`` counts to the deadline from today, from the day the clock was stopped, or from the day it was done.
        """
        today = Value(self.today)
        rows = rows.annotate(
            days_left=DaysBetween(F("deadline"), Coalesce(F("finished_on"), F("paused_since"), today)),
            near=self._near(),
        )
        done = Q(finished_on__isnull=False)
        conditions = {
            "waived": Q(state=_States.WAIVED),
            "draft": Q(state=_States.DRAFT),
            "done_late": done & Q(days_left__lt=0),
            "closed": Q(state=_States.CLOSED),
            "done": done,
            "paused": Q(paused_since__isnull=False),
            "late": Q(days_left__lt=0),
            "returned": Q(state=_States.RETURNED),
            "near": Q(days_left__lte=F("near")),
            "step_late": Q(step_by__lt=self.today),
            "issued": Q(state=_States.ISSUED),
        }
        cases = [When(condition, then=Value(key)) for key, condition in conditions.items()]
        return rows.annotate(lit=Case(*cases, default=Value("running"), output_field=CharField()))

    def _near(self) -> Any:
        *own, (_, default) = self.terms.by_office("near")
        if not own:
            return Value(default, output_field=IntegerField())
        cases = [When(office__path__startswith=path, then=Value(days)) for path, days in own]
        return Case(*cases, default=Value(default), output_field=IntegerField())

    def ranked(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Add ``light_rank``, the most urgent first: what lists sort by."""
        ranks = [When(lit__in=lit_as(light), then=Value(place)) for place, light in enumerate(ORDER)]
        return rows.annotate(light_rank=Case(*ranks, default=Value(9), output_field=IntegerField()))

    def state_of(self, row: Any) -> State:
        """The badge of an annotated row."""
        light, word = LIT[row.lit]
        return State(word, str(light))

    def why(self, row: Any) -> str:
        """What the light rests on, in a sentence."""
        if row.deadline is None:
            return "还没有下达，没有完成时限。"
        words = f"完成时限{chinese_date(row.deadline)}"
        if row.state == _States.WAIVED:
            return f"{words}，已免予整改，不再计时。"
        if row.finished_on is not None:
            late = -row.days_left
            how = f"逾期 {late} 天" if late > 0 else "按期"
            return f"{words}，{chinese_date(row.finished_on)}报告完成，{how}。"
        if row.paused_since is not None:
            return f"{words}，{chinese_date(row.paused_since)}起暂停计时，恢复后顺延。"
        if row.days_left < 0:
            return f"{words}，已过 {-row.days_left} 天。"
        left = "今天到期" if row.days_left == 0 else f"还有 {row.days_left} 天"
        if row.lit == "step_late":
            return f"{words}，{left}；{row.get_state_display()}，应在{chinese_date(row.step_by)}前办理。"
        return f"{words}，{left}；{row.near} 天以内为临近。"
