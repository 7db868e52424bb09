"""Turns refusals and conflicts raised by actions into pages that say what to do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dudao.core.access import Denied
from dudao.core.workflow import Conflict

__all__ = ["ProblemMiddleware"]


class ProblemMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, Denied):
            return render(request, "403.html", {"reason": problem.reason}, status=403)
        if isinstance(problem, Conflict):
            return render(request, "409.html", {"reason": str(problem)}, status=409)
        return None
