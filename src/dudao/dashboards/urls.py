"""Addresses of the workbench, the overview and the search."""

from django.urls import path

from dudao.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.home, name="home"),
    path("overview/", views.overview, name="overview"),
    path("search/", views.search, name="search"),
]
