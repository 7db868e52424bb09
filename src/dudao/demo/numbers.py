"""Numbers that hang together for the returns of kindergartens and counties. Pure: the same for the same chance."""

import random
from collections.abc import Mapping
from decimal import Decimal

Numbers = dict[tuple[str, str], Decimal]
_BANDS = ("25", "30", "35", "40", "45", "50", "55", "60", "65", "66")


def class_bands(made: Numbers, stage: str, chance: random.Random) -> None:
    """Part a school's classes over the ten bands, so that they sum up to what it says of its class sizes."""
    parts = {
        "classes_45": ("25", "30", "35", "40", "45"),
        "classes_55": ("50", "55"),
        "classes_65": ("60", "65"),
        "classes_66": ("66",),
    }
    for band in _BANDS:
        made[f"band_{band}", stage] = Decimal(0)
    pupils, classes = made["pupils", stage], made["classes", stage]
    usual = min(45, max(25, -(-int(pupils / classes) // 5) * 5)) if classes else 25
    for code, bands in parts.items():
        for _ in range(int(made[code, stage])):
            if code == "classes_45":
                at = min(45, max(25, usual + chance.choice([-5, 0, 0, 0, 5])))
                made[f"band_{at}", stage] += 1
            else:
                made[f"band_{chance.choice(bands)}", stage] += 1
    top = next((band for band in reversed(_BANDS) if made[f"band_{band}", stage]), "25")
    largest = {"66": chance.randint(66, 70)}.get(top, int(top) - chance.randint(0, 4))
    made["largest_class", stage] = min(pupils, Decimal(largest))


SIZE_ITEMS = (
    "pupils", "classes", "migrants", "classes_45", "classes_55", "classes_65", "classes_66", "largest_class",
    *(f"band_{band}" for band in _BANDS),
)  # fmt: skip
"""What a round about class sizes asks for."""


def more_crowded(now: Numbers, chance: random.Random, *, share: float) -> Numbers:
    """The class sizes of a year before: a ``share`` of the larger stages had one to four large classes more."""
    made = {key: number for key, number in now.items() if key[0] in SIZE_ITEMS}
    for stage in sorted({stage for code, stage in made if code == "classes"}):
        few = made["classes", stage] < 8 or chance.random() >= share
        more = 0 if few else min(int(made["classes_45", stage]), chance.randint(1, 4))
        for _ in range(more):
            usual = next(band for band in ("45", "40", "35", "30", "25") if made[f"band_{band}", stage])
            code, band = chance.choice([("65", "60"), ("65", "60"), ("65", "65"), ("66", "66")])
            for key, step in ((f"band_{usual}", -1), ("classes_45", -1), (f"band_{band}", 1), (f"classes_{code}", 1)):
                made[key, stage] += step
            made["pupils", stage] += chance.randint(14, 24)
            largest = {"66": chance.randint(66, 70)}.get(band, int(band) - chance.randint(0, 4))
            made["largest_class", stage] = max(made["largest_class", stage], Decimal(largest))
    return made


def kindergarten(
    chance: random.Random, *, ownership: str, inclusive: bool | None, central: bool, founded: int
) -> Numbers:
    """A kindergarten: most are as they should be, some have classes too large, teachers too few or too little room."""
    sizes = {"small": (25, "kg_small"), "middle": (30, "kg_middle"), "large": (35, "kg_large")}
    public = ownership == "public"
    made: dict[str, Decimal] = {"kg_nature": Decimal(1 if public else 2 if inclusive else 3)}
    per_year = chance.choice([1, 1, 2, 2, 3, 4] if public or central else [1, 1, 1, 2, 2, 3])
    tight = chance.random() < 0.12
    children = classes = 0
    for most, code in sizes.values():
        over = sum(tight and chance.random() < 0.4 for _ in range(per_year))
        made[code], made[f"{code}_over"] = Decimal(per_year), Decimal(over)
        children += sum(most + chance.randint(1, 6) for _ in range(over))
        children += sum(chance.randint(int(most * 0.6), most) for _ in range(per_year - over))
        classes += per_year
    mixed = 1 if classes < 4 and chance.random() < 0.3 else 0
    made["kg_mixed"], made["kg_mixed_over"] = Decimal(mixed), Decimal(0)
    children += mixed * chance.randint(14, 28)
    classes += mixed
    teachers = max(1, round(classes * chance.choice([2, 2, 2, 1.5, 1.3 if not public else 2])))
    heads = 2 if classes > 8 else 1
    if chance.random() < 0.9:
        # Staffed by the norm: two teachers and a nurse a class, one who cares for nine children, one of the staff for seven.
        teachers = max(teachers, 2 * classes)
        nurses = max(classes, -(-children // 9) - teachers)
    else:
        nurses = max(1, round(classes * chance.choice([1, 1, 0.7])))
    certified = teachers + heads if chance.random() < 0.99 else max(0, teachers + heads - chance.randint(1, 3))
    new = founded >= 2017
    short = 1 if chance.random() > 0.04 else 0.75
    for code, number in {
        "kg_children": children,
        "kg_classes": classes,
        "kg_staff": max(teachers + heads + nurses + max(2, round(classes * 0.8)), -(-children // 7)),
        "kg_heads": heads,
        "kg_teachers": teachers,
        "kg_certified": certified,
        "kg_nurses": nurses,
        "kg_books": round(children * chance.uniform(3, 8)),
        "kg_estate": int(central and chance.random() < 0.3),
        "kg_centre": int(public and chance.random() < 0.3),
        "kg_new": int(new),
        "kg_norm": int(not new or chance.random() < 0.99),
        "kg_plate": int(chance.random() < 0.995),
    }.items():
        made[code] = Decimal(number)
    for code, each in {"kg_outdoor": 4.6, "kg_rooms": 8.9, "kg_building": 11.4}.items():
        made[code] = _tenth(children * each * short * chance.uniform(0.98, 1.5))
    made["kg_building"] = max(made["kg_building"], made["kg_rooms"])
    return {(code, "preschool"): number for code, number in made.items()}


def grown_kindergarten(last: Numbers, chance: random.Random) -> Numbers:
    """A year later: fewer children, the rest as it was."""
    made = dict(last)
    key = ("kg_children", "preschool")
    made[key] = Decimal(max(1, round(float(last[key]) * chance.uniform(0.88, 1.0))))
    return made


def _tenth(number: float) -> Decimal:
    return Decimal(str(round(number, 1)))


def county(
    chance: random.Random,
    *,
    people: int,
    townships: int,
    counts: Mapping[str, int],
    schools: Mapping[tuple[str, str], Decimal],
    children: int,
) -> Numbers:
    """A county's own numbers, in keeping with its register (``counts`` by 办学类型) and with the sums over its ``schools``."""
    wan = Decimal(people)

    def total(code: str, stage: str) -> int:
        return int(schools.get((code, stage), Decimal(0)))

    primary, junior = total("pupils", "primary"), total("pupils", "junior")
    teachers = {stage: total("teachers", stage) for stage in ("primary", "junior")}
    everybody = sum(teachers.values())
    due = round(everybody * 0.4)
    moved = round(due * chance.uniform(0.09, 0.16))
    towns = {"primary": round(primary * 0.6), "junior": round(junior * 0.6)}
    plan = round(junior / 3 * 0.5)
    migrants = total("migrants", "primary") + total("migrants", "junior")
    disabled = max(4, round((primary + junior) * 0.004))
    estate = round(counts.get("111", 0) * 0.15)
    centres = townships if chance.random() < 0.6 else max(0, townships - chance.randint(1, 2))
    made: dict[str, int | Decimal] = {
        "population": wan + Decimal(chance.randint(0, 99)) / 100,
        "rural_population": (wan * Decimal("0.42")).quantize(Decimal("0.01")),
        "townships": townships,
        "villages": townships * chance.randint(9, 14),
        "gdp_per_head": chance.randint(52_000, 118_000),
        "revenue_per_head": chance.randint(2_600, 6_800),
        "rural_income": chance.randint(19_500, 26_800),
        "urban_income": chance.randint(33_000, 44_500),
        "primary_schools": counts.get("211", 0),
        "nine_year_schools": counts.get("312", 0),
        "junior_schools": counts.get("311", 0),
        "complete_schools": counts.get("341", 0),
        "twelve_year_schools": counts.get("345", 0),
        "special_schools": sum(counts.get(sort, 0) for sort in ("511", "512", "513", "514")),
        "teaching_points": counts.get("218", 0),
        "points_50": round(counts.get("218", 0) * 0.2),
        "primary_classes": total("classes", "primary"),
        "junior_classes": total("classes", "junior"),
        "primary_pupils": primary,
        "junior_pupils": junior,
        "primary_staff": round(teachers["primary"] * 1.06),
        "primary_teachers": teachers["primary"],
        "junior_staff": round(teachers["junior"] * 1.09),
        "junior_teachers": teachers["junior"],
        "music_short": chance.choice([0, 0, 1, 3]),
        "art_short": chance.choice([0, 0, 1, 2]),
        "oversize_schools": chance.choice([0, 0, 0, 1]),
        "vocational_attached": 0,
        "primary_over_45": sum(total(code, "primary") for code in ("classes_55", "classes_65", "classes_66")),
        "junior_over_50": sum(total(code, "junior") for code in ("band_55", "classes_65", "classes_66")),
        "small_unfunded": chance.choice([0, 0, 0, 2]),
        "special_pupils": (special := 45 * sum(counts.get(sort, 0) for sort in ("511", "512", "513", "514"))),
        "special_funds": special * chance.randint(7_800, 9_600),
        "teacher_pay": (pay := chance.randint(92_000, 118_000)),
        "civil_pay": round(pay * chance.uniform(0.94, 1.02)),
        "teachers_all": everybody,
        "trained_360": everybody if chance.random() < 0.7 else everybody - chance.randint(1, 12),
        "exchange_due": due,
        "exchanged": moved,
        "exchanged_backbone": round(moved * chance.uniform(0.17, 0.3)),
        "certified": everybody if chance.random() < 0.8 else everybody - chance.randint(1, 4),
        "primary_town": towns["primary"],
        "primary_near": towns["primary"] if chance.random() < 0.7 else round(towns["primary"] * 0.985),
        "junior_town": towns["junior"],
        "junior_near": round(towns["junior"] * chance.uniform(0.94, 1.0)),
        "senior_plan": plan,
        "senior_shared": round(plan * chance.uniform(0.48, 0.7)),
        "senior_rural": round(plan * 0.25),
        "migrants_due": migrants,
        "migrants_public": round(migrants * chance.uniform(0.84, 1.0)),
        "leavers": (leavers := round(junior / 3)),
        "entrants": round(leavers * 1.01),
        "moved_in": round(leavers * 0.02),
        "moved_out": round(leavers * 0.02),
        "died": 0,
        "retention": Decimal(str(round(chance.uniform(94.6, 99.8), 2))),
        "disabled": disabled,
        "disabled_enrolled": round(disabled * chance.uniform(0.945, 1.0)),
        "disabled_special": round(disabled * 0.3),
        "training_short": chance.choice([0, 0, 0, 1]),
        "subject_gap": Decimal(str(round(chance.uniform(0.08, 0.16), 3))),
        "forms_sent": (sent := chance.randint(1_200, 2_400)),
        "forms_parents": round(sent * 0.6),
        "forms_valid": (valid := round(sent * chance.uniform(0.88, 0.98))),
        "forms_content": round(valid * chance.uniform(0.84, 0.96)),
        "visited": (visited := chance.randint(60, 160)),
        "visited_content": round(visited * chance.uniform(0.86, 0.97)),
        "kg_age_group": round(children * chance.uniform(1.02, 1.16)),
        "kindergartens": counts.get("111", 0),
        "townships_centre": centres,
        "estate_kgs": estate,
        "estate_kgs_inclusive": estate if chance.random() < 0.7 else max(0, estate - 1),
        "kg_public_funds": chance.choice([500, 500, 600, 550]),
        "kg_private_aid": chance.choice([500, 500, 300]),
        "kg_staffed_pay": chance.randint(72_000, 88_000),
        "kg_unstaffed_pay": chance.randint(36_000, 64_000),
        "kg_accidents": 0,
        "kg_misconduct": 0,
        "kg_supervised": counts.get("111", 0) if chance.random() < 0.8 else max(0, counts.get("111", 0) - 1),
        "kg_forms_valid": (valid := chance.randint(500, 1_100)),
        "kg_forms_content": round(valid * chance.uniform(0.84, 0.97)),
    }
    return {(code, ""): max(Decimal(0), Decimal(number)) for code, number in made.items()}
