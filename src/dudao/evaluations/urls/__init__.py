"""Addresses of evaluations. Every subject keeps its own list beside this file."""

from dudao.evaluations.urls.answering import urlpatterns as answering
from dudao.evaluations.urls.campaigns import urlpatterns as campaigns
from dudao.evaluations.urls.parts import urlpatterns as parts
from dudao.evaluations.urls.reviewing import urlpatterns as reviewing
from dudao.evaluations.urls.runs import urlpatterns as runs

app_name = "evaluations"
urlpatterns = [*answering, *campaigns, *parts, *reviewing, *runs]
