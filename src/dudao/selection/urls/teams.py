"""Addresses of recusals and teams."""

from django.urls import path

from dudao.selection.views import teams, travel

urlpatterns = [
    path("recusals/", teams.recusal_list, name="recusals"),
    path("recusals/new/", teams.recusal_new, name="recusal_new"),
    path("recusals/<int:pk>/", teams.recusal_page, name="recusal"),
    path("recusals/<int:pk>/step/", teams.recusal_step, name="recusal_step"),
    path("teams/", teams.team_list, name="teams"),
    path("teams/new/", teams.team_new, name="team_new"),
    path("teams/travel/", travel.travel, name="team_travel"),
    path("teams/<int:pk>/", teams.team_page, name="team"),
    path("teams/<int:pk>/step/", teams.team_step, name="team_step"),
]
