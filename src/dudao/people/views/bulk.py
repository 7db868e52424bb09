"""Accounts for all schools of a county: preview, create, hand out. The codes are on one page, once."""

import io
from typing import Any

import xlsxwriter
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.access import Denied
from dudao.core.ui.acting import found_or_404
from dudao.core.ui.export import attachment
from dudao.core.ui.formats import date_cn
from dudao.core.ui.parts import Crumb
from dudao.people import actions, shown_once
from dudao.people.forms import BulkForm
from dudao.people.queries.bulk import BULK_ROLES, bulk_rows, waiting_accounts
from dudao.people.roles import ROLES

_SHOWN = 200


def _roles(actor: Any) -> list[tuple[str, str]]:
    return [(key, ROLES[key].label) for key in BULK_ROLES if actor.may_somewhere(f"appoint.{key}")]


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: Any) -> HttpResponse:
    """GET with a county shows what would be made; POST makes it (``act`` create) or renews codes never used (``act`` renew)."""
    actor = request.actor
    if not actor.may_somewhere("account.bulk"):
        raise Denied("您没有“批量建立账号”的权限，如工作需要请联系安全管理员。", "account.bulk")
    data = request.POST if request.method == "POST" else request.GET
    form = BulkForm(data if "county" in data else None, actor=actor, roles=_roles(actor))
    context: dict[str, Any] = {
        "form": form, "crumbs": [Crumb("人员", reverse("people:accounts"))], "rows": [], "total": 0, "waiting": 0, "ready": False,
        "county": None, "most": _SHOWN, "role_label": "",
    }  # fmt: skip
    if form.is_bound and form.is_valid():
        county, role, rule = (form.cleaned_data[name] for name in ("county", "role", "rule"))
        if request.method == "POST":
            return _act(request, county, role, rule)
        rows = bulk_rows(county, role, rule)
        context |= {
            "rows": rows[:_SHOWN], "total": len(rows), "waiting": waiting_accounts(county, role).count(), "ready": True,
            "county": county, "role_label": ROLES[role].label,
        }  # fmt: skip
    return render(request, "people/bulk.html", context, status=422 if form.is_bound and form.errors else 200)


def _act(request: Any, county: Any, role: str, rule: str) -> HttpResponse:
    if request.POST.get("act") == "renew":
        fresh = actions.renew_codes(request.actor, county=county, role=role)
        words = f"已为 {len(fresh)} 个还没有设置密码的账号重发登录码，原登录码作废。"
    else:
        fresh = actions.create_accounts(request.actor, county=county, role=role, rule=rule)
        words = f"已建立 {len(fresh)} 个账号。"
    expires = date_cn(fresh[0].account.code_expires_at)
    shown_once.keep_logins(request.session, f"{county.name}{ROLES[role].label}一次性登录码", fresh, expires)
    messages.success(request, words)
    return redirect("people:sheet")


def sheet(request: Any) -> HttpResponse:
    """The slips to cut apart. Nobody but the person who made them sees them, and only for a quarter of an hour."""
    found = shown_once.sheet_of(request.session)
    return render(request, "people/sheet.html", {"sheet": found, "crumbs": [Crumb("人员", reverse("people:accounts"))]})


@require_POST
def sheet_file(request: Any) -> HttpResponse:
    found = found_or_404(shown_once.sheet_of(request.session))
    return attachment(_workbook(found, request.own_actor.name), f"{found.title}.xlsx")


@require_POST
def sheet_clear(request: Any) -> HttpResponse:
    shown_once.forget(request.session, "sheet")
    messages.success(request, "登录码已从页面清除，不能再次显示。")
    return redirect("people:accounts")


def _workbook(found: shown_once.Sheet, maker: str) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet("登录码")
    title = book.add_format({"font_name": "宋体", "font_size": 16, "bold": True, "align": "center"})
    small = book.add_format({"font_name": "宋体", "font_size": 10.5, "text_wrap": True})
    head = book.add_format({"font_name": "宋体", "font_size": 10.5, "bold": True, "border": 1, "bg_color": "#F0F3F7"})
    cell = book.add_format({"font_name": "宋体", "font_size": 10.5, "border": 1, "num_format": "@", "text_wrap": True})
    heads = ("序号", "单位", "角色", "姓名", "登录名", "一次性登录码")
    page.merge_range(0, 0, 0, len(heads) - 1, found.title, title)
    words = f"登录码 {found.expires} 前有效，仅供本人首次登录；制表人 {maker}。请妥善保管，发完后删除本文件。"
    page.merge_range(1, 0, 1, len(heads) - 1, words, small)
    for place, words in enumerate(heads):
        page.write_string(2, place, words, head)
    for line, slip in enumerate(found.slips):
        page.write_number(line + 3, 0, line + 1, cell)
        for place, words in enumerate((slip.unit, slip.role, slip.name, slip.username, slip.code), start=1):
            page.write_string(line + 3, place, words, cell)
    for place, width in enumerate((6, 34, 18, 26, 18, 20)):
        page.set_column(place, place, width)
    page.freeze_panes(3, 0)
    page.repeat_rows(0, 2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    book.close()
    return buffer.getvalue()
