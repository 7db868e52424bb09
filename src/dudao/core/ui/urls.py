"""The page of all template parts, for development only: production and demo have no such address."""

from django.conf import settings
from django.urls import URLPattern, path

from dudao.core.ui import dev

app_name = "dev"
urlpatterns: list[URLPattern] = []
if settings.DEV:
    urlpatterns = [
        path("ui/", dev.parts_page, name="parts"),
        path("ui/list/", dev.list_page, name="list"),
        path("ui/object/", dev.object_page, name="object"),
        path("ui/form/", dev.form, name="form"),
        path("ui/board/", dev.board_page, name="board"),
        path("ui/pick/", dev.pick, name="pick"),
        path("ui/branch/<int:depth>/", dev.branch, name="branch"),
        path("ui/job/", dev.job, name="job"),
        path("ui/error/<int:code>/", dev.problem, name="problem"),
    ]
