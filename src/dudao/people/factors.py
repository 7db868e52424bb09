"""The second factor: time-based codes of an authenticator app (RFC 6238) and recovery codes, on django-allauth's tables.

allauth brings the algorithm, the tables and the QR code; this module adds what its stock flow leaves open: secrets sealed at rest,
each code accepted once across all server processes, and pages of our own. None of allauth's pages is routed.
"""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction
from django.utils import timezone

from dudao.people.models import Account
from dudao.people.secrets import Unreadable, same, seal, unseal

ISSUER = "督导工作平台"


class Adapter(DefaultMFAAdapter):
    """Seals what allauth stores."""

    def encrypt(self, text: str) -> str:
        return seal("second factor", text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal("second factor", encrypted_text)

    def get_totp_issuer(self) -> str:
        return ISSUER

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)


def new_secret() -> str:
    return str(generate_totp_secret())


def setup_svg(account: Account, secret: str) -> str:
    """The QR code for the app, as an SVG."""
    adapter = Adapter()
    return str(adapter.build_totp_svg(adapter.build_totp_url(account, secret)))


def has_totp(account: Account) -> bool:
    return Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.TOTP).exists()


def _matching_counter(secret: str, code: str) -> int | None:
    digits = "".join(char for char in code if char.isdecimal() and char.isascii())
    for counter in yield_hotp_counters_from_time():
        if same(format_hotp_value(hotp_value(secret, counter)), digits):
            return int(counter)
    return None


def secret_matches(secret: str, code: str) -> bool:
    """Whether a code comes from this (not yet stored) secret: the person has really scanned it."""
    return _matching_counter(secret, code) is not None


@transaction.atomic
def provision(account: Account, secret: str, code: str) -> list[str]:
    """Store the secret (the code that proved it is used up) and answer fresh recovery codes, shown once."""
    Account.objects.select_for_update().get(pk=account.pk)
    remove(account)
    Authenticator.objects.create(
        user_id=account.pk,
        type=Authenticator.Type.TOTP,
        data={"secret": encrypt(secret), "last": _matching_counter(secret, code)},
    )
    return recovery_codes(account)


@transaction.atomic
def recovery_codes(account: Account) -> list[str]:
    """Make ten new recovery codes; the old ones are void."""
    Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
    return list(RecoveryCodes.activate(account).generate_codes())


@transaction.atomic
def accept(account: Account, typed: str) -> str:
    """Which factor the typed code is («totp» or «recovery»), or "" when it is none. A code is accepted once, then never again."""
    totp = Authenticator.objects.select_for_update().filter(user_id=account.pk, type=Authenticator.Type.TOTP).first()
    if totp is None:
        return ""
    try:
        counter = _matching_counter(decrypt(totp.data["secret"]), typed)
    except Unreadable:  # sealed with a key that is gone: an administrator resets the second factor
        return ""
    if counter is not None:
        if counter <= (totp.data.get("last") or 0):
            return ""
        totp.data["last"] = counter
        totp.last_used_at = timezone.now()
        totp.save(update_fields=["data", "last_used_at"])
        return "totp"
    spare = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    if spare is not None and RecoveryCodes(spare).validate_code(typed):
        return "recovery"
    return ""


def unused_recovery_codes(account: Account) -> int:
    spare = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(spare).get_unused_codes()) if spare else 0


def remove(account: Account) -> int:
    """Forget the account's second factor altogether."""
    return int(Authenticator.objects.filter(user_id=account.pk).delete()[0])
