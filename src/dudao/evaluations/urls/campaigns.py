"""Addresses of campaigns."""

from django.urls import path

from dudao.evaluations.views import board, campaigns, changing, choosing, making
from dudao.evaluations.views import subjects as pressing

urlpatterns = [
    path("", campaigns.campaign_list, name="campaigns"),
    path("new/", making.templates, name="campaign_new"),
    path("new/<slug:template>/", making.new, name="campaign_make"),
    path("<int:pk>/", board.campaign_page, name="campaign"),
    path("<int:pk>/clone/", making.clone, name="campaign_clone"),
    path("<int:pk>/step/", changing.step, name="campaign_step"),
    path("<int:pk>/edit/", changing.head, name="campaign_edit"),
    path("<int:pk>/phases/", changing.phases, name="campaign_phases"),
    path("<int:pk>/rules/", changing.rules, name="campaign_rules"),
    path("<int:pk>/amend/", changing.amend, name="campaign_amend"),
    path("<int:pk>/notice/", changing.notice, name="campaign_notice"),
    path("<int:pk>/dry-run/", board.dry_run_page, name="campaign_try"),
    path("<int:pk>/subjects/", board.subject_list, name="campaign_subjects"),
    path("<int:pk>/subjects/choose/", choosing.choose, name="campaign_choose"),
    path("<int:pk>/subjects/extend/", pressing.extend, name="campaign_extend"),
    path("<int:pk>/subjects/<str:act>/", pressing.bulk, name="campaign_bulk"),
]
