"""Loading a standard set of items, sources and check rules into the catalogue: again is harmless, codes stay what they are."""

from datetime import date
from decimal import Decimal
from typing import Any

from dudao import packs
from dudao.core import audit
from dudao.core.access import Actor
from dudao.orgs.models import Stage, Unit
from dudao.stats.models import CheckRule, DataItem, ItemSource

__all__ = ["load_items"]

_STAGES = {str(label): str(value) for value, label in Stage.Level.choices}


@audit.action
def load_items(actor: Actor, *, unit: Unit, pack: str = "compulsory") -> int:
    """Bring the catalogue to what the pack says. Answers how many items it has.

    Items that the pack no longer names stay as they are: numbers hang on them.
    """
    actor.require("item.load", unit.path)
    content = packs.read("statistics", pack)
    since = content["valid_from"]
    items: dict[str, DataItem] = {}
    for place, entry in enumerate(content["items"], 1):
        stages = [_STAGES[label] for label in entry.get("stages", [])]
        items[entry["code"]], _ = DataItem.objects.update_or_create(
            code=entry["code"],
            defaults={
                "name": entry["name"],
                "heading": entry.get("heading", entry["name"]),
                "definition": entry.get("definition", ""),
                "unit": entry.get("unit", ""),
                "kind": entry["kind"],
                "level": DataItem.Level.STAGE if stages else DataItem.Level.SCHOOL,
                "stages": stages,
                "sort_no": place * 10,
                "valid_from": since,
            },
        )
    ItemSource.objects.filter(item__in=items.values()).delete()
    ItemSource.objects.bulk_create(
        ItemSource(
            item=items[entry["item"]],
            stage=_STAGES[entry["stage"]] if "stage" in entry else "",
            year_from=entry["from"],
            year_to=entry.get("to"),
            table=entry["table"],
            label=entry["label"],
        )
        for entry in content["sources"]
    )
    for entry in content["checks"]:
        _load_rule(entry, items, since, content["number"])
    audit.record(actor, "item.load", unit, pack=pack, items=len(items))
    return len(items)


def _load_rule(entry: Any, items: dict[str, DataItem], since: date, number: str) -> None:
    others = entry.get("others", [])
    assert all(other in items for other in others), entry
    CheckRule.objects.update_or_create(
        code="-".join([entry["kind"], entry["item"], *others])[:60],
        defaults={
            "kind": entry["kind"],
            "severity": entry["severity"],
            "item": items[entry["item"]],
            "others": others,
            "stages": [_STAGES[label] for label in entry.get("stages", [])],
            "source": entry.get("source", number),
            "valid_from": since,
            **{name: _number(entry.get(name)) for name in ("low", "high", "percent")},
        },
    )


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
