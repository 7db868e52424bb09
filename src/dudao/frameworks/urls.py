"""Addresses of indicator systems."""

from django.urls import path

from dudao.frameworks.views import (
    clone,
    compare,
    load,
    node_add,
    node_delete,
    node_edit,
    node_move,
    step,
    version,
    version_list,
)

app_name = "frameworks"

urlpatterns = [
    path("", version_list, name="versions"),
    path("load/", load, name="load"),
    path("<int:pk>/", version, name="version"),
    path("<int:pk>/step/", step, name="step"),
    path("<int:pk>/clone/", clone, name="clone"),
    path("<int:pk>/compare/", compare, name="compare"),
    path("indicators/<int:pk>/", node_edit, name="node"),
    path("indicators/<int:pk>/add/", node_add, name="node_add"),
    path("indicators/<int:pk>/move/", node_move, name="node_move"),
    path("indicators/<int:pk>/delete/", node_delete, name="node_delete"),
]
