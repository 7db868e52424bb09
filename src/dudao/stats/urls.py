"""Addresses of statistics."""

from django.urls import path

from dudao.stats.views import balance, returns, rounds

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
    path("balance/", balance.balance_list, name="balances"),
    path("balance/new/", balance.balance_new, name="balance_new"),
    path("balance/<int:pk>/", balance.balance_page, name="balance"),
    path("balance/<int:pk>/export/", balance.balance_export, name="balance_export"),
    path("returns/<int:pk>/", returns.return_page, name="return"),
    path("returns/<int:pk>/fill/", returns.return_fill, name="return_fill"),
    path("returns/<int:pk>/step/", returns.return_step, name="return_step"),
]
