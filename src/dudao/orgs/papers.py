"""Units as the rows of their sheet, for the export: what comes out goes back in without a change."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from dudao.core.ui.formats import mask_phone
from dudao.orgs.models import Contact, Licence, Stage, Unit, UnitName
from dudao.orgs.queries import today, trails
from dudao.orgs.values import CODES, FACTS


def sheet_rows(units: Sequence[Unit]) -> list[dict[str, Any]]:
    """The values of ``sheet.UNITS`` by column key: six queries, however many units. Phones are masked."""
    keys = [unit.pk for unit in units]
    above = trails(units)
    stages: dict[int, list[str]] = defaultdict(list)
    for key, level in Stage.objects.filter(unit__in=keys).order_by("id").values_list("unit_id", "level"):
        stages[key].append(level)
    aliases: dict[int, list[str]] = defaultdict(list)
    named = UnitName.objects.filter(unit__in=keys, sort=UnitName.Sort.ALIAS).order_by("id")
    for key, name in named.values_list("unit_id", "name"):
        aliases[key].append(name)
    people: dict[tuple[int, bool], Contact] = {}
    for contact in Contact.objects.filter(unit__in=keys).order_by("-sort_no", "-id"):
        people[contact.unit_id, contact.leader] = contact
    licences = {row.unit_id: row for row in Licence.objects.filter(unit__in=keys, valid_to__isnull=True)}
    day = today()
    rows = []
    for unit in units:
        row: dict[str, Any] = {name: getattr(unit, name) for name in ("name", "kind", "valid_from", *FACTS)}
        row |= {
            "parent": _parent(above[unit.pk]),
            "stages": stages[unit.pk],
            "aliases": "、".join(aliases[unit.pk]),
            "status": "closed" if unit.is_closed else "open",
        }
        if (licence := licences.get(unit.pk)) is not None:
            row |= {
                "licence": str(licence.standing(day)),
                "licence_number": licence.number,
                "licence_until": licence.until,
                "licence_source": licence.source,
            }
        for leader, prefix in ((True, "leader"), (False, "contact")):
            held = people.get((unit.pk, leader))
            row[f"{prefix}_name"] = held.name if held else ""
            row[f"{prefix}_phone"] = mask_phone(held.phone) if held and held.phone else ""
        rows.append(row)
    return rows


def _parent(above: Sequence[Unit]) -> str:
    """«平江县/三阳乡»: a way that names one unit; a code where a name itself holds the sign that parts them."""
    if not above:
        return ""
    way = above[1:] or above
    if any("/" in unit.name for unit in way):
        return next((getattr(way[-1], code) for code in CODES if getattr(way[-1], code)), way[-1].name)
    return "/".join(unit.name for unit in way)
