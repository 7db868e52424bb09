"""What stands in the left menu, by the page set of the role one is acting in. An entry shows when its page exists and the person
holds its verb somewhere; nothing here grants anything. The entries are declared by the apps (``core/desk``).
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from dudao.core.access import VERBS, Actor
from dudao.core.desk import Entry, in_order
from dudao.core.ui.parts import MenuItem
from dudao.people.queries import Held


@cache
def entries_of(menu: str) -> tuple[Entry, ...]:
    """The entries of a page set, in their order."""
    return tuple(entry for menus, entry in in_order("menu") if menu in menus)


@lru_cache(maxsize=1000)
def address(name: str, *args: object) -> str:
    """The address of a named page, or "" while there is no such page. Addresses stay as they are while the platform runs, and every
    page asks for all that its menu names.
    """
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def menu_for(request: HttpRequest, actor: Actor, held: Held | None) -> Sequence[MenuItem]:
    """The menu of the appointment one is acting in; nothing for somebody who holds none."""
    if held is None:
        return ()
    here = request.path
    items = []
    for entry in entries_of(held.menu):
        url = _open(entry, actor, held)
        if not url:
            continue
        children = [
            MenuItem(child.label, found, child.icon, current=_under(here, found, entry.below, actor, held))
            for child in entry.below
            if (found := _open(child, actor, held))
        ]
        current = any(child.current for child in children) or (here == url if url == "/" else here.startswith(url))
        items.append(
            MenuItem(entry.label, url, entry.icon, current, children=tuple(children) if len(children) > 1 else ())
        )
    if sum(item.current for item in items) > 1:
        longest = max((item for item in items if item.current), key=lambda item: len(item.url))
        items = [item if item is longest else replace(item, current=False) for item in items]
    return tuple(items)


def _open(entry: Entry, actor: Actor, held: Held) -> str:
    if entry.verb and (entry.verb not in VERBS or not actor.may_somewhere(entry.verb)):
        return ""
    return address(entry.name, held.unit_id) if entry.own else address(entry.name)


def _under(here: str, url: str, siblings: Sequence[Entry], actor: Actor, held: Held) -> bool:
    """Whether this page is at or below an entry, and below none of its siblings more closely."""
    if not here.startswith(url):
        return False
    others = [_open(other, actor, held) for other in siblings]
    return not any(len(other) > len(url) and here.startswith(other) for other in others if other)
