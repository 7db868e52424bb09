"""The rows of the demo city's units, keyed as the units' sheet is (``orgs.sheet``). Pure: the same for the same seed and scale."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from dudao.demo.invented import person, phone, school_words
from dudao.demo.places import COUNTIES, DEPARTMENTS, TOTALS, Place, apportion

CITY_CODE = "430600"
OPENED = date(2020, 1, 1)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Sort:
    """One sort of institution: kind and 办学类型, the end of its name, how likely it is private and stands in a town."""

    kind: str
    school_type: str
    ending: str
    private: float
    boarding: float = 0.0
    by_rural: bool = False


_SORTS = {
    "kindergarten": _Sort("kindergarten", "111", "幼儿园", 0.62),
    "teaching_point": _Sort("teaching_point", "218", "教学点", 0.0, by_rural=True),
    "primary": _Sort("school", "211", "小学", 0.02, boarding=0.15),
    "junior": _Sort("school", "311", "初级中学", 0.04, boarding=0.7),
    "nine_year": _Sort("school", "312", "学校", 0.25, boarding=0.5),
    "complete": _Sort("school", "341", "完全中学", 0.25, boarding=0.9),
    "senior": _Sort("school", "342", "高级中学", 0.2, boarding=1.0),
    "vocational": _Sort("school", "365", "职业高中", 0.35, boarding=1.0),
    "special": _Sort("school", "513", "特殊教育学校", 0.0, boarding=0.6),
}


def region_rows() -> Iterator[Row]:
    """City, counties and zones with their offices, bureaus and townships; parents before children."""
    yield {"name": "湖南省", "kind": "province", "region_code": "430000", "parent": ""}
    yield {"name": "岳阳市", "kind": "city", "region_code": CITY_CODE, "parent": "430000"}
    yield {
        "name": "岳阳市人民政府教育督导委员会办公室",
        "short_name": "市教育督导办",
        "kind": "office",
        "parent": CITY_CODE,
        "local_code": "DEMO-O-430600",
        "sort_no": 1,
    }
    for number, (name, short) in enumerate(DEPARTMENTS, 1):
        yield {
            "name": f"{'中共岳阳市' if name.startswith('委') else '岳阳市'}{name}",
            "short_name": f"市{short}",
            "organ_short": f"市{short}",
            "kind": "department",
            "parent": CITY_CODE,
            "local_code": f"DEMO-D-430600-{number:02d}",
            "sort_no": 10 + number,
        }
    for order, place in enumerate(COUNTIES, 1):
        code = {"region_code": place.code} if place.kind == "county" else {"local_code": place.code}
        zone: Row = (
            {
                "short_name": place.name.replace("岳阳经济技术开发区", "岳阳经开区"),
                "organ_name": f"{place.name}管理委员会",
                "organ_short": f"{place.name.replace('岳阳经济技术开发区', '岳阳经开区')}管委会",
            }
            if place.kind == "zone"
            else {}
        )
        yield {"name": place.name, "kind": place.kind, "parent": CITY_CODE, "sort_no": 100 + order, **code, **zone}
        yield {
            "name": f"{place.name}教育督导委员会办公室",
            "short_name": f"{place.name}督导办",
            "kind": "office",
            "parent": place.key,
            "local_code": f"DEMO-O-{place.code}",
            "sort_no": 1,
        }
        yield {
            "name": f"{place.name}{'教育局' if place.kind == 'county' else '教育文体局'}",
            "kind": "department",
            "parent": place.key,
            "local_code": f"DEMO-D-{place.code}-01",
            "sort_no": 11,
        }
        for number, township in enumerate(place.townships, 1):
            yield {
                "name": township,
                "kind": "township",
                "parent": place.key,
                "local_code": _township_code(place, number),
                "sort_no": 100 + number,
            }


def _township_code(place: Place, number: int) -> str:
    return f"DEMO-T-{place.code}-{number:02d}"


def institution_rows(scale: float = 1.0, seed: int = 4306) -> Iterator[Row]:
    """The institutions of every county, ``scale`` times as many as the real city has, but at least one of each sort in all."""
    chance = random.Random(seed)
    words = {place.code: school_words(random.Random(f"{seed}-{place.code}")) for place in COUNTIES}
    serial = dict.fromkeys(words, 0)
    private = 0
    for name, sort in _SORTS.items():
        total = max(1, round(TOTALS[name] * scale))
        weights = [place.rural if sort.by_rural else place.weight for place in COUNTIES]
        for place, count in zip(COUNTIES, apportion(total, weights), strict=True):
            for _ in range(count):
                serial[place.code] += 1
                row = _institution(place, sort, next(words[place.code]), serial[place.code], chance)
                if sort.kind == "kindergarten":
                    private += row["ownership"] == "private"
                    _licence(row, private if row["ownership"] == "private" else 0)
                yield row


SEARCHED = "无证园排查，限期整改（演示）"
"""What is written at the sites that get their licence in the course of the year (``demo.licences``)."""


def _licence(row: Row, private: int) -> None:
    """Of a hundred private kindergartens two have none (one of them will get one), and one has let it run out. ``private``: the
    how manieth it is; 0 for a public one. A small city has them too.
    """
    place = private % 100
    if place == 3 or private in {9, 15}:
        row |= {"name": row["name"].removesuffix("幼儿园") + "看护点", "inclusive": False}
        row |= {"licence": "none", "licence_source": "无证园排查（演示）"}
    elif place == 7:
        row |= {"licence": "none", "licence_source": SEARCHED, "inclusive": False}
    else:
        row |= {"licence": "held", "licence_number": f"演示园证{row['local_code'].removeprefix('DEMO-')}号"}
        if private:
            row["licence_until"] = date(2025, 8, 31) if place == 5 else date(2028 + private % 3, 8, 31)


def _institution(place: Place, sort: _Sort, word: str, serial: int, chance: random.Random) -> Row:
    at = chance.randrange(len(place.townships))
    township = place.townships[at]
    in_town = township.endswith(("街道", "管理处"))
    central = at == 0 or in_town
    private = chance.random() < sort.private
    organizer = "民办" if private else "县级教育部门"
    if sort.kind == "kindergarten" and not private:
        organizer = chance.choice(["县级教育部门", "县级教育部门", "集体", "事业单位"])
    row: Row = {
        "name": f"{place.name}{word}{sort.ending}",
        "kind": sort.kind,
        "parent": _township_code(place, at + 1),
        "local_code": f"DEMO-{place.code}-{serial:04d}",
        "school_type": sort.school_type,
        "organizer": organizer,
        "ownership": "private" if private else "public",
        "urban_rural": "111" if in_town else "121" if central else chance.choice(["122", "210", "220"]),
        "founded": chance.randint(1985 if private else 1950, 2022),
        "leader_name": person(chance),
        "leader_phone": phone(chance),
        "contact_name": person(chance),
        "contact_phone": phone(chance),
    }
    if sort.kind == "kindergarten":
        row["inclusive"] = not private or chance.random() < 0.7
    else:
        row["boarding"] = chance.random() < sort.boarding
    return row
