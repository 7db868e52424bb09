"""People as the platform knows them: an account logs in, appointments say what it may do where and when.

Also what logging in leaves behind: sessions, attempts, earlier passwords, the rules in force. Writing is left to ``actions``.
"""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from dudao.core.access import ScopedQuerySet
from dudao.core.history import track
from dudao.orgs.models import Unit
from dudao.people.roles import ROLES


class AccountManager(BaseUserManager["Account"].from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    def named(self, username: str) -> Any:
        """The accounts (one at most) of a log-in name, whatever its case; by the unique index on the small letters."""
        return self.alias(small=Lower("username")).filter(small=username.lower())

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.named(username or "").get()


class Account(AbstractBaseUser):
    """One person's way in. ``home`` is the unit that keeps the account; what the person may do comes from appointments only.

    ``specialities``: what an inspector or expert is good at (`people.specialities`); teams for visits are put together by it.
    A one-time code (``code_digest``, a keyed hash) lets the person in once more to set a password; it is void after
    ``code_expires_at``. ``placeholder`` marks an account made in bulk whose person still has to say their own name.
    """

    SCOPE: ClassVar = ("home__path",)

    username = models.CharField("登录名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=60)
    pinyin = models.CharField("姓名拼音", max_length=200, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    home = models.ForeignKey(Unit, models.PROTECT, related_name="accounts", verbose_name="所在单位")
    specialities = ArrayField(models.CharField(max_length=20), verbose_name="专业特长", default=list, blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须改密码", default=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    code_digest = models.CharField("一次性登录码摘要", max_length=64, blank=True, editable=False)
    code_expires_at = models.DateTimeField("一次性登录码有效期", null=True, blank=True, editable=False)
    placeholder = models.BooleanField("姓名待本人填写", default=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    demo = models.BooleanField("演示数据", default=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["name"]

    objects = AccountManager()

    class Meta:
        verbose_name = "账号"
        ordering: ClassVar = ["pinyin", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("username"), name="account_username_once"),
            models.CheckConstraint(
                condition=Q(code_digest="", code_expires_at__isnull=True)
                | (~Q(code_digest="") & Q(code_expires_at__isnull=False)),
                name="account_code_expires",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("people:account", args=[self.pk])


@track()
class Appointment(models.Model):
    """A role held at a unit from a day until (and including) another. Rows end, they are not deleted.

    ``valid_to`` may be the day before ``valid_from``: withdrawn before it was ever valid.

    The database refuses an administrator (三员) any other role at the same time (exclusion constraints, migrations 0002 and 0005).
    """

    SCOPE: ClassVar = ("unit__path",)

    account = models.ForeignKey(Account, models.PROTECT, related_name="appointments", verbose_name="人员")
    role = models.CharField("角色", max_length=30, choices=[(role.key, role.label) for role in ROLES.values()])
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="appointments", verbose_name="单位")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "任用"
        ordering: ClassVar = ["valid_from", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from") - timedelta(days=1)),
                name="appointment_ends_after_start",
            ),
            models.UniqueConstraint(fields=["account", "role", "unit", "valid_from"], name="appointment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {ROLES[self.role].label}"

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @staticmethod
    def current(day: date) -> Q:
        """The condition «valid on this day» for querysets."""
        condition: Any = Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))
        return condition


class AdministratorChange(models.Model):
    """One administrator asks that another be let in anew, or made (``role`` at ``unit``); a second one confirms.

    ``half``: the asker's half of the one-time code, sealed while the row waits; ``asked_as``: which administrator asked.
    """

    class State(models.TextChoices):
        ASKED = "asked", "待确认"
        CONFIRMED = "confirmed", "已确认"
        DECLINED = "declined", "未同意"
        WITHDRAWN = "withdrawn", "已撤回"

    SCOPE: ClassVar = ("account__home__path",)

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="人员")
    role = models.CharField("任用为", max_length=30, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="单位")
    valid_from = models.DateField("起", null=True)
    valid_to = models.DateField("止", null=True)
    second_factor = models.BooleanField("重置动态口令", default=False)
    reason = models.CharField("原因", max_length=300)
    half = models.CharField(max_length=200, blank=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_as = models.CharField("申请人角色", max_length=30)
    asked_at = models.DateTimeField("申请时间", auto_now_add=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name="办理人")
    decided_at = models.DateTimeField("办理时间", null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "管理员变更申请"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account"], condition=Q(state="asked"), name="administrator_change_once"),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by=None, decided_at=None)
                | (~Q(state="asked") & Q(decided_by__isnull=False, decided_at__isnull=False, half="")),
                name="administrator_change_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("account"))),
                name="administrator_change_takes_two",
            ),
            models.CheckConstraint(condition=~Q(asked_by=F("account")), name="administrator_change_not_own"),
            models.CheckConstraint(
                condition=Q(role="", unit=None, valid_from=None)
                | (~Q(role="") & Q(unit__isnull=False, valid_from__isnull=False)),
                name="administrator_change_office",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}：{self.account}"

    @property
    def what(self) -> str:
        if self.role:
            return f"任用{ROLES[self.role].label}"
        return "重置登录和动态口令" if self.second_factor else "重置登录"

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("people:change", args=[self.pk])


class LoginSession(models.Model):
    """A log-in from its start to its end, so that a person sees where they are logged in and can end it.

    ``device_digest`` is the keyed hash of the browser's device cookie: the account is *known* on that device from then on.
    """

    class End(models.TextChoices):
        LOGOUT = "logout", "退出登录"
        IDLE = "idle", "长时间未操作"
        LONG = "long", "超过最长时间"
        OWNER = "owner", "本人结束"
        OFFICE = "office", "管理员结束"
        LIMIT = "limit", "登录数超过上限"

    account = models.ForeignKey(Account, models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    device_digest = models.CharField(max_length=64, blank=True)
    device = models.CharField("设备", max_length=120)
    address = models.CharField("地址", max_length=45)
    factor = models.CharField("验证方式", max_length=20)
    started_at = models.DateTimeField("登录时间")
    last_seen_at = models.DateTimeField("最近操作")
    ended_at = models.DateTimeField("结束时间", null=True)
    end = models.CharField("结束原因", max_length=10, choices=End.choices, blank=True)

    class Meta:
        verbose_name = "登录会话"
        ordering: ClassVar = ["-last_seen_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["account", "device_digest"], name="session_known_device")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="session_end_has_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.device}"


class LoginAttempt(models.Model):
    """A try to log in that has not succeeded (yet). Names are kept as keyed hashes: people type passwords there by mistake.

    The row is written *before* the password is checked and removed on success, so that parallel guesses count.
    """

    name_digest = models.CharField(max_length=64)
    address = models.CharField(max_length=45)
    device_digest = models.CharField(max_length=64, blank=True)
    known_device = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "登录尝试"
        indexes: ClassVar = [
            models.Index(fields=["name_digest", "at"], name="attempt_name"),
            models.Index(fields=["address", "at"], name="attempt_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%Y-%m-%d %H:%M}"


class PasswordRecord(models.Model):
    """The hash of a password once set: the next ones must differ."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="passwords")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = "历史密码"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.account} {self.set_at:%Y-%m-%d}"


def _within(name: str, least: int, most: int) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{name}__range": (least, most)}), name=f"policy_{name}")


class LoginPolicy(models.Model):
    """The numbers of the log-in rules. Rows are only added; the newest is in force, the others say what was in force before.

    The bounds keep what GB/T 22239-2019 8.1.4.1 asks of level 3: nobody can switch a rule off by a large number. ``keep_days`` lets
    people stay logged in on a device of their own, which an office has to want: it is off until it is set, and never holds for
    administrators.
    """

    since = models.DateTimeField("生效时间")
    idle_minutes = models.PositiveSmallIntegerField("无操作退出（分钟）", default=30)
    admin_idle_minutes = models.PositiveSmallIntegerField("三员无操作退出（分钟）", default=15)
    session_hours = models.PositiveSmallIntegerField("最长登录时间（小时）", default=10)
    keep_days = models.PositiveSmallIntegerField("在本机保持登录（天，0 为不允许）", default=0)
    sessions = models.PositiveSmallIntegerField("同时登录数", default=5)
    failures = models.PositiveSmallIntegerField("同一处连续失败几次锁定", default=5)
    account_failures = models.PositiveSmallIntegerField("同一账号各处合计失败几次锁定", default=20)
    address_failures = models.PositiveSmallIntegerField("同一地址各账号合计失败几次锁定", default=50)
    lock_minutes = models.PositiveSmallIntegerField("锁定时间（分钟）", default=15)
    password_days = models.PositiveSmallIntegerField("密码有效期（天）", default=90)
    password_memory = models.PositiveSmallIntegerField("不得与最近几次密码相同", default=5)
    code_days = models.PositiveSmallIntegerField("一次性登录码有效期（天）", default=14)

    class Meta:
        verbose_name = "登录安全策略"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            _within("idle_minutes", 5, 60),
            _within("admin_idle_minutes", 5, 30),
            _within("session_hours", 1, 12),
            _within("keep_days", 0, 30),
            _within("sessions", 1, 20),
            _within("failures", 3, 10),
            _within("account_failures", 10, 100),
            _within("address_failures", 20, 500),
            _within("lock_minutes", 10, 120),
            _within("password_days", 30, 180),
            _within("password_memory", 3, 20),
            _within("code_days", 1, 30),
        ]

    def __str__(self) -> str:
        return f"登录安全策略 {self.since:%Y-%m-%d}"
