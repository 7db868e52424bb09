"""A slow and plain second opinion: one row, Python fractions, no numpy. Shares only the syntax tree with the engine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor, isqrt

from dudao.calc.expr import State, parse
from dudao.calc.expr import syntax as s

Value = Fraction | bool | str | State


@dataclass
class World:
    """A subject: its cells (absent ones are missing), the rows below, the year before, formulas of derived items."""

    cells: dict[str, Value]
    lower: dict[str, list["World"]] = field(default_factory=dict)
    before: "World | None" = None
    derived: dict[str, str] = field(default_factory=dict)
    bound: dict[str, Value] = field(default_factory=dict)


def compute(text: str, world: World) -> Value:
    return _value(parse(text), world)


def _worst(*values: Value) -> State | None:
    states = [value for value in values if isinstance(value, State)]
    return max(states, default=None)


def _value(node: s.Node, world: World) -> Value:
    match node:
        case s.Number() | s.Text() | s.Truth():
            return node.value
        case s.Name():
            if node.name in world.bound:
                return world.bound[node.name]
            if node.name in world.derived:
                return _value(
                    parse(world.derived[node.name]), World(world.cells, world.lower, world.before, world.derived)
                )
            return world.cells.get(node.name, State.ABSENT)
        case s.Negative():
            part = _value(node.part, world)
            return part if isinstance(part, State) else -part
        case s.Sum():
            return _fold(node.terms, world, lambda a, b: a + b, lambda a, b: a - b)
        case s.Product():
            return _fold(node.factors, world, lambda a, b: a * b, lambda a, b: a / b)
        case s.Compare():
            left, right = _value(node.left, world), _value(node.right, world)
            if (state := _worst(left, right)) is not None:
                return state
            return {
                "=": left == right,
                "≠": left != right,
                "<": node.operator == "<" and left < right,
                "≤": node.operator == "≤" and left <= right,
                ">": node.operator == ">" and left > right,
                "≥": node.operator == "≥" and left >= right,
            }[node.operator]
        case s.All():
            values = [_value(part, world) for part in node.parts]
            if any(value is False for value in values):
                return False
            return _worst(*values) or True
        case s.Any():
            values = [_value(part, world) for part in node.parts]
            if any(value is True for value in values):
                return True
            return _worst(*values) or False
        case s.Not():
            part = _value(node.part, world)
            return part if isinstance(part, State) else not part
        case s.Call():
            return _call(node, world)


def _fold(parts, world: World, plain: Callable, other: Callable) -> Value:
    result = _value(parts[0][1], world)
    for operator, part in parts[1:]:
        value = _value(part, world)
        state = _worst(result, value)
        if operator == "/" and value == 0:
            state = max(state or State.KNOWN, State.ZERO_DIVISION)
        if state is not None:
            result = state
            continue
        result = plain(result, value) if operator in "+*" else other(result, value)
    return result


def _half_up(value: Fraction, places: int) -> Fraction:
    scaled = abs(value) * 10**places
    whole = floor(scaled + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, 10**places)


def _call(node: s.Call, world: World) -> Value:
    match node.function:
        case "如果":
            condition = _value(node.arguments[0], world)
            if isinstance(condition, State):
                return condition
            return _value(node.arguments[1 if condition else 2], world)
        case "缺失时":
            first = _value(node.arguments[0], world)
            return _value(node.arguments[1], world) if isinstance(first, State) else first
        case "缺失":
            return isinstance(_value(node.arguments[0], world), State)
        case "上年":
            return State.ABSENT if world.before is None else _value(node.arguments[0], world.before)
        case "增长率":
            now = _value(node.arguments[0], world)
            if len(node.arguments) == 2:
                base = _value(node.arguments[1], world)
            else:
                base = State.ABSENT if world.before is None else _value(node.arguments[0], world.before)
            state = _worst(now, base)
            if base == 0:
                state = max(state or State.KNOWN, State.ZERO_DIVISION)
            return state if state is not None else (now - base) / abs(base)
        case "比例":
            part, whole = (_value(argument, world) for argument in node.arguments)
            state = _worst(part, whole)
            if whole == 0:
                state = max(state or State.KNOWN, State.ZERO_DIVISION)
            if not isinstance(part, State) and not isinstance(whole, State) and part > whole:
                state = State.PART_ABOVE_WHOLE
            return state if state is not None else part / whole
        case "四舍五入" | "进一" | "去尾" | "绝对值":
            value = _value(node.arguments[0], world)
            if isinstance(value, State):
                return value
            places = int(node.arguments[1].value) if len(node.arguments) > 1 else 0
            return {
                "四舍五入": _half_up(value, places),
                "进一": Fraction(ceil(value)),
                "去尾": Fraction(floor(value)),
                "绝对值": abs(value),
            }[node.function]
        case "属于":
            value = _value(node.arguments[0], world)
            return value if isinstance(value, State) else value in [word.value for word in node.arguments[1:]]
        case _:
            return _group(node, world)


def _group(node: s.Call, world: World) -> Value:
    weights: list[Value] | None = None
    if node.scope is None:
        values = [_value(argument, world) for argument in node.arguments]
    else:
        rows = world.lower[node.scope]
        states: list[Value] = []
        keep: list[Value] = [True] * len(rows)
        for argument in node.arguments[1:]:
            column = [_value(argument, row) for row in rows]
            if all(isinstance(value, bool | State) for value in column) and _is_condition(argument):
                keep = column
            else:
                weights = column
        values = [_value(node.arguments[0], row) if node.arguments else True for row in rows]
        states = [_worst(value, kept) for value, kept in zip(values, keep, strict=True)]
        values = [state if state is not None else value for state, value in zip(states, values, strict=True)]
        chosen = [kept is not False for kept in keep]
        values = [value for value, use in zip(values, chosen, strict=True) if use]
        weights = None if weights is None else [w for w, use in zip(weights, chosen, strict=True) if use]
    return _statistic(node.function, values, weights)


def _is_condition(node: s.Node) -> bool:
    return isinstance(node, s.Compare | s.All | s.Any | s.Not | s.Truth) or (
        isinstance(node, s.Call) and node.function in ("缺失", "属于")
    )


def _numbers(values: list[Value]) -> list[Fraction]:
    return [Fraction(value) for value in values if not isinstance(value, State)]


def _statistic(function: str, values: list[Value], weights: list[Value] | None) -> Value:
    state = _worst(*values)
    if function in ("合计", "计数"):
        return state if state is not None else sum(_numbers(values), Fraction(0))
    if function == "差异系数" and len(values) < 2:
        state = max(state or State.KNOWN, State.EMPTY_GROUP)
    if not values:
        state = max(state or State.KNOWN, State.EMPTY_GROUP)
    if function in ("最大", "最小", "中位数"):
        if state is not None:
            return state
        ordered = sorted(_numbers(values))
        middle = len(ordered) // 2
        median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
        return {"最大": ordered[-1], "最小": ordered[0], "中位数": median}[function]
    if weights is not None:
        weights = [State.NEGATIVE_WEIGHT if not isinstance(w, State) and w < 0 else w for w in weights]
        if (of_weights := _worst(*weights)) is not None:
            state = max(state or State.KNOWN, of_weights)
    known_weights = _numbers(weights) if weights is not None else [Fraction(1)] * len(values)
    if weights is not None and not any(isinstance(w, State) for w in weights) and sum(known_weights) == 0:
        state = max(state or State.KNOWN, State.ZERO_DIVISION)
    if state is not None:
        return state
    numbers = _numbers(values)
    mean = _mean(numbers, known_weights)
    if function in ("平均", "占比"):
        return mean
    variance = _mean([(number - mean) ** 2 for number in numbers], known_weights)
    if function == "标准差":
        return _root(variance)
    return State.ZERO_DIVISION if mean == 0 else _root(variance / mean**2)


def _mean(numbers: list[Fraction], weights: list[Fraction]) -> Fraction:
    return sum((n * w for n, w in zip(numbers, weights, strict=True)), Fraction(0)) / sum(weights)


def _root(value: Fraction) -> Fraction:
    """To 12 places, half up, by way of 30 places."""
    scale = 10**30
    root = Fraction(isqrt(value.numerator * scale**2 // value.denominator), scale)
    return Fraction(floor(root * 10**12 + Fraction(1, 2)), 10**12)
