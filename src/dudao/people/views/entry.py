"""Log-in in one or two steps, log-out. Who may try how often is decided by ``guard``, what is recorded by the actions."""

import time
from typing import Any

from django.contrib.auth import authenticate, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core.access import Actor
from dudao.people import actions, entry, factors
from dudao.people.address import client_address, remember_device
from dudao.people.forms import CodeForm, LoginForm
from dudao.people.guard import Verdict, forgive, name_digest, normal_username, reserve, take_back
from dudao.people.models import Account, LoginSession
from dudao.people.policy import login_policy
from dudao.people.queries.register import account_of_username, account_waiting

_PENDING = "second_step"
_PENDING_SECONDS = 300
_WHY = {
    LoginSession.End.IDLE: "较长时间没有操作，已自动退出，请重新登录。",
    LoginSession.End.LONG: "本次登录已到最长时间，请重新登录。",
}


def safe_next(request: HttpRequest) -> str:
    """Where to go after logging in: a page of this platform, whatever the address says."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    # Logging out is no place to go to.
    return "/" if target.startswith((reverse("people:login"), reverse("people:logout"))) else target


def locked_words(verdict: Verdict) -> str:
    return f"失败次数过多，已暂停登录，请 {verdict.minutes} 分钟后再试。忘记密码请联系本单位或上级的管理员重置。"


def failed_words(verdict: Verdict, what: str) -> str:
    """What the page says of a wrong try: the same words whether the name exists or not."""
    if verdict.left == 0:
        return f"{what}。失败次数过多，已暂停登录，请 {verdict.lock_minutes} 分钟后再试。"
    return f"{what}。再失败 {verdict.left} 次将暂停登录 {verdict.lock_minutes} 分钟。"


def note_failure(request: HttpRequest, username: str, verdict: Verdict, step: str) -> None:
    actions.note_failed_login(
        Actor(id=None, name="未登录", address=client_address(request)),
        account=account_of_username(username),
        name_digest=name_digest(username),
        step=step,
        locked=verdict.lock_minutes if verdict.left == 0 else 0,
    )


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: Any) -> HttpResponse:
    target = safe_next(request)
    if request.user.is_authenticated:
        return redirect(target)
    form = LoginForm(request.POST or None, keep_days=login_policy().keep_days)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            username = normal_username(form.cleaned_data["username"])
            account = authenticate(request, username=username, password=form.cleaned_data["password"])
            verdict: Verdict = request.login_verdict
            if isinstance(account, Account):
                take_back(verdict)
                return _password_shown(
                    request, account, request.login_by, target, keep=form.cleaned_data.get("keep", False)
                )
            if not verdict.allowed:
                status = 429
                form.add_error(None, locked_words(verdict))
            else:
                note_failure(request, username, verdict, "password")
                refusal = getattr(request, "login_refusal", "")
                form.add_error(None, refusal or failed_words(verdict, "登录名或密码不正确"))
    why = _WHY.get(request.GET.get("why", ""), "") if request.method == "GET" else ""
    return render(request, "people/login.html", {"form": form, "next": target, "why": why}, status=status)


def _password_shown(request: HttpRequest, account: Account, by: str, target: str, *, keep: bool) -> HttpResponse:
    if not factors.has_totp(account):
        return _enter(request, account, by, "", target, keep=keep)
    request.session.cycle_key()
    request.session[_PENDING] = {"account": account.pk, "by": by, "at": int(time.time()), "next": target, "keep": keep}
    return redirect("people:second")


def _enter(request: HttpRequest, account: Account, by: str, factor: str, target: str, *, keep: bool) -> HttpResponse:
    forgive(request, account.username)
    request.session.pop(_PENDING, None)
    entry.begin(request, account, by=by, factor=factor, keep=keep)
    answer = redirect(target)
    remember_device(request, answer)
    return answer


@login_not_required
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """The second factor of those who have one; the password was shown a moment ago in this session."""
    pending = request.session.get(_PENDING)
    account = account_waiting(pending["account"]) if pending else None
    if pending is None or account is None or time.time() - pending["at"] > _PENDING_SECONDS:
        request.session.pop(_PENDING, None)
        return redirect("people:login")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            verdict = reserve(request, account.username)
            factor = factors.accept(account, form.cleaned_data["code"]) if verdict.allowed else ""
            if factor:
                take_back(verdict)
                return _enter(request, account, pending["by"], factor, pending["next"], keep=pending.get("keep", False))
            if not verdict.allowed:
                status = 429
                form.add_error(None, locked_words(verdict))
            else:
                note_failure(request, account.username, verdict, "second factor")
                form.add_error(None, failed_words(verdict, "动态口令不正确或已经用过"))
    return render(request, "people/second.html", {"form": form}, status=status)


@login_not_required
@require_POST
def log_out(request: Any) -> HttpResponse:
    if request.user.is_authenticated:
        actions.close_session(request.own_actor, account=request.user, session_key=request.session.session_key)
    logout(request)
    return redirect("people:login")
