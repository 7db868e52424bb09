"""Addresses of papers."""

from django.urls import path

from dudao.papers.views import drafting, files, papers, verify

app_name = "papers"
urlpatterns = [
    path("", papers.paper_list, name="papers"),
    path("received/", papers.received_list, name="received"),
    path("register/", papers.register, name="register"),
    path("verify/", verify.verify, name="verify"),
    path("new/", drafting.new, name="new"),
    path("new/<slug:kind>/", drafting.new_kind, name="new_kind"),
    path("<int:pk>/", papers.paper_page, name="paper"),
    path("<int:pk>/step/", papers.paper_step, name="step"),
    path("<int:pk>/edit/", drafting.edit, name="edit"),
    path("<int:pk>/upload/", drafting.upload, name="upload"),
    path("<int:pk>/compare/", drafting.compare, name="compare"),
    path("<int:pk>/seal/", drafting.seal, name="seal"),
    path("<int:pk>/preview/", files.preview, name="preview"),
    path("<int:pk>/pdf/", files.pdf, name="pdf"),
    path("<int:pk>/sealed/", files.sealed, name="sealed"),
    path("versions/<int:pk>/", files.word, name="word"),
    path("deliveries/<int:pk>/sign/", papers.delivery_sign, name="delivery_sign"),
]
