"""Addresses of indicator systems."""

from django.urls import path

from dudao.frameworks import views

app_name = "frameworks"

urlpatterns = [
    path("", views.version_list, name="versions"),
    path("load/", views.load, name="load"),
    path("<int:pk>/", views.version, name="version"),
    path("<int:pk>/step/", views.step, name="step"),
    path("<int:pk>/clone/", views.clone, name="clone"),
    path("<int:pk>/compare/", views.compare, name="compare"),
    path("indicators/<int:pk>/", views.node_edit, name="node"),
    path("indicators/<int:pk>/add/", views.node_add, name="node_add"),
    path("indicators/<int:pk>/move/", views.node_move, name="node_move"),
    path("indicators/<int:pk>/delete/", views.node_delete, name="node_delete"),
]
