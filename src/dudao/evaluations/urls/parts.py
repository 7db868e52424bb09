"""Addresses of the parts of a self-evaluation that departments answer."""

from django.urls import path

from dudao.evaluations.views import parts

urlpatterns = [
    path("parts/", parts.part_list, name="parts"),
    path("parts/<int:pk>/", parts.part_page, name="part"),
    path("parts/<int:pk>/step/", parts.part_step, name="part_step"),
    path("parts/<int:pk>/edit/", parts.part_edit, name="part_edit"),
    path("parts/<int:pk>/return/", parts.part_return, name="part_return"),
    path("subjects/<int:pk>/parts/", parts.division, name="division"),
    path("subjects/<int:pk>/parts/new/", parts.part_new, name="part_new"),
    path("subjects/<int:pk>/parts/step/", parts.division_step, name="division_step"),
]
