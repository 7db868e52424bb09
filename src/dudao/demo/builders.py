"""Small builders: one object each, with sensible rest. Tests and the demo city use the same."""

from datetime import date

from dudao.core.access import Actor
from dudao.orgs.actions.tree import allocate_ids, refresh_naming
from dudao.orgs.models import Kind, Unit, UnitSpan
from dudao.people.models import Account, Appointment
from dudao.people.queries import actor_for

DAY = date(2026, 1, 1)


def unit(name: str, kind: str = Kind.COUNTY, parent: Unit | None = None, **fields) -> Unit:
    """A unit with its path, its first span and what it is found by; no event."""
    key = allocate_ids(1)[0]
    made = Unit(
        pk=key,
        name=name,
        kind=kind,
        parent=parent,
        valid_from=fields.pop("valid_from", parent.valid_from if parent else DAY),
        path=f"{parent.path if parent else ''}{key}.",
        depth=parent.depth + 1 if parent else 0,
        **fields,
    )
    refresh_naming(made)
    made.save(force_insert=True)
    UnitSpan.objects.create(
        unit=made,
        parent=parent,
        kind=kind,
        name=name,
        valid_from=made.valid_from,
        valid_to=made.valid_to,
        cause="unit.open",
    )
    return made


_number = 0


def account(name: str, home: Unit, role: str | None = None, at: Unit | None = None, **fields) -> Account:
    """An account, with an appointment when a role is named."""
    global _number  # noqa: PLW0603
    _number += 1
    made = Account(
        username=fields.pop("username", f"user{_number}"), name=name, home=home, must_change_password=False, **fields
    )
    made.set_unusable_password()
    made.save()
    if role:
        Appointment.objects.create(account=made, role=role, unit=at or home, valid_from=DAY)
    return made


def actor(name: str, home: Unit, role: str, at: Unit | None = None) -> Actor:
    return actor_for(account(name, home, role, at))
