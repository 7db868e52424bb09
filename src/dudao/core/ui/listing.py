"""List pages: declared once, answered whole.

    TASKS = Listing(
        key="tasks",
        columns=[Column("title", "任务", link=lambda task: task.get_absolute_url(), sort="title"), …],
        filters=[Search(["title"]), Choice("section", "章节", …)],
        chips=Chips.of_states("state", STATES),
        sort="-deadline",
    )

    def task_list(request):
        return TASKS.respond(request, Task.objects.visible_to(request.actor, "task.view"), title="任务台账")

The state of a list lives in its address. A change of filter, order or page swaps the region ``#list-<key>`` only; loading the
same address whole gives the same HTML. The number of queries doesn't depend on the number of rows: one for chips (or the
count), one for the rows, plus what ``prepare`` and the queryset's prefetches take.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from dudao.core.ui.columns import Column
from dudao.core.ui.export import xlsx_response
from dudao.core.ui.filters import Chip, Chips, Filter, Shown
from dudao.core.ui.list_counts import Kept
from dudao.core.ui.parts import RowLink

SIZES = (20, 50, 100, 200)
EXPORT_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class BulkAction:
    """A button over the selection; it posts ``ids`` (or ``everything=1``) to ``url``, where ``Listing.chosen`` reads them.

    ``confirm`` says what will follow; ``reason`` is the label of a text the person must give.
    """

    label: str
    url: str
    icon: str = ""
    confirm: str = ""
    reason: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """What the list says when there is nothing at all: what belongs here, and the first step."""

    title: str = "这里还没有内容"
    text: str = ""
    action: str = ""
    url: str = ""
    icon: str = "inbox"


@dataclass(slots=True)
class Head:
    column: Column
    url: str = ""
    direction: str = ""

    @property
    def icon(self) -> str:
        return {"ascending": "sort-ascending", "descending": "sort-descending"}.get(self.direction, "arrows-sort")


@dataclass(slots=True)
class Row:
    row: Any
    pk: Any
    name: str
    cells: SafeString
    menu: Sequence[RowLink]


@dataclass(slots=True)
class ChipLink:
    label: str
    count: int
    url: str
    current: bool
    tone: str = ""
    icon: str = ""


@dataclass(slots=True)
class ListPage:
    """One state of a list, ready to be drawn by ``ui/list.html``."""

    listing: "Listing"
    path: str
    heads: list[Head]
    rows: list[Row]
    total: int
    number: int
    pages: int
    size: int
    filters: list[Shown]
    more_filters: list[Shown]
    chips: list[ChipLink]
    active: list[tuple[str, str]]
    query: str
    kept: list[tuple[str, str]]
    links: list[tuple[str, str, bool]]
    columns: list[tuple[Column, bool]]
    bulk: Sequence[BulkAction]
    exports: bool
    export_label: str
    export_kinds: Sequence[tuple[str, str]]
    menus: bool
    cookie: str
    clear: str
    empty: Empty
    region: str = ""
    sizes: Sequence[int] = SIZES

    @property
    def narrowed(self) -> bool:
        return bool(self.active) or any(chip.current for chip in self.chips[1:])

    @property
    def count_id(self) -> str:
        return f"{self.region}-count"

    @property
    def searched(self) -> bool:
        return any(item.values for item in (*self.filters, *self.more_filters))

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the choice of a page's size must carry along: everything but the size."""
        shown = [pair for item in (*self.filters, *self.more_filters) for pair in item.values.items()]
        return [*((name, value) for name, value in self.kept if name != "per"), *shown]

    @property
    def folds(self) -> bool:
        """Whether a phone has filters to fold away: all but the search field."""
        return any(item.kind != "search" for item in self.filters)

    @property
    def faulty(self) -> bool:
        """Whether a filter has an error, so that a phone shows it."""
        return any(item.error for item in (*self.filters, *self.more_filters))

    @property
    def more_open(self) -> bool:
        return any(item.values or item.error for item in self.more_filters)

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)

    @property
    def address(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True)
class Listing:
    """A list page, declared. ``key`` names its region and its remembered columns, so it is unique in the platform.

    ``sort``: key of a column, ``-`` for descending; ``order``: columns of the database that decide among equals, or always when
    there is no ``sort``. ``keep``: parameters of the address that the view itself reads (a tab) and that must not get lost.
    ``kept``: keeps the counts of the chips where the list grows long (`kept.Kept`).
    ``prepare(rows, request)`` adds to the rows of one page what they need (a constant number of queries).
    ``row_menu(row, request)`` and ``bulk(request)`` say what may be done. ``export(request, columns, rows, name)`` answers the
    file; by default an Excel sheet. ``None`` for ``export_name`` means no export; ``export_label`` says
    which file it is where it isn't the list. ``export_kinds(request)``: (key, label) of other
    sheets than the list itself, which the view answers when it is sent ``export=key``.
    """

    key: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    chips: Chips | None = None
    kept: Kept | None = None
    sort: str = ""
    order: Sequence[str] = ()
    page_size: int = 50
    visible_filters: int = 4
    keep: Sequence[str] = ()
    row_menu: Callable[[Any, HttpRequest], Sequence[RowLink]] | None = None
    bulk: Callable[[HttpRequest], Sequence[BulkAction]] | None = None
    prepare: Callable[[list[Any], HttpRequest], None] | None = None
    export: Callable[[HttpRequest, Sequence[Column], Iterable[Any], str], HttpResponse] | None = None
    export_label: str = "导出"
    export_name: str | None = None
    export_kinds: Callable[[HttpRequest], Sequence[tuple[str, str]]] | None = None
    empty: Empty = field(default_factory=Empty)
    template: str = "ui/list_page.html"

    @property
    def region(self) -> str:
        return f"list-{self.key}"

    @property
    def cookie(self) -> str:
        return f"dd_cols_{self.key}"

    # What views call

    def respond(
        self, request: HttpRequest, rows: QuerySet[Any], *, title: str, template: str = "", **context: Any
    ) -> HttpResponse:
        """The whole page, the region alone for a swap, or the exported file for a POST of ``export``."""
        if request.method == "POST" and "export" in request.POST and self.export_name is not None:
            return self.exported(request, rows)
        page = self.page(request, rows)
        if request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target") == self.region:
            answer = HttpResponse(self.drawn(request, page, swap=True))
            answer["HX-Push-Url"] = page.address
        else:
            answer = render(
                request,
                template or self.template,
                {
                    "list": page, "title": title, "crumbs": (), "note": "", "primary": None, "actions": (), "swap": False,
                    **context,
                },
            )  # fmt: skip
        answer["Vary"] = "HX-Request, HX-Target, Cookie"
        return answer

    def drawn(self, request: HttpRequest, page: ListPage, *, swap: bool = False) -> str:
        """The region's HTML."""
        return render_to_string("ui/list.html", {"list": page, "swap": swap}, request)

    def chosen(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that a bulk action was asked for: those marked, or all that pass the filter of the address."""
        if request.POST.get("everything") == "1":
            return self.narrowed(request, rows)
        return rows.filter(pk__in=[pk for pk in request.POST.getlist("ids") if pk.isdecimal()])

    def narrowed(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that pass filters and chips of the address, in its order."""
        rows, _ = self._filtered(request, rows)
        chip = self.chips.chosen(request.GET) if self.chips else None
        return self._sorted(request, rows.filter(chip.where) if chip else rows)

    def exported(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse:
        chosen = [column for column, on in self._columns(request) if on and column.export]
        found = self.narrowed(request, rows)[:EXPORT_LIMIT]
        name = self.export_name or self.key
        if self.prepare is not None:
            loaded = list(found)
            self.prepare(loaded, request)
            return (self.export or xlsx_response)(request, chosen, loaded, name)
        return (self.export or xlsx_response)(request, chosen, found.iterator(2000), name)

    def page(self, request: HttpRequest, rows: QuerySet[Any]) -> ListPage:
        """The state of the list that the address asks for."""
        rows, shown = self._filtered(request, rows)
        counts, total, chip = self._counted(request, rows)
        if chip is not None:
            rows = rows.filter(chip.where)
        size = self._size(request)
        pages = max(1, -(-total // size))
        number = min(max(_whole(request.GET.get("page"), 1), 1), pages)
        ordered = self._sorted(request, rows)
        found = list(ordered[(number - 1) * size : number * size]) if total else []
        if self.prepare is not None and found:
            self.prepare(found, request)

        state = self._state(request, shown, chip, size)
        columns = self._columns(request)
        visible = [column for column, on in columns if on]
        opened = [_cell(column, place == 0) for place, column in enumerate(visible)]
        first, more = shown[: self.visible_filters], shown[self.visible_filters :]
        return ListPage(
            listing=self,
            path=request.path,
            heads=self._heads(state, visible),
            rows=[self._row(request, row, visible, opened) for row in found],
            total=total,
            number=number,
            pages=pages,
            size=size,
            filters=first,
            more_filters=more,
            chips=self._chip_links(state, counts, chip),
            active=[
                (item.said, _query({key: value for key, value in state.items() if key not in item.values}))
                for item in shown
                if item.said and item.kind != "search"
            ],
            query=_query(state | ({"page": str(number)} if number > 1 else {})),
            kept=[(key, value) for key, value in state.items() if key in self._kept],
            links=[
                (str(place) if place else "…", _query(state | {"page": str(place)}), place == number)
                for place in _places(number, pages)
            ],
            columns=[(column, on) for column, on in columns if column.optional or column.hidden],
            bulk=self.bulk(request) if self.bulk else (),
            exports=self.export_name is not None,
            export_label=self.export_label,
            export_kinds=self.export_kinds(request) if self.export_kinds else (),
            menus=self.row_menu is not None,
            cookie=self.cookie,
            clear=_query({name: value for name, value in state.items() if name in self.keep}),
            empty=self.empty,
            region=self.region,
        )

    # How it is done

    @property
    def _kept(self) -> set[str]:
        return {"sort", "per", *self.keep, *([self.chips.name] if self.chips else [])}

    def _filtered(self, request: HttpRequest, rows: QuerySet[Any]) -> tuple[QuerySet[Any], list[Shown]]:
        shown = []
        for item in self.filters:
            state = item.read(request, request.GET)
            if state.values and not state.error:
                rows = item.narrow(rows, state)
            shown.append(state)
        return rows, shown

    def _counted(self, request: HttpRequest, rows: QuerySet[Any]) -> tuple[list[int], int, Chip | None]:
        if self.chips is None:
            return [], rows.order_by().count(), None
        chosen = self.chips.chosen(request.GET)
        chips, kept = self.chips, self.kept
        total, counts = chips.counted(rows) if kept is None else kept.counted(rows, lambda: chips.counted(rows))
        return [total, *counts], total if chosen is None else counts[list(self.chips.chips).index(chosen)], chosen

    def _sorting(self, request: HttpRequest) -> tuple[Column | None, bool]:
        for asked in (request.GET.get("sort", ""), self.sort):
            column = next((column for column in self.columns if column.sort and column.key == asked.lstrip("-")), None)
            if column is not None:
                return column, asked.startswith("-")
        return None, False

    def _sorted(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        column, descending = self._sorting(request)
        names = [*(column.order(descending) if column else []), *self.order]
        return rows.order_by(*names, "pk")

    def _size(self, request: HttpRequest) -> int:
        asked = _whole(request.GET.get("per"), self.page_size)
        return asked if asked in SIZES else self.page_size

    def _state(self, request: HttpRequest, shown: list[Shown], chip: Chip | None, size: int) -> dict[str, str]:
        """The address's parameters, without those that say nothing."""
        state = {name: request.GET[name][:100] for name in self.keep if request.GET.get(name)}
        if chip is not None and self.chips is not None:
            state[self.chips.name] = chip.value
        for item in shown:
            if not item.error:
                state |= item.values
        column, descending = self._sorting(request)
        sort = f"-{column.key}" if column and descending else (column.key if column else "")
        if sort != self.sort:
            state["sort"] = sort
        if size != self.page_size:
            state["per"] = str(size)
        return state

    def _columns(self, request: HttpRequest) -> list[tuple[Column, bool]]:
        asked = request.COOKIES.get(self.cookie)
        chosen = set(asked.split(".")) if asked is not None else None
        made = []
        for column in self.columns:
            free = column.optional or column.hidden
            on = not free or (not column.hidden if chosen is None else column.key in chosen)
            made.append((column, on))
        return made

    def _heads(self, state: dict[str, str], visible: Sequence[Column]) -> list[Head]:
        current = state.get("sort", self.sort)
        heads = []
        for column in visible:
            head = Head(column)
            if column.sort:
                if current.lstrip("-") == column.key:
                    head.direction = "descending" if current.startswith("-") else "ascending"
                following = f"-{column.key}" if head.direction == "ascending" else column.key
                head.url = _query({**state, "sort": following if following != self.sort else ""})
            heads.append(head)
        return heads

    def _row(self, request: HttpRequest, row: Any, visible: Sequence[Column], opened: Sequence[str]) -> Row:
        """``opened``: the cells' start tags, which are the same in every row."""
        drawn = (f"{tag}{column.drawn(row)}</td>" for tag, column in zip(opened, visible, strict=True))
        cells = mark_safe("".join(drawn))  # noqa: S308  (a column draws what is safe)
        menu = self.row_menu(row, request) if self.row_menu else ()
        return Row(row, getattr(row, "pk", None), str(visible[0].plain(row)) if visible else "", cells, menu)

    def _chip_links(self, state: dict[str, str], counts: list[int], chosen: Chip | None) -> list[ChipLink]:
        if self.chips is None:
            return []
        rest = {key: value for key, value in state.items() if key != self.chips.name}
        links = [ChipLink(self.chips.everything, counts[0], _query(rest), chosen is None)]
        for chip, count in zip(self.chips.chips, counts[1:], strict=True):
            links.append(
                ChipLink(
                    chip.label,
                    count,
                    _query({self.chips.name: chip.value} | rest),
                    chip is chosen,
                    chip.tone,
                    chip.icon,
                )
            )
        return links


def _cell(column: Column, first: bool) -> str:
    names = (("is-first", first), ("is-num", column.numeric), ("is-nowrap", column.nowrap))
    classes = " ".join(name for name, on in names if on)
    return format_html('<td class="{}" data-label="{}" role="cell">', classes, column.label)


def _query(state: Mapping[str, str]) -> str:
    return urlencode({key: value for key, value in state.items() if value and not (key == "page" and value == "1")})


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else otherwise


def _places(number: int, pages: int) -> list[int]:
    """The page numbers to offer: the ends, the neighbours, and 0 for a gap."""
    wanted = sorted({1, pages, *(place for place in range(number - 2, number + 3) if 1 <= place <= pages)})
    made: list[int] = []
    for place in wanted:
        if made and place - made[-1] > 1:
            made.append(0)
        made.append(place)
    return made if pages > 1 else []
