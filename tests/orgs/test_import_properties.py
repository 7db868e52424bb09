"""Whatever a sheet does to parents: refused as a whole, or a tree without rings whose paths equal the walk up the parents."""

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dudao.core.access import SYSTEM
from dudao.core.imports import Refused
from dudao.core.sheets import Row
from dudao.demo import builders
from dudao.orgs import actions, queries
from dudao.orgs.models import Kind, Unit

COUNT = 6
ROWS = st.lists(st.tuples(st.integers(0, COUNT + 3), st.integers(-1, COUNT + 3)), max_size=10)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sheets=st.lists(ROWS, min_size=1, max_size=3))
def test_an_import_leaves_a_tree_or_everything_as_it_was(sheets):
    with transaction.atomic():
        city = builders.unit("某市", Kind.CITY, valid_from=date(2010, 1, 1))
        for number in range(COUNT):
            builders.unit(f"单位{number}", Kind.OTHER, city, local_code=f"U{number}")
        for lines in sheets:
            rows = [
                Row(
                    place,
                    {
                        "name": f"单位{number}",
                        "kind": "other",
                        "local_code": f"U{number}",
                        "parent": "某市" if parent < 0 else f"U{parent}",
                    },
                )
                for place, (number, parent) in enumerate(lines, 4)
            ]
            before = sorted(Unit.objects.values_list("id", "path", "parent_id"))
            try:
                done = actions.import_units(SYSTEM, root=city, rows=rows)
            except Refused as refused:
                assert refused.plan.problems
                assert sorted(Unit.objects.values_list("id", "path", "parent_id")) == before
                continue
            assert done.new + done.changed + done.same == len(rows)
            for number, parent in lines:
                unit = Unit.objects.get(local_code=f"U{number}")
                assert unit.parent == (city if parent < 0 else Unit.objects.get(local_code=f"U{parent}"))
            assert_is_a_tree(city)
        transaction.set_rollback(True)


def assert_is_a_tree(city):
    units = {unit.pk: unit for unit in Unit.objects.all()}
    for unit in units.values():
        walk, upper = f"{unit.pk}.", unit.parent_id
        while upper:
            walk, upper = f"{upper}.{walk}", units[upper].parent_id
        assert (unit.path, unit.depth) == (walk, walk.count(".") - 1)
    told = {(node.unit_id, node.parent_id) for node in queries.tree_as_of(queries.today(), city)}
    assert told == {(unit.pk, unit.parent_id) for unit in units.values()}
