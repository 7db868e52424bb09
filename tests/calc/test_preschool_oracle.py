"""The preschool run against an oracle written from the 办法: plain loops over plain integers, no fractions, nothing of ours.

Counties of up to six kindergartens with numbers around the bounds, some of them missing or contradictory.
"""

import random
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from dudao import packs
from dudao.calc.balance.items import Status
from dudao.calc.preschool import Kindergarten, county_data, evaluate, judge, norms_from, standard_from

PACK = packs.read("items", "preschool-2020")
NORMS, STANDARD = norms_from(PACK), standard_from(PACK)
DECIDED = {item.code: Status.MET for item in STANDARD.items.items if item.judged}
SIZES = ("small", "middle", "large", "mixed")
OWN = {
    "age": "学前三年适龄人口数", "towns": "乡镇数", "centres": "有公办中心园的乡镇数", "estates": "小区配套园数",
    "estates_good": "办成公办或普惠性民办的配套园数", "accidents": "近两年较大社会影响的安全责任事故数",
    "misconduct": "近两年严重师德违规事件数", "valid": "学前教育回收有效问卷数", "content": "学前教育满意问卷数",
}  # fmt: skip


# --- the oracle: "yes", "basic", "no", or None for what can't be said ------------------------------------------------


def at_least(part, whole, percent):
    if part is None or whole is None or whole == 0 or part > whole:
        return None
    return "yes" if part * 100 >= whole * percent else "no"


def add(values):
    return None if any(value is None for value in values) else sum(values)


def lacks_room(one):
    """P26: hundredths of a square metre; True, False, None."""
    children = one["children"]
    if not children:
        return None
    wanted = {"outdoor": 400, "rooms": 817, "building": 1044, "books": 300}
    answers = [None if one[name] is None else one[name] * 100 < least * children for name, least in wanted.items()]
    return True if True in answers else None if None in answers else False


def lacks_staff(one):
    """P29: 2 teachers and 1 nurse a class, one who cares for 9 children, one of the staff for 7."""

    def short(have, wanted):
        return None if have is None or wanted is None else have < wanted

    def per(children, each):
        return None if children is None else -(-children // each)

    carers = None if one["teachers"] is None or one["nurses"] is None else one["teachers"] + one["nurses"]
    classes = one["classes"]
    answers = [
        short(one["teachers"], None if classes is None else 2 * classes),
        short(one["nurses"], classes),
        short(carers, per(one["children"], 9)),
        short(one["staff"], per(one["children"], 7)),
    ]
    return True if True in answers else None if None in answers else False


def few_failing(flags, *, basic):
    """None of them fails: yes; at most ``basic`` percent of them: basic. Unknown as long as one is."""
    if not flags or None in flags:
        return None
    failing = sum(flags)
    return "yes" if not failing else "basic" if failing * 100 <= len(flags) * basic else "no"


def oracle(gardens, own, complete):
    alone = [one for one in gardens if not one["attached"]]
    children = add([one["children"] for one in gardens])
    natures = [one["nature"] for one in gardens]

    def of(*wanted):
        return None if None in natures else add([one["children"] for one in gardens if one["nature"] in wanted])

    classes, good = [], []
    for one in gardens:
        for size in SIZES:
            count, over = one[size], one[f"{size}_over"]
            wrong = count is None or over is None or over > count
            classes.append(count)
            good.append(None if wrong else count - over)
    teachers = add([one["teachers"] for one in gardens])
    people = add([one["teachers"] for one in gardens] + [one["heads"] for one in gardens])
    certified = add([one["certified"] for one in gardens])
    if any(
        None not in (one["certified"], one["teachers"], one["heads"])
        and one["certified"] > one["teachers"] + one["heads"]
        for one in gardens
    ):
        certified = None
    new = [one["norm"] for one in alone if one["new"]]
    news_known = all(one["new"] is not None for one in alone)
    estates = own["estates"], own["estates_good"]
    result = {
        "P1": None if children is None or not own["age"] else "yes" if children * 100 >= own["age"] * 85 else "no",
        "P2": at_least(of("公办", "普惠性民办"), children, 80),
        "P3": at_least(of("公办"), children, 50),
        "P23": at_least(add([one["plate"] for one in alone]), len(alone), 100),
        "P26": few_failing([lacks_room(one) for one in alone], basic=5),
        "P27": None if not news_known or not alone else "yes" if not new
        else few_failing([None if norm is None else not norm for norm in new], basic=3),
        "P28": at_least(add(good), add(classes), 85),
        "P29": few_failing([lacks_staff(one) for one in alone], basic=20),
        "P31": None if children is None or not teachers else "yes" if children <= 15 * teachers else "no",
        "P32": at_least(certified, people, 100),
    }  # fmt: skip
    if not complete:
        result = dict.fromkeys(result)
    result |= {
        "P7": at_least(own["centres"], own["towns"], 100),
        "P9": "yes" if estates == (0, 0) and (alone or not complete) else at_least(estates[1], estates[0], 100),
        "P19": "yes" if own["accidents"] == 0 else "no",
        "P35": "yes" if own["misconduct"] == 0 else "no",
        "S1": at_least(own["content"], own["valid"], 85),
    }
    return result


# --- counties --------------------------------------------------------------------------------------------------------


class Chance(random.Random):
    """Counties from a seed: drawn one by one, numbers of six kindergartens would take hypothesis minutes."""

    def maybe(self, number):
        """Missing about once in sixty; a county has some hundred numbers."""
        return None if self.random() < 1 / 60 else max(number, 0)

    def near(self, number, *steps):
        return self.maybe(number + self.choice(steps))

    def garden(self):
        counts = {size: self.maybe(self.randint(0, 3)) for size in SIZES}
        classes = self.maybe(sum(count or 0 for count in counts.values()))
        children = self.maybe(self.randint(0, 30 * (classes or 2)))
        teachers = self.near(2 * (classes or 1), 0, 0, 0, 1, -1)
        heads = self.maybe(self.randint(0, 2))
        room = {"outdoor": 400, "rooms": 817, "building": 1044, "books": 300}
        return {
            "attached": self.random() < 0.25,
            "nature": self.choice(["公办"] * 9 + ["普惠性民办"] * 6 + ["非普惠性民办"] * 4 + [None]),
            "children": children,
            "classes": classes,
            **counts,
            **{f"{size}_over": self.maybe(self.choice([0, 0, 0, 1])) for size in SIZES},
            "teachers": teachers,
            "heads": heads,
            "certified": self.near((teachers or 0) + (heads or 0), *[0] * 12, -1, 1),
            "nurses": self.near(classes or 1, 0, 0, 1, 2, -1),
            "staff": self.near(-(-(children or 0) // 7), 0, 1, 9, 9, -1),
            **{name: self.near(-(-(children or 9) * each // 100), 0, 0, 1, 5, -1) for name, each in room.items()},
            "new": self.maybe(self.randint(0, 1)),
            "norm": self.maybe(self.choice([1, 1, 1, 0])),
            "plate": self.maybe(self.choice([1] * 9 + [0])),
        }

    def county(self):
        gardens = [self.garden() for _ in range(self.choice([0, 1, 1, 2, 3, 6]))]
        children = sum(one["children"] or 0 for one in gardens)
        towns, estates = self.maybe(self.randint(0, 4)), self.maybe(self.randint(0, 2))
        valid = self.maybe(self.randint(0, 40))
        own = {
            "age": self.near(children * 100 // 85, 0, 1, -1, 20, -5),
            "towns": towns,
            "centres": self.near(towns or 0, 0, 0, 0, 1, -1),
            "estates": estates,
            "estates_good": self.near(estates or 0, 0, 0, 0, 1, -1),
            "accidents": self.choice([0, 0, 0, 1]),
            "misconduct": self.choice([0, 0, 0, 1]),
            "valid": valid,
            "content": self.near((valid or 0) * 85 // 100, 0, 1, 2, -1, 9),
        }
        return gardens, own


seeds = st.integers(0, 2**32).map(Chance)


def as_ours(one):
    """The numbers of the oracle by data item."""
    numbers = {
        f"kg_{name}": Decimal(max(value, 0)) for name, value in one.items()
        if name not in {"attached", "nature"} and value is not None
    }  # fmt: skip
    return Kindergarten(1, "某幼儿园", one["nature"], one["attached"], numbers)


SAID = {"yes": Status.MET, "basic": Status.BASIC, "no": Status.FAILED, None: Status.MISSING}


def ours_of(plain, own, *, complete=True):
    found = [(one, judge(one, NORMS)) for one in map(as_ours, plain)]
    numbers = {OWN[name]: Decimal(value) for name, value in own.items() if value is not None}
    data = county_data(found, numbers, NORMS, is_complete=complete)
    return found, evaluate(STANDARD, data, DECIDED, date(2025, 9, 1))


@settings(max_examples=400, deadline=None)
@given(seeds, st.sampled_from([True, True, True, False]))
def test_every_item_is_as_the_oracle_says(chance, complete):
    plain, own = chance.county()
    expected = oracle(plain, own, complete)
    found, run = ours_of(plain, own, complete=complete)
    ours = {result.item.code: result.status for result in run.all if result.item.code in expected}
    assert ours == {code: SAID[word] for code, word in expected.items()}
    words = set(expected.values())
    assert run.verdict == ("未达标" if "no" in words else None if None in words else "达标")
    if complete and any(not one["attached"] for one in plain):
        said = {lack.code for _, judged in found for lack in judged.unknown}
        open_ = {code for code in ("P23", "P26", "P27", "P29") if expected[code] is None}
        assert open_ <= said, "what a kindergarten leaves open is said of a kindergarten"


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_order_and_attached_classes_without_anybody_change_nothing(chance):
    plain, own = chance.county()
    nothing = dict.fromkeys(chance.garden(), 0) | {"attached": True, "nature": "公办"}

    def verdicts(plain):
        return [result.status for result in ours_of(plain, own)[1].all]

    assert verdicts(plain) == verdicts(plain[::-1]) == verdicts([*plain, nothing])


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_a_number_taken_away_never_makes_a_pass(chance):
    """Whichever number is missing, no item gets better by it."""
    plain, own = chance.county()
    if not plain:
        return
    one = chance.choice(plain)
    name = chance.choice([name for name in one if name != "attached"])
    before = {result.item.code: result.status for result in ours_of(plain, own)[1].all}
    one[name] = None
    better = {
        result.item.code
        for result in ours_of(plain, own)[1].all
        if result.status in {Status.MET, Status.BASIC} and before[result.item.code] is not result.status
    }
    assert better == set()
