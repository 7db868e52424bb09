"""Puts the actor on the request: loaded once, lazily, passed on explicitly from there."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from dudao.core.access import Actor
from dudao.people.queries import actor_for

__all__ = ["ActorMiddleware"]

NOBODY = Actor(id=None, name="未登录")


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: (
                actor_for(request.user, request.META.get("REMOTE_ADDR", ""))
                if request.user.is_authenticated
                else NOBODY
            )
        )
        return self.get_response(request)
