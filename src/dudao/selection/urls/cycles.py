"""Addresses of cycle plans."""

from django.urls import path

from dudao.selection.views import cycle_schools, cycles

urlpatterns = [
    path("cycles/", cycles.cycle_list, name="cycles"),
    path("cycles/new/", cycles.cycle_new, name="cycle_new"),
    path("cycles/<int:pk>/", cycles.cycle_page, name="cycle"),
    path("cycles/<int:pk>/step/", cycles.cycle_step, name="cycle_step"),
    path("cycles/<int:pk>/rules/", cycles.cycle_rules, name="cycle_rules"),
    path("cycles/<int:pk>/capacity/", cycles.cycle_capacity, name="cycle_capacity"),
    path("cycles/<int:pk>/export/", cycles.cycle_export, name="cycle_export"),
    path("cycles/<int:pk>/schools/", cycle_schools.cycle_schools, name="cycle_schools"),
    path("cycles/<int:pk>/import/", cycle_schools.cycle_import, name="cycle_import"),
    path("cycles/<int:pk>/replan/", cycle_schools.cycle_replan, name="cycle_replan"),
    path("cycles/schools/<int:pk>/", cycle_schools.cycle_entry, name="cycle_entry"),
    path("cycles/changes/<int:pk>/", cycle_schools.cycle_change, name="cycle_change"),
    path("cycles/changes/<int:pk>/step/", cycle_schools.cycle_change_step, name="cycle_change_step"),
]
