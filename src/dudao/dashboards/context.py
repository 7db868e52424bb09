"""What every page needs around its content: office, person, menu, notices, help, demo mark."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from dudao.core.notices import unread_count
from dudao.core.ui.help import page_help
from dudao.core.ui.shell import Appointment, Shell
from dudao.dashboards.menus import address, menu_for
from dudao.orgs.models import Kind, Unit
from dudao.people.address import unlisted_proxy
from dudao.people.queries import current_appointment, held_of, viewing_as

PLATFORM = "教育督导工作平台"


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor. One query for the office, one for the bell; nothing at all for somebody who isn't logged in."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"shell": Shell(office=PLATFORM, demo=settings.MODE == "demo")}
    held = current_appointment(request)
    seen = viewing_as(request)
    office, demo = _office()
    return {
        "shell": Shell(
            office=office,
            account=request.actor.id or 0,  # type: ignore[attr-defined]
            person=seen.account.name if seen else request.user.name,
            unit=held.unit_name if held else "没有任用",
            role=held.label if held else "",
            appointments=tuple(
                Appointment(item.key, item.unit_name, item.label, current=held is not None and item.key == held.key)
                for item in held_of(request)
            ),
            switch_url=address("people:switch"),
            menu=menu_for(request, request.actor, held),  # type: ignore[attr-defined]
            account_links=tuple(
                (label, url, icon)
                for label, name, icon in (
                    ("我的账号", "people:me", "user-cog"),
                    ("修改密码", "people:password", "key"),
                    ("登录会话", "people:sessions", "device-laptop"),
                    ("后台任务", "core:jobs", "clock"),
                    ("关于本平台", "core:about", "info-circle"),
                )
                if (url := address(name))
            ),
            logout_url=address("people:logout"),
            notices=unread_count(request.actor),  # type: ignore[attr-defined]
            notices_url=address("core:notices"),
            search_url=address("dashboards:search"),
            help=page_help(request.resolver_match.view_name) if request.resolver_match else "",
            demo=demo or settings.MODE == "demo",
            alarm=_alarm(request),
            view_as=seen.account.name if seen else "",
            view_as_end_url=address("people:view-as-end") if seen else "",
            slim=request.COOKIES.get("dd_menu") == "slim",
        )
    }


def _alarm(request: HttpRequest) -> str:
    """Told to the system administrator, whose own request passes the same proxy as everybody's."""
    if not (proxy := unlisted_proxy(request)) or not request.actor.may_somewhere("system.manage"):  # type: ignore[attr-defined]
        return ""
    return (
        f"所有访问都经由代理服务器 {proxy}，但平台没有登记它，会把全体人员当作同一个地址：少数人输错密码，全部人员都会被暂停登录。"
        f"请在服务器上设置 DUDAO_TRUSTED_PROXIES={proxy} 后重新启动。"
    )


def _office() -> tuple[str, bool]:
    """The office's name as its letterhead has it, and whether the city is generated."""
    city = Unit.objects.filter(kind=Kind.CITY).order_by("depth", "id").values_list("name", "demo").first()
    return (f"{city[0]}人民政府教育督导委员会办公室", city[1]) if city else (PLATFORM, False)
