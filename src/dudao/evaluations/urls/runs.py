"""Addresses of the runs that a campaign takes numbers and verdicts from."""

from django.urls import path

from dudao.evaluations.views import runs

urlpatterns = [
    path("campaigns/<int:pk>/runs/", runs.campaign_runs, name="campaign_runs"),
    path("subjects/<int:pk>/runs/<int:pin>/", runs.subject_run, name="subject_run"),
]
