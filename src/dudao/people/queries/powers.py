"""Who may do what, for reading: the powers, and the verbs in none, in the order of the apps, with the roles that hold them."""

from typing import NamedTuple

from dudao.core.access import POWERS, VERBS
from dudao.people.roles import ROLES, Role


class Given(NamedTuple):
    label: str
    acts: tuple[str, ...]
    """What the power allows; nothing where the label says it."""
    roles: tuple[Role, ...]


def powers_given() -> list[Given]:
    powers = {power.verbs[0].name: power for power in POWERS.values()}
    within = {verb.name for power in POWERS.values() for verb in power.verbs[1:]}
    found = []
    for verb in VERBS.values():
        if verb.name in within:
            continue
        power = powers.get(verb.name)
        roles = tuple(role for role in ROLES.values() if verb.name in role.verbs)
        found.append(
            Given(power.label, tuple(one.label for one in power.verbs), roles)
            if power
            else Given(verb.label, (), roles)
        )
    return found
