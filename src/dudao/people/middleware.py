"""Who asks: puts the person, their appointments and the actor on the request, once, before any view runs.

At most three queries a request: the session, the account, the appointments (five while looking as somebody else). Also what must
hold before any page is shown: the log-in has not run out, a password due for change is changed first, administrators have shown
their second factor, and whoever looks as somebody else changes nothing.

On the request afterwards: ``actor`` (with the rights in force), ``held``, ``view_as``, ``own_actor`` (the person at the keyboard,
also while looking as somebody else), ``entry`` (the log-in) and ``first_step`` (the page that must be passed before any other).
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.ui.problems import problem_page
from dudao.people.actions import expire_session
from dudao.people.address import client_address, unlisted_proxy, warn_of_proxy
from dudao.people.entry import Entry, entry_of, touch
from dudao.people.models import Account
from dudao.people.queries.actors import Held, ViewAs, actor_of, held_by, is_administrator

VIEW_AS_KEY = "view_as"
SAFE = {"GET", "HEAD", "OPTIONS"}


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.actor = request.own_actor = Actor(id=None, name="未登录", address=client_address(request))
        request.held, request.view_as, request.entry, request.first_step = (), None, None, ""
        if proxy := unlisted_proxy(request):
            warn_of_proxy(proxy)
        logged_in = SESSION_KEY in request.session
        answer = self._enter(request) if logged_in else None
        if answer is None:
            answer = self.get_response(request)
        if logged_in:
            # What a person sees stays out of shared caches and of the browser's history after logging out.
            answer.headers.setdefault("Cache-Control", "no-store, private")
        return answer

    def _enter(self, request: Any) -> HttpResponse | None:
        """Load the person. An answer is given instead of the page when something else comes first."""
        now = int(time.time())
        entry = entry_of(request.session)
        if not request.user.is_authenticated:
            return None
        account: Account = request.user
        held = held_by(account)
        over = entry.over(now, administrator=is_administrator(held))
        if over:
            return self._run_out(request, entry, over)
        request.entry, request.held = entry, held
        request.actor = request.own_actor = actor_of(account, held, request.actor.address)
        touch(request, entry, now)
        return self._first_steps(request, account, held, entry) or self._view_as(request, now)

    @staticmethod
    def _run_out(request: Any, entry: Entry, why: str) -> HttpResponse | None:
        expire_session(entry.row, why)
        logout(request)
        login = reverse("people:login")
        if request.path == login:
            return None
        back = request.get_full_path() if request.method == "GET" else "/"
        return HttpResponseRedirect(f"{login}?{urlencode({'why': why, 'next': back})}")

    @staticmethod
    def _first_steps(request: Any, account: Account, held: tuple[Held, ...], entry: Entry) -> HttpResponse | None:
        """Send people whose password or second factor comes first to that page, whatever they asked for."""
        if account.must_change_password or account.placeholder or _password_old(account, entry):
            step = reverse("people:password")
        elif is_administrator(held) and not entry.second:
            step = reverse("people:mfa")
        else:
            return None
        request.first_step = step
        if request.path in {step, reverse("people:logout")}:
            return None
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": step})
        return HttpResponseRedirect(step)

    @staticmethod
    def _view_as(request: Any, now: int) -> HttpResponse | None:
        stored = request.session.get(VIEW_AS_KEY)
        if stored is None:
            return None
        account = Account.objects.filter(pk=stored["account"], is_active=True).select_related("home").first()
        if account is None or now >= stored["until"] or not request.actor.may("account.view_as", account.home.path):
            del request.session[VIEW_AS_KEY]
            return _looked(request, account if account is not None and now >= stored["until"] else None)
        request.held = held_by(account)
        request.actor = actor_of(account, request.held, request.actor.address, read_only=True)
        request.view_as = ViewAs(account, request.user, datetime.fromtimestamp(stored["until"], UTC))
        leaving = {reverse("people:view-as-end"), reverse("people:logout")}
        if request.method not in SAFE and request.path not in leaving:
            said = f"您正以“{account.name}”的身份查看，只能看，不能办理。结束查看后再操作。"
            return problem_page(request, 403, said, leave=("结束查看", reverse("people:view-as-end")))
        return None


def _looked(request: Any, account: Account | None) -> HttpResponse:
    """Back to the page where the look began: the page at hand is another person's, and may refuse whoever looked."""
    messages.info(request, "以他人身份查看已经结束。")
    back = account.get_absolute_url() if account is not None else "/"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": back})
    return HttpResponseRedirect(back)


def _password_old(account: Account, entry: Entry) -> bool:
    changed = account.password_changed_at
    return changed is not None and timezone.now() - changed > timedelta(days=entry.password_days)
