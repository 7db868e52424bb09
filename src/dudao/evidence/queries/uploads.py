"""A person's own uploads: nobody else sees them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.files import ENDINGS
from dudao.evidence.models import Evidence, Upload
from dudao.evidence.queries.policy import policy_on
from dudao.orgs.models import Unit


def upload(actor: Actor, key: Any) -> Upload | None:
    rows = Upload.objects.select_related("unit", "version__evidence").filter(account_id=actor.id or 0)
    try:
        return rows.filter(pk=key).first()
    except ValidationError:  # no UUID
        return None


def unfinished(actor: Actor, unit: Unit, item: int | None = None) -> QuerySet[Upload]:
    """What a person began and hasn't finished, for a unit, or for a new version of an item."""
    rows = Upload.objects.filter(
        account_id=actor.id or 0, unit=unit, state=Upload.State.OPEN, expires_at__gt=timezone.now()
    )
    rows = rows.filter(evidence__isnull=True) if item is None else rows.filter(evidence_id=item)
    return rows.order_by("-created_at")


def uploads_context(actor: Actor, unit: Unit, item: Evidence | None = None) -> dict[str, Any]:
    """What the part ``evidence/uploads.html`` wants."""
    limits, basis = policy_on(unit, timezone.localdate())
    return {
        "unit": unit,
        "item": item,
        "accept": ",".join(ENDINGS),
        "file_mb": limits.file_mb,
        "basis": basis,
        "unfinished": list(unfinished(actor, unit, item.pk if item is not None else None)),
    }
