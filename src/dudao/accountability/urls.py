"""Addresses of cases and talks."""

from django.urls import path

from dudao.accountability.views import case, listing, steps, talks

app_name = "accountability"
urlpatterns = [
    path("cases/", listing.case_list, name="cases"),
    path("cases/new/", listing.who, name="who"),
    path("cases/new/<int:pk>/", listing.new, name="new"),
    path("cases/<int:pk>/", case.case_page, name="case"),
    path("cases/<int:pk>/step/", case.case_step, name="case_step"),
    path("cases/files/<int:pk>/", case.file, name="file"),
    *(path(f"cases/<int:pk>/{name.replace('_', '-')}/", steps.act, {"name": name}, name=name) for name in steps.ACTS),
    path("cases/<int:pk>/execute/<int:measure>/", steps.execute, name="execute"),
    path("cases/remedies/<int:pk>/decide/", steps.decide_remedy, name="decide_remedy"),
    path("cases/remedies/<int:pk>/correct/", steps.correct, name="correct"),
    # What member units are asked
    path("opinions/", listing.opinions, name="opinions"),
    path("opinions/<int:pk>/", steps.opinion, name="opinion"),
    # Talks
    path("talks/", talks.talk_list, name="talks"),
    path("talks/new/", talks.new, name="talk_new"),
    path("talks/<int:pk>/", talks.talk_page, name="talk"),
    path("talks/<int:pk>/step/", talks.talk_step, name="talk_step"),
    path("talks/<int:pk>/record/", talks.record, name="talk_record"),
    path("talks/demands/<int:pk>/follow/", talks.follow, name="follow"),
    path("talks/demands/<int:pk>/finding/", talks.finding, name="demand_finding"),
]
