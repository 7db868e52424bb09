"""Whether a record and a frame belong together and the draw comes out the same again. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from dudao.calc.sampling.allocation import proportional, proportional_to_size
from dudao.calc.sampling.frame import Frame, FrameError
from dudao.calc.sampling.record import Plan, Record, drawn_of, weights_of
from dudao.calc.sampling.tickets import mixed

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what, whether it agrees, and what was found (a sentence without its full stop)."""

    name: str
    holds: bool
    found: str


def holds(checks: list[Check]) -> bool:
    return all(check.holds for check in checks)


def checks_of(record: Record, frame: Frame) -> list[Check]:
    """Everything that can be computed again, in the order in which a reader asks. The draw holds if each check does."""
    return [
        _frame(record.plan, frame),
        _excluded(record.plan, frame),
        _strata(record.plan, frame),
        _commitment(record),
        _drawn(record, frame),
        *([_overrides(record, frame)] if record.overrides else []),
    ]


def _frame(plan: Plan, frame: Frame) -> Check:
    if plan.frame_digest == frame.digest:
        return Check("抽样框", True, f"{len(frame.rows)} 个对象，摘要与记录一致")
    return Check("抽样框", False, f"表的摘要是 {frame.digest[:16]}…，记录里是 {plan.frame_digest[:16]}…")


def _excluded(plan: Plan, frame: Frame) -> Check:
    name = "排除"
    keys = [key for key, _ in plan.excluded]
    strange = set(keys) - {row[0] for row in frame.rows}
    if strange:
        return Check(name, False, f"“{min(strange)}”不在表里")
    if keys != sorted(set(keys)):
        return Check(name, False, "排除的对象有重复，或者没有按编号排列")
    if any(not why.strip() for _, why in plan.excluded):
        return Check(name, False, "有的排除没有理由")
    return Check(name, True, f"{len(keys)} 个，都写了理由" if keys else "没有排除任何对象")


def _strata(plan: Plan, frame: Frame) -> Check:
    name = "分层和数量"
    try:
        strata = frame.strata(plan.strata_column, dict(plan.excluded))
        measured = frame.sizes(plan.size_column, dict(plan.excluded)) if plan.size_column else {}
    except FrameError as error:
        return Check(name, False, str(error).rstrip("。"))
    sizes = {key: len(found) for key, found in strata.items()}
    weights, limits = weights_of(measured, strata) if plan.size_column else ({}, sizes)
    if [one.name for one in plan.strata] != list(sizes):
        return Check(name, False, "记录里的层与表里的层不同")
    for one in plan.strata:
        if one.size != sizes[one.name]:
            return Check(name, False, f"{_stratum(one.name)}在表里有 {sizes[one.name]} 个，记录里写 {one.size} 个")
        if one.n > one.size:
            return Check(name, False, f"{_stratum(one.name)}只有 {one.size} 个，记录里抽 {one.n} 个")
        if one.n > limits[one.name]:
            return Check(
                name, False, f"{_stratum(one.name)}规模大于 0 的只有 {limits[one.name]} 个，记录里抽 {one.n} 个"
            )
    numbers = {one.name: one.n for one in plan.strata}
    total = sum(numbers.values())
    if not total:
        return Check(name, False, "记录里一个也没有抽")
    if not plan.strata_column:
        return Check(name, True, f"不分层，{sum(sizes.values())} 个抽 {total} 个{_by_size(plan)}")
    even = proportional_to_size(weights, limits, total) if plan.size_column else proportional(sizes, total)
    how = "按比例分配" if numbers == even else "各层数量另行指定，不是按比例"
    return Check(
        name,
        True,
        f"按“{plan.strata_column}”分 {len(sizes)} 层，{sum(sizes.values())} 个抽 {total} 个，{how}{_by_size(plan)}",
    )


def _by_size(plan: Plan) -> str:
    return f"，抽中的机会与“{plan.size_column}”成正比" if plan.size_column else ""


def _commitment(record: Record) -> Check:
    own = record.plan.commitment(record.seed)
    if own == record.commitment:
        return Check("核对码", True, f"{own[:16]}…，由记录里的种子和方案算出来是同一个")
    return Check("核对码", False, f"由种子和方案算出来是 {own[:16]}…，记录里是 {record.commitment[:16]}…")


def _drawn(record: Record, frame: Frame) -> Check:
    name = "抽取结果"
    try:
        again = drawn_of(record.plan, frame, mixed(record.seed, record.words))
    except ValueError:
        return Check(name, False, "分层或数量对不上，无法重新抽取")
    if again == record.drawn:
        return Check(name, True, f"重新抽取的 {len(again)} 个与记录完全相同")
    other = [key for key in record.drawn if key not in set(again)]
    missing = [key for key in again if key not in set(record.drawn)]
    parts = [
        *([f"不该在里面：{_named(other)}"] if other else []),
        *([f"应当在里面：{_named(missing)}"] if missing else []),
    ]
    return Check(name, False, "；".join(parts) or "是同样的对象，但次序或重复不对")


def _overrides(record: Record, frame: Frame) -> Check:
    name = "人工调整"
    known = {row[0] for row in frame.rows}
    drawn = set(record.drawn)
    excluded = {key for key, _ in record.plan.excluded}
    seen: set[str] = set()
    for one in record.overrides:
        if one.identifier in seen:
            return Check(name, False, f"“{one.identifier}”调整了两次")
        seen.add(one.identifier)
        if one.way not in {"in", "out"} or not one.reason.strip():
            return Check(name, False, f"“{one.identifier}”的调整没有理由，或不知道是调入还是调出")
        if one.identifier not in known or (one.identifier in drawn) != (one.way == "out"):
            return Check(name, False, f"“{one.identifier}”的调整与抽取结果对不上")
        if one.identifier in excluded:
            return Check(name, False, f"“{one.identifier}”已经排除，不能再调入")
    into = sum(one.way == "in" for one in record.overrides)
    return Check(name, True, f"抽取之后调出 {len(seen) - into} 个，调入 {into} 个，都写了理由")


def _stratum(name: str) -> str:
    return f"“{name}”" if name else "不分层："


def _named(keys: list[str]) -> str:
    shown = "、".join(keys[:MOST_NAMED])
    return f"{shown} 等 {len(keys)} 个" if len(keys) > MOST_NAMED else shown
