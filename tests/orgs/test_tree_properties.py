"""Whatever is done to the tree: paths equal the walk up the parents, and the past can be asked for day by day."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dudao.core.access import SYSTEM
from dudao.core.workflow import Conflict
from dudao.demo import builders
from dudao.orgs import actions, queries
from dudao.orgs.models import Kind, Unit, UnitSpan

START = date(2010, 1, 1)

OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["open", "move", "merge", "split", "close", "rename"]),
        st.integers(0, 40),
        st.integers(0, 40),
        st.integers(0, 3),
    ),
    max_size=14,
)


def walk(unit: Unit, units: dict[int, Unit]) -> str:
    path = f"{unit.pk}."
    while unit.parent_id:
        unit = units[unit.parent_id]
        path = f"{unit.pk}.{path}"
    return path


def snapshot(root: Unit) -> set[tuple[int, int | None, str]]:
    """The open tree by a walk in Python over the rows of today."""
    units = list(Unit.objects.filter(valid_to__isnull=True))
    kept, layer = set(), {root.pk}
    while layer:
        kept |= {(unit.pk, unit.parent_id, unit.name) for unit in units if unit.pk in layer}
        layer = {unit.pk for unit in units if unit.parent_id in layer}
    return kept


def step(city: Unit, operation: str, first: int, second: int, number: int, day: date) -> None:
    units = list(Unit.objects.exclude(pk=city.pk).order_by("id"))
    one = units[first % len(units)]
    other = units[second % len(units)]
    name = f"单位{number}"
    match operation:
        case "open":
            actions.open_unit(SYSTEM, parent=other, kind=Kind.OTHER, name=name, day=day)
        case "move":
            actions.move_unit(SYSTEM, unit=one, parent=other, day=day)
        case "merge":
            actions.merge_units(SYSTEM, sources=[one], target=other, day=day, reason="合并")
        case "split":
            actions.split_unit(SYSTEM, unit=one, parts=[{"name": name}], day=day, keeps=True, reason="分设")
        case "close":
            actions.close_unit(SYSTEM, unit=one, day=day, reason="撤销")
        case "rename":
            actions.rename_unit(SYSTEM, unit=one, name=name, day=day)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=OPERATIONS)
def test_paths_equal_the_walk_and_every_past_day_is_answered(operations):
    with transaction.atomic():
        city = builders.unit("某市", Kind.CITY, valid_from=START)
        for number in range(4):
            builders.unit(f"初始{number}", Kind.OTHER, city)
        day = START
        past = {day: snapshot(city)}
        for number, (operation, first, second, days) in enumerate(operations):
            day += timedelta(days)
            with suppress(ValidationError, Conflict):
                step(city, operation, first, second, number, day)
            past[day] = snapshot(city)
        units = {unit.pk: unit for unit in Unit.objects.all()}
        for unit in units.values():
            assert unit.path == walk(unit, units)
            assert unit.depth == unit.path.count(".") - 1
        for then, tree in past.items():
            assert {(node.unit_id, node.parent_id, node.name) for node in queries.tree_as_of(then, city)} == tree
        for unit in units.values():
            spans = list(UnitSpan.objects.filter(unit=unit).order_by("valid_from"))
            assert [a.valid_to for a in spans[:-1]] == [b.valid_from for b in spans[1:]]
            assert (spans[0].valid_from, spans[-1].valid_to) == (unit.valid_from, unit.valid_to)
            assert (spans[-1].name, spans[-1].parent_id) == (unit.name, unit.parent_id)
        transaction.set_rollback(True)
