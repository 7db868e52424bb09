"""Addresses of indicator systems."""

from django.urls import path

from dudao.frameworks.views import comparing, nodes, versions

app_name = "frameworks"

urlpatterns = [
    path("", versions.version_list, name="versions"),
    path("load/", versions.load, name="load"),
    path("<int:pk>/", versions.version, name="version"),
    path("<int:pk>/step/", versions.step, name="step"),
    path("<int:pk>/clone/", versions.clone, name="clone"),
    path("<int:pk>/compare/", comparing.compare, name="compare"),
    path("indicators/<int:pk>/", nodes.node_edit, name="node"),
    path("indicators/<int:pk>/add/", nodes.node_add, name="node_add"),
    path("indicators/<int:pk>/move/", nodes.node_move, name="node_move"),
    path("indicators/<int:pk>/delete/", nodes.node_delete, name="node_delete"),
]
