"""What narrows a list: search, choices, dates, yes or no, a picked object, and the chips of states.

A filter reads its value from the address, narrows a queryset, and says in words what it does. It never raises on what
somebody typed into the address: a value it can't read narrows nothing and shows its error beside the field.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.db.models import CharField, Count, Q, QuerySet
from django.http import HttpRequest, QueryDict

from dudao.core.ui.formats import date_cn
from dudao.core.ui.parts import State

Rows = QuerySet[Any]
_LOOKUPS = frozenset(CharField().get_lookups())
Choices = Sequence[tuple[Any, Any]]


@dataclass(slots=True)
class Shown:
    """A filter as the page draws it. ``values`` are the parameters it puts into the address, ``said`` what it does in words."""

    kind: str
    name: str
    label: str
    values: dict[str, str] = field(default_factory=dict)
    said: str = ""
    error: str = ""
    choices: Choices = ()
    placeholder: str = ""
    url: str = ""
    name_shown: str = ""

    @property
    def value(self) -> str:
        return self.values.get(self.name, "")

    @property
    def start(self) -> str:
        return self.values.get(f"{self.name}_from", "")

    @property
    def end(self) -> str:
        return self.values.get(f"{self.name}_to", "")


class Filter(Protocol):
    """What a list asks of a filter."""

    @property
    def name(self) -> str: ...

    def read(self, request: HttpRequest, data: QueryDict) -> Shown:
        """The state of the filter in this address."""
        ...

    def narrow(self, rows: Rows, shown: Shown) -> Rows:
        """The rows that pass; called only when ``shown.values`` isn't empty and there is no error."""
        ...


@dataclass(frozen=True, slots=True)
class Search:
    """The search field. ``fields`` are matched with ``icontains``, every word must be found; or ``apply`` does it its own way."""

    fields: Sequence[str] = ()
    placeholder: str = "搜索"
    apply: Callable[[Rows, str], Rows] | None = None
    name: str = "q"
    label: str = "搜索"

    def read(self, request: HttpRequest, data: QueryDict) -> Shown:
        text = " ".join(data.get(self.name, "").replace("\x00", "").split())[:100]
        values = {self.name: text} if text else {}
        return Shown(
            "search", self.name, self.label, values, f"含“{text}”" if text else "", placeholder=self.placeholder
        )

    def narrow(self, rows: Rows, shown: Shown) -> Rows:
        if self.apply is not None:
            return self.apply(rows, shown.value)
        for word in shown.value.split():
            anywhere = Q()
            for name in self.fields:
                anywhere |= Q(**{f"{name}__icontains": word})
            rows = rows.filter(anywhere)
        return rows


@dataclass(frozen=True, slots=True)
class Text:
    """A text that one of ``fields`` contains, as typed: for what has too many values to choose from."""

    name: str
    label: str
    fields: Sequence[str]
    placeholder: str = "不限"

    def read(self, request: HttpRequest, data: QueryDict) -> Shown:
        text = " ".join(data.get(self.name, "").replace("\x00", "").split())[:60]
        values = {self.name: text} if text else {}
        said = f"{self.label}含“{text}”" if text else ""
        return Shown("text", self.name, self.label, values, said, placeholder=self.placeholder)

    def narrow(self, rows: Rows, shown: Shown) -> Rows:
        anywhere = Q()
        for name in self.fields:
            anywhere |= Q(**{f"{name}__contains": shown.value})
        return rows.filter(anywhere)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values. ``choices`` is a sequence of (value, label) or a function of the request."""

    name: str
    label: str
    choices: Choices | Callable[[HttpRequest], Choices]
    lookup: str = ""
    apply: Callable[[Rows, str], Rows] | None = None

    def read(self, request: HttpRequest, data: QueryDict) -> Shown:
        choices = [
            (str(value), text) for value, text in (self.choices(request) if callable(self.choices) else self.choices)
        ]
        value = data.get(self.name, "")
        label = dict(choices).get(value)
        shown = Shown("choice", self.name, self.label, choices=choices)
        if value and label is not None:
            shown.values, shown.said = {self.name: value}, f"{self.label}：{label}"
        elif value:
            shown.error = f"没有“{value[:20]}”这个选项，请重新选择。"
        return shown

    def narrow(self, rows: Rows, shown: Shown) -> Rows:
        if self.apply is not None:
            return self.apply(rows, shown.value)
        return rows.filter(**{self.lookup or self.name: shown.value})


@dataclass(frozen=True, slots=True)
class YesNo:
    """是 or 否 of a yes-or-no column, or of any condition given as ``where``."""

    name: str
    label: str
    lookup: str = ""
    where: Q | None = None

    def read(self, request: HttpRequest, data: QueryDict) -> Shown:
        words = {"1": "是", "0": "否"}
        value = data.get(self.name, "")
        shown = Shown("choice", self.name, self.label, choices=tuple(words.items()))
        if value in words:
            shown.values, shown.said = {self.name: value}, f"{self.label}：{words[value]}"
        return shown

    def narrow(self, rows: Rows, shown: Shown) -> Rows:
        condition = self.where if self.where is not None else Q(**{self.lookup or self.name: True})
        return rows.filter(condition if shown.value == "1" else ~condition)


@dataclass(frozen=True, slots=True)
class DateRange:
    """A day from and a day to, both included: ``<name>_from`` and ``<name>_to`` in the address."""

    name: str
    label: str
    lookup: str = ""

    def read(self, request: HttpRequest, data: QueryDict) -> Shown:
        shown = Shown("dates", self.name, self.label)
        words = []
        for end, word in (("from", "自 {}"), ("to", "至 {}")):
            text = data.get(f"{self.name}_{end}", "").strip()
            if not text:
                continue
            try:
                day = date.fromisoformat(text)
            except ValueError:
                shown.error = f"“{text[:20]}”不是日期，请按 2026-03-05 的样子填写。"
                continue
            shown.values[f"{self.name}_{end}"] = day.isoformat()
            words.append(word.format(date_cn(day)))
        if shown.start and shown.end and shown.start > shown.end:
            shown.error = "起始日期晚于截止日期，请对调。"
        shown.said = f"{self.label}{' '.join(words)}" if words else ""
        return shown

    def narrow(self, rows: Rows, shown: Shown) -> Rows:
        column = self.lookup or self.name
        if shown.start:
            rows = rows.filter(**{f"{column}__gte": shown.start})
        if shown.end:
            rows = rows.filter(**{f"{column}__lte": shown.end})
        return rows


@dataclass(frozen=True, slots=True)
class Pick:
    """An object chosen with a picker. ``url`` is the picker's search, ``name_of`` answers its name (None: not to be chosen)."""

    name: str
    label: str
    url: str | Callable[[], str]
    name_of: Callable[[HttpRequest, str], str | None]
    apply: Callable[[Rows, str], Rows] | None = None
    lookup: str = ""

    def read(self, request: HttpRequest, data: QueryDict) -> Shown:
        value = data.get(self.name, "")
        shown = Shown("pick", self.name, self.label, url=self.url() if callable(self.url) else self.url)
        if value:
            found = self.name_of(request, value)
            if found is None:
                shown.error = "选择的对象不存在，或您无权查看。"
            else:
                shown.values, shown.said, shown.name_shown = {self.name: value}, f"{self.label}：{found}", found
        return shown

    def narrow(self, rows: Rows, shown: Shown) -> Rows:
        if self.apply is not None:
            return self.apply(rows, shown.value)
        return rows.filter(**{self.lookup or self.name: shown.value})


@dataclass(frozen=True, slots=True)
class Chip:
    """One state: ``where`` is the condition of its rows."""

    value: str
    label: str
    where: Q
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Chips:
    """The chips above a list: all of them are counted with one query."""

    name: str
    chips: Sequence[Chip]
    everything: str = "全部"

    @classmethod
    def of_states(cls, column: str, states: Mapping[str, State], name: str = "state") -> "Chips":
        """A chip a stored state."""
        return cls(
            name,
            [Chip(str(key), state.word, Q(**{column: key}), state.tone, state.icon) for key, state in states.items()],
        )

    def counted(self, rows: Rows) -> tuple[int, list[int]]:
        """How many rows there are, and how many for each chip: one query.

        Chips that are the values of one column are counted by grouping, so that an annotated column (a light) is worked out once.
        Rows that carry a count of something joined are told apart: the join stays, what it was grouped for does not.
        """
        column = self._column
        joined = rows.query.group_by is not None
        one = Count("pk", distinct=joined)
        if column is None:
            named = {
                f"chip_{place}": Count("pk", filter=chip.where, distinct=joined)
                for place, chip in enumerate(self.chips)
            }
            found = rows.order_by().aggregate(chip_all=one, **named)
            return found["chip_all"], [found[name] for name in named]
        groups = dict(rows.order_by().values_list(column).annotate(chip_count=one))
        values: list[Any] = [chip.where.children for chip in self.chips]
        return sum(groups.values()), [groups.get(pair[1], 0) for (pair,) in values]

    @property
    def _column(self) -> str | None:
        """The column of which every chip is one value, if there is one."""
        names = set()
        for chip in self.chips:
            children: list[Any] = list(chip.where.children)
            first = children[0] if len(children) == 1 and not chip.where.negated else None
            if not isinstance(first, tuple) or not isinstance(first[1], str | int | bool):
                return None
            names.add(first[0])
        name = names.pop() if len(names) == 1 else None
        return None if name is None or name.rpartition("__")[2] in _LOOKUPS else name

    def chosen(self, data: QueryDict) -> Chip | None:
        value = data.get(self.name, "")
        return next((chip for chip in self.chips if chip.value == value), None)
