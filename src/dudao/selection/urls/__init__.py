"""Addresses of selection; draws have a list of their own, for anybody checks them."""

from dudao.selection.urls.cycles import urlpatterns as cycles
from dudao.selection.urls.teams import urlpatterns as teams

app_name = "selection"
urlpatterns = [*cycles, *teams]
