"""Turns refusals and conflicts raised by actions into pages that say what to do; refuses what no text can hold."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from dudao.core.access import Denied
from dudao.core.ui.problems import problem_page
from dudao.core.workflow import Conflict


class ProblemMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """The NUL character, which programs send and people paste: no column of text takes it, and forms aren't everywhere."""
        if any("\0" in value for value in _sent(request)):
            return problem_page(
                request, 400, "内容里有不能保存的字符（空字符），没有保存任何东西。请删去从别处粘贴来的内容，重新填写。"
            )
        return None

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, Denied):
            return problem_page(request, 403, problem.reason)
        if isinstance(problem, Conflict):
            return problem_page(request, 409, str(problem))
        return None


def _sent(request: HttpRequest) -> list[str]:
    """Everything a request says in words: its address, its fields. The body has been read by now."""
    fields = [
        value for part in (request.GET, request.POST) for values in part.lists() for value in (values[0], *values[1])
    ]
    return [request.path, *map(str, fields)]
