"""Addresses of draws: the office's, and the public ones on which anybody checks a draw."""

from django.urls import path

from dudao.selection.views import draws, draws_public

app_name = "draws"
urlpatterns = [
    path("evaluations/draws/", draws.draw_list, name="draws"),
    path("evaluations/draws/new/", draws.new, name="new"),
    path("evaluations/draws/<int:pk>/", draws.draw_page, name="draw"),
    path("evaluations/draws/<int:pk>/edit/", draws.edit, name="edit"),
    path("evaluations/draws/<int:pk>/step/", draws.step, name="step"),
    path("evaluations/draws/<int:pk>/hold/", draws.hold, name="hold"),
    path("evaluations/draws/<int:pk>/members/<slug:act>/", draws.members, name="members"),
    path("evaluations/draws/<int:pk>/record.json", draws.record, name="record"),
    path("evaluations/draws/<int:pk>/frame.<slug:ending>", draws.frame, name="frame"),
    path("verify/draw/", draws_public.check, name="check"),
    path("verify/draw/<uuid:uid>/", draws_public.draw_page, name="public"),
    path("verify/draw/<uuid:uid>/record.json", draws_public.record, name="public_record"),
    path("verify/draw/<uuid:uid>/frame.<slug:ending>", draws_public.frame, name="public_frame"),
]
