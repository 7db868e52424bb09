"""Addresses of statistics."""

from django.urls import path

from dudao.stats.views import balance, eliminations, imports, returns, rounds, sizes

app_name = "stats"
urlpatterns = [
    path("", rounds.round_list, name="rounds"),
    path("new/", rounds.round_new, name="round_new"),
    path("items/", rounds.item_list, name="items"),
    path("items/load/", rounds.items_load, name="items_load"),
    path("<int:pk>/", rounds.round_page, name="round"),
    path("<int:pk>/failed/", rounds.round_failed, name="round_failed"),
    path("<int:pk>/step/", rounds.round_step, name="round_step"),
    path("<int:pk>/all/<slug:act>/", rounds.round_bulk, name="round_bulk"),
    path("<int:pk>/import/", imports.import_new, name="import_new"),
    path("<int:pk>/import/template/", imports.import_template, name="import_template"),
    path("import/<int:pk>/", imports.import_page, name="import"),
    path("import/<int:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("import/<int:pk>/state/", imports.import_state, name="import_state"),
    path("import/<int:pk>/errors/", imports.import_errors, name="import_errors"),
    path("balance/", balance.balance_list, name="balances"),
    path("balance/new/", balance.balance_new, name="balance_new"),
    path("balance/<int:pk>/", balance.balance_page, name="balance"),
    path("balance/<int:pk>/export/", balance.balance_export, name="balance_export"),
    path("sizes/", sizes.sizes_page, name="sizes"),
    path("sizes/export/", sizes.sizes_export, name="sizes_export"),
    path("sizes/plans/", eliminations.elimination_list, name="eliminations"),
    path("sizes/plans/new/", eliminations.elimination_new, name="elimination_new"),
    path("sizes/plans/<int:pk>/", eliminations.elimination_page, name="elimination"),
    path("sizes/plans/<int:pk>/edit/", eliminations.elimination_edit, name="elimination_edit"),
    path("sizes/plans/<int:pk>/step/", eliminations.elimination_step, name="elimination_step"),
    path("sizes/plans/<int:pk>/amend/", eliminations.elimination_amend, name="elimination_amend"),
    path("sizes/plans/<int:pk>/export/", eliminations.elimination_export, name="elimination_export"),
    path("sizes/plans/<int:pk>/import/", eliminations.elimination_import, name="elimination_import"),
    path("returns/<int:pk>/", returns.return_page, name="return"),
    path("returns/<int:pk>/fill/", returns.return_fill, name="return_fill"),
    path("returns/<int:pk>/step/", returns.return_step, name="return_step"),
]
