"""Addresses of results: sheets, one subject's result, objections, use, proposals."""

from django.urls import path

from dudao.results.process import OBJECTION, RESULT
from dudao.results.views import objections, result, results, sheets, uses

app_name = "results"
urlpatterns = [
    path("results/", results.result_list, name="result_list"),
    path("results/<int:pk>/", result.result_page, name="result"),
    path("results/<int:pk>/trace.<str:form>", result.trace, name="result_trace"),
    path("<int:pk>/results/", results.results_page, name="results"),
    path("<int:pk>/results/score/", results.score, name="score"),
    *RESULT.urls(after="results/"),
    path("<int:pk>/results/publicise/", results.publicise, name="publicise"),
    path("<int:pk>/results/paper/", results.paper, name="result_paper"),
    path("<int:pk>/results/years/", result.years, name="years"),
    path("<int:pk>/results/use/", uses.use_new, name="use_new"),
    path("<int:pk>/publicity/", results.publicity, name="publicity"),
    path("decisions/<int:pk>/minutes/", results.minutes, name="minutes"),
    # Sheets
    path("sheets/<int:pk>/", sheets.sheet_page, name="sheet"),
    path("sheets/<int:pk>/verify/", sheets.verify, name="sheet_verify"),
    path("sheets/<int:pk>/indicator/", sheets.indicator, name="sheet_indicator"),
    path("sheets/<int:pk>/compare/", sheets.compare, name="sheet_compare"),
    path("sheets/<int:pk>/low/", sheets.low, name="sheet_low"),
    path("sheets/<int:pk>/what-if/", sheets.what_if, name="sheet_what_if"),
    path("sheets/<int:pk>/opinions/", sheets.opinions, name="sheet_opinions"),
    path("sheets/<int:pk>/delete/", sheets.delete, name="sheet_delete"),
    # Objections
    path("objections/", objections.objection_list, name="objections"),
    path("objections/new/<int:pk>/", objections.ask, name="objection_new"),
    path("objections/<int:pk>/", objections.objection_page, name="objection"),
    *OBJECTION.urls("objections/"),
    # What becomes of them
    path("uses/", uses.use_list, name="uses"),
    path("proposals/", uses.proposal_list, name="proposals"),
    path("proposals/new/", uses.proposal_new, name="proposal_new"),
    path("proposals/<int:pk>/decide/", uses.proposal_decide, name="proposal_decide"),
    path("proposals/carry/<int:pk>/", uses.carry, name="proposal_carry"),
]
