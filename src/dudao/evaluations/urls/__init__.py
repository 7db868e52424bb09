"""Addresses of evaluations. Every subject keeps its own list beside this file."""

from dudao.evaluations.urls.campaigns import urlpatterns as campaigns

app_name = "evaluations"
urlpatterns = [
    *campaigns,
]
