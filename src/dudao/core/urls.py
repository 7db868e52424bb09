"""Addresses of what belongs to everybody: their background jobs, their notices, the manual, what the platform is made of;
and the probes' addresses."""

from django.urls import path

from dudao.core import views

app_name = "core"
urlpatterns = [
    path("about/", views.about_page, name="about"),
    path("health/", views.health, name="health"),
    path("health/ready/", views.health_ready, name="health_ready"),
    path("jobs/", views.job_list, name="jobs"),
    path("jobs/<int:pk>/", views.job_page, name="job"),
    path("jobs/<int:pk>/state/", views.job_state, name="job_state"),
    path("jobs/<int:pk>/file/", views.job_file, name="job_file"),
    path("manual/", views.manual_page, name="manual"),
    path("manual/<slug:chapter>/", views.manual_page, name="manual_chapter"),
    path("manual/pictures/<str:name>", views.manual_picture, name="manual_picture"),
    path("notices/", views.notice_list, name="notices"),
    path("notices/read/", views.read_all, name="notices_read"),
    path("notices/<int:pk>/open/", views.open_notice, name="notice_open"),
]
