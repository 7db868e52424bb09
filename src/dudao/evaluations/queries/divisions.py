"""How to divide a self-evaluation among departments: as the last time, else as the campaign's template suggests."""

from collections.abc import Iterable, Sequence

from dudao.evaluations.models import Part, Subject
from dudao.evaluations.queries.answering import earlier
from dudao.evaluations.queries.parts import candidates, free_codes, parts_of
from dudao.evaluations.queries.systems import system_of
from dudao.evaluations.queries.templates import template_of
from dudao.orgs.models import Unit


def suggested(subject: Subject, parts: Sequence[Part]) -> tuple[str, list[tuple[Unit, list[str]]]]:
    """(from where, department and leaves), for departments without a part and indicators that are free."""
    busy = {part.unit_id for part in parts}
    units = [unit for unit in candidates(subject) if unit.pk not in busy]
    free = set(free_codes(subject, parts))
    before = earlier(subject)
    last = parts_of(before) if before is not None else []
    if before is not None and last:
        by_key = {unit.pk: unit for unit in units}
        wanted = [(by_key.get(part.unit_id), part.codes) for part in last]
        return f"“{before.campaign.title}”的分工", _free(subject, wanted, free)
    pack = template_of(subject.campaign.template)
    if pack is None:
        return "", []
    shares = []
    for share in pack.division:
        unit = next((one for one in units if any(one.name.endswith(name) for name in share.units)), None)
        if unit is not None:
            units.remove(unit)
        shares.append((unit, share.codes))
    return "项目模板", _free(subject, shares, free)


def _free(
    subject: Subject, wanted: Iterable[tuple[Unit | None, Sequence[str]]], free: set[str]
) -> list[tuple[Unit, list[str]]]:
    """Each indicator once, to the first that wants it; codes of any level stand for the leaves below them."""
    tree = system_of(subject.campaign).tree
    found = []
    for unit, codes in wanted:
        nodes = [tree.nodes[code] for code in codes if code in tree.nodes]
        own = [leaf.code for node in nodes for leaf in node.walk() if not leaf.children and leaf.code in free]
        if unit is not None and own:
            found.append((unit, own))
            free.difference_update(own)
    return found
