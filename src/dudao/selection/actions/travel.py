"""How far it is to go is written down by the office whose inspectors go."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError

from dudao.core import audit
from dudao.core.access import Actor
from dudao.orgs.models import Unit
from dudao.selection.models import Travel
from dudao.selection.queries.travel import parts_of

LONGEST = 600
"""Minutes: ten hours."""


@audit.action
def set_travel(actor: Actor, *, office: Unit, minutes: Mapping[tuple[int, int], int], demo: bool = False) -> int:
    """Let these be the ways between the parts of an office's area (pair of units → minutes), and no others. Answers how many."""
    actor.require("team.travel", office.path)
    known = {unit.pk for unit in parts_of(office)}
    made: dict[tuple[int, int], int] = {}
    for (one, other), length in minutes.items():
        if one == other or not {one, other} <= known:
            raise ValidationError("路程只能在本单位直接下辖的两地之间填写，请核对。")
        if not 0 <= length <= LONGEST:
            raise ValidationError(f"路程应在 0 到 {LONGEST} 分钟之间，请核对。")
        made[min(one, other), max(one, other)] = length
    before = {(row.one_id, row.other_id): row.minutes for row in Travel.objects.filter(office=office)}
    if made == before:
        raise ValidationError("和原来一样，没有要保存的改动。")
    Travel.objects.filter(office=office).delete()
    Travel.objects.bulk_create(
        Travel(office=office, one_id=one, other_id=other, minutes=length, demo=demo)
        for (one, other), length in sorted(made.items())
    )
    changed = sum(before.get(pair) != made.get(pair) for pair in {*before, *made})
    audit.record(actor, "team.travel", office, count=len(made), changed=changed)
    return len(made)
