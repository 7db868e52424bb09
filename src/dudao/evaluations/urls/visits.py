"""Addresses of on-site evaluation."""

from django.urls import path

from dudao.evaluations.process import VISIT
from dudao.evaluations.views import visit_marks as onsite
from dudao.evaluations.views import visits as visiting
from dudao.visits import views as visit_files

app_name = "visits"
urlpatterns = [
    path("visits/", visiting.visit_list, name="visits"),
    path("visits/new/", visiting.pick, name="visit_pick"),
    path("visits/new/<int:pk>/", visiting.plan, name="visit_plan"),
    path("visits/<int:pk>/", visiting.visit_page, name="visit"),
    *VISIT.urls("visits/"),
    path("visits/<int:pk>/statement/", visiting.statement, name="visit_statement"),
    path("visits/<int:pk>/field/", onsite.field, name="visit_field"),
    path("visits/<int:pk>/mark/", onsite.mark, name="visit_mark"),
    path("visits/<int:pk>/record/", onsite.record, name="visit_record"),
    path("visits/<int:pk>/photo/", onsite.photo, name="visit_photo"),
    path("visits/<int:pk>/drop/", onsite.drop, name="visit_drop"),
    path("visits/files/<int:pk>/", visit_files.file, name="visit_file"),
    path("visits/files/<int:pk>/show/", visit_files.show, name="visit_show"),
    path("visits/files/<int:pk>/picture/<slug:size>/", visit_files.picture, name="visit_picture"),
]
