"""Addresses of orgs."""

from django.urls import path

from dudao.core.imports.pages import paths
from dudao.orgs.imports import UNITS
from dudao.orgs.process import UNIT
from dudao.orgs.views import calendars, imports, listing, tree, unit

app_name = "orgs"
urlpatterns = [
    path("", listing.unit_list, name="units"),
    path("tree/", tree.tree, name="tree"),
    path("children/", tree.children, name="children"),
    path("pick/", tree.pick, name="pick"),
    path("new/", unit.new, name="new"),
    path("import/", imports.new, name="import_new"),
    path("import/template/", imports.template, name="import_template"),
    *paths(UNITS, "import/"),
    path("calendar/", calendars.calendar_page, name="calendar"),
    path("calendar/day/", calendars.calendar_day, name="calendar-day"),
    path("calendar/seed/", calendars.calendar_seed, name="calendar-seed"),
    path("calendar/day/<int:pk>/remove/", calendars.calendar_remove, name="calendar-remove"),
    path("contacts/<int:pk>/", unit.contact_edit, name="contact-edit"),
    path("contacts/<int:pk>/remove/", unit.contact_remove, name="contact-remove"),
    path("contacts/<int:pk>/phone/", unit.reveal, name="contact-reveal"),
    path("<int:pk>/", unit.unit, name="unit"),
    path("<int:pk>/below/", unit.unit, {"tab": "below"}, name="unit-below"),
    path("<int:pk>/past/", unit.unit, {"tab": "past"}, name="unit-past"),
    *UNIT.urls(),
    path("<int:pk>/contacts/", unit.contact_new, name="contact-new"),
]
