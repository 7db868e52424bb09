"""Leaders and contacts of a unit. Their phones are personal data: seeing one is an action with an event."""

from django.core.exceptions import ValidationError

from dudao.core import audit
from dudao.core.access import Actor
from dudao.orgs.models import Contact, Unit
from dudao.orgs.values import clean_phone


@audit.action
def save_contact(
    actor: Actor,
    *,
    unit: Unit,
    name: str,
    position: str,
    phone: str = "",
    leader: bool = False,
    contact: Contact | None = None,
) -> Contact:
    """Add a contact or change one. An empty ``phone`` keeps the one on file: the page shows it masked only."""
    unit = Unit.objects.get(pk=unit.pk)
    actor.require("contact.edit", unit.path)
    name, position = " ".join(name.split()), " ".join(position.split())
    if not name:
        raise ValidationError({"name": "请填写姓名。"})
    if not position:
        raise ValidationError({"position": "请填写职务，例如校长。"})
    phone = clean_phone(phone)
    if contact is None:
        contact = Contact(unit=unit, sort_no=(unit.contacts.count() + 1) * 10)
    elif contact.unit_id != unit.pk:
        raise ValueError("the contact is of another unit")
    contact.name, contact.position, contact.leader = name, position, leader
    contact.phone = phone or contact.phone
    contact.save()
    # The event names the post, not the person or the number.
    audit.record(actor, "contact.edit", unit, contact=contact.pk, position=position, phone_changed=bool(phone))
    return contact


@audit.action
def remove_contact(actor: Actor, *, contact: Contact) -> None:
    actor.require("contact.edit", contact.unit.path)
    audit.record(actor, "contact.edit", contact.unit, contact=contact.pk, position=contact.position, removed=True)
    contact.delete()


@audit.action
def reveal_contact(actor: Actor, *, contact: Contact) -> str:
    """The phone in full; who looked at whose is kept."""
    actor.require("contact.reveal", contact.unit.path)
    audit.record(actor, "contact.reveal", contact.unit, contact=contact.pk, position=contact.position)
    return contact.phone
