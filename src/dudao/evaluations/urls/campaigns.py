"""Addresses of campaigns."""

from django.urls import path

from dudao.evaluations.views import board, campaigns

urlpatterns = [
    path("", campaigns.campaign_list, name="campaigns"),
    path("<int:pk>/", board.campaign_page, name="campaign"),
]
