"""Accounts and appointments: list, one account, new, edit, what the office does to a log-in, who may do what and why."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.access import Actor, Denied
from dudao.core.ui.acting import found_or_404
from dudao.core.ui.export import xlsx_response
from dudao.core.ui.filters import Chip, Chips, Choice, Pick, Search
from dudao.core.ui.formats import date_cn, mask_phone
from dudao.core.ui.forms import answered, form_page, refused
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, Option, RowLink, State
from dudao.people import actions, factors, shown_once
from dudao.people.actions.administrators import why_not_ask
from dudao.people.actions.specialities import why_not_specialities
from dudao.people.actions.supervision import why_not_view_as
from dudao.people.forms import AccountEditForm, AccountForm, AppointForm, EndForm
from dudao.people.models import Account, Appointment
from dudao.people.queries import register
from dudao.people.queries.actors import actor_for
from dudao.people.queries.specialities import speciality_choices
from dudao.people.queries.units import choosable_units, unit_name_of
from dudao.people.roles import ADMINISTRATORS, ROLES
from dudao.people.rules import administers, why_not_manage, why_not_reset
from dudao.people.secrets import code_digest, one_time_code, same
from dudao.people.views.administrators import ask


def state_of(one: Account) -> State:
    if not one.is_active:
        return State("已停用", "grey", "ban")
    if one.last_login is None:
        return State("待首次登录", "amber", "clock")
    return State("启用", "green")


def _chips() -> Chips:
    """Built when asked: «unused» counts from today."""
    return Chips(
        "state",
        [
            Chip("active", "启用", Q(is_active=True), "green"),
            Chip("fresh", "待首次登录", Q(is_active=True, last_login=None), "amber", "clock"),
            Chip("unused", "90 天未登录", register.unused(), "purple", "user-question"),
            Chip("off", "已停用", Q(is_active=False), "grey", "ban"),
        ],
    )


def _menu(one: Account, request: HttpRequest) -> list[RowLink]:
    return [
        RowLink("查看", reverse("people:account", args=[one.pk]), "user"),
        RowLink("修改", reverse("people:account-edit", args=[one.pk]), "pencil"),
        RowLink("任用", reverse("people:appoint", args=[one.pk]), "user-plus"),
    ]


def _export(request: Any, columns: Any, rows: Any, name: str) -> HttpResponse:
    rows = list(rows)
    actions.note_accounts_export(request.actor, rows=len(rows))
    return xlsx_response(request, columns, rows, name)


def _listing(request: Any) -> Listing:
    actor: Actor = request.actor
    return Listing(
        key="accounts",
        columns=[
            Column("name", "姓名", link=lambda one: one.get_absolute_url(), sort=("pinyin", "name"), sub=lambda one: one.username),
            Column("home", "所在单位", "home.name", sort=("home__sort_no", "home__pinyin")),
            Column("roles", "现任角色", "roles_now"),
            Column("specialities", "专业特长", lambda one: "、".join(one.specialities), optional=True, hidden=True),
            Column("phone", "电话", lambda one: mask_phone(one.phone), nowrap=True, optional=True),
            Column("state", "状态", lambda one: state_of(one).word, show=state_of, nowrap=True),
            Column("last_login", "最近登录", sort="last_login", nowrap=True),
            Column("created_at", "建立时间", sort="created_at", nowrap=True, hidden=True),
        ],
        filters=[
            Search(placeholder="姓名、登录名、单位、拼音", apply=register.find_people),
            Choice("role", "角色", [(role.key, role.label) for role in ROLES.values()], apply=register.with_role),
            Choice(
                "speciality", "专业特长", lambda _request: speciality_choices(),
                apply=lambda rows, word: rows.filter(specialities__contains=[word]),
            ),
            Pick(
                "unit", "单位", lambda: f"{reverse('people:pick-unit')}?verb=account.view",
                lambda asked, value: unit_name_of(actor, "account.view", value),
                apply=lambda rows, value: rows.filter(home__path__startswith=register.path_of(value)),
            ),
        ],
        chips=_chips(),
        sort="name",
        row_menu=_menu if request.actor.may_somewhere("account.edit") else None,
        prepare=lambda rows, request: register.with_roles(rows),
        export=_export,
        export_name="人员名单" if request.actor.may_somewhere("account.edit") else None,
        empty=Empty("还没有人员", "单位的工作人员建立账号并任用后，可以在这里查找和管理。", icon="users"),
    )  # fmt: skip


def account_list(request: Any) -> HttpResponse:
    actor: Actor = request.actor
    if not actor.may_somewhere("account.view"):
        raise Denied("您没有“查看人员”的权限，如工作需要请联系安全管理员。", "account.view")
    may_create = actor.may_somewhere("account.create")
    more = []
    if actor.may_somewhere("account.bulk"):
        more.append(("批量建号", reverse("people:bulk"), "users-group"))
    if actor.may_somewhere("policy.edit"):
        more.append(("登录安全策略", reverse("people:policy"), "shield-lock"))
    return _listing(request).respond(
        request, register.accounts_seen(actor), title="人员",
        primary=("新建账号", reverse("people:account-new"), "user-plus") if may_create else None, actions=more,
    )  # fmt: skip


def _seen(request: Any, pk: int) -> Any:
    return get_object_or_404(register.accounts_seen(request.actor), pk=pk)


def _crumbs(one: Account | None = None) -> list[Crumb]:
    crumbs = [Crumb("人员", reverse("people:accounts"))]
    return [*crumbs, Crumb(one.name, one.get_absolute_url())] if one else crumbs


def account(request: Any, pk: int) -> HttpResponse:
    """One account: facts, appointments with their history, the rights they amount to, what was done to it."""
    one, actor = _seen(request, pk), request.actor
    held = register.held_roles(one)
    today = timezone.localdate()

    def denied(verb: str) -> str:
        found = why_not_manage(actor, verb, one, held, today)
        return "" if found is None else found.reason

    rows = [
        {
            "row": row,
            "label": ROLES[row.role].label,
            "state": _appointment_state(row, today),
            "end": reverse("people:appointment-end", args=[row.pk])
            if (row.valid_to is None or row.valid_to >= today) and actor.may(f"appoint.{row.role}", row.unit.path)
            else "",
        }
        for row in held
    ]
    resetting, asking = why_not_reset(actor, one, held, today), why_not_ask(actor, one)
    looking = why_not_view_as(actor, one) if actor.may_somewhere("account.view_as") else None
    return render(
        request,
        "people/account.html",
        {
            "one": one,
            "crumbs": _crumbs(),
            "state": state_of(one),
            "appointments": rows,
            "versions": register.appointment_history(one),
            "totp": factors.has_totp(one),
            "manages": actor.may_somewhere("account.edit"),
            "may_speciality": why_not_specialities(actor, one) is None,
            "may_phone": bool(one.phone) and actor.may("phone.reveal", one.home.path),
            "denied_edit": denied("account.edit"),
            "denied_reset": "" if resetting is None else resetting.reason,
            "administrator": bool(administers(held, today)),
            "may_ask": actor.may_somewhere("administrator.ask"),
            "denied_ask": "" if asking is None else asking.reason,
            "denied_disable": denied("account.disable"),
            "denied_enable": denied("account.enable"),
            "may_look": actor.may_somewhere("account.view_as"),
            "denied_look": "" if looking is None else looking.reason,
            "rights": _rights(one) if actor.may_somewhere("account.edit") or actor.may_somewhere("audit.view") else [],
            "events": register.account_events(one),
        },
    )


def _appointment_state(row: Appointment, today: Any) -> State:
    if row.valid_on(today):
        return State("在任", "green")
    if row.valid_from > today and (row.valid_to is None or row.valid_to >= row.valid_from):
        return State("未开始", "grey")
    return State("已结束", "grey", "circle-minus")


def _rights(one: Account) -> list[register.Reason]:
    """What each appointment of today allows, in words."""
    actor = actor_for(one)
    return [
        reason
        for grant in actor.grants
        for reason in register.reasons(Actor(actor.id, actor.name, (grant,)), grant.path)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def account_new(request: Any) -> HttpResponse:
    actor = request.actor
    if not actor.may_somewhere("account.create"):
        raise Denied("您没有“新建账号”的权限，如工作需要请联系安全管理员。", "account.create")
    form = AccountForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        values, code = form.values, one_time_code()
        role, start = values.pop("role"), values.pop("valid_from")
        made = refused(
            form,
            lambda: actions.create_account(
                actor, code=code, role=role, valid_from=start or timezone.localdate(), **values
            ),
        )
        if made is not None:
            if not same(made.code_digest, code_digest(made.username, code)):
                messages.info(request, f"“{made.name}”的账号刚才已经建立，没有重复建立。")
                return redirect(made)
            return _show_code(request, made, code, role, f"已建立“{made.name}”的账号。")
    return form_page(
        request, form, title="新建账号", save="建立账号", save_icon="user-plus", cancel_url=reverse("people:accounts"),
        crumbs=_crumbs(),
        note="建立后生成一次性登录码，只显示一次，请打印或抄给本人；本人首次登录时自己设置密码。",
    )  # fmt: skip


def _show_code(request: Any, one: Account, code: str, role: str, words: str) -> HttpResponse:
    expires = date_cn(one.code_expires_at)
    fresh = actions.FreshLogin(one, one.home, role, one.username, code)
    shown_once.keep_logins(request.session, f"{one.name}的一次性登录码", [fresh], expires)
    messages.success(request, words)
    return redirect("people:sheet")


@require_http_methods(["GET", "HEAD", "POST"])
def account_edit(request: Any, pk: int) -> HttpResponse:
    one, actor = _seen(request, pk), request.actor
    denied = why_not_manage(actor, "account.edit", one, register.held_roles(one), timezone.localdate())
    if denied is not None:
        raise denied
    initial = {"name": one.name, "phone": one.phone, "email": one.email, "home": one.home}
    form = AccountEditForm(request.POST or None, initial=initial, actor=actor)
    return answered(
        request, form, lambda: actions.edit_account(actor, account=one, **form.values),
        lambda done: f"已保存“{done.name}”的信息。",
        title=f"修改 {one.name}", cancel_url=one.get_absolute_url(), crumbs=_crumbs(one),
    )  # fmt: skip


@require_POST
def account_step(request: Any, pk: int) -> HttpResponse:
    """Disable, enable, or reset the log-in: ``step`` names the verb."""
    one, actor, step = _seen(request, pk), request.actor, request.POST.get("step", "")
    reason = request.POST.get("reason", "")
    if step == "account.disable":
        actions.disable_account(actor, account=one, reason=reason)
        messages.success(request, f"已停用“{one.name}”的账号，其登录已全部退出。")
    elif step == "account.enable":
        actions.enable_account(actor, account=one, reason=reason)
        messages.success(request, f"已启用“{one.name}”的账号。")
    elif step in {"account.reset", "account.reset_all"}:
        code = one_time_code()
        done = actions.reset_login(actor, account=one, code=code, second_factor=step == "account.reset_all")
        return _show_code(request, done, code, "", f"已重置“{one.name}”的登录，原密码已作废。")
    else:
        raise Http404
    return redirect(one)


@require_POST
def phone(request: Any, pk: int) -> HttpResponse:
    one = _seen(request, pk)
    found = actions.reveal_phone(request.actor, account=one)
    if request.headers.get("HX-Request") == "true":
        return render(request, "people/phone.html", {"phone": found})
    messages.info(request, f"{one.name}的电话：{found or '—'}（本次查看已记录）")
    return redirect(one)


@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: Any, pk: int) -> HttpResponse:
    one, actor = _seen(request, pk), request.actor
    actor.require("appointment.make", one.home.path)
    form = AppointForm(request.POST or None, initial={"unit": one.home}, actor=actor)
    if request.method == "POST" and form.is_valid() and form.values["role"] in ADMINISTRATORS:
        why = f"任用{ROLES[form.values['role']].label}"
        answer = ask(request, one, form, {"reason": why}, **form.values)
        if answer is not None:
            return answer
    return answered(
        request, form, lambda: actions.appoint(actor, account=one, **form.values),
        lambda made: f"已任用{one.name}为“{made.unit.name} · {ROLES[made.role].label}”。", to=one,
        title=f"任用 {one.name}", save="任用", save_icon="user-plus", cancel_url=one.get_absolute_url(), crumbs=_crumbs(one),
        note="权限在所选单位及其下级范围内有效。系统、安全、审计管理员的任用，由另一名管理员确认后才生效。",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def appointment_end(request: Any, pk: int) -> HttpResponse:
    held = found_or_404(register.appointment_seen(request.actor, pk))
    actor, one = request.actor, held.account
    actor.require("appointment.end", held.unit.path)
    form = EndForm(request.POST or None)
    return answered(
        request, form, lambda: actions.end_appointment(actor, appointment=held, **form.values),
        lambda _: f"{one.name}的任用“{held.unit.name} · {ROLES[held.role].label}”已结束。", to=one,
        title="结束任用", save="结束任用", save_icon="circle-minus", cancel_url=one.get_absolute_url(), crumbs=_crumbs(one),
        note=f"{one.name}：{held.unit.name} · {ROLES[held.role].label}，自 {date_cn(held.valid_from)}。结束后不再有其权限。",
    )  # fmt: skip


def why(request: Any) -> HttpResponse:
    """«Why can I see this?» for any object with a place: ``?place=1.4.27.&of=任务名称``. A fragment for htmx, else a page."""
    place = request.GET.get("place", "")
    found = register.reasons(request.actor, place)
    unit = register.unit_at(place)
    if not found or unit is None:
        raise Http404
    part = request.headers.get("HX-Request") == "true"
    return render(
        request,
        "people/why_part.html" if part else "people/why.html",
        {"reasons": found, "unit": unit, "of": request.GET.get("of", "")[:200]},
    )


def pick_unit(request: Any) -> HttpResponse:
    """Units on which the actor holds ``verb``, for pickers."""
    verb = request.GET.get("verb", "unit.view")
    units = choosable_units(request.actor, verb, request.GET.get("q", ""))
    return render(request, "ui/options.html", {"options": [Option(one.pk, one.name, way) for one, way in units]})


def pick(request: Any) -> HttpResponse:
    """People whom the actor may see, for pickers."""
    rows = register.find_people(
        register.accounts_seen(request.actor).filter(is_active=True), request.GET.get("q", "")[:60]
    )
    options = [Option(one.pk, one.name, one.home.name) for one in rows.order_by("pinyin", "pk")[:20]]
    return render(request, "ui/options.html", {"options": options})
