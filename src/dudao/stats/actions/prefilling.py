"""Taking numbers over into a return, to be confirmed by whoever fills it in."""

from django.db.models import F
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor
from dudao.core.workflow import Conflict
from dudao.stats.actions.returns import check_returns
from dudao.stats.flow import why_not_fill
from dudao.stats.models import Return, Value
from dudao.stats.queries.prefilling import offers
from dudao.stats.queries.returns import with_units


@audit.action
def take_over(actor: Actor, *, ret: Return, version: int) -> Return:
    """Fill the empty cells for which there is a number already. Each waits to be confirmed; nothing typed is touched."""
    held = with_units(Return.objects.select_for_update(of=("self",))).get(pk=ret.pk)
    denied = why_not_fill(held, actor)
    if denied is not None:
        raise denied
    if held.version != version:
        raise Conflict("这份报表刚刚被他人保存，没有填入任何数。请刷新页面后再试。")
    found = offers(held)
    Value.objects.bulk_create(
        Value(ret=held, item_id=item, stage=stage, number=number, taken=source)
        for (item, stage), (number, source) in found.items()
    )
    now = timezone.now()
    Return.objects.filter(pk=held.pk).update(version=F("version") + 1, saved_at=now, saved_by=actor.name)
    held.version, held.saved_at, held.saved_by = held.version + 1, now, actor.name
    check_returns(held.round, [held])
    audit.record(actor, "return.fill", held, step="take over", numbers=len(found))
    return held
