"""The mechanics under the dated actions: the tree's lock, paths, spans. Only ``orgs.actions`` and the import write through here.

Whoever changes the shape of the tree holds one advisory lock until commit, so that a child is never opened under a path that
is being rewritten, and two moves never make a ring.
"""

from collections.abc import Collection, Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from dudao.calc.calendar import chinese_date
from dudao.core.access import VERBS
from dudao.core.ui.formats import date_cn
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit, UnitName, UnitSpan
from dudao.orgs.naming import naming
from dudao.orgs.values import CODES, LABELS, may_stand_under

_TREE_LOCK = 0x6475_7472  # any fixed number that nobody else locks on


def lock_tree() -> None:
    """Wait for whoever is changing the tree's shape, then hold it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE_LOCK])


def fresh(unit: Unit, *, must_be_open: bool = True) -> Unit:
    """The unit as it is now that the tree is locked; what the caller loaded before may be out of date."""
    now: Unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if must_be_open and now.is_closed:
        raise Conflict(f"“{now.name}”已于{date_cn(now.valid_to)}撤销，不能再变更。")
    return now


def allocate_ids(count: int) -> list[int]:
    """Keys for new units in advance: a path holds its own unit's key, and one insert is enough."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('orgs_unit', 'id')) FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def move_path(old: str, new: str, levels: int) -> int:
    """Rewrite the paths of a whole subtree in one statement; ``old`` and ``new`` are the paths of its top."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orgs_unit SET path = %s || substr(path, %s), depth = depth + %s WHERE path LIKE %s",
            [new, len(old) + 1, levels, f"{old}%"],
        )
        return int(cursor.rowcount)


# --- days ------------------------------------------------------------------------------------------------------


def check_day(day: date, *, units: Iterable[Unit] = (), what: str = "day") -> None:
    """A dated action happens today or earlier, and not before the last change of any unit it touches.

    A unit's row says how things are today, so tomorrow's changes are made tomorrow. An earlier change can't be slipped under
    a later one: the history would have to be rewritten.
    """
    if day > timezone.localdate():
        raise ValidationError({what: f"日期{chinese_date(day)}还没有到，请在生效当天或之后办理。"})
    for unit in units:
        last = _open_span(unit)
        if day < last.valid_from:
            label = VERBS[last.cause].label if last.cause in VERBS else "变更"
            raise ValidationError(
                {what: f"“{unit.name}”在{chinese_date(last.valid_from)}已有“{label}”，日期不能早于那一天。"}
            )


def _open_span(unit: Unit) -> UnitSpan:
    found = UnitSpan.objects.filter(unit=unit, valid_to__isnull=True).first()
    if found is None:
        # Units made without history (restored data) start theirs at their first day.
        found = UnitSpan.objects.create(
            unit=unit,
            parent_id=unit.parent_id,
            kind=unit.kind,
            name=unit.name,
            valid_from=unit.valid_from,
            cause="unit.open",
        )
    return found


def new_span(unit: Unit, day: date, cause: str) -> None:
    """Note the unit's present name, kind and parent as holding from ``day``. A second change on one day replaces the first."""
    last = _open_span(unit)
    if last.valid_from == day:
        last.parent_id, last.kind, last.name = unit.parent_id, unit.kind, unit.name
        last.save(update_fields=["parent", "kind", "name"])
        return
    close_span(unit, day)
    UnitSpan.objects.create(
        unit=unit, parent_id=unit.parent_id, kind=unit.kind, name=unit.name, valid_from=day, cause=cause
    )


def close_span(unit: Unit, day: date) -> None:
    last = _open_span(unit)
    if day <= last.valid_from:
        raise ValidationError(
            {"day": f"“{unit.name}”在{chinese_date(last.valid_from)}才设立或变更，撤销日期应在那一天之后。"}
        )
    last.valid_to = day
    last.save(update_fields=["valid_to"])


def former_parents(unit: Unit, since: date) -> Collection[int]:
    """Every unit that the given one has stood under, at any height, on any day from ``since`` on."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE up AS (
                SELECT parent_id FROM orgs_unitspan
                WHERE unit_id = %(unit)s AND (valid_to IS NULL OR valid_to > %(since)s)
                UNION
                SELECT span.parent_id FROM orgs_unitspan span JOIN up ON span.unit_id = up.parent_id
                WHERE span.valid_to IS NULL OR span.valid_to > %(since)s
            )
            SELECT parent_id FROM up WHERE parent_id IS NOT NULL
            """,
            {"unit": unit.pk, "since": since},
        )
        return {row[0] for row in cursor.fetchall()}


# --- what both single actions and the import ask -------------------------------------------------------------------


def require_parent(kind: str, parent: Unit | None, day: date, field: str = "parent") -> None:
    """The parent is of a fitting kind and existed on the day."""
    refused = may_stand_under(kind, parent.kind if parent else None)
    if refused:
        raise ValidationError({field: refused})
    if parent is None:
        return
    if parent.is_closed:
        raise ValidationError({field: f"“{parent.name}”已于{date_cn(parent.valid_to)}撤销，请换一个上级机构。"})
    if day < parent.valid_from:
        raise ValidationError(
            {"day": f"上级“{parent.name}”在{chinese_date(parent.valid_from)}才设立，日期不能早于那一天。"}
        )


def require_free_codes(facts: dict[str, object], *, apart_from: Unit | None = None) -> None:
    """No other unit, open or ended, has one of the codes: an identifier is never used twice."""
    errors: dict[str, str] = {}
    for name in CODES:
        code = facts.get(name)
        if not code:
            continue
        taken = Unit.objects.filter(**{name: code})
        if apart_from is not None:
            taken = taken.exclude(pk=apart_from.pk)
        other = taken.first()
        if other is not None:
            ended = f"（{date_cn(other.valid_to)}撤销）" if other.valid_to else ""
            errors[name] = f"{LABELS[name]}“{code}”已属于“{other.name}”{ended}，请核对。"
    if errors:
        raise ValidationError(errors)


def refresh_naming(unit: Unit, *, pinyin: str = "") -> None:
    """Derive the unit's search and sort columns from its names and codes of now; the caller saves the row."""
    others = UnitName.objects.filter(unit=unit).order_by("id").values_list("name", flat=True)
    made = naming(
        unit.name,
        short_name=unit.short_name,
        others=others,
        codes=[getattr(unit, name) for name in CODES],
        pinyin=pinyin,
    )
    unit.pinyin, unit.initials = made.pinyin, made.initials
    unit.sort_key, unit.search_text = made.sort_key, made.search_text
