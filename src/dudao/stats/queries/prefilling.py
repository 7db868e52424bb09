"""What a return could take over instead of typing it again: last year's numbers, the register, the sums of a county's schools."""

from decimal import Decimal

from dudao.stats.models import CheckRule, DataItem, Return, Value
from dudao.stats.queries import catalogue
from dudao.stats.queries.checking import subjects_of
from dudao.stats.queries.returns import last_year, numbers_of, stages_of

Key = tuple[int, str]


def offers(ret: Return) -> dict[Key, tuple[Decimal, str]]:
    """Cell → (number, where from) for the cells of a return that are still empty. What the register says goes first."""
    items = catalogue.items_of(ret.round)
    held = numbers_of([ret.pk])
    cells = catalogue.cells_for(items, ret.unit.kind, stages_of([ret.unit_id])[ret.unit_id])
    empty = [cell for cell in cells if cell.key not in held.get(ret.pk, {})]
    if not empty:
        return {}
    rules = catalogue.rules_on(items, ret.round.opens_on)
    subject = subjects_of(ret.round, items, rules, [ret], held)[0]
    before = last_year([ret]).get(ret.pk, {})
    by_rule: dict[int, tuple[Decimal, str]] = {}
    for rule in rules:
        if rule.kind == CheckRule.Kind.COUNT and rule.code in subject.counts:
            by_rule[rule.item_id] = Decimal(subject.counts[rule.code]), Value.Taken.REGISTER
        elif rule.kind == CheckRule.Kind.BELOW and rule.code in subject.below:
            by_rule[rule.item_id] = subject.below[rule.code], Value.Taken.BELOW
        elif rule.kind == CheckRule.Kind.NATURE and subject.nature in rule.item.options:
            place = rule.item.options.index(subject.nature) + 1
            by_rule[rule.item_id] = Decimal(place), Value.Taken.REGISTER
    found: dict[Key, tuple[Decimal, str]] = {}
    for cell in empty:
        number = before.get(cell.key)
        if cell.item.pk in by_rule:
            found[cell.key] = by_rule[cell.item.pk]
        elif cell.item.carried and number is not None and _fits(number, cell.item):
            found[cell.key] = number, Value.Taken.LAST
    return found


def _fits(number: Decimal, item: DataItem) -> bool:
    """Whether last year's number is still one of the item's options."""
    return item.kind != DataItem.Kind.CHOICE or number <= len(item.options)
