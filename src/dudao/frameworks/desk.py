"""Indicator systems on the shared pages."""

from dudao.core.desk import Desk, Entry

_SYSTEMS = Entry("指标体系", "list-tree", "frameworks:versions", "framework.view")
DESK = Desk(menu=((80, (("office", "county"), _SYSTEMS)),))
