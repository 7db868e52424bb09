"""Who may manage whom, beyond holding the verb on the account's unit. Pure over what is passed in; the actions load it.

An account carries the rights of all its appointments: whoever can reset it can act with them. So managing an account takes the
right to *give* every role it holds, where it holds it; an inspector of the city whose home is a school stays out of reach of that
school's county. Nobody manages their own account (a second pair of eyes), the person's own pages are the exception.
"""

from collections.abc import Iterable
from datetime import date

from dudao.core.access import VERBS, Actor, Denied
from dudao.people.models import Account, Appointment
from dudao.people.roles import ADMINISTRATORS, ROLES


def lasting(appointments: Iterable[Appointment], today: date) -> list[Appointment]:
    """Those valid today or later."""
    return [one for one in appointments if one.valid_to is None or one.valid_to >= max(today, one.valid_from)]


def administers(appointments: Iterable[Appointment], today: date) -> str:
    """Which of the three administrators somebody is, or will be; "" for none."""
    return next((one.role for one in lasting(appointments, today) if one.role in ADMINISTRATORS), "")


def why_not_reset(actor: Actor, account: Account, appointments: Iterable[Appointment], today: date) -> Denied | None:
    """Whether the actor alone may let the person in anew. An administrator's log-in takes two, see `actions.administrators`:
    whoever reads the code could act, and look, as that administrator."""
    held = list(appointments)
    denied = why_not_manage(actor, "account.reset", account, held, today)
    if denied is not None or actor.everything:
        return denied
    if not account.is_active:
        return Denied("账号已停用，启用后才能重置登录。", "account.reset")
    role = administers(held, today)
    if role:
        return Denied(
            f"此人是{ROLES[role].label}，重置登录须由一名管理员申请、另一名管理员确认。请用“申请重置登录”。",
            "account.reset",
        )
    return None


def why_not_manage(
    actor: Actor, verb: str, account: Account, appointments: Iterable[Appointment], today: date
) -> Denied | None:
    """Whether the actor may do ``verb`` to the account; ``appointments`` are all of the account's, with their units."""
    if actor.id is not None and actor.id == account.pk:
        return Denied(f"不能对自己的账号“{VERBS[verb].label}”，请由其他管理员办理。", verb)
    denied = actor.why_not(verb, account.home.path)
    if denied is not None:
        return denied
    for one in lasting(appointments, today):
        if not actor.may(f"appoint.{one.role}", one.unit.path):
            label = ROLES[one.role].label
            return Denied(f"此人担任“{one.unit.name} · {label}”，须由有权任用该角色的管理员办理。", verb)
    return None


def why_not_appoint(
    actor: Actor,
    account: Account,
    role: str,
    place: str,
    *,
    appointments: Iterable[Appointment],
    start: date,
    end: date | None,
) -> Denied | None:
    """Whether the actor may give the role on the place (a unit's path) for the time; ``appointments`` are the account's."""
    if actor.id is not None and actor.id == account.pk:
        return Denied("不能任用自己，请由其他管理员办理。", "appointment.make")
    for place_asked in (account.home.path, place):
        denied = actor.why_not("appointment.make", place_asked)
        if denied is not None:
            return denied
    denied = actor.why_not(f"appoint.{role}", place)
    if denied is not None:
        return denied
    if not account.is_active:
        return Denied("账号已停用，启用后才能任用。", "appointment.make")
    for one in appointments:
        if not _overlap(one, start, end):
            continue
        if one.role == role and one.unit.path == place:
            return Denied(
                f"这段时间内已担任“{one.unit.name} · {ROLES[role].label}”，不必重复任用。", "appointment.make"
            )
        if one.role in ADMINISTRATORS or role in ADMINISTRATORS:
            return Denied(
                f"系统管理员、安全管理员、审计管理员不得由一人兼任，也不得兼任其他角色；此人这段时间内是{ROLES[one.role].label}。",
                "appointment.make",
            )
    return None


def _overlap(one: Appointment, start: date, end: date | None) -> bool:
    if one.valid_to is not None and one.valid_to < one.valid_from:
        return False
    return (one.valid_to is None or one.valid_to >= start) and (end is None or one.valid_from <= end)
