"""Units as the organs to whom one writes: «汨罗市人民政府», several in the order and with the signs of a paper's 主送机关.

GB/T 9704-2012, 7.3.2: 主送机关 are written by their full names, by their normed short names (规范化简称), or by what all of a kind
are called together. Organs of one kind are parted by «、», of different kinds by «，».
"""

from collections.abc import Sequence
from itertools import groupby

from dudao.orgs.models import REGIONS, Kind, Unit

_GOVERNS = {Kind.ZONE: "管理委员会", Kind.TOWNSHIP: "人民政府"}


def organ_of(unit: Unit) -> str:
    """The full name of the organ behind a unit: what is kept for it, else what the kind of place says."""
    if unit.organ_name or unit.kind not in REGIONS:
        return unit.organ_name or unit.name
    if unit.name.endswith(("人民政府", "管理委员会", "办事处")):
        return unit.name
    # A street (街道) has no government of its own: the one above sends an office there.
    return unit.name + ("办事处" if unit.name.endswith("街道") else _GOVERNS.get(Kind(unit.kind), "人民政府"))


def _written(unit: Unit, *, is_alone: bool) -> str:
    return organ_of(unit) if is_alone else unit.organ_short or organ_of(unit)


def _sort(unit: Unit) -> str:
    return "region" if unit.kind in REGIONS else "school" if unit.is_institution else unit.kind


def addressed(units: Sequence[Unit], together: Sequence[str] = ()) -> str:
    """What stands before the colon of a paper: one organ by its full name, several by their short ones where they have some.

    ``together``: what groups are called as a whole (各县市区人民政府); they follow the units.
    """
    sorts = list(dict.fromkeys(_sort(unit) for unit in units))
    ordered = sorted(units, key=lambda unit: sorts.index(_sort(unit)))
    alone = len(units) + len(together) == 1
    groups = ["、".join(_written(unit, is_alone=alone) for unit in row) for _, row in groupby(ordered, key=_sort)]
    return "，".join([*groups, *together])
