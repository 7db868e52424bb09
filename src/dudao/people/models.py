"""People as the platform knows them: an account logs in, appointments say what it may do where and when."""

from datetime import date
from typing import Any, ClassVar

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from dudao.core.access import ScopedQuerySet
from dudao.orgs.models import Unit
from dudao.people.roles import ROLES

__all__ = ["Account", "Appointment"]


class AccountManager(BaseUserManager["Account"].from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username__iexact=username)


class Account(AbstractBaseUser):
    """One person's way in. ``home`` is the unit that keeps the account; what the person may do comes from appointments only."""

    SCOPE: ClassVar = ("home__path",)

    username = models.CharField("登录名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=60)
    pinyin = models.CharField("姓名拼音", max_length=200, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    home = models.ForeignKey(Unit, models.PROTECT, related_name="accounts", verbose_name="所在单位")
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须改密码", default=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    demo = models.BooleanField("演示数据", default=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["name"]

    objects = AccountManager()

    class Meta:
        verbose_name = "账号"
        ordering: ClassVar = ["pinyin", "id"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Appointment(models.Model):
    """A role held at a unit from a day until (and including) another. Rows end, they are not deleted."""

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
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
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
