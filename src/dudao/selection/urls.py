"""Addresses of selection; draws have a name of their own, for anybody checks them."""

from django.urls import path

from dudao.selection.process import CHANGE, CYCLE, DRAW, RECUSAL, TEAMS
from dudao.selection.views import cycle_schools, cycles, draws_public, teams, travel
from dudao.selection.views import draws as drawing

app_name = "selection"
urlpatterns = [
    path("cycles/", cycles.cycle_list, name="cycles"),
    path("cycles/new/", cycles.cycle_new, name="cycle_new"),
    path("cycles/<int:pk>/", cycles.cycle_page, name="cycle"),
    *CYCLE.urls("cycles/"),
    path("cycles/<int:pk>/capacity/", cycles.cycle_capacity, name="cycle_capacity"),
    path("cycles/<int:pk>/export/", cycles.cycle_export, name="cycle_export"),
    path("cycles/<int:pk>/schools/", cycle_schools.cycle_schools, name="cycle_schools"),
    path("cycles/<int:pk>/import/", cycle_schools.cycle_import, name="cycle_import"),
    path("cycles/schools/<int:pk>/", cycle_schools.cycle_entry, name="cycle_entry"),
    path("cycles/changes/<int:pk>/", cycle_schools.cycle_change, name="cycle_change"),
    *CHANGE.urls("cycles/changes/"),
    path("own-schools/", teams.own_schools, name="own_schools"),
    path("recusals/", teams.recusal_list, name="recusals"),
    path("recusals/new/", teams.recusal_new, name="recusal_new"),
    path("recusals/<int:pk>/", teams.recusal_page, name="recusal"),
    *RECUSAL.urls("recusals/"),
    path("teams/", teams.team_list, name="teams"),
    path("teams/new/", teams.team_new, name="team_new"),
    path("teams/travel/", travel.travel, name="team_travel"),
    path("teams/<int:pk>/", teams.team_page, name="team"),
    *TEAMS.urls("teams/"),
]

_OWN = "evaluations/draws/"
draws = (
    [
        path(_OWN, drawing.draw_list, name="draws"),
        path(f"{_OWN}new/", drawing.new, name="new"),
        path(f"{_OWN}<int:pk>/", drawing.draw_page, name="draw"),
        *DRAW.urls(_OWN),
        path(f"{_OWN}<int:pk>/members/<slug:act>/", drawing.members, name="members"),
        path(f"{_OWN}<int:pk>/record.json", drawing.record, name="record"),
        path(f"{_OWN}<int:pk>/frame.<slug:ending>", drawing.frame, name="frame"),
        path("verify/draw/", draws_public.check, name="check"),
        path("verify/draw/<uuid:uid>/", draws_public.draw_page, name="public"),
        path("verify/draw/<uuid:uid>/record.json", draws_public.record, name="public_record"),
        path("verify/draw/<uuid:uid>/frame.<slug:ending>", draws_public.frame, name="public_frame"),
    ],
    "draws",
)
