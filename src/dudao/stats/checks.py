"""Check rules over whole tables at once: plain values in, failed checks in words out. No database, no Django.

A rule compares exact numbers of one school and one stage, or of one county; what isn't filled in is not judged here (gaps
are counted, and block submission by themselves).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

Key = tuple[str, str]
"""(code of the item, stage; "" for the school)."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a message needs of an item. ``stages`` is empty for an item of the whole school or of a county."""

    code: str
    name: str
    unit: str
    stages: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    kind: str
    severity: str
    item: str
    others: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    percent: Decimal | None = None
    stages: tuple[str, ...] = ()
    words: str = ""
    """What a sum over schools sums, for its message."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The numbers of one school or county of this year and of the last one.

    Of the register: ``stages``, what they ought to be by the 办学类型 (``typed``, with the name of the type), and ``nature``, the
    办园性质. Of a county: ``counts`` and ``below`` hold, by rule, how many institutions the register has and what its schools have
    reported in sum; a rule without an entry there is not judged.
    """

    key: int
    name: str
    stages: tuple[str, ...]
    values: Mapping[Key, Decimal]
    last: Mapping[Key, Decimal] = field(default_factory=dict)
    typed: tuple[str, ...] = ()
    type_name: str = ""
    nature: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    below: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A check that fails. ``message`` says which school, which stage, which item, what is wrong and what to do."""

    subject: int
    rule: Rule
    stage: str
    message: str


def plain(number: Decimal) -> str:
    """A number as people write it: no exponent, no needless zeros."""
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text


def evaluate(
    rules: Sequence[Rule], items: Mapping[str, Item], subjects: Iterable[Subject], labels: Mapping[str, str]
) -> list[Hit]:
    """All failed checks of all subjects. Rules whose items aren't asked for are left out. ``labels``: stage → its word."""
    usable = [
        rule
        for rule in rules
        if rule.item in items and (rule.kind == "below" or all(other in items for other in rule.others))
    ]
    return [hit for subject in subjects for rule in usable for hit in _of(rule, items, subject, labels)]


def _of(rule: Rule, items: Mapping[str, Item], subject: Subject, labels: Mapping[str, str]) -> Iterator[Hit]:
    if rule.kind == "register":
        for stage in sorted({stage for _, stage in subject.values if stage and stage not in subject.stages}):
            word = labels[stage]
            said = f"机构信息里没有登记{word}学段，报表里却有{word}的数据，请删去数据或先更正机构信息。"
            yield Hit(subject.key, rule, stage, f"{subject.name} {word} {said}")
        return
    if rule.kind == "type":
        for stage in sorted(set(subject.typed) - set(subject.stages)):
            word = labels[stage]
            said = (
                f"办学类型是{subject.type_name}，机构信息里却没有登记{word}学段，请更正机构信息；确实如此请说明情况。"
            )
            yield Hit(subject.key, rule, stage, f"{subject.name} {said}")
        return
    item = items[rule.item]
    for stage in [stage for stage in item.stages if stage in subject.stages] if item.stages else [""]:
        if rule.stages and stage and stage not in rule.stages:
            continue
        value = subject.values.get((item.code, stage))
        if value is None:
            continue
        said = _said(rule, items, stage, value, subject)
        if said:
            where = f"{subject.name} {labels[stage]} " if stage else f"{subject.name} "
            yield Hit(subject.key, rule, stage, f"{where}“{item.name}”{said}")


def _said(rule: Rule, items: Mapping[str, Item], stage: str, value: Decimal, subject: Subject) -> str:
    """What is wrong, continuing «“指标”…»; "" when nothing is."""
    item = items[rule.item]
    now = f"{plain(value)} {item.unit}".rstrip()
    if rule.kind == "range":
        return _outside(rule, value, f"是 {now}", item.unit)
    if rule.kind == "nature":
        told = item.options[int(value) - 1] if 1 <= value <= len(item.options) else plain(value)
        if not subject.nature or told == subject.nature:
            return ""
        return f"填的是“{told}”，机构信息登记的是“{subject.nature}”，请核对；确实如此请说明情况，并更正机构信息。"
    if rule.kind == "count":
        count = subject.counts.get(rule.code)
        if count is None or value == count:
            return ""
        return f"是 {now}，机构信息里登记有 {count} 所，请核对；确实如此请说明情况。"
    if rule.kind == "below":
        total = subject.below.get(rule.code)
        if total is None or value == total:
            return ""
        return f"是 {now}，所属学校报送的{rule.words}之和是 {plain(total)}，请核对；确实如此请说明情况。"
    if rule.kind == "change":
        last = subject.last.get((item.code, stage))
        if last is None or last == 0 or rule.percent is None:
            return ""
        share = (value - last) / last * 100
        if abs(share) <= rule.percent:
            return ""
        word = "增加" if share > 0 else "减少"
        return (
            f"是 {now}，比上年的 {plain(last)} {word} {abs(share):.1f}%，超过 {plain(rule.percent)}%，"
            "请核对；确实如此请说明情况。"
        )
    others = [subject.values.get((code, stage if items[code].stages else "")) for code in rule.others]
    if any(other is None for other in others):
        return ""
    known = [other for other in others if other is not None]
    if rule.kind == "sum":
        added = sum(known, Decimal(0))
        names = "、".join(f"“{items[code].name}”" for code in rule.others)
        return "" if value == added else f"是 {now}，不等于{names}之和 {plain(added)}，请核对。"
    other, name = known[0], items[rule.others[0]].name
    if rule.kind == "at_most":
        return "" if value <= other else f"是 {now}，大于“{name}”的 {plain(other)}，请核对。"
    if rule.kind == "ratio":
        if other == 0:
            return f"是 {now}，但“{name}”是 0，请核对。" if value else ""
        ratio = value / other
        return _outside(rule, ratio, f"是 {now}，与“{name}”{plain(other)} 之比为 {ratio:.1f}", "")
    raise ValueError(f"rule {rule.code}: unknown kind {rule.kind}")


def _outside(rule: Rule, value: Decimal, words: str, unit: str) -> str:
    end = "请核对；确实如此请说明情况。" if rule.severity == "warning" else "请核对。"
    if rule.low is not None and value < rule.low:
        return f"{words}，小于 {plain(rule.low)}{f' {unit}' if unit else ''}，{end}"
    if rule.high is not None and value > rule.high:
        return f"{words}，大于 {plain(rule.high)}{f' {unit}' if unit else ''}，{end}"
    return ""
