"""The licence of a kindergarten is registered: that it has one, that it has none, that it was renewed. Each from a day on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from dudao.calc.calendar import chinese_date
from dudao.core import audit
from dudao.core.access import Actor
from dudao.orgs.actions import tree
from dudao.orgs.models import Licence, Unit
from dudao.orgs.values import clean_licence


@audit.action
def register_licence(
    actor: Actor, *, unit: Unit, held: bool, day: date, number: str = "", until: date | None = None, source: str = ""
) -> Licence:
    """From the day on the kindergarten has this licence, or none. What was registered before stays as its past; a second
    registration on one day replaces the first. Raises ``ValidationError`` by field.
    """
    unit = tree.fresh(unit)
    actor.require("unit.licence", unit.path)
    facts = clean_licence(unit.kind, held=held, number=number, until=until, source=source)
    tree.check_day(day)
    if day < unit.valid_from:
        raise ValidationError({"day": f"“{unit.name}”在{chinese_date(unit.valid_from)}才设立，日期不能早于那一天。"})
    last: Licence | None = Licence.objects.filter(unit=unit, valid_to__isnull=True).first()
    if last is not None and day < last.valid_from:
        raise ValidationError({"day": f"{chinese_date(last.valid_from)}已经登记过，日期不能早于那一天。"})
    was = {name: getattr(last, name) for name in facts} if last is not None else {}
    if was == facts:
        raise ValidationError("与现在登记的相同，没有要改的。")
    if last is not None and last.valid_from == day:
        row = last
        for name, value in facts.items():
            setattr(row, name, value)
        row.save(update_fields=[*facts])
    else:
        if last is not None:
            last.valid_to = day
            last.save(update_fields=["valid_to"])
        row = Licence.objects.create(unit=unit, valid_from=day, **facts)
    audit.record(actor, "unit.licence", unit, day=day, was=was, now=facts, changes=[_told(row, was)])
    return row


def _told(row: Licence, was: Mapping[str, Any]) -> str:
    """«自2026年9月1日起，办园许可由“无证”改为“有证”，许可证号教民143号，有效期至2031年8月31日，依据平教批〔2026〕12号。»"""
    words = {True: "有证", False: "无证"}
    before = f"由“{words[was['held']]}”改为" if was and was["held"] != row.held else ""
    parts = [f"自{chinese_date(row.valid_from)}起", f"办园许可{before}“{words[row.held]}”"]
    parts += [f"许可证号{row.number}"] if row.number else []
    parts += [f"有效期至{chinese_date(row.until)}"] if row.until else []
    parts += [f"依据{row.source}"] if row.source else []
    return "，".join(parts) + "。"
