"""Addresses of cases and talks."""

from django.urls import path

from dudao.accountability.process import CASE, TALK
from dudao.accountability.views import case, listing, talks

app_name = "accountability"
urlpatterns = [
    path("cases/", listing.case_list, name="cases"),
    path("cases/new/", listing.who, name="who"),
    path("cases/new/<int:pk>/", listing.new, name="new"),
    path("cases/<int:pk>/", case.case_page, name="case"),
    path("cases/files/<int:pk>/", case.file, name="file"),
    *CASE.urls("cases/"),
    # What member units are asked
    path("opinions/", listing.opinions, name="opinions"),
    path("opinions/<int:pk>/", listing.opinion, name="opinion"),
    path("talks/", talks.talk_list, name="talks"),
    path("talks/new/", talks.new, name="talk_new"),
    path("talks/<int:pk>/", talks.talk_page, name="talk"),
    *TALK.urls("talks/"),
]
