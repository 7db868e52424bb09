"""Turns refusals and conflicts raised by actions into pages that say what to do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from dudao.core.access import Denied
from dudao.core.ui.problems import problem_page
from dudao.core.workflow import Conflict

__all__ = ["ProblemMiddleware"]


class ProblemMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, Denied):
            return problem_page(request, 403, problem.reason)
        if isinstance(problem, Conflict):
            return problem_page(request, 409, str(problem))
        return None
