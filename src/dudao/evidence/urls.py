"""Addresses of the evidence library."""

from django.urls import path

from dudao.evidence.process import EVIDENCE
from dudao.evidence.views import adding, files, items, limits, listing, picking, uploads

app_name = "evidence"
urlpatterns = [
    path("", listing.item_list, name="items"),
    path("bulk/<slug:act>/", listing.bulk, name="bulk"),
    path("add/", adding.add, name="add"),
    path("describe/", adding.describe, name="describe"),
    path("limits/", limits.limits, name="limits"),
    path("uploads/", uploads.upload_new, name="uploads"),
    path("uploads/<uuid:key>/", uploads.upload, name="upload"),
    path("pick/", picking.pick, name="pick"),
    path("at/<path:key>/", picking.box, name="box"),
    path("versions/<int:pk>/", files.show, name="show"),
    path("versions/<int:pk>/file/", files.file, name="file"),
    path("versions/<int:pk>/picture/<slug:size>/", files.picture, name="picture"),
    path("versions/<int:pk>/preview/", files.preview, name="preview"),
    path("versions/<int:pk>/convert/", files.convert, name="convert"),
    path("<int:pk>/", items.item_page, name="item"),
    *EVIDENCE.urls(),
    path("<int:pk>/version/", adding.version_new, name="version_new"),
]
