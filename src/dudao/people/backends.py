"""Checks a log-in name with a password or a one-time code. Says nothing about which of them was wrong, in words or in time."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from dudao.people.guard import normal_username, reserve
from dudao.people.models import Account
from dudao.people.secrets import code_digest, normal_code, same


class AccountBackend(ModelBackend):
    """No password is looked at without a try that the guard reserved; its verdict stays on the request (``login_verdict``).

    Leaves there, too, how the person got in (``login_by``: password or code), or why somebody who *proved* to be
    the person may not (``login_refusal``): that reveals nothing to others.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Account | None:
        if request is None:
            raise TypeError("a log-in needs its request: tries are counted by where they come from")
        verdict = reserve(request, username or "")
        request.login_verdict = verdict  # type: ignore[attr-defined]
        if not verdict.allowed:
            raise PermissionDenied
        if not username or not password:
            return None
        found: Any = Account.objects.named(normal_username(username)).first()
        if found is None:
            Account().set_password(password)  # as long as a real check takes
            return None
        by_code = bool(found.code_digest) and self._is_code(found, password)
        # Without a usable password Django still spends the time of a check.
        by_password = found.check_password(password)
        if not by_code and not by_password:
            return None
        refusal = ""
        if not found.is_active:
            refusal = "账号已停用。如需恢复，请联系本单位或上级的管理员。"
        elif by_code and found.code_expires_at <= timezone.now():
            refusal = "一次性登录码已过期，请联系发放登录码的管理员重新发放。"
        if refusal:
            request.login_refusal = refusal  # type: ignore[attr-defined]
            return None
        request.login_by = "password" if by_password else "code"  # type: ignore[attr-defined]
        return found

    @staticmethod
    def _is_code(account: Account, typed: str) -> bool:
        return len(normal_code(typed)) == 12 and same(code_digest(account.username, typed), account.code_digest)
