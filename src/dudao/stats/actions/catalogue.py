"""Loading a standard set of items, sources and check rules into the catalogue: again is harmless, codes stay what they are."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from dudao import packs
from dudao.core import audit
from dudao.core.access import Actor
from dudao.core.workflow import Conflict
from dudao.orgs.models import Stage, Unit
from dudao.stats.models import CheckRule, DataItem, ItemSource, Value

_STAGES = {str(label): str(value) for value, label in Stage.Level.choices}
_FIXED = {"kind": "类型", "level": "填报层次", "unit": "单位", "decimals": "小数位数", "options": "选项"}


@dataclass(slots=True)
class Loaded:
    """``kept`` are items and rules that the office has worded itself: they stay as they are."""

    items: int = 0
    rules: int = 0
    kept: list[str] = field(default_factory=list)


@audit.action
def load_items(actor: Actor, *, unit: Unit, pack: str = "compulsory") -> int:
    """Bring the catalogue to what the pack says. Answers how many items it has.

    Items that the pack no longer names stay as they are: numbers hang on them.
    """
    return _load(actor, unit, pack).items


@audit.action
def load_all(actor: Actor, *, unit: Unit) -> Loaded:
    """All standard sets, in the order in which they build on each other."""
    total = Loaded()
    for pack in sorted(packs.names("statistics"), key=lambda name: packs.read("statistics", name).get("order", 0)):
        found = _load(actor, unit, pack)
        total.items += found.items
        total.rules += found.rules
        total.kept += found.kept
    return total


def _load(actor: Actor, unit: Unit, pack: str) -> Loaded:
    actor.require("item.load", unit.path)
    content = packs.read("statistics", pack)
    since = content["valid_from"]
    loaded = Loaded(items=len(content["items"]), rules=len(content["checks"]))
    known = {item.code: item for item in DataItem.objects.all()}
    named = []
    for place, entry in enumerate(content["items"], 1):
        values = _values(entry, content.get("order", 0) * 1000 + place * 10, since, pack)
        item = known.get(entry["code"])
        if item is None:
            item = known[entry["code"]] = DataItem.objects.create(code=entry["code"], **values)
        elif item.changed:
            loaded.kept.append(item.name)
            continue
        else:
            fixed = why_fixed(item, values)
            if fixed:
                raise Conflict(fixed)
            DataItem.objects.filter(pk=item.pk).update(**values)
        named.append(item)
    ItemSource.objects.filter(item__in=named).delete()
    ItemSource.objects.bulk_create(
        ItemSource(
            item=known[entry["item"]],
            stage=_STAGES[entry["stage"]] if "stage" in entry else "",
            year_from=entry["from"],
            year_to=entry.get("to"),
            table=entry["table"],
            label=entry["label"],
        )
        for entry in content["sources"]
        if known[entry["item"]] in named
    )
    for entry in content["checks"]:
        _load_rule(entry, known, {"source": content["number"], "valid_from": since, "pack": pack}, loaded)
    audit.record(actor, "item.load", unit, pack=pack, items=loaded.items, kept=len(loaded.kept))
    return loaded


def _values(entry: Mapping[str, Any], sort_no: int, since: date, pack: str) -> dict[str, Any]:
    """The columns of an item as its pack gives them: ``stages`` for items of stages, ``schools`` for items of whole schools."""
    level = DataItem.Level.SCHOOL
    if entry.get("county"):
        level = DataItem.Level.COUNTY
    elif "stages" in entry:
        level = DataItem.Level.STAGE
    return {
        "name": entry["name"],
        "heading": entry.get("heading", entry["name"]),
        "definition": entry.get("definition", ""),
        "unit": entry.get("unit", ""),
        "kind": entry["kind"],
        "level": level,
        "stages": [_STAGES[label] for label in entry.get("stages", entry.get("schools", []))],
        "options": list(entry.get("options", [])),
        "decimals": entry.get("decimals", 2),
        "part": entry.get("part", ""),
        "carried": bool(entry.get("carry")),
        "sort_no": sort_no,
        "valid_from": since,
        "pack": pack,
    }


def why_fixed(item: DataItem, values: Mapping[str, Any]) -> str:
    """What an item may no longer change because numbers hang on it, in words; "" when it may."""
    parts = [words for name, words in _FIXED.items() if name in values and values[name] != getattr(item, name)]
    gone = (
        set(item.columns) - set(values["stages"])
        if item.level == DataItem.Level.STAGE and "stages" in values
        else set()
    )
    if not parts and not gone:
        return ""
    held = Value.objects.filter(item=item)
    if parts and held.exists():
        return f"“{item.name}”已有填报的数，{'、'.join(parts)}不能再改；请停用它，另建一个指标。"
    if gone and held.filter(stage__in=gone).exists():
        words = "、".join(Stage.Level(stage).label for stage in sorted(gone))
        return f"“{item.name}”在{words}已有填报的数，不能去掉这个学段；请停用它，另建一个指标。"
    return ""


def _load_rule(entry: Any, items: dict[str, DataItem], defaults: Mapping[str, Any], loaded: Loaded) -> None:
    others = entry.get("others", [])
    missing = [code for code in (entry["item"], *others) if code not in items]
    if missing:
        raise Conflict(f"审核规则用到还没有载入的指标：{'、'.join(missing)}，请先载入它们所在的标准。")
    code = entry.get("code") or _code_of(entry["kind"], entry["item"], others)
    held = CheckRule.objects.filter(code=code).first()
    if held is not None and held.changed:
        loaded.kept.append(f"{items[entry['item']].name}的审核规则")
        return
    CheckRule.objects.update_or_create(
        code=code,
        defaults={
            **defaults,
            "kind": entry["kind"],
            "severity": entry["severity"],
            "item": items[entry["item"]],
            "others": others,
            "stages": [_STAGES[label] for label in entry.get("stages", [])],
            "types": list(entry.get("types", [])),
            "source": entry.get("source", defaults["source"]),
            **{name: _number(entry.get(name)) for name in ("low", "high", "percent")},
        },
    )


def _code_of(kind: str, item: str, others: list[str]) -> str:
    """A code that stays the same for the same rule, and is no longer than its column."""
    full = "-".join([kind, item, *others])
    return full if len(full) <= 60 else f"{full[:51]}-{hashlib.sha256(full.encode()).hexdigest()[:8]}"


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
