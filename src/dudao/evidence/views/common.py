"""What the pages of the evidence library share."""

from datetime import date

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dudao.core.ui.formats import date_cn
from dudao.core.ui.parts import Crumb, State

STANDINGS: dict[str, State] = {
    "valid": State("有效", "green", "circle-check"),
    "soon": State("即将到期", "amber", "clock"),
    "expired": State("已过期", "red", "alert-circle"),
    "incomplete": State("待补信息", "blue", "pencil"),
    "withdrawn": State("已撤下", "grey", "archive"),
}
"""How an item stands today (`queries.library.standing`), as pages show it."""


def until(day: date | None, today: date, soon: int) -> SafeString | str:
    """The last day on which something holds, with the distance where it is near or past."""
    if day is None:
        return "—"
    left = (day - today).days
    if left < 0:
        return format_html('{} <b class="dd-red">已过期 {} 天</b>', date_cn(day), -left)
    if left <= soon:
        return format_html('{} <b class="ev-soon">还剩 {} 天</b>', date_cn(day), left)
    return date_cn(day)


def number_of(text: str) -> int | None:
    """A key from an address, if it is one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb("资料库", reverse("evidence:items")), *more]
