"""A pack made from another one: `base` names it, `changes` says by code what differs in a region and a period.

    base: preschool-universal-2020
    about: {region: 湖南省, region_code: "43", valid_from: 2025-12-31, …}   # replaces the base's facts one by one
    changes:
      P1: {name: 学前三年毛入园率达到 92%, rule: {…}}    # keys of the node; an empty value takes a key away
    remove: [P5]
    add: [{after: P3, node: {code: P3a, …}}]             # or {under: A1, node: {…}}

In an item evaluation `threshold: 92` stands for the value of the item's only condition. Other keys at the top replace those
of the base; data items (`items` of an indicator system) are replaced or added by name. Pure: files are read elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from dudao.calc.facts import FACTS

Plain = Mapping[str, Any]

_OWN: Final = {"base", "changes", "remove", "add"}
_LISTS: Final = ("indicators", "children", "items", "vetoes")
_NOT_INHERITED: Final = ("unchecked", "notes", "region_code", "region_name")


class PackError(ValueError):
    """A pack that can't be read; ``name`` says which, ``place`` where in it, ``reason`` in Chinese what is wrong."""

    def __init__(self, name: str, place: str, reason: str) -> None:
        self.name, self.place, self.reason = name, place, reason
        super().__init__(f"标准“{name}”{place and f'的 {place}'}：{reason}")


def resolve(name: str, data: Plain, raw: Callable[[str], Plain]) -> Plain:
    """The full values of a pack. ``raw`` gives the file of a name, and raises ``KeyError`` where there is none."""
    layers = [(name, data)]
    while (base := layers[-1][1].get("base")) is not None:
        last, seen = layers[-1][0], [layer for layer, _ in layers]
        if not isinstance(base, str):
            raise PackError(last, "base", f"是“{base}”，应当是一个标准的名称。")
        if base in seen:
            raise PackError(name, "base", f"互相作为基础：{' → '.join([*seen, str(base)])}。")
        try:
            layers.append((base, raw(base)))
        except KeyError as error:
            raise PackError(last, "base", f"没有标准“{base}”{_near(error.args[1:])}") from None
    result: dict[str, Any] = dict(layers[-1][1])
    for key in ("changes", "remove", "add"):
        if key in result:
            raise PackError(layers[-1][0], key, "没有 base，不知道改的是哪个标准。")
    if len(layers) > 1:
        result = deepcopy(result)
        for layer, changes in reversed(layers[:-1]):
            result = _Layer(layer, changes, result).applied()
    return result


def _near(names: Sequence[str]) -> str:
    """What may have been meant, to end a sentence."""
    return f"，是不是：{'、'.join(names)}？" if names else "。"


def _says_place(facts: Plain) -> bool:
    """A file that says nothing of its place holds where its base does."""
    return "region" in facts or "region_code" in facts


class _Layer:
    """One file over the values below it."""

    def __init__(self, name: str, own: Plain, below: dict[str, Any]) -> None:
        self.name, self.own, self.below = name, own, below
        # Indicator systems say no kind, and keep the facts of the document apart.
        self.is_framework = "kind" not in below

    def fail(self, place: str, reason: str) -> PackError:
        return PackError(self.name, place, reason)

    def applied(self) -> dict[str, Any]:
        self.place_and_time()
        result = self.below
        self.below_facts = dict(result)
        for code, change in self.mapping("changes").items():
            self.change(str(code), change)
        for code in self.entries("remove"):
            entries, place = self.find(str(code), "remove")
            del entries[place]
        for number, addition in enumerate(self.entries("add"), 1):
            self.add(addition, f"add[{number}]")
        for key, value in self.own.items():
            if key == "about":
                continue
            if key == "items" and self.is_framework:
                result["items"] = self.data_items(value)
            elif key not in _OWN:
                result[key] = deepcopy(value)
        facts = (result.get("about") or {}) if self.is_framework else self.below_facts
        own = (self.own.get("about") or {}) if self.is_framework else self.own
        unchecked = self.unchecked(facts, own)
        if self.is_framework:
            result["about"] = self.facts(facts, own)
        else:
            for key in _NOT_INHERITED:
                if key not in self.own:
                    result.pop(key, None)
            result["base"] = self.own["base"]
        if unchecked:
            (result["about"] if self.is_framework else result)["unchecked"] = unchecked
        return result

    def unchecked(self, below: Plain, own: Plain) -> list[Any]:
        """Own entries, and the base's indicators that nobody has compared and that stand as they were."""
        touched = {*map(str, self.own.get("changes") or ()), *map(str, self.own.get("remove") or ()), *FACTS}
        mine = list(own.get("unchecked") or ())
        return mine + [code for code in below.get("unchecked") or () if code not in {*touched, *mine}]

    def facts(self, below: Plain, own: Plain) -> dict[str, Any]:
        kept = {key: value for key, value in below.items() if key not in _NOT_INHERITED}
        if "region_code" in below and not _says_place(own):
            kept["region_code"] = below["region_code"]
        return {**kept, **own, "base": self.own["base"]}

    def place_and_time(self) -> None:
        """A change holds within the place and the time of what it changes."""
        if self.own.get("kind") != self.below.get("kind"):
            raise self.fail("kind", f"与基础标准不是同一类：{self.below.get('kind', '指标体系')}。")
        region = "region_code" if self.is_framework else "region"
        own, below = ((data.get("about") or {}) if self.is_framework else data for data in (self.own, self.below))
        place, where = str(own.get(region) or ""), str(below.get(region) or "")
        if _says_place(own) and not place.startswith(where):
            raise self.fail(region, f"地区“{place}”不在基础标准的地区“{where}”之内。")
        first, last = own.get("valid_from"), own.get("valid_to")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            raise self.fail("valid_to", "失效日期早于生效日期。")
        begin, end = below.get("valid_from"), below.get("valid_to")
        if isinstance(first, date) and isinstance(begin, date) and first < begin:
            raise self.fail("valid_from", f"早于基础标准的生效日期 {begin.isoformat()}。")
        if isinstance(end, date) and any(isinstance(day, date) and day > end for day in (first, last)):
            raise self.fail("valid_to", f"晚于基础标准的失效日期 {end.isoformat()}。")

    def change(self, code: str, change: Any) -> None:
        place = f"changes.{code}"
        if not isinstance(change, Mapping) or not change:
            raise self.fail(place, "应当写明要改的内容，如 name、points、rule。")
        entries, at = self.find(code, "changes")
        node = entries[at]
        for key, value in change.items():
            if key in {"code", "children", "indicators"}:
                raise self.fail(f"{place}.{key}", "编号和下级不能这样改，请用 add、remove。")
            if key == "threshold":
                conditions = node.get("conditions") or []
                if len(conditions) != 1:
                    raise self.fail(f"{place}.threshold", f"这一项有 {len(conditions)} 个条件，请写全 conditions。")
                conditions[0] = {**conditions[0], "value": value}
                conditions[0].pop("local", None)
            elif value is None:
                node.pop(key, None)
            else:
                node[key] = deepcopy(value)

    def add(self, addition: Any, place: str) -> None:
        if not isinstance(addition, Mapping) or not isinstance(addition.get("node"), Mapping):
            raise self.fail(place, "应当写明 node，以及放在 after 之后或 under 之下。")
        node = deepcopy(dict(addition["node"]))
        if any(entry.get("code") == node.get("code") for entries in self.lists() for entry in entries):
            raise self.fail(place, f"已经有编号“{node.get('code')}”。")
        if "after" in addition:
            entries, at = self.find(str(addition["after"]), f"{place}.after")
            entries.insert(at + 1, node)
        elif "under" in addition and self.is_framework:
            entries, at = self.find(str(addition["under"]), f"{place}.under")
            entries[at].setdefault("children", []).append(node)
        else:
            raise self.fail(place, "应当写明放在 after（哪一项之后）或 under（哪个指标之下）。")

    def find(self, code: str, place: str) -> tuple[list[Any], int]:
        for entries in self.lists():
            for at, entry in enumerate(entries):
                if str(entry.get("code", "")) == code:
                    return entries, at
        known = [str(entry.get("code", "")) for entries in self.lists() for entry in entries]
        near = _near(get_close_matches(code, known, 3, 0.5))
        raise self.fail(f"{place}.{code}", f"基础标准“{self.own['base']}”里没有编号“{code}”{near}")

    def lists(self) -> Iterator[list[Any]]:
        """Every list of the base whose entries have codes, outer ones first."""
        waiting: list[Any] = [self.below]
        while waiting:
            data = waiting.pop(0)
            for key in _LISTS:
                entries = data.get(key)
                if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
                    yield entries
                    waiting.extend(entries)

    def data_items(self, own: Any) -> list[Any]:
        if not isinstance(own, list) or not all(isinstance(item, Mapping) and "name" in item for item in own):
            raise self.fail("items", "应当是一列数据项，各有 name。")
        changed = {item["name"]: item for item in own}
        kept = [{**item, **changed.pop(item["name"], {})} for item in self.below.get("items", [])]
        return [*kept, *deepcopy(list(changed.values()))]

    def mapping(self, key: str) -> Plain:
        value = self.own.get(key) or {}
        if not isinstance(value, Mapping):
            raise self.fail(key, "应当是一组“编号: 要改的内容”。")
        return value

    def entries(self, key: str) -> list[Any]:
        value = self.own.get(key) or []
        if not isinstance(value, list):
            raise self.fail(key, "应当是一列。")
        return value
