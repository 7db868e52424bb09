"""What somebody has to do about their unit's evidence: renew what runs out. One query, and a count when there is more."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.ui.parts import Todo
from dudao.dashboards.queries.groups import SHOWN, TodoGroup
from dudao.evidence.models import Evidence
from dudao.evidence.queries.library import ending

__all__ = ["evidence_groups"]

PAST = 90
"""Days for which expired evidence is reminded of here; the library shows it for ever."""


def evidence_groups(actor: Actor) -> list[TodoGroup]:
    if not actor.may_somewhere("evidence.edit"):
        return []
    today = timezone.localdate()
    rows = ending(actor, today - timedelta(PAST))
    found: list[Evidence] = list(rows[: SHOWN + 1])
    items = [
        Todo(row.title, row.get_absolute_url(), row.category, row.effective_until, act="更新") for row in found[:SHOWN]
    ]
    total = len(found) if len(found) <= SHOWN else rows.order_by().count()
    return [TodoGroup("佐证材料到期", "files", items, total, f"{reverse('evidence:items')}?standing=soon")]
