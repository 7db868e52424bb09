"""The page of all template parts, for development only: production and demo have no such address."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import URLPattern, path

from dudao.core.ui import dev

app_name = "dev"


def _open(address: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
    """Development pages ask for no log-in: they hold nothing but samples."""
    return path(address, login_not_required(view), name=name)


urlpatterns: list[URLPattern] = []
if settings.DEV:
    urlpatterns = [
        _open("ui/", dev.parts_page, "parts"),
        _open("ui/list/", dev.list_page, "list"),
        _open("ui/object/", dev.object_page, "object"),
        _open("ui/form/", dev.form, "form"),
        _open("ui/board/", dev.board_page, "board"),
        _open("ui/pick/", dev.pick, "pick"),
        _open("ui/branch/<int:depth>/", dev.branch, "branch"),
        _open("ui/job/", dev.job, "job"),
        _open("ui/error/<int:code>/", dev.problem, "problem"),
    ]
