"""Addresses of what belongs to everybody: their background jobs and their notices."""

from django.urls import path

from dudao.core import views

app_name = "core"
urlpatterns = [
    path("jobs/", views.job_list, name="jobs"),
    path("jobs/<int:pk>/", views.job_page, name="job"),
    path("jobs/<int:pk>/state/", views.job_state, name="job_state"),
    path("jobs/<int:pk>/file/", views.job_file, name="job_file"),
    path("notices/", views.notice_list, name="notices"),
    path("notices/read/", views.read_all, name="notices_read"),
    path("notices/<int:pk>/open/", views.open_notice, name="notice_open"),
]
