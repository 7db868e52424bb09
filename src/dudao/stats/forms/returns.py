"""The numbers of a return as typed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from dudao.stats.numbers import parse_number
from dudao.stats.queries.catalogue import Cell


def parse_return(
    data: Mapping[str, str], cells: Sequence[Cell]
) -> tuple[dict[tuple[int, str], Decimal | None], dict[str, str], dict[tuple[int, str], str], dict[str, str]]:
    """(numbers, faults by field, notes, explanations by check) of what was posted; a faulty field is left out of the numbers."""
    numbers: dict[tuple[int, str], Decimal | None] = {}
    faults: dict[str, str] = {}
    notes: dict[tuple[int, str], str] = {}
    for cell in cells:
        text = data.get(cell.name)
        if text is None:
            continue
        try:
            numbers[cell.key] = parse_number(text, cell.item)
        except ValueError as wrong:
            faults[cell.name] = f"“{cell.item.name}”{wrong}"
        note = data.get(f"n{cell.name[1:]}")
        if note is not None:
            notes[cell.key] = note.strip()[:200]
    explanations = {name[2:]: text for name, text in data.items() if name.startswith("e-")}
    return numbers, faults, notes, explanations
