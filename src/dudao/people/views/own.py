"""One's own account: password, second factor, sessions, phone; the switch between appointments. Never somebody else's."""

import base64
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.access import Denied
from dudao.core.ui.forms import answered, form_page, refused
from dudao.core.ui.parts import Crumb
from dudao.people import actions, entry, factors, shown_once
from dudao.people.forms import ConfirmForm, FactorForm, PasswordForm, ProfileForm
from dudao.people.guard import reserve, take_back
from dudao.people.queries.actors import SWITCH_KEY, held_by, is_administrator
from dudao.people.queries.register import open_sessions
from dudao.people.secrets import seal, unseal
from dudao.people.views.entry import failed_words, locked_words, note_failure, safe_next

_FRESH_SECONDS = 15 * 60
_WAITING = "second_factor_waiting"


def own(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page about the person at the keyboard: it would show the viewer's own affairs under somebody else's name."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.view_as is not None:
            raise Denied("以他人身份查看时，不能打开本人账号的页面。结束查看后再打开。")
        return view(request, *args, **kwargs)

    return guarded


def is_password(request: Any, form: Any, typed: str) -> bool:
    """Check the person's current password, under the same brakes as a log-in; the form says what was wrong."""
    verdict = reserve(request, request.user.username)
    if not verdict.allowed:
        form.add_error("current", locked_words(verdict))
        return False
    if request.user.check_password(typed):
        take_back(verdict)
        return True
    note_failure(request, request.user.username, verdict, "current password")
    form.add_error("current", failed_words(verdict, "当前密码不正确"))
    return False


def _forced(request: Any) -> bool:
    """Whether the person must pass this page before any other: it then stands without the shell."""
    return bool(request.first_step == request.path)


@own
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: Any) -> HttpResponse:
    account = request.user
    form = ProfileForm(request.POST or None, initial={"phone": account.phone, "email": account.email})
    return answered(
        request, form, lambda: actions.edit_profile(request.own_actor, account=account, **form.values), "联系方式已保存。",
        to="people:me",
        title="我的账号", template="people/me.html", save="保存联系方式", cancel_url="/", account=account, held=request.held,
        totp=factors.has_totp(account),
    )  # fmt: skip


@own
@sensitive_post_parameters("current", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: Any) -> HttpResponse:
    account, forced = request.user, _forced(request)
    by_code = request.entry.by == "code" and account.must_change_password
    form = PasswordForm(request.POST or None, by_code=by_code, placeholder=account.placeholder)
    if (
        request.method == "POST"
        and form.is_valid()
        and (by_code or is_password(request, form, form.cleaned_data["current"]))
        and _change(request, form) is not None
    ):
        messages.success(request, "密码已修改，其他设备上的登录已退出。")
        return redirect(safe_next(request) if forced else "people:me")
    return render(
        request,
        "people/password.html",
        {"form": form, "forced": forced, "first": account.password_changed_at is None, "layout": _layout(forced)},
        status=422 if form.errors else 200,
    )


def _layout(forced: bool) -> str:
    return "plain.html" if forced else "base.html"


def _change(request: Any, form: PasswordForm) -> Any:
    account, values = request.user, form.cleaned_data

    def act() -> Any:
        changed = actions.change_password(
            request.own_actor, account=account, password=values["new"], session=request.entry.row
        )
        if account.placeholder:
            actions.complete_profile(request.own_actor, account=changed, name=values["name"], phone=values["phone"])
        return changed

    changed = refused(form, act)
    if changed is not None:
        update_session_auth_hash(request, changed)
        request.entry.by = "password"
        request.entry.store(request.session)
        entry.rekey(request, request.entry)
    return changed


@own
@sensitive_post_parameters("current", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def factor(request: Any) -> HttpResponse:
    """Bind an authenticator app, or bind another one. The new secret waits sealed in the session until a code proves it."""
    account, forced = request.user, _forced(request)
    bound = factors.has_totp(account)
    if forced and bound:
        # Made an administrator while logged in by password alone: the next log-in asks for the code.
        return render(request, "people/factor_again.html", {})
    fresh = time.time() - request.entry.started < _FRESH_SECONDS and not bound
    form = FactorForm(request.POST or None, fresh=fresh)
    secret = _waiting_secret(request)
    if (
        request.method == "POST"
        and form.is_valid()
        and (fresh or is_password(request, form, form.cleaned_data["current"]))
    ):
        made = refused(
            form,
            lambda: actions.set_up_second_factor(
                request.own_actor, account=account, secret=secret, code=form.cleaned_data["code"]
            ),
        )
        if made is not None:
            del request.session[_WAITING]
            request.entry.second = True
            request.entry.store(request.session)
            shown_once.keep(request.session, "recovery", made)
            return redirect("people:mfa-codes")
    if bound and request.method == "GET" and "change" not in request.GET:
        return render(
            request,
            "people/factor_state.html",
            {
                "left": factors.unused_recovery_codes(account),
                "bound_to": is_administrator(request.held),
                "crumbs": _crumbs(),
            },
        )
    picture = base64.b64encode(factors.setup_svg(account, secret).encode()).decode()
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render(
        request,
        "people/factor_setup.html",
        {"form": form, "forced": forced, "picture": picture, "groups": groups, "layout": _layout(forced)},
        status=422 if form.errors else 200,
    )


def _waiting_secret(request: HttpRequest) -> str:
    sealed = request.session.get(_WAITING)
    if sealed is None:
        sealed = request.session[_WAITING] = seal("waiting secret", factors.new_secret())
    return unseal("waiting secret", sealed)


def _crumbs() -> list[Crumb]:
    return [Crumb("我的账号", reverse("people:me"))]


@own
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: Any) -> HttpResponse:
    """Fresh recovery codes, until the person says that they are kept."""
    if request.method == "POST":
        shown_once.forget(request.session, "recovery")
        return redirect(safe_next(request))
    found = shown_once.kept(request.session, "recovery")
    if found is None:
        return redirect("people:mfa")
    return render(request, "people/factor_codes.html", {"codes": found})


def _confirmed(request: Any, title: str, save: str, note: str, act: Callable[[], Any]) -> Any:
    """A page that asks for the password and then acts; the answer of the act, or the page."""
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and is_password(request, form, form.cleaned_data["current"]):
        done: list[Any] = []
        refused(form, lambda: done.append(act()))
        if done:
            return done[0]
    return form_page(
        request,
        form,
        title=title,
        save=save,
        save_icon="check",
        note=note,
        cancel_url=reverse("people:mfa"),
        crumbs=_crumbs(),
    )


@own
@sensitive_post_parameters("current")
def factor_codes(request: Any) -> HttpResponse:
    answer = _confirmed(
        request, "重新生成恢复码", "重新生成", "新恢复码生成后，原来的恢复码全部作废。",
        lambda: actions.renew_recovery_codes(request.own_actor, account=request.user),
    )  # fmt: skip
    if isinstance(answer, HttpResponse):
        return answer
    shown_once.keep(request.session, "recovery", answer)
    return redirect("people:mfa-codes")


@own
@sensitive_post_parameters("current")
def factor_remove(request: Any) -> HttpResponse:
    answer = _confirmed(
        request, "停用动态口令", "停用动态口令", "停用后，登录只需要密码。",
        lambda: actions.remove_second_factor(request.own_actor, account=request.user),
    )  # fmt: skip
    if isinstance(answer, HttpResponse):
        return answer
    messages.success(request, "动态口令已停用。")
    return redirect("people:mfa")


@own
def sessions(request: Any) -> HttpResponse:
    rows = open_sessions(request.user)
    return render(
        request,
        "people/sessions.html",
        {"rows": rows, "here": request.entry.row, "others": len(rows) > 1, "crumbs": _crumbs()},
    )


@own
@require_POST
def end_session(request: Any) -> HttpResponse:
    """End one log-in (``session``) or all others."""
    one = request.POST.get("session", "")
    ended = actions.end_sessions(
        request.own_actor,
        account=request.user,
        sessions=[int(one)] if one.isdecimal() else None,
        but=request.entry.row,
    )
    messages.success(request, f"已结束 {ended} 处登录。" if ended else "这处登录已经结束。")
    return redirect("people:sessions")


@require_POST
def switch(request: Any) -> HttpResponse:
    """Show the menu of another of one's appointments. Rights don't change: they are those of all appointments together."""
    chosen = request.POST.get("appointment", "")
    if any(one.key == chosen for one in held_by(request.user)):
        request.session[SWITCH_KEY] = chosen
    return redirect("/")
