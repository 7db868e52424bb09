"""An indicator system as plain data (what YAML and JSON hold) and back, with errors that name the place.

The shape is documented in docs/calculations/scoring.md. Numbers are numbers or texts, never binary fractions: a float
is read by its shortest decimal form, which is what was written in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, TypeVar

from dudao.calc.expr import Item, Kind, decimal_text
from dudao.calc.tree.intervals import Interval
from dudao.calc.tree.model import DEFAULT_SOURCES, Grade, Node, Otherwise, Role, Roll, Scale, Source, Tree, Veto
from dudao.calc.tree.rules import (
    Adjust,
    Attain,
    Band,
    Bands,
    Computed,
    Deduct,
    Deduction,
    Judged,
    Knot,
    Linear,
    Part,
    Parts,
    Pick,
    Places,
    Rule,
    YesNo,
)

MAX_NODES: Final = 5_000
MAX_LEVELS: Final = 12

RULE_KINDS: Final[Mapping[str, type[Any]]] = {
    "judged": Judged,
    "pick": Pick,
    "deduct": Deduct,
    "parts": Parts,
    "bands": Bands,
    "linear": Linear,
    "yes_no": YesNo,
    "attain": Attain,
    "computed": Computed,
}
_KIND_OF_RULE: Final = {kind: name for name, kind in RULE_KINDS.items()}


class TreeDataError(ValueError):
    """Data that are no indicator system; ``path`` leads to the place, ``reason`` says in Chinese what is wrong."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path or '指标体系'}：{reason}")


Plain = Mapping[str, Any]
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class _Reader:
    """One mapping of the data: takes fields out by name and refuses what is left over."""

    def __init__(self, data: Any, path: str) -> None:
        if not isinstance(data, Mapping):
            raise TreeDataError(path, f"应当是一组“名称: 值”，这里是{_what(data)}。")
        self.data: Plain = data
        self.path = path
        self.left = set(data)

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def raw(self, name: str) -> Any:
        self.left.discard(name)
        return self.data.get(name)

    def text(self, name: str, is_required: bool = False) -> str:
        value = self.raw(name)
        if value is None:
            if is_required:
                raise TreeDataError(self._at(name), "缺少这一项。")
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise TreeDataError(self._at(name), f"应当是文字，这里是{_what(value)}。")
        return str(value).strip()

    def number(self, name: str) -> Decimal | None:
        value = self.raw(name)
        return None if value is None else _decimal(value, self._at(name))

    def required(self, name: str) -> Decimal:
        value = self.number(name)
        if value is None:
            raise TreeDataError(self._at(name), "缺少这个数。")
        return value

    def places(self, name: str, default: int | None) -> int | None:
        if name not in self.data:
            return default
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 8:
            raise TreeDataError(self._at(name), "小数位数应当是 0～8 的整数，或留空表示不取舍。")
        return value

    def truth(self, name: str, default: bool = False) -> bool:
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise TreeDataError(self._at(name), f"应当是 true 或 false，这里是{_what(value)}。")
        return value

    def word(self, name: str, kind: type[E], default: E) -> E:
        return self.optional_word(name, kind) or default

    def optional_word(self, name: str, kind: type[E]) -> E | None:
        value = self.raw(name)
        if value is None:
            return None
        try:
            return kind(value)
        except ValueError:
            raise TreeDataError(self._at(name), f"只能是：{'、'.join(kind)}。") from None

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(_text(value, path) for value, path in self.list(name))

    def list(self, name: str) -> Iterator[tuple[Any, str]]:
        value = self.raw(name)
        if value is None:
            return
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise TreeDataError(self._at(name), f"应当是一个列表，这里是{_what(value)}。")
        for place, entry in enumerate(value, 1):
            yield entry, f"{self._at(name)}[{place}]"

    def many(self, name: str, read: Callable[[_Reader], T]) -> tuple[T, ...]:
        return tuple(_complete(_Reader(entry, path), read) for entry, path in self.list(name))

    def by_category(self, name: str, read: Callable[[_Reader], T]) -> dict[str, tuple[T, ...]]:
        """A list, or a mapping from category to list."""
        value = self.data.get(name)
        if not isinstance(value, Mapping):
            return {"": self.many(name, read)}
        self.raw(name)
        inner = _Reader(value, self._at(name))
        return {str(category): inner.many(category, read) for category in value}


def _complete(reader: _Reader, read: Callable[[_Reader], T]) -> T:
    result = read(reader)
    if reader.left:
        unknown = "、".join(sorted(map(str, reader.left)))
        raise TreeDataError(reader.path, f"不认识的名称：{unknown}。")
    return result


def _what(value: Any) -> str:
    return f"“{str(value)[:20]}”" if isinstance(value, str | int | float | Decimal) else "别的东西"


def _text(value: Any, path: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TreeDataError(path, f"应当是文字，这里是{_what(value)}。")
    return str(value).strip()


def _decimal(value: Any, path: str) -> Decimal:
    text = str(value).strip() if isinstance(value, int | float | str | Decimal) and not isinstance(value, bool) else ""
    percent = text.endswith("%")
    try:
        number = Decimal(text.removesuffix("%"))
    except InvalidOperation:
        raise TreeDataError(path, f"应当是数，这里是{_what(value)}。") from None
    if not number.is_finite() or abs(number) >= 10**15 or number.as_tuple().exponent < -12:  # type: ignore[operator]
        raise TreeDataError(path, f"数值过大或小数位过多：{_what(value)}。")
    return number / 100 if percent else number


# ---- reading ------------------------------------------------------------------------------------------------


def from_data(data: Any) -> Tree:
    """Read an indicator system; raises `TreeDataError` for data of the wrong shape (not for a wrong system)."""
    return _complete(_Reader(data, ""), _tree)


def _tree(reader: _Reader) -> Tree:
    budget = [MAX_NODES]
    lower_data = reader.raw("lower") or {}
    lower = _Reader(lower_data, "lower")
    scale_data = reader.raw("grades")
    places = _Reader(reader.raw("places") or {}, "places")
    return Tree(
        root=Node(
            code=reader.text("code", is_required=True),
            name=reader.text("name", is_required=True),
            points=reader.number("points"),
            roll=reader.word("roll", Roll, Roll.SUM),
            cap=reader.number("cap"),
            text=reader.text("text"),
            adjust=reader.many("adjust", _adjust),
            children=tuple(_node(_Reader(entry, path), budget, 2) for entry, path in reader.list("indicators")),
        ),
        items=reader.many("items", _item),
        lower={str(scope): lower.many(scope, _item) for scope in lower_data},
        scale=None if scale_data is None else _scale(scale_data),
        vetoes=reader.many("vetoes", _veto),
        places=_complete(places, _places),
        sources=reader.many("sources", _source) or DEFAULT_SOURCES,
        unmarked_is_zero=reader.truth("unmarked_is_zero"),
        about=dict(_Reader(reader.raw("about") or {}, "about").data),
    )


def _places(reader: _Reader) -> Places:
    default = Places()
    return Places(
        reader.places("mark", default.mark), reader.places("node", default.node), reader.places("total", default.total)
    )


def _source(reader: _Reader) -> Source:
    key = reader.text("key", is_required=True)
    return Source(key, reader.text("label") or key, reader.truth("counts", default=True))


def _item(reader: _Reader) -> Item:
    return Item(
        name=reader.text("name", is_required=True),
        kind=reader.word("kind", Kind, Kind.NUMBER),
        unit=reader.text("unit"),
        options=reader.texts("options"),
        formula=reader.text("formula"),
        least=reader.number("least"),
        most=reader.number("most"),
    )


def _veto(reader: _Reader) -> Veto:
    code = reader.text("code", is_required=True)
    return Veto(code, reader.text("name", is_required=True), reader.text("when"), reader.text("grade"))


def _scale(data: Any) -> Scale:
    if not isinstance(data, Mapping):
        return Scale(_Reader({"grades": data}, "").by_category("grades", _grade))
    reader = _Reader(data, "grades")
    by = reader.text("by")
    return Scale({str(category): reader.many(category, _grade) for category in data if category != "by"}, by)


def _grade(reader: _Reader) -> Grade:
    total = reader.text("total")
    return Grade(
        name=reader.text("name", is_required=True),
        total=_interval(total, f"{reader.path}.total") if total else None,
        ratio=reader.number("ratio"),
        blocks=reader.texts("blocks"),
        when=reader.text("when"),
    )


def _interval(text: str, path: str) -> Interval:
    try:
        return Interval.parse(text)
    except ValueError as error:
        raise TreeDataError(path, str(error)) from None


@contextmanager
def _named(reader: _Reader) -> Iterator[None]:
    """Errors inside a node name its code rather than its place in the list."""
    code = reader.data.get("code")
    if isinstance(code, str) and code:
        reader.path = code
    yield


def _node(reader: _Reader, budget: list[int], level: int) -> Node:
    budget[0] -= 1
    if budget[0] < 0:
        raise TreeDataError(reader.path, f"指标太多，最多 {MAX_NODES} 个。")
    if level > MAX_LEVELS:
        raise TreeDataError(reader.path, f"层级太多，最多 {MAX_LEVELS} 级。")
    with _named(reader):
        rule = reader.raw("rule")
        return _complete(
            reader,
            lambda reader: Node(
                code=reader.text("code", is_required=True),
                name=reader.text("name", is_required=True),
                points=reader.number("points"),
                weight=reader.number("weight"),
                rule=None if rule is None else read_rule(rule, f"{reader.path}.rule"),
                children=tuple(
                    _node(_Reader(entry, path), budget, level + 1) for entry, path in reader.list("children")
                ),
                role=reader.word("role", Role, Role.NORMAL),
                roll=reader.word("roll", Roll, Roll.SUM),
                applies=reader.text("applies"),
                otherwise=reader.optional_word("otherwise", Otherwise),
                adjust=reader.many("adjust", _adjust),
                sources=reader.texts("sources"),
                cap=reader.number("cap"),
                text=reader.text("text"),
                evidence=reader.texts("evidence"),
            ),
        )


def _adjust(reader: _Reader) -> Adjust:
    return Adjust(reader.required("factor"), reader.text("when"), reader.text("reason"))


def _band(reader: _Reader) -> Band:
    within = _interval(reader.text("within", is_required=True), f"{reader.path}.within")
    return Band(within, reader.number("points"), reader.text("label"))


def _knot(reader: _Reader) -> Knot:
    return Knot(reader.required("at"), reader.required("points"), percent=str(reader.data["at"]).strip().endswith("%"))


def read_rule(data: Any, path: str = "rule") -> Rule:
    """Read one rule: ``{"kind": "deduct", …}``, or only its kind («judged»)."""
    reader = _Reader({"kind": data} if isinstance(data, str) else data, path)
    kind = reader.text("kind", is_required=True)
    if kind not in RULE_KINDS:
        raise TreeDataError(f"{path}.kind", f"没有这种计分规则：{kind}。只能是：{'、'.join(RULE_KINDS)}。")
    return _complete(reader, _RULES[kind])


def _deduct(reader: _Reader) -> Deduct:
    floor = reader.number("floor") or Decimal(0)
    if "each" in reader.data:
        one = Deduction(reader.required("each"), reader.text("count"), reader.text("label"), reader.number("most"))
        return Deduct((one,), floor)
    each = reader.many(
        "deductions", lambda r: Deduction(r.required("each"), r.text("count"), r.text("label"), r.number("most"))
    )
    return Deduct(each, floor)


def _yes_no(reader: _Reader) -> YesNo:
    default = YesNo()
    return YesNo(
        reader.text("when") or default.when,
        reader.truth("good", default=default.good),
        reader.number("otherwise") or default.otherwise,
    )


def _attain(reader: _Reader) -> Attain:
    points = tuple(_decimal(value, path) for value, path in reader.list("points"))
    return Attain(reader.texts("all_of"), reader.texts("any_of"), reader.texts("levels") or Attain().levels, points)


_RULES: Final[Mapping[str, Callable[[_Reader], Rule]]] = {
    "judged": lambda reader: Judged(reader.number("step")),
    "pick": lambda reader: Pick(
        reader.many("bands", _band), reader.truth("factor"), reader.number("step") or Decimal(1)
    ),
    "deduct": _deduct,
    "parts": lambda reader: Parts(
        reader.many("parts", lambda r: Part(r.text("label", is_required=True), r.required("points"), r.text("when")))
    ),
    "bands": lambda reader: Bands(
        reader.text("value", is_required=True), reader.by_category("bands", _band), reader.text("by")
    ),
    "linear": lambda reader: Linear(
        reader.text("value", is_required=True),
        reader.by_category("knots", _knot),
        reader.text("by"),
    ),
    "yes_no": _yes_no,
    "attain": _attain,
    "computed": lambda reader: Computed(reader.text("points", is_required=True)),
}


# ---- writing ------------------------------------------------------------------------------------------------


def to_data(tree: Tree) -> dict[str, Any]:
    """The system as plain data (texts, numbers as texts, lists, mappings): `from_data` gives an equal system back."""
    root = _plain(tree.root)
    data = {name: root[name] for name in ("code", "name", "points", "roll", "cap", "text", "adjust") if name in root}
    data["indicators"] = [_plain(node) for node in tree.root.children]
    data["items"] = [_plain(item) for item in tree.items]
    data["lower"] = {scope: [_plain(item) for item in items] for scope, items in tree.lower.items()}
    if tree.scale is not None:
        grades = {category: [_plain(grade) for grade in row] for category, row in tree.scale.grades.items()}
        data["grades"] = {"by": tree.scale.by, **grades} if tree.scale.by else grades[""]
    data["vetoes"] = [_plain(veto) for veto in tree.vetoes]
    data["places"] = {name: getattr(tree.places, name) for name in ("mark", "node", "total")}
    data["sources"] = [_plain(source) for source in tree.sources]
    data["unmarked_is_zero"] = tree.unmarked_is_zero
    data["about"] = dict(tree.about)
    return {name: value for name, value in data.items() if value not in ([], {})}


def _plain(value: Any) -> Any:
    """Dataclasses to mappings, leaving out what stands at its default."""
    match value:
        case Interval():
            return interval_text(value)
        case Knot(at, points, percent):
            return {"at": f"{decimal_text(Fraction(at) * 100)}%" if percent else f"{at:f}", "points": f"{points:f}"}
        case StrEnum():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case tuple():
            return [_plain(entry) for entry in value]
        case Mapping():
            if set(value) == {""}:
                return _plain(value[""])
            return {key: _plain(entry) for key, entry in value.items()}
    if not is_dataclass(value):
        return value
    data: dict[str, Any] = {}
    if type(value) in _KIND_OF_RULE:
        data["kind"] = _KIND_OF_RULE[type(value)]
    for field in fields(value):
        entry = getattr(value, field.name)
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if entry != default:
            data[field.name] = _plain(entry)
    return data


def interval_text(interval: Interval) -> str:
    """An interval exactly, as `Interval.parse` reads it."""

    def exact(value: Decimal) -> str:
        return f"{decimal_text(Fraction(value) * 100)}%" if interval.percent else decimal_text(Fraction(value))

    if interval.low is not None and interval.low == interval.high:
        return exact(interval.low)
    if interval.low is not None and interval.high is not None:
        opening, closing = "(" if interval.low_open else "[", ")" if interval.high_open else "]"
        return f"{opening}{exact(interval.low)},{exact(interval.high)}{closing}"
    if interval.low is not None:
        return f"{'>' if interval.low_open else '≥'}{exact(interval.low)}"
    assert interval.high is not None
    return f"{'<' if interval.high_open else '≤'}{exact(interval.high)}"
