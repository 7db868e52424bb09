"""Writing the numbers of a file: all or none."""

from django.db.models import F
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor
from dudao.core.imports import Plan, Refused
from dudao.core.models import SheetImport
from dudao.core.workflow import Conflict
from dudao.orgs.actions.bulk import refresh_statistics
from dudao.stats.actions.returns import check_returns
from dudao.stats.models import Return, Round, Value
from dudao.stats.queries.returns import with_units

MANY = 50


@audit.action
def write_numbers(actor: Actor, *, asked: Round, taken: SheetImport, plan: Plan) -> None:
    """Write the planned numbers and judge the returns anew. Raises ``Refused`` when a single row is wrong.

    The plan must be made just before; returns that were saved since are refused by their version.
    """
    if plan.problems:
        raise Refused(plan)
    lines = [line for line in plan.lines if line.ret is not None and line.changes]
    versions = {line.ret.pk: line.ret.version for line in lines if line.ret is not None}
    held = list(with_units(Return.objects.select_for_update(of=("self",)).filter(pk__in=versions)).order_by("pk"))
    if any(ret.version != versions[ret.pk] for ret in held):
        raise Conflict("有的学校刚刚保存了报表，没有写入任何内容，请重新上传。")
    Value.objects.bulk_create(
        (
            Value(ret=line.ret, item_id=item, stage=stage, number=number)
            for line in lines
            for (item, stage), (_, _, number) in line.changes.items()
        ),
        update_conflicts=True,
        unique_fields=["ret", "item", "stage"],
        update_fields=["number", "taken"],
        batch_size=5000,
    )
    Return.objects.filter(pk__in=versions).update(
        version=F("version") + 1, saved_at=timezone.now(), saved_by=actor.name
    )
    if len(lines) > MANY:
        refresh_statistics(Value, Return)
    check_returns(asked, held)
    for line in lines:
        audit.record(actor, "return.import", line.ret, upload=taken.pk, changes=len(line.changes))
    audit.record(actor, "return.import", taken, step="done", counts=plan.counts(("changed", "same")))
