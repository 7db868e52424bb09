"""How a campaign's template suggests to divide a self-evaluation among departments, for the units and indicators that there are."""

from collections.abc import Sequence

from dudao.evaluations.models import Part, Subject
from dudao.evaluations.queries.parts import candidates, free_codes
from dudao.evaluations.queries.systems import system_of
from dudao.evaluations.queries.templates import template_of
from dudao.orgs.models import Unit

__all__ = ["suggested"]


def suggested(subject: Subject, parts: Sequence[Part]) -> list[tuple[Unit, list[str]]]:
    """(department, leaves): the department whose name ends as the template says; who has a part already is left out."""
    pack = template_of(subject.campaign.template)
    if pack is None or not pack.division:
        return []
    tree, free = system_of(subject.campaign).tree, set(free_codes(subject, parts))
    busy = {part.unit_id for part in parts}
    units = [unit for unit in candidates(subject) if unit.pk not in busy]
    found = []
    for share in pack.division:
        unit = next((one for one in units if any(one.name.endswith(name) for name in share.units)), None)
        nodes = [tree.nodes[code] for code in share.codes if code in tree.nodes]
        codes = [leaf.code for node in nodes for leaf in node.walk() if not leaf.children and leaf.code in free]
        if unit is not None and codes:
            found.append((unit, codes))
            units.remove(unit)
            free.difference_update(codes)
    return found
