"""A column of a list: what it shows, exports and sorts by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from dudao.core.ui.templatetags.ui import written


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``value`` is an attribute path (default: the key) or a function of the row: what is shown and exported.

    ``show`` draws the cell otherwise (a badge, a deadline, a bar); ``sub`` is a second line in grey. ``sort``: one or more
    database columns. ``optional`` columns can be switched off, ``hidden`` ones start switched off. ``cells``: how a workbook writes
    its numbers («0.00»).
    """

    key: str
    label: str
    value: str | Callable[[Any], Any] = ""
    show: Callable[[Any], Any] | None = None
    link: Callable[[Any], str] | None = None
    sub: Callable[[Any], Any] | None = None
    sort: str | Sequence[str] = ""
    numeric: bool = False
    nowrap: bool = False
    optional: bool = False
    hidden: bool = False
    export: bool = True
    cells: str = ""

    def plain(self, row: Any) -> Any:
        """The value itself, as a sheet wants it."""
        if callable(self.value):
            return self.value(row)
        found = row
        for part in (self.value or self.key).split("."):
            found = found.get(part) if isinstance(found, Mapping) else getattr(found, part, None)
            if callable(found):
                found = found()
            if found is None:
                return None
        return found

    def drawn(self, row: Any) -> SafeString:
        content = conditional_escape(written(self.show(row) if self.show else self.plain(row)))
        where = self.link(row) if self.link is not None else ""
        if where:
            content = format_html('<a href="{}">{}</a>', where, content)
        if self.sub is not None:
            below = self.sub(row)
            if below not in {None, ""}:
                content = format_html('{}<span class="dd-sub">{}</span>', content, below)
        return content

    def order(self, descending: bool) -> list[str]:
        names = [self.sort] if isinstance(self.sort, str) else list(self.sort)
        if not descending:
            return names
        return [name[1:] if name.startswith("-") else f"-{name}" for name in names]
