"""What people do to their own account: password, second factor, profile."""

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.calc.names import person_pinyin
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.people import factors
from dudao.people.actions.sessions import end_all
from dudao.people.models import Account, LoginSession, PasswordRecord
from dudao.people.policy import login_policy
from dudao.people.roles import ADMINISTRATORS


def _own(actor: Actor, account: Account, verb: str) -> None:
    if actor.read_only or actor.id != account.pk:
        raise Denied("只能由本人办理。", verb)


def _locked(account: Account) -> Account:
    return Account.objects.select_for_update(of=("self",)).select_related("home").get(pk=account.pk)


@audit.action
def change_password(actor: Actor, *, account: Account, password: str, session: int | None = None) -> Account:
    """Set a new password. Raises ``ValidationError`` when it is weak or was used lately. Other log-ins
    end, one-time codes are void."""
    _own(actor, account, "account.password")
    account = _locked(account)
    validate_password(password, account)
    memory = login_policy().password_memory
    earlier = list(account.passwords.values_list("password", flat=True)[:memory])
    if any(check_password(password, old) for old in {account.password, *earlier}):
        raise ValidationError(f"不能与最近 {memory} 次用过的密码相同。", code="used")
    now = timezone.now()
    account.password = make_password(password)
    account.must_change_password = False
    account.password_changed_at = now
    account.code_digest, account.code_expires_at = "", None
    account.save(
        update_fields=["password", "must_change_password", "password_changed_at", "code_digest", "code_expires_at"]
    )
    PasswordRecord.objects.create(account=account, password=account.password, set_at=now)
    kept = account.passwords.values_list("pk", flat=True)[:memory]
    account.passwords.exclude(pk__in=list(kept)).delete()
    ended = end_all(account, LoginSession.End.OWNER, but=session)
    audit.record(actor, "account.password", account, ended=ended)
    return account


@audit.action
def complete_profile(actor: Actor, *, account: Account, name: str, phone: str) -> Account:
    """The person of an account made in bulk says who they are."""
    _own(actor, account, "account.profile")
    account = _locked(account)
    if not account.placeholder:
        raise Denied("姓名已经填写过，需要更正请联系本单位或上级的管理员。", "account.profile")
    account.name, account.pinyin = name, person_pinyin(name).spaced[:200]
    account.phone, account.placeholder = phone, False
    account.save(update_fields=["name", "pinyin", "phone", "placeholder"])
    audit.record(actor, "account.profile", account, fields=["name", "phone"])
    return account


@audit.action
def edit_profile(actor: Actor, *, account: Account, phone: str, email: str) -> Account:
    """The person changes their own phone and mail; the name is what the office knows them by and stays."""
    _own(actor, account, "account.profile")
    account = _locked(account)
    changed = [field for field, value in (("phone", phone), ("email", email)) if getattr(account, field) != value]
    account.phone, account.email = phone, email
    account.save(update_fields=["phone", "email"])
    audit.record(actor, "account.profile", account, fields=changed)
    return account


@audit.action
def set_up_second_factor(actor: Actor, *, account: Account, secret: str, code: str) -> list[str]:
    """Bind an authenticator app. Answers the recovery codes."""
    _own(actor, account, "account.mfa")
    account = _locked(account)
    if not factors.secret_matches(secret, code):
        raise Denied("动态口令不正确。请核对手机时间是否准确，并输入 App 上最新的 6 位数字。", "account.mfa")
    codes = factors.provision(account, secret, code)
    audit.record(actor, "account.mfa", account, what="set up")
    return codes


@audit.action
def renew_recovery_codes(actor: Actor, *, account: Account) -> list[str]:
    _own(actor, account, "account.mfa")
    account = _locked(account)
    if not factors.has_totp(account):
        raise Denied("还没有设置动态口令。", "account.mfa")
    codes = factors.recovery_codes(account)
    audit.record(actor, "account.mfa", account, what="recovery codes")
    return codes


@audit.action
def remove_second_factor(actor: Actor, *, account: Account) -> None:
    """Give it up; not for administrators, who are bound to it."""
    _own(actor, account, "account.mfa")
    account = _locked(account)
    today = timezone.localdate()
    if account.appointments.filter(account.appointments.model.current(today), role__in=ADMINISTRATORS).exists():
        raise Denied("系统、安全、审计管理员必须使用动态口令，不能停用；换手机请重新设置。", "account.mfa")
    if not factors.remove(account):
        raise Denied("还没有设置动态口令。", "account.mfa")
    audit.record(actor, "account.mfa", account, what="removed")
