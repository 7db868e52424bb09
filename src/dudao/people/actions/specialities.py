"""What an inspector is good at is written down by an office that sends people on visits."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.people.models import Account
from dudao.people.rules import lasting
from dudao.people.specialities import INSPECTING, cleaned


def why_not_specialities(actor: Actor, account: Account) -> Denied | None:
    """Why an actor can't say what this person is good at. One query."""
    denied = actor.why_not("account.speciality", account.home.path)
    if denied is not None:
        return denied
    held = lasting(account.appointments.select_related("unit"), timezone.localdate())
    if not any(one.role in INSPECTING for one in held):
        return Denied("只有督学和评估专家登记专业特长。", "account.speciality")
    return None


@audit.action
def set_specialities(actor: Actor, *, account: Account, specialities: Iterable[str]) -> Account:
    denied = why_not_specialities(actor, account)
    if denied is not None:
        raise denied
    row: Account = Account.objects.select_for_update(of=("self",)).select_related("home").get(pk=account.pk)
    try:
        found = cleaned(specialities)
    except ValueError as reason:
        raise ValidationError({"other": str(reason)}) from reason
    before, row.specialities = row.specialities, found
    row.save(update_fields=["specialities"])
    audit.record(actor, "account.speciality", row, old=before, new=found)
    return row
