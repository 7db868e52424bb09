"""Receiving: a unit signs for a paper, an office reminds those who haven't, and the platform does so every morning."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from dudao.core import audit, notices
from dudao.core.access import SYSTEM, Actor, Denied
from dudao.core.ui.formats import date_cn
from dudao.papers import queries, sources
from dudao.papers.actions.issuing import tell_receivers
from dudao.papers.flow import DELIVERY, PAPER
from dudao.papers.models import Delivery, Paper


@audit.action
def receive_paper(actor: Actor, *, delivery: Delivery) -> Delivery:
    """A receiver signs for a paper: for itself only. What the paper was made from hears of it in the same transaction."""
    found = DELIVERY.lock(delivery)
    DELIVERY.move(found, "paper.receive", actor, changes={"signed_at": timezone.now(), "signed_by": actor.name[:100]})
    sources.tell_signed(actor, found)
    return found


@audit.action
def remind_receivers(actor: Actor, *, paper: Paper) -> int:
    """Tell the receivers that haven't signed, each once a day. Answers how many units were reminded."""
    PAPER.require(paper, "paper.remind", actor)
    today = timezone.localdate()
    start = timezone.make_aware(datetime.combine(today, datetime.min.time()))
    rows = list(
        Delivery.objects.select_for_update(of=("self",))
        .filter(Q(reminded_at__isnull=True) | Q(reminded_at__lt=start), paper=paper, state=Delivery.State.SENT)
        .select_related("unit")
    )
    if not rows:
        raise Denied("没有要催签的单位：都已签收，或者今天已经催过。", "paper.remind")
    _remind(paper, rows, today)
    audit.record(actor, "paper.remind", paper, units=len(rows))
    return len(rows)


def _remind(paper: Paper, rows: Sequence[Delivery], day: date) -> None:
    late = any(row.due_on is not None and row.due_on < day for row in rows)
    due = next((row.due_on for row in rows if row.due_on is not None), None)
    words = f"请签收{paper.unit}文书：{paper.title}"
    if due is not None:
        words += f"（{'已过期限，' if late else ''}期限 {date_cn(due)}）"
    tell_receivers(
        paper, [row.unit.path for row in rows], words, verb="paper.remind", key=f"sign {paper.pk} {day}", urgent=late
    )
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_at=timezone.now())


@audit.action
def _remind_all(actor: Actor, *, paper: Paper, rows: Sequence[Delivery], day: date) -> None:
    """The morning's reminder of one paper; whoever drafted it hears who is late."""
    _remind(paper, rows, day)
    late = [row for row in rows if row.due_on is not None and row.due_on < day]
    if late and paper.drafted_by_id is not None:
        names = "、".join(str(row.unit) for row in late[:3])
        text = f"{paper.title}：{names}{f'等 {len(late)} 个单位' if len(late) > 3 else ''}过期没有签收"
        notices.tell(
            [paper.drafted_by_id],
            text=text,
            url=paper.get_absolute_url(),
            verb="paper.remind",
            key=f"late {paper.pk} {day}",
        )
    audit.record(actor, "paper.remind", paper, units=len(rows))


def remind_due(day: date) -> int:
    """Remind of papers whose time for signing ends tomorrow or has passed: once a day. Answers how many units were reminded."""
    by_paper: dict[int, list[Delivery]] = {}
    for row in queries.overdue(day):
        by_paper.setdefault(row.paper_id, []).append(row)
    for rows in by_paper.values():
        _remind_all(SYSTEM, paper=rows[0].paper, rows=rows, day=day)
    return sum(len(rows) for rows in by_paper.values())
