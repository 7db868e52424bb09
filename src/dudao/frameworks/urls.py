"""Addresses of indicator systems."""

from django.urls import path

from dudao.frameworks.process import VERSION
from dudao.frameworks.views import comparing, exchange, nodes, tree, trials, versions, what_if, whole

app_name = "frameworks"

urlpatterns = [
    path("", versions.version_list, name="versions"),
    path("new/", versions.start, name="start"),
    path("load/", versions.load, name="load"),
    path("import/", exchange.import_new, name="import_new"),
    path("import/template/", exchange.import_template, name="import_template"),
    path("uploads/<int:pk>/", exchange.upload, name="upload"),
    path("uploads/<int:pk>/errors/", exchange.upload_errors, name="upload_errors"),
    path("<int:pk>/export/", exchange.export, name="export"),
    path("<int:pk>/", versions.version, name="version"),
    *VERSION.urls(),
    path("<int:pk>/compare/", comparing.compare, name="compare"),
    path("<int:pk>/trials/", trials.trial_list, name="trials"),
    path("<int:pk>/trials/new/", trials.trial_new, name="trial_new"),
    path("<int:pk>/trials/template/", trials.trial_template, name="trial_template"),
    path("trials/<int:pk>/", trials.trial_page, name="trial"),
    path("trials/<int:pk>/what-if/", what_if.what_if, name="what_if"),
    path("trials/<int:pk>/export/", trials.trial_export, name="trial_export"),
    path("trials/<int:pk>/delete/", trials.trial_delete, name="trial_delete"),
    path("trials/subjects/<int:pk>/", trials.subject_page, name="trial_subject"),
    path("trials/subjects/<int:pk>/trace.<str:form>", trials.subject_trace, name="trial_trace"),
    path("<int:pk>/rename/", versions.rename, name="rename"),
    path("<int:pk>/points/", tree.points, name="points"),
    path("<int:pk>/items/", whole.items, name="items"),
    path("<int:pk>/items/new/", whole.item_new, name="item_new"),
    path("<int:pk>/items/<int:number>/", whole.item, name="item"),
    path("<int:pk>/items/<int:number>/drop/", whole.item_drop, name="item_drop"),
    path("indicators/<int:pk>/", nodes.node_edit, name="node"),
    path("indicators/<int:pk>/add/", nodes.node_add, name="node_add"),
    path("indicators/<int:pk>/preview/", nodes.node_preview, name="node_preview"),
    path("indicators/<int:pk>/below/", tree.below, name="below"),
    path("indicators/<int:pk>/evidence/", tree.evidence, name="node_evidence"),
    path("indicators/<int:pk>/move/", nodes.node_move, name="node_move"),
    path("indicators/<int:pk>/delete/", nodes.node_delete, name="node_delete"),
]
