"""How much the units of a place may store."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor
from dudao.evidence.models import Limit
from dudao.orgs.models import Unit

CEILING_MB = 100
"""A larger file is no document any more; scanners and office programs read a file whole."""


@audit.action
def set_limit(
    actor: Actor, *, unit: Unit, unit_mb: int, file_mb: int, source: str, valid_from: date | None = None
) -> Limit:
    """From a day on, for the office and everybody below it. What was set before ends the day before."""
    actor.require("evidence.limit", unit.path)
    day = valid_from or timezone.localdate()
    source = " ".join(source.split())
    if not source:
        raise ValidationError({"source": "请填写依据，例如文件名称和文号。"})
    if not 1 <= file_mb <= CEILING_MB:
        raise ValidationError({"file_mb": f"单个文件上限应在 1 到 {CEILING_MB} MB 之间。"})
    if unit_mb < file_mb:
        raise ValidationError({"unit_mb": "单位容量不能小于单个文件上限。"})
    later = Limit.objects.filter(unit=unit, valid_from__gt=day).first()
    if later is not None:
        raise ValidationError({"valid_from": f"已有自{later.valid_from:%Y-%m-%d}起的规定，生效日期不能更早。"})
    Limit.objects.filter(unit=unit, valid_from=day).delete()
    Limit.objects.filter(unit=unit, valid_to__isnull=True).update(valid_to=day)
    made: Limit = Limit.objects.create(unit=unit, unit_mb=unit_mb, file_mb=file_mb, source=source[:300], valid_from=day)
    audit.record(
        actor, "evidence.limit", made, valid_from=day, new=f"{unit_mb} MB，单个 {file_mb} MB", source=source[:300]
    )
    return made
