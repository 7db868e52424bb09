"""Addresses of findings."""

from django.urls import path

from dudao.findings.process import FINDING
from dudao.findings.views import (
    board,
    consulting,
    feedback,
    finding,
    ledgers,
    listing,
    lookback,
    lookback_items,
    making,
    sources,
    terms,
)

app_name = "findings"
urlpatterns = [
    path("", listing.finding_list, name="findings"),
    path("bulk/<slug:act>/", listing.finding_bulk, name="bulk"),
    path("new/", making.new, name="new"),
    path("import/", ledgers.sheet_import, name="import"),
    path("import/template/", ledgers.import_template, name="import_template"),
    path("uploads/<int:pk>/", ledgers.upload, name="upload"),
    path("uploads/<int:pk>/errors/", ledgers.upload_errors, name="upload_errors"),
    path("of/<path:key>/", sources.make, name="make"),
    path("issue/", making.issue_many, name="issue_many"),
    path("extend/", making.extend_many, name="extend_many"),
    path("board/", board.board, name="board"),
    path("<int:pk>/", finding.finding_page, name="finding"),
    *FINDING.urls(),
    path("<int:pk>/recurrence/", finding.recurrence, name="recurrence"),
    path("<int:pk>/issue/", making.issue, name="issue"),
    path("<int:pk>/notice/", making.notice, name="notice"),
    path("<int:pk>/consult/", consulting.consult, name="consult"),
    path("files/<int:pk>/", finding.file, name="file"),
    # Questions to departments
    path("consultations/", consulting.consultations, name="consultations"),
    path("consultations/<int:pk>/", consulting.consultation, name="consultation"),
    path("consultations/<int:pk>/withdraw/", consulting.consultation_withdraw, name="consultation_withdraw"),
    path("consultations/<int:pk>/file/", consulting.consultation_file, name="consultation_file"),
    # Looking back
    path("look-back/", lookback.rounds, name="lookbacks"),
    path("look-back/new/", lookback.new, name="lookback_new"),
    path("look-back/<int:pk>/", lookback.round_page, name="lookback"),
    path("look-back/<int:pk>/step/", lookback.round_step, name="lookback_step"),
    path("look-back/<int:pk>/assign/", lookback.assign, name="lookback_assign"),
    path("look-back/<int:pk>/people/", lookback.people, name="lookback_people"),
    path("look-back/items/<int:pk>/", lookback_items.item_page, name="lookback_item"),
    path("look-back/items/<int:pk>/step/", lookback_items.item_step, name="lookback_item_step"),
    path("look-back/items/<int:pk>/settle/", lookback_items.item_settle, name="lookback_settle"),
    path("look-back/files/<int:pk>/", lookback_items.item_file, name="lookback_file"),
    # What a superior has fed back
    path("feedback/", feedback.feedbacks, name="feedbacks"),
    path("feedback/new/", feedback.new, name="feedback_new"),
    path("feedback/template/", feedback.template, name="feedback_template"),
    path("feedback/<int:pk>/", feedback.feedback, name="feedback"),
    path("feedback/<int:pk>/edit/", feedback.edit, name="feedback_edit"),
    path("feedback/<int:pk>/add/", feedback.add, name="feedback_add"),
    path("feedback/<int:pk>/step/", feedback.step, name="feedback_step"),
    path("feedback/<int:pk>/export/", feedback.export, name="feedback_export"),
    path("feedback/<int:pk>/document/", feedback.document, name="feedback_document"),
    path("feedback/items/<int:pk>/", feedback.item_edit, name="feedback_item"),
    path("feedback/items/<int:pk>/spread/", feedback.spread, name="feedback_spread"),
    # Terms
    path("terms/", terms.terms, name="terms"),
    path("terms/adopt/", terms.terms_adopt, name="terms_adopt"),
    path("terms/<slug:subject>/", terms.term_edit, name="term_edit"),
    path("terms/<slug:subject>/end/", terms.term_end, name="term_end"),
]
