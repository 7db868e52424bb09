"""Every write to units: dated actions on the tree, facts, contacts, the calendar, and the import of many at once."""

from dudao.orgs.actions.calendars import remove_special_day, seed_calendar, set_special_day
from dudao.orgs.actions.contacts import remove_contact, reveal_contact, save_contact
from dudao.orgs.actions.importing import Imported, import_units
from dudao.orgs.actions.licensing import register_licence
from dudao.orgs.actions.merging import merge_units, split_unit
from dudao.orgs.actions.units import (
    close_unit,
    edit_unit,
    move_unit,
    note_export,
    open_unit,
    rename_unit,
    rule_second_person,
)

__all__ = [
    "Imported",
    "close_unit",
    "edit_unit",
    "import_units",
    "merge_units",
    "move_unit",
    "note_export",
    "open_unit",
    "register_licence",
    "remove_contact",
    "remove_special_day",
    "rename_unit",
    "reveal_contact",
    "rule_second_person",
    "save_contact",
    "seed_calendar",
    "set_special_day",
    "split_unit",
]
