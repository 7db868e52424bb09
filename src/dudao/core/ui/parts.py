"""The plain values that template parts are fed with. Views and queries build these; nothing here reads the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from dudao.core.workflow import State

_PHOTOS = (".jpg", ".jpeg", ".png")
"""Of what `core.files.pictures` makes small pictures."""


@dataclass(frozen=True, slots=True)
class Crumb:
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: a link, since every tab has an address of its own."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One point of the step line. ``status``: done, current, back (returned) or todo."""

    label: str
    status: str = "todo"
    note: str = ""


def stages(
    labels: Sequence[tuple[str, str]], state: str, *, back: str = "", notes: dict[str, str] | None = None
) -> list[Stage]:
    """The step line of a flow: ``labels`` are (state, label) in their order, ``state`` the present one.

    When the object was returned, ``back`` names the state of the line at which it now waits again.
    """
    order = [key for key, _ in labels]
    here = order.index(back or state) if (back or state) in order else -1
    last = len(order) - 1
    made = []
    for place, (key, label) in enumerate(labels):
        if place < here or (place == here == last and not back):
            status = "done"
        elif place == here:
            status = "back" if back else "current"
        else:
            status = "todo"
        made.append(Stage(label, status, (notes or {}).get(key, "")))
    return made


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of a time line: who did what when, and in whose words."""

    at: datetime | None
    who: str
    what: str
    note: str = ""
    tone: str = "grey"
    icon: str = "circle-dot"


@dataclass(frozen=True, slots=True)
class RowLink:
    """An entry of a row menu. ``denied`` greys it and says why; ``post`` makes it a form (with confirmation ``confirm``)."""

    label: str
    url: str
    icon: str = ""
    denied: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A row of a tree. ``children_url`` answers its children as ``ui/tree_nodes.html``; ``children`` are those already known."""

    label: str
    url: str = ""
    children_url: str = ""
    children: Sequence["TreeNode"] = ()
    open: bool = False
    current: bool = False
    note: str = ""
    state: State | None = None
    icon: str = ""
    more_url: str = ""
    """Set on the last node of a page of children: the address of the rest (label «再显示 200 个»)."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file in a list; ``url`` is a view that answers by `files.hand_out`."""

    name: str
    url: str
    size: int | None = None
    who: str = ""
    when: datetime | None = None
    note: str = ""

    @property
    def picture(self) -> str:
        """The address of its small picture; "" where it has none."""
        return f"{self.url}?picture=small" if self.name.lower().endswith(_PHOTOS) else ""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a picker's search: ``note`` is the second line (the way to the unit), ``denied`` why it can't be chosen."""

    value: str | int
    label: str
    note: str = ""
    denied: str = ""


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing a person should do: a query's row, never a stored one."""

    title: str
    url: str
    note: str = ""
    deadline: date | None = None
    state: State | None = None
    act: str = "办理"
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the left menu."""

    label: str
    url: str
    icon: str
    current: bool = False
    count: int | None = None
    children: Sequence["MenuItem"] = field(default_factory=tuple)
