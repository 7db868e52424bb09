"""What stands around every page. The layer above fills it (a context processor puts ``shell`` into the context)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dudao.core.ui.parts import MenuItem


@dataclass(frozen=True, slots=True)
class Appointment:
    """One of the person's appointments, for the switch in the top bar."""

    key: str
    unit: str
    role: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame's contents. An empty one is a page nobody is logged in to."""

    office: str = "教育督导工作平台"
    account: int = 0
    """Whose page it is; what is kept in the browser is kept under it."""
    person: str = ""
    unit: str = ""
    role: str = ""
    appointments: Sequence[Appointment] = ()
    switch_url: str = ""
    menu: Sequence[MenuItem] = ()
    account_links: Sequence[tuple[str, str, str]] = ()
    """(label, address, icon) in the person's menu."""
    logout_url: str = ""
    notices: int = 0
    notices_url: str = ""
    search_url: str = ""
    help: str = ""
    """The page's help as HTML."""
    demo: bool = False
    alarm: str = ""
    """What is wrong with the installation, told to whoever can mend it."""
    view_as: str = ""
    view_as_end_url: str = ""
    slim: bool = False

    def begun_at(self, url: str) -> "Shell":
        """The same with the menu marked where the page's crumbs begin: a page may be reached from several lists, and its crumbs say
        from which. Where the menu has no such entry its own marks stay."""
        menu = [
            replace(
                item,
                current=item.url == url or any(child.url == url for child in item.children),
                children=tuple(replace(child, current=child.url == url) for child in item.children),
            )
            for item in self.menu
        ]
        found = [item for item in menu if item.current]
        return replace(self, menu=tuple(menu)) if len(found) == 1 else self

    @property
    def bottom(self) -> Sequence[MenuItem]:
        """What fits into a phone's bottom bar; the rest is behind 更多."""
        return self.menu[:4] if len(self.menu) > 5 else self.menu[:5]
