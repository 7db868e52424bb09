"""For the administrators: the log of what happened, who may do what, the log-in policy, looking as somebody else."""

import time
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dudao.core.access import VERBS, Denied
from dudao.core.ui.export import xlsx_response
from dudao.core.ui.filters import Choice, DateRange, Pick, Search
from dudao.core.ui.formats import datetime_cn
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb
from dudao.people import actions
from dudao.people.forms import BOUNDS, PolicyForm
from dudao.people.middleware import VIEW_AS_KEY
from dudao.people.policy import login_policy
from dudao.people.queries import register
from dudao.people.queries.log import events_seen, find_events, person_name, policy_history, with_units
from dudao.people.queries.powers import powers_given
from dudao.people.queries.units import unit_name_of
from dudao.people.roles import ROLES

_MINUTES = 15


def _export(request: Any, columns: Any, rows: Any, name: str) -> HttpResponse:
    rows = list(rows)
    filters = {key: value for key, value in request.GET.items() if value and key not in {"page", "per", "sort"}}
    actions.note_audit_export(request.actor, city=register.top_unit(), rows=len(rows), filters=filters)
    return xlsx_response(request, columns, rows, name)


def _unit_name(request: Any, value: str) -> str | None:
    return unit_name_of(request.actor, "audit.view", value)


def _person_name(request: Any, value: str) -> str | None:
    return person_name(request.actor, value)


LOG = Listing(
    key="log",
    columns=[
        Column("at", "时间", lambda event: datetime_cn(event.at), nowrap=True),
        Column("actor", "操作人", "actor_name"),
        Column("verb", "动作", lambda event: VERBS[event.verb].label if event.verb in VERBS else event.verb, nowrap=True),
        Column("label", "对象"),
        Column("unit", "单位", "unit_name"),
        Column("reason", "理由"),
        Column("data", "内容", "data_words"),
        Column("address", "来源地址", nowrap=True, optional=True),
        Column("digest", "摘要", lambda event: event.digest[:16], hidden=True),
    ],
    filters=[
        Search(placeholder="操作人、对象、理由", apply=find_events),
        Choice("verb", "动作", lambda request: sorted((verb.name, verb.label) for verb in VERBS.values())),
        DateRange("at", "日期", lookup="at__date"),
        Pick(
            "unit", "单位", lambda: f"{reverse('people:pick-unit')}?verb=audit.view",
            _unit_name,
            apply=lambda rows, value: rows.filter(place__startswith=register.path_of(value)),
        ),
        Pick(
            "person", "操作人", lambda: reverse("people:pick"), _person_name,
            lookup="actor_id",
        ),
    ],
    order=("-id",),
    prepare=lambda rows, request: with_units(rows),
    export=_export,
    export_name="操作记录",
    empty=Empty("还没有操作记录", "平台上的每一次办理都会记在这里，不能修改，也不能删除。", icon="history"),
)  # fmt: skip


def log(request: Any) -> HttpResponse:
    """What happened: read, narrowed, taken out as a sheet (which is recorded)."""
    if not request.actor.may_somewhere("audit.view"):
        raise Denied("您没有“查看操作记录”的权限。操作记录由审计管理员查看。", "audit.view")
    return LOG.respond(request, events_seen(request.actor), title="操作记录")


@require_safe
def powers(request: Any) -> HttpResponse:
    if not request.actor.may_somewhere("account.view"):
        raise Denied("您没有“查看人员”的权限，如工作需要请联系安全管理员。", "account.view")
    return render(request, "people/powers.html", {"given": powers_given(), "roles": ROLES.values()})


@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: Any) -> HttpResponse:
    city = register.top_unit()
    request.actor.require("policy.edit", city.path) if request.method == "POST" else _may_see_policy(request)
    now = login_policy()
    form = PolicyForm(request.POST or None, initial={name: getattr(now, name) for name in BOUNDS})
    return answered(
        request, form, lambda: actions.edit_policy(request.actor, city=city, **form.values),
        "登录安全策略已保存，从各人下一次登录起生效。",
        to="people:policy",
        title="登录安全策略", save="保存策略", cancel_url=reverse("people:accounts"),
        crumbs=[Crumb("人员", reverse("people:accounts"))], template="people/policy.html", earlier=policy_history(),
        note="取值范围按网络安全等级保护基本要求（GB/T 22239-2019）限定，不能关闭。",
    )  # fmt: skip


def _may_see_policy(request: Any) -> None:
    if not request.actor.may_somewhere("policy.edit"):
        raise Denied("登录安全策略由安全管理员管理。", "policy.edit")


@require_POST
def view_as(request: Any, pk: int) -> HttpResponse:
    one = get_object_or_404(register.accounts_seen(request.actor), pk=pk)
    actions.start_view_as(request.actor, account=one, reason=request.POST.get("reason", ""))
    until = int(time.time()) + _MINUTES * 60
    request.session[VIEW_AS_KEY] = {"account": one.pk, "until": until}
    ends = datetime_cn(datetime.fromtimestamp(until, UTC))
    messages.info(request, f"现在看到的是“{one.name}”的页面，只能看，不能办理；{ends} 自动结束。")
    return redirect("/")


@require_POST
def view_as_end(request: Any) -> HttpResponse:
    stored = request.session.pop(VIEW_AS_KEY, None)
    if stored is None or request.view_as is None:
        messages.info(request, "以他人身份查看已经结束。")
        return redirect("/")
    actions.stop_view_as(request.own_actor, account=request.view_as.account)
    messages.success(request, f"已结束以“{request.view_as.account.name}”的身份查看。")
    return redirect(request.view_as.account)
