"""Changes of administrators: what was asked, by whom, and the second one's word; each is shown their half of the code once."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dudao.core import audit
from dudao.core.ui.acting import actor_of, may_anywhere, sent
from dudao.core.ui.filters import Chips
from dudao.core.ui.formats import date_cn
from dudao.core.ui.forms import form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb
from dudao.people import actions, shown_once
from dudao.people.actions.administrators import Office, why_not_ask
from dudao.people.forms import AskChangeForm, ConfirmChangeForm
from dudao.people.models import Account, AdministratorChange
from dudao.people.process import CHANGE
from dudao.people.queries import register
from dudao.people.roles import ROLES
from dudao.people.secrets import half_code

CHANGES = Listing(
    key="administrator-changes",
    columns=[
        Column("what", "事项", "what", link=lambda row: row.get_absolute_url(), nowrap=True),
        Column("account", "人员", "account.name", sort="account__pinyin", nowrap=True),
        Column("reason", "原因"),
        Column("state", "状态", lambda row: CHANGE.flow.states[row.state], sort="state", nowrap=True),
        Column("asked_by", "申请人", "asked_by.name", nowrap=True),
        Column("asked_at", "申请时间", sort="asked_at", nowrap=True),
        Column("decided_by", "办理人", lambda row: row.decided_by.name if row.decided_by else "—", nowrap=True),
    ],
    chips=Chips.of_states("state", CHANGE.flow.states),
    sort="-asked_at",
    empty=Empty(
        "没有管理员变更申请",
        "重置系统、安全、审计管理员的登录，或任用新的管理员，由一名管理员在此人页面申请，另一名管理员在这里确认。",
        icon="users",
    ),
)


@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    may_anywhere(request, "administrator.ask")
    return CHANGES.respond(request, register.changes_seen(actor_of(request)), title="管理员变更")


@require_GET
def change(request: HttpRequest, pk: int) -> HttpResponse:
    row = CHANGE.found_or_404(request, pk)
    return render(
        request,
        "people/change.html",
        {
            **CHANGE.frame(row, actor_of(request)),
            "role": ROLES[row.asked_as].label,
            "events": list(audit.history(row)[:10]),
        },
    )


def show_half(request: Any, row: AdministratorChange, half: str, which: str) -> HttpResponse:
    """The sheet with one half, for whoever has just asked or confirmed."""
    whole = date_cn(row.account.code_expires_at) if row.account.code_expires_at else ""
    fresh = actions.FreshLogin(row.account, row.account.home, "", row.account.username, half)
    shown_once.keep_logins(request.session, f"{row.account.name}的一次性登录码（{which}）", [fresh], whole)
    return redirect("people:sheet")


def ask(request: Any, account: Account, form: Any, values: dict[str, Any], **office: Any) -> HttpResponse | None:
    """Ask once; ``None`` when it was refused, which the form then says."""
    half = half_code()
    given: Office = office  # type: ignore[assignment]  # the form's columns
    row = refused(form, lambda: actions.ask_change(request.actor, account=account, half=half, **values, **given))
    if row is None:
        return None
    messages.success(request, f"已申请{row}。这里是登录码的前半，请交给本人；另一名管理员确认后，把后半交给本人。")
    return show_half(request, row, half, "前半")


@require_http_methods(["GET", "POST"])
def change_new(request: Any, pk: int) -> HttpResponse:
    one = get_object_or_404(register.accounts_seen(request.actor), pk=pk)
    denied = why_not_ask(request.actor, one)
    if denied is not None:
        raise denied
    form = AskChangeForm(sent(request))
    if request.method == "POST" and form.is_valid():
        answer = ask(request, one, form, form.values)
        if answer is not None:
            return answer
    return form_page(
        request,
        form,
        title=f"申请重置 {one.name} 的登录",
        save="提出申请",
        save_icon="send",
        cancel_url=one.get_absolute_url(),
        crumbs=[Crumb("人员", reverse("people:accounts")), Crumb(one.name, one.get_absolute_url())],
        note="另一名管理员（角色与您不同）确认后才重置。登录码分为前后两半，您和确认的人各看到一半，分别交给本人。",
    )


@require_http_methods(["GET", "POST"])
def change_confirm(request: Any, pk: int) -> HttpResponse:
    row = CHANGE.found_or_404(request, pk)
    closed = CHANGE.closed(request, row, "administrator.confirm")
    if closed is not None:
        return closed
    form = ConfirmChangeForm(sent(request))
    if request.method == "POST" and form.is_valid():
        half = half_code()
        done = refused(form, lambda: actions.confirm_change(request.actor, change=row, half=half, **form.values))
        if done is not None:
            messages.success(request, f"已确认{done}。这里是登录码的后半，请交给本人，与前半连起来输入。")
            return show_half(request, done, half, "后半")
    return form_page(
        request,
        form,
        title="确认管理员变更",
        save="核实无误，确认",
        save_icon="circle-check",
        cancel_url=row.get_absolute_url(),
        crumbs=CHANGE.crumbs(row, "确认管理员变更"),
        note=f"{row}，{row.asked_by.name}（{ROLES[row.asked_as].label}）申请，原因：{row.reason}。"
        "确认后原密码作废，正在进行的登录全部退出。",
    )
