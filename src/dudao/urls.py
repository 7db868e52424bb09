"""All addresses of the platform."""

from django.urls import include, path

urlpatterns = [
    path("", include("dudao.dashboards.urls")),
    path("", include("dudao.people.urls")),
    path("units/", include("dudao.orgs.urls")),
    path("plans/", include("dudao.plans.urls")),
]
