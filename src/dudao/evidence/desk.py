"""Evidence on the shared pages. What waits: to renew what runs out."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.desk import Desk, Entry
from dudao.core.ui.parts import Todo
from dudao.core.waiting import Kind, Pile
from dudao.evidence.models import Evidence
from dudao.evidence.queries.library import ending

PAST = 90
"""Days for which expired evidence is reminded of here; the library shows it for ever."""


def evidence_piles(actor: Actor) -> list[Pile]:
    if not actor.may_somewhere("evidence.edit"):
        return []
    rows = ending(actor, timezone.localdate() - timedelta(PAST))
    kind = Kind("佐证材料到期", "files", f"{reverse('evidence:items')}?standing=soon", _renew)
    return [Pile(rows, (kind,), ("effective_until",), Evidence.objects.all())]


def _renew(row: Evidence) -> Todo:
    return Todo(row.title, row.get_absolute_url(), row.category, row.effective_until, act="更新")


_LIBRARY = Entry("资料库", "files", "evidence:items", "evidence.view")
DESK = Desk(
    menu=((90, (("office", "county", "school", "inspector"), _LIBRARY)),),
    waiting=((90, evidence_piles),),
)
