"""Tables of statistics: what is asked (catalogue), what units report (returns), what is computed from it (balance)."""

from dudao.stats.models.balance import (
    BalanceRun,
    EnrolmentForecast,
    ItemJudgement,
    ReliefClaim,
    ResourcePrice,
    SchoolResult,
)
from dudao.stats.models.catalogue import CheckRule, DataItem, ItemSource
from dudao.stats.models.preschool import PreschoolJudgement, PreschoolRun
from dudao.stats.models.returns import CheckHit, Return, Round, RoundItem, Value, year_words
from dudao.stats.models.sizes import EliminationPlan, EliminationRow

__all__ = [
    "BalanceRun",
    "CheckHit",
    "CheckRule",
    "DataItem",
    "EliminationPlan",
    "EliminationRow",
    "EnrolmentForecast",
    "ItemJudgement",
    "ItemSource",
    "PreschoolJudgement",
    "PreschoolRun",
    "ReliefClaim",
    "ResourcePrice",
    "Return",
    "Round",
    "RoundItem",
    "SchoolResult",
    "Value",
    "year_words",
]
