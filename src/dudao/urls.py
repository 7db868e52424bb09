"""All addresses of the platform."""

from django.urls import include, path

from dudao.evaluations.urls import visits
from dudao.selection.urls import draws

urlpatterns = [
    path("", include("dudao.dashboards.urls")),
    path("", include("dudao.people.urls")),
    path("", include("dudao.core.urls")),
    path("units/", include("dudao.orgs.urls")),
    path("papers/", include("dudao.papers.urls")),
    path("evidence/", include("dudao.evidence.urls")),
    path("plans/", include("dudao.plans.urls")),
    path("findings/", include("dudao.findings.urls")),
    path("accountability/", include("dudao.accountability.urls")),
    path("stats/", include("dudao.stats.urls")),
    path("frameworks/", include("dudao.frameworks.urls")),
    path("evaluations/", include("dudao.evaluations.urls")),
    path("evaluations/", include(visits)),
    path("evaluations/", include("dudao.selection.urls")),
    path("evaluations/", include("dudao.results.urls")),
    path("", include(draws)),
    path("dev/", include("dudao.core.ui.urls")),
]

handler400 = "dudao.core.ui.views.bad_request"
handler403 = "dudao.core.ui.views.permission_denied"
handler404 = "dudao.core.ui.views.not_found"
handler500 = "dudao.core.ui.views.server_error"
