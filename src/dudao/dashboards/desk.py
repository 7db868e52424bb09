"""The shared pages themselves in the menu."""

from dudao.core.desk import Desk, Entry


def _home(label: str, icon: str = "home") -> Entry:
    return Entry(label, icon, "dashboards:home")


DESK = Desk(
    menu=(
        (0, (("office", "county", "admin"), _home("工作台"))),
        (0, (("school",), _home("待办", "inbox"))),
        (0, (("inspector",), _home("今日"))),
        (1, (("office", "leader"), Entry("总览", "layout-dashboard", "dashboards:overview", "task.view"))),
    )
)
