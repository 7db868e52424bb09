"""What must not lie readable in the database: keyed hashes, sealed texts, one-time codes.

All keys are derived from ``SECRET_KEY`` by purpose; ``SECRET_KEY_FALLBACKS`` still opens what was sealed before a change of key.
Passwords are not kept here (Argon2 does that).
"""

import base64
import hashlib
import hmac
import os
import secrets
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

# Without 0 O 1 I L, which look alike on paper.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 12  # 31^12: 59 bits


class Unreadable(ValueError):
    """A sealed text that was changed, cut or sealed with another key."""


def _key(purpose: str, secret: str | bytes) -> bytes:
    return hmac.digest(secret if isinstance(secret, bytes) else secret.encode(), f"dudao.{purpose}".encode(), "sha256")


def keyed_digest(purpose: str, *parts: str) -> str:
    """HMAC-SHA-256 of the parts as 64 hexadecimal digits: can be compared, can't be guessed without the key."""
    text = "\x1f".join(parts).encode()
    return hmac.new(_key(purpose, settings.SECRET_KEY), text, hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def seal(purpose: str, text: str) -> str:
    """Encrypt and authenticate (AES-256-GCM)."""
    nonce = os.urandom(12)
    body = AESGCM(_key(purpose, settings.SECRET_KEY)).encrypt(nonce, text.encode(), purpose.encode())
    return base64.urlsafe_b64encode(nonce + body).decode()


def unseal(purpose: str, token: str) -> str:
    try:
        raw = base64.urlsafe_b64decode(token.encode())
    except ValueError as problem:
        raise Unreadable(purpose) from problem
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return AESGCM(_key(purpose, secret)).decrypt(raw[:12], raw[12:], purpose.encode()).decode()
        except (InvalidTag, ValueError):
            continue
    raise Unreadable(purpose)


def one_time_code() -> str:
    """``K7MP-3XQH-9TWD``: readable on paper, typed without regard to case and dashes."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, _CODE_LENGTH, 4))


def half_code() -> str:
    """``K7M-P3X``: half a code. Two halves, known to two people, are one code."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH // 2))
    return f"{letters[:3]}-{letters[3:]}"


def normal_code(typed: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", typed).upper() if char in _LETTERS)


def code_digest(username: str, code: str) -> str:
    """What is stored of a one-time code; bound to the log-in name, so that digests can't be swapped between accounts."""
    return keyed_digest("one-time code", username.casefold(), normal_code(code))
