"""Error pages as Django's handlers want them. None of them touches the database."""

from django.http import HttpRequest, HttpResponse

from dudao.core.ui.problems import problem_page


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return problem_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return problem_page(request, 403, "页面停留太久或在别处重新登录过，为安全起见没有提交。请刷新页面后重新提交。")
