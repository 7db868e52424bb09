"""Addresses of the workbench."""

from django.urls import URLPattern

app_name = "dashboards"
urlpatterns: list[URLPattern] = []
