"""What the pages of people take in: shape only. Rules (who may, which password) are the actions' business."""

import re
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.ui.forms import DateField, Form, PickField, Section
from dudao.orgs.models import Unit
from dudao.people.models import LoginPolicy
from dudao.people.passwords import Rules
from dudao.people.queries.specialities import speciality_choices
from dudao.people.roles import ADMINISTRATORS, ROLES
from dudao.people.usernames import RULES


class PhoneField(forms.CharField):
    """A mobile or landline number; spaces and dashes between digits are how people write it."""

    def __init__(self, **kwargs: Any) -> None:
        given = {"label": "电话", "required": False, "max_length": 20, **kwargs}
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "tel"}), **given)

    def clean(self, value: Any) -> str:
        text = re.sub(r"[\s-]", "", super().clean(value))
        if text and not re.fullmatch(r"\+?\d{7,15}", text):
            raise ValidationError(f"“{value}”不像电话号码，请填手机号或带区号的座机号，只用数字。")
        return text


def _secret(label: str, autocomplete: str, **kwargs: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=200, widget=widget, **kwargs)


class LoginForm(Form):
    username = forms.CharField(
        label="登录名",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = _secret("密码", "current-password", help_text="首次登录请输入管理员发放的一次性登录码。")
    keep = forms.BooleanField(required=False)

    def __init__(self, *args: Any, keep_days: int, **kwargs: Any) -> None:
        self.keep_days = keep_days
        super().__init__(*args, **kwargs)

    def adapt(self) -> None:
        if not self.keep_days:
            del self.fields["keep"]
            return
        self.fields["keep"].label = f"在本机保持登录 {self.keep_days} 天"
        self.fields["keep"].help_text = "只在本人的手机或电脑上勾选。"


def _app_code(label: str, help_text: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "is-short"})
    return forms.CharField(label=label, max_length=20, widget=widget, help_text=help_text)


class CodeForm(Form):
    code = _app_code("动态口令", "手机验证器上的 6 位数字；手机不在身边，可以用一个 8 位恢复码。")


class ConfirmForm(Form):
    """The current password, before something that a stolen session must not do."""

    form_token = None
    current = _secret("当前密码", "current-password")


class FactorForm(Form):
    """Binding an authenticator app; ``current`` is asked for when the log-in is not fresh."""

    form_token = None
    code = _app_code("App 显示的 6 位数字", "")
    current = _secret("当前密码", "current-password", help_text="登录已有一段时间，请再输入一次密码，确认是本人操作。")

    def __init__(self, *args: Any, fresh: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fresh:
            del self.fields["current"]


class PasswordForm(Form):
    form_token = None
    sections: ClassVar = [
        Section(
            "本人信息", ["name", "phone"], note="账号由管理员批量建立，请填写本人姓名，以后的办理记录会署这个名字。"
        ),
        Section("设置密码", ["current", "new", "again"]),
    ]
    name = forms.CharField(label="姓名", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = PhoneField()
    current = _secret("当前密码", "current-password")
    new = _secret("新密码", "new-password", help_text=Rules().get_help_text())
    again = _secret("再输入一次新密码", "new-password")

    def __init__(self, *args: Any, by_code: bool, placeholder: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by_code:
            del self.fields["current"]
        if not placeholder:
            del self.fields["name"], self.fields["phone"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的新密码不一样，请重新输入。")
        return data


class ProfileForm(Form):
    phone = PhoneField()
    email = forms.EmailField(label="电子邮箱", required=False, max_length=254)


def unit_field(label: str, verb: str) -> PickField:
    """A unit on which the actor holds the verb; ``open_to`` says who the actor is."""
    field = PickField(label=label, url=lambda: f"{reverse('people:pick-unit')}?verb={verb}", objects=Unit.objects.none)
    field.widget.attrs["placeholder"] = "输入单位名称、拼音首字母或代码"
    field.verb = verb  # type: ignore[attr-defined]
    return field


def open_to(field: Any, actor: Actor) -> None:
    field.objects = lambda: Unit.objects.visible_to(actor, field.verb).open_on(timezone.localdate())


def _choices(form: Form, name: str, choices: list[tuple[str, str]]) -> None:
    field: Any = form.fields[name]
    field.choices = choices


def given_roles(actor: Actor) -> list[tuple[str, str]]:
    """The roles the actor may give somewhere."""
    return [(role.key, role.label) for role in ROLES.values() if actor.may_somewhere(f"appoint.{role.key}")]


class AccountForm(Form):
    """A new account; with a role it is appointed at its unit right away."""

    sections: ClassVar = [
        Section("人员", ["name", "username", "home"]),
        Section("联系方式", ["phone", "email"], note="电话在各页面只显示前三位和后四位，查看全号会留下记录。"),
        Section("任用", ["role", "valid_from"], note="可以先不任用。没有任用的账号能登录，但看不到任何内容。"),
    ]
    name = forms.CharField(label="姓名", max_length=60)
    username = forms.CharField(
        label="登录名",
        max_length=40,
        help_text="3 至 40 个小写字母、数字或 . _ @ -，建立后不能改。",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    home = unit_field("所在单位", "account.create")
    phone = PhoneField()
    email = forms.EmailField(label="电子邮箱", required=False, max_length=254)
    role = forms.ChoiceField(label="角色", required=False)
    valid_from = DateField(label="任用自", initial=timezone.localdate, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_to(self.fields["home"], actor)
        roles = [one for one in given_roles(actor) if one[0] not in ADMINISTRATORS]
        _choices(self, "role", [("", "暂不任用"), *roles])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("role") and not data.get("valid_from") and "valid_from" not in self.errors:
            data["valid_from"] = timezone.localdate()
        return data


class AccountEditForm(Form):
    name = forms.CharField(label="姓名", max_length=60)
    home = unit_field("所在单位", "account.edit")
    phone = PhoneField()
    email = forms.EmailField(label="电子邮箱", required=False, max_length=254)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_to(self.fields["home"], actor)


class SpecialityForm(Form):
    """What somebody is good at: ticked, and in the office's own words."""

    known = forms.MultipleChoiceField(label="专业特长", required=False, widget=forms.CheckboxSelectMultiple)
    other = forms.CharField(
        label="其他特长",
        max_length=200,
        required=False,
        help_text="上面没有的写在这里，用顿号或逗号隔开，每项不超过 20 字。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "known", speciality_choices())

    @property
    def values(self) -> dict[str, Any]:
        found = super().values
        return {"specialities": [*found["known"], *re.split("[、，,；;]", found["other"])]}


class AppointForm(Form):
    role = forms.ChoiceField(label="角色")
    unit = unit_field("在哪个单位", "appointment.make")
    valid_from = DateField(label="自", initial=timezone.localdate)
    valid_to = DateField(label="至", required=False, help_text="不填就是长期；填了，这一天结束后自动失效。")

    sections: ClassVar = [Section("", ["role", "unit", "valid_from", "valid_to"])]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "role", [("", "请选择"), *given_roles(actor)])
        open_to(self.fields["unit"], actor)


class AskChangeForm(Form):
    """Why an administrator has to be let in anew."""

    reason = forms.CharField(
        label="原因",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="确认的管理员和审计管理员会看到。",
    )
    second_factor = forms.BooleanField(
        label="同时重置动态口令", required=False, help_text="手机丢失、恢复码也没有时选这一项。"
    )


class ConfirmChangeForm(Form):
    checked = forms.CharField(
        label="怎样核实的",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="请当面或打电话问本人，确认是本人提出，写明什么时候、怎样核实的。",
    )


class EndForm(Form):
    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    last_day = DateField(label="最后一天", required=False, help_text="不填就是立即失效。")

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        if day is not None and day < timezone.localdate():
            raise ValidationError("最后一天不能早于今天。要立即失效，请不填这一项。")
        return day


class BulkForm(Form):
    """Which schools get accounts, and how they are named. Comes by GET: a preview changes nothing."""

    form_token = None
    county = unit_field("县市区", "account.bulk")
    role = forms.ChoiceField(label="角色")
    rule = forms.ChoiceField(label="登录名规则", choices=list(RULES.items()))

    sections: ClassVar = [Section("", ["county", "role", "rule"])]

    def __init__(self, *args: Any, actor: Actor, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "role", roles)
        county: Any = self.fields["county"]
        county.objects = lambda: Unit.objects.visible_to(actor, "account.bulk").counties().open_on(timezone.localdate())


BOUNDS = {
    "idle_minutes": (5, 60), "admin_idle_minutes": (5, 30), "session_hours": (1, 12), "keep_days": (0, 30), "sessions": (1, 20),
    "failures": (3, 10), "account_failures": (10, 100), "address_failures": (20, 500), "lock_minutes": (10, 120),
    "password_days": (30, 180), "password_memory": (3, 20), "code_days": (1, 30),
}  # fmt: skip


def _number(name: str, note: str = "") -> forms.IntegerField:
    """A number of the policy within the bounds that the database keeps as well."""
    least, most = BOUNDS[name]
    return forms.IntegerField(
        label=str(getattr(LoginPolicy._meta.get_field(name), "verbose_name", name)),
        min_value=least,
        max_value=most,
        help_text=f"{least} 至 {most}{note}",
        widget=forms.NumberInput(attrs={"class": "is-short"}),
    )


class PolicyForm(Form):
    sections: ClassVar = [
        Section("登录会话", ["idle_minutes", "admin_idle_minutes", "session_hours", "keep_days", "sessions"]),
        Section("防猜密码", ["failures", "account_failures", "address_failures", "lock_minutes"]),
        Section("密码与登录码", ["password_days", "password_memory", "code_days"]),
    ]
    idle_minutes = _number("idle_minutes")
    admin_idle_minutes = _number("admin_idle_minutes")
    session_hours = _number("session_hours")
    keep_days = _number("keep_days", "。本人登录时勾选的，这些天里不因没有操作或关闭浏览器退出；三员不适用")
    sessions = _number("sessions")
    failures = _number("failures")
    account_failures = _number("account_failures")
    address_failures = _number("address_failures")
    lock_minutes = _number("lock_minutes")
    password_days = _number("password_days")
    password_memory = _number("password_memory")
    code_days = _number("code_days")
