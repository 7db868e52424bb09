"""A return on its way: saved, submitted, sent back, accepted, locked; and its checks, evaluated for many at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils import timezone

from dudao.core import audit, many
from dudao.core.access import Actor, Denied
from dudao.core.many import Done
from dudao.core.rows import update_rows
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.stats import checks
from dudao.stats.flow import RETURN, why_not_fill
from dudao.stats.models import CheckHit, Return, Round, Value
from dudao.stats.queries import catalogue, checking
from dudao.stats.queries.returns import numbers_of, stages_of, with_units

Key = tuple[int, str]
BATCH = 2000


@audit.action
def save_values(
    actor: Actor,
    *,
    ret: Return,
    version: int,
    numbers: Mapping[Key, Decimal | None],
    notes: Mapping[Key, str] | None = None,
    explanations: Mapping[str, str] | None = None,
    confirmed: Collection[Key] = (),
) -> Return:
    """Keep what somebody typed: ``numbers`` holds the cells that were on the page, ``None`` takes a number out.

    ``confirmed`` are the cells whose taken-over number somebody has looked at and found right.

    Raises ``Conflict`` when something was saved since ``version`` that this would overwrite unseen. The same numbers twice
    are no conflict: a page that saves by itself may have sent them a moment before they are submitted.
    """
    held = with_units(Return.objects.select_for_update(of=("self",))).get(pk=ret.pk)
    denied = why_not_fill(held, actor)
    if denied is not None:
        raise denied
    stages = stages_of([held.unit_id])[held.unit_id]
    asked = catalogue.cells_for(catalogue.items_of(held.round), held.unit.kind, stages)
    allowed = {cell.key: cell for cell in asked}
    before = numbers_of([held.pk])[held.pk]
    changes: dict[str, list[str | None]] = {}
    for key, number in numbers.items():
        if key not in allowed:
            raise Denied("有的指标不在这份报表里，可能学段刚有变动，请刷新页面。", "return.fill")
        if before.get(key) != number:
            changes[allowed[key].heading] = [_text(before.get(key)), _text(number)]
    if held.version != version and (changes or _says_otherwise(held, notes or {}, explanations or {})):
        when = timezone.localtime(held.saved_at) if held.saved_at else None
        raise Conflict(
            f"{held.saved_by or '其他人'}在{f'{when:%H:%M}' if when else '刚才'}保存了这份报表，"
            "您的修改还没有保存。请刷新页面，核对后再填。"
        )
    gone = [key for key in before if key not in allowed]
    _write_numbers(held, {**numbers, **dict.fromkeys(gone, None)}, notes or {}, confirmed)
    _write_explanations(held, explanations or {})
    held.version += 1
    held.saved_at, held.saved_by = timezone.now(), actor.name
    held.save(update_fields=["version", "saved_at", "saved_by"])
    check_returns(held.round, [held])
    audit.record(actor, "return.fill", held, changes=changes)
    return held


def _says_otherwise(ret: Return, notes: Mapping[Key, str], explanations: Mapping[str, str]) -> bool:
    """Whether words beside the numbers differ from what is kept."""
    kept = {(value.item_id, value.stage): value.note for value in Value.objects.filter(ret=ret)}
    if any(note[:200] != kept.get(key, "") for key, note in notes.items()):
        return True
    said = dict(CheckHit.objects.filter(ret=ret).values_list("key", "explanation"))
    return any(words.strip()[:300] != said[key] for key, words in explanations.items() if key in said)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else checks.plain(number)


def _write_numbers(
    ret: Return, numbers: Mapping[Key, Decimal | None], notes: Mapping[Key, str], confirmed: Collection[Key]
) -> None:
    have = {(value.item_id, value.stage): value for value in Value.objects.filter(ret=ret)}
    for (item, stage), number in numbers.items():
        value = have.get((item, stage))
        note = notes.get((item, stage), value.note if value else "")[:200]
        if number is None:
            if value is not None:
                value.delete()
        elif value is None:
            Value.objects.create(ret=ret, item_id=item, stage=stage, number=number, note=note)
        else:
            # What was taken over is the unit's own as soon as somebody types another number or says that it is right.
            taken = "" if value.number != number or (item, stage) in confirmed else value.taken
            if (value.number, value.note, value.taken) != (number, note, taken):
                value.number, value.note, value.taken = number, note, taken
                value.save(update_fields=["number", "note", "taken"])


def _write_explanations(ret: Return, explanations: Mapping[str, str]) -> None:
    for hit in CheckHit.objects.filter(ret=ret, severity="warning", key__in=list(explanations)):
        words = explanations[hit.key].strip()[:300]
        if words != hit.explanation:
            hit.explanation = words
            hit.save(update_fields=["explanation"])


# --- checks ----------------------------------------------------------------------------------------------------------


def check_returns(asked: Round, returns: Sequence[Return]) -> list[CheckHit]:
    """Judge returns of one round anew and keep what fails: a constant number of queries, however many returns.

    Part of the actions that change numbers; an explanation stays with a failing check while its words stay the same.
    """
    items = catalogue.items_of(asked)
    facts = catalogue.item_facts(items)
    rows = {row.code: row for row in catalogue.rules_on(items, asked.opens_on)}
    numbers = numbers_of(ret.pk for ret in returns)
    stages = stages_of(ret.unit_id for ret in returns)
    rules = checking.plain_rules(rows.values())
    subjects = checking.subjects_of(asked, items, list(rows.values()), returns, numbers)
    found = checks.evaluate(rules, facts, subjects, catalogue.STAGE_WORDS)
    said = {
        (hit.ret_id, hit.key): (hit.message, hit.explanation)
        for hit in CheckHit.objects.filter(ret__in=[ret.pk for ret in returns])
    }
    hits = []
    for hit in found:
        key = f"{hit.rule.code}:{hit.stage}"
        message, explanation = said.get((hit.subject, key), ("", ""))
        rule = rows[hit.rule.code]
        hits.append(
            CheckHit(
                ret_id=hit.subject,
                rule=rule,
                item=rule.item,
                stage=hit.stage,
                key=key,
                severity=hit.rule.severity,
                message=hit.message,
                explanation=explanation if message == hit.message else "",
            )
        )
    CheckHit.objects.filter(ret__in=[ret.pk for ret in returns]).delete()
    CheckHit.objects.bulk_create(hits, batch_size=BATCH)
    asking = catalogue.asking(items)
    cells = {ret.pk: asking(ret.unit.kind, stages[ret.unit_id]) for ret in returns}
    _count(returns, hits, cells, numbers)
    return hits


def _count(
    returns: Sequence[Return],
    hits: Sequence[CheckHit],
    cells: Mapping[int, Sequence[catalogue.Cell]],
    numbers: Mapping[int, Mapping[Key, Decimal]],
) -> None:
    errors: dict[int, int] = {}
    warnings: dict[int, int] = {}
    for hit in hits:
        if hit.severity == "error":
            errors[hit.ret_id] = errors.get(hit.ret_id, 0) + 1
        elif not hit.explanation:
            warnings[hit.ret_id] = warnings.get(hit.ret_id, 0) + 1
    rows = Value.objects.filter(ret__in=[ret.pk for ret in returns]).exclude(taken="")
    taken = dict(rows.order_by().values_list("ret_id").annotate(n=Count("pk")))
    for ret in returns:
        ret.errors, ret.warnings = errors.get(ret.pk, 0), warnings.get(ret.pk, 0)
        ret.expected = len(cells[ret.pk])
        held = numbers.get(ret.pk, {})
        ret.filled = sum(1 for cell in cells[ret.pk] if cell.key in held)
        ret.taken = taken.get(ret.pk, 0)
    update_rows(returns, ["errors", "warnings", "expected", "filled", "taken"])


def count_expected(asked: Round, units: Sequence[Unit]) -> list[Return]:
    """Set how many numbers the new returns of these units are asked for; answers the returns."""
    asking = catalogue.asking(catalogue.items_of(asked))
    stages = stages_of(unit.pk for unit in units)
    known = {unit.pk: unit for unit in units}
    returns = list(Return.objects.filter(round=asked, unit__in=known))
    for ret in returns:
        ret.unit, ret.round = known[ret.unit_id], asked
        ret.expected = len(asking(ret.unit.kind, stages[ret.unit_id]))
    update_rows(returns, ["expected"])
    return returns


# --- the flow --------------------------------------------------------------------------------------------------------


@audit.action
def submit(actor: Actor, *, ret: Return) -> Return:
    """Hand the return in. Its checks are made anew first: last year's numbers or the register may have changed."""
    held = with_units(Return.objects.select_for_update(of=("self",))).get(pk=ret.pk)
    actor.require("return.submit", held.unit.path)
    if held.state in RETURN.step("return.submit").sources:
        check_returns(held.round, [held])
    changes = {"submitted_at": timezone.now(), "submitted_by_id": actor.id, "opinion": ""}
    RETURN.move(held, "return.submit", actor, changes=changes, tell_at=held.unit.path)
    return held


@audit.action
def accept(actor: Actor, *, ret: Return) -> Return:
    RETURN.move(ret, "return.accept", actor, changes={"accepted_at": timezone.now()})
    return ret


@audit.action
def send_back(actor: Actor, *, ret: Return, reason: str) -> Return:
    """Give it back to the school with the reason, which stands on its page until it is submitted again."""
    changes = {"opinion": reason.strip(), "accepted_at": None}
    RETURN.move(ret, "return.send_back", actor, reason=reason, changes=changes, tell_at=ret.unit.path)
    return ret


@audit.action
def lock(actor: Actor, *, ret: Return) -> Return:
    RETURN.move(ret, "return.lock", actor)
    return ret


@audit.action
def reopen(actor: Actor, *, ret: Return, reason: str) -> Return:
    changes = {"opinion": reason.strip(), "accepted_at": None}
    RETURN.move(ret, "return.reopen", actor, reason=reason, changes=changes, tell_at=ret.unit.path)
    return ret


_CHANGES: dict[str, Callable[[], dict[str, Any]]] = {
    "return.accept": lambda: {"accepted_at": timezone.now()},
    "return.lock": dict,
}


@audit.action
def move_many(actor: Actor, *, returns: Sequence[Return], verb: str, place: Unit) -> list[Done[Return]]:
    """Accept or lock many returns in one update. Those for which it isn't possible are left and named."""
    actor.require(verb, place.path)
    step = RETURN.step(verb)
    target: Any = step.target
    done = many.each(returns, lambda ret: RETURN.require(ret, verb, actor))
    fit = [one.row for one in done if not one.refused]
    if fit:
        keys = [ret.pk for ret in fit]
        changes = _CHANGES[verb]()
        changed = Return.objects.filter(pk__in=keys, state__in=step.sources).update(state=target, **changes)
        if changed != len(keys):
            raise Conflict
        for ret in fit:
            audit.record(actor, verb, ret, **{"from": ret.state, "to": target}, together=len(fit))
            ret.state = target
    else:
        audit.record(actor, verb, place, done=0, refused=len(done))
    return done


@audit.action
def note_export(actor: Actor, *, asked: Round, place: Unit, rows: int, filters: str = "") -> None:
    """Record who took how many returns' numbers out."""
    actor.require("return.export", place.path)
    audit.record(actor, "return.export", asked, rows=rows, filters=filters, unit=place.name)
