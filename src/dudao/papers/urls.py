"""Addresses of papers."""

from django.urls import path

from dudao.papers.process import PAPER
from dudao.papers.views import drafting, files, papers, receiving, styles, templates, verify

app_name = "papers"
urlpatterns = [
    path("", papers.paper_list, name="papers"),
    path("bulk/<slug:act>/", papers.paper_bulk, name="bulk"),
    path("received/", receiving.received_list, name="received"),
    path("received/sign/", receiving.received_sign, name="received_sign"),
    path("register/", papers.register, name="register"),
    path("verify/", verify.verify, name="verify"),
    path("new/", drafting.new, name="new"),
    path("new/<slug:kind>/", drafting.new_kind, name="new_kind"),
    path("style/", styles.style, name="style"),
    path("style/edit/", styles.style_edit, name="style_edit"),
    path("style/fonts/new/", styles.font_add, name="font_add"),
    path("style/fonts/<int:pk>/remove/", styles.font_remove, name="font_remove"),
    path("style/preview/", styles.style_preview, name="style_preview"),
    path("templates/", templates.templates, name="templates"),
    path("templates/<int:pk>/", templates.template_page, name="template"),
    path("templates/<int:pk>/use/", templates.template_use, name="template_use"),
    path("templates/<int:pk>/file/", templates.template_file, name="template_file"),
    path("templates/<int:pk>/word/", templates.template_word, name="template_word"),
    path("templates/<int:pk>/pdf/", templates.template_pdf, name="template_pdf"),
    path("templates/<slug:kind>/", templates.template_kind, name="template_kind"),
    path("templates/<slug:kind>/upload/", templates.template_upload, name="template_upload"),
    path("templates/<slug:kind>/return/", templates.template_return, name="template_return"),
    path("templates/<slug:kind>/builtin/", templates.template_builtin, name="template_builtin"),
    path("templates/<slug:kind>/starter/", templates.template_starter, name="template_starter"),
    path("<int:pk>/", papers.paper_page, name="paper"),
    path("<int:pk>/receivers/", receiving.receivers, name="receivers"),
    *PAPER.urls(),
    path("<int:pk>/compare/", drafting.compare, name="compare"),
    path("<int:pk>/seal/", drafting.seal, name="seal"),
    path("<int:pk>/preview/", files.preview, name="preview"),
    path("<int:pk>/pdf/", files.pdf, name="pdf"),
    path("<int:pk>/sealed/", files.sealed, name="sealed"),
    path("versions/<int:pk>/", files.word, name="word"),
    path("deliveries/<int:pk>/sign/", receiving.delivery_sign, name="delivery_sign"),
]
