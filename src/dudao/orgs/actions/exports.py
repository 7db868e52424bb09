"""Taking units out: what is recorded when somebody downloads the list."""

from dudao.core import audit
from dudao.core.access import Actor
from dudao.orgs.models import Unit


@audit.action
def note_export(actor: Actor, *, place: Unit, rows: int, filters: str = "") -> None:
    """Record who took how many units out under which filter (phones stay masked in the file)."""
    actor.require("unit.export", place.path)
    audit.record(actor, "unit.export", place, rows=rows, filters=filters)
