"""Accounts and the log on the shared pages; what the three administrators look at first."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from dudao.core import jobs
from dudao.core.access import Actor
from dudao.core.desk import Desk, Entry, Figure, Found, Hit, found
from dudao.core.models import Event
from dudao.core.ui.parts import Todo
from dudao.core.waiting import Kind, Pile
from dudao.people.models import Account, AdministratorChange
from dudao.people.roles import ADMINISTRATORS


def admin_figures(actor: Actor, menu: str, today: date) -> list[Figure]:
    figures: list[Figure] = []
    if menu != "admin":
        return figures
    if actor.may_somewhere("account.view"):
        url = reverse("people:accounts")
        counted = Account.objects.visible_to(actor, "account.view").aggregate(
            all=Count("pk"),
            active=Count("pk", filter=Q(is_active=True)),
            fresh=Count("pk", filter=Q(is_active=True, last_login__isnull=True)),
        )
        figures += [
            Figure(
                "账号",
                counted["all"],
                "个",
                f"启用 {counted['active']}，停用 {counted['all'] - counted['active']}",
                url,
            ),
            Figure("从未登录", counted["fresh"], "个", "启用但没有登录过", url, "amber" if counted["fresh"] else ""),
        ]
    if actor.may_somewhere("audit.view"):
        events = Event.objects.visible_to(actor, "audit.view").filter(at__date=today)
        count = events.count()
        people = events.order_by().values("actor_id").distinct().count()
        figures.append(Figure("今天的操作", count, "条", f"涉及 {people} 人", reverse("people:events")))
    if actor.may_somewhere("system.manage"):
        waiting, url = jobs.waiting(), reverse("core:jobs")
        works = jobs.working()
        said = f"等待处理 {waiting} 项" if works else f"请在服务器上启动，等待处理 {waiting} 项"
        figures.append(Figure("后台任务程序", "正常" if works else "没有运行", "", said, url, "" if works else "red"))
    return figures


_CHANGES: QuerySet[Any] = AdministratorChange.objects.select_related("account", "asked_by")


def change_piles(actor: Actor) -> list[Pile]:
    """What another administrator asked for and this one may confirm."""
    if not actor.may_somewhere("administrator.confirm"):
        return []
    own = [role for role, verb in ADMINISTRATORS.items() if actor.may_somewhere(verb)]
    rows = AdministratorChange.objects.visible_to(actor, "administrator.confirm").filter(state="asked")
    rows = rows.exclude(asked_as__in=own).exclude(account_id=actor.id or 0)
    kind = Kind("管理员变更待确认", "key", f"{reverse('people:changes')}?state=asked", _change)
    return [Pile(rows, (kind,), read=_CHANGES)]


def _change(row: AdministratorChange) -> Todo:
    return Todo(str(row), row.get_absolute_url(), f"{row.asked_by}申请", act="确认")


def find(actor: Actor, text: str) -> Found | None:
    if not actor.may_somewhere("account.view"):
        return None
    term = text.lower().replace(" ", "")
    rows = Account.objects.visible_to(actor, "account.view").select_related("home")
    rows = rows.filter(Q(name__icontains=text) | Q(username__istartswith=text) | Q(pinyin__istartswith=term))
    return found("人员", "users", rows.order_by("pinyin", "id"), _hit, reverse("people:accounts"))


def _hit(row: Account) -> Hit:
    return Hit(row.name, row.get_absolute_url(), str(row.home), "账号" if row.is_active else "已停用")


_ACCOUNTS = Entry("人员账号", "users", "people:accounts", "account.view")
_UNITS_AND_PEOPLE = Entry(
    "机构人员",
    "building-community",
    "orgs:units",
    "unit.view",
    below=(
        Entry("机构", "building-community", "orgs:units", "unit.view"),
        Entry("机构树", "sitemap", "orgs:tree", "unit.view"),
        _ACCOUNTS,
        Entry("工作日历", "calendar", "orgs:calendar", "calendar.edit"),
    ),
)
DESK = Desk(
    menu=(
        (110, (("office", "county"), _UNITS_AND_PEOPLE)),
        (110, (("admin",), _ACCOUNTS)),
        (111, (("admin",), Entry("角色职权", "key", "people:powers", "account.view"))),
        (112, (("admin",), Entry("管理员变更", "key", "people:changes", "administrator.ask"))),
        (112, (("admin",), Entry("操作记录", "history", "people:events", "audit.view"))),
        (113, (("admin",), Entry("安全策略", "shield-lock", "people:policy", "policy.edit"))),
    ),
    waiting=((5, change_piles),),
    search=((50, find),),
    figures=((20, admin_figures),),
)
