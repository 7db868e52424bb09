"""What becomes of one row that was handed down: a story of acts on days, drawn from a seed. Pure; ``year`` carries it out."""

import random
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens to a row on a day. ``what``: sign, progress, complete, return, confirm, close, remind, extend."""

    day: date
    what: str
    progress: int = 0
    text: str = ""
    difficulties: str = ""
    light: str = ""
    quality: str = ""
    until: date | None = None


_STEPS = (
    "已召开部署会，印发工作方案，明确责任股室和时间节点。",
    "完成摸底，建立了工作台账，各乡镇（街道）联络员已到位。",
    "按方案推进，已完成中心城区和重点乡镇的任务，正在向其他乡镇铺开。",
    "主体工作基本完成，正在汇总材料、查漏补缺。",
    "对照要求逐项自查，已整改大部分问题，其余问题明确了完成时间。",
)
_DONE = (
    "任务已全部完成，材料已审核归档。",
    "按要求完成全部工作，形成总结并报县级人民政府审定。",
    "已完成，结果已通报到各学校，后续转入常态化管理。",
)
_TROUBLE = (
    "专职人员不足，现有人员兼任多项工作，建议市级协调编制部门支持。",
    "部分乡镇学校分散，实地核查工作量大，时间比较紧。",
    "年度预算追加尚未批复，部分经费需要先行垫付。",
    "个别部门提供数据不及时，需要市级成员单位协调。",
)
_RETURNS = (
    "佐证材料只有方案，没有落实的过程材料，请补充后重新报送。",
    "完成值与附件中的名册不一致，请核对后重新报送。",
    "未说明问题整改情况，请逐项补充整改结果。",
)
_URGES = ("已超过完成时限，请尽快报送完成情况。", "时限临近，请抓紧推进。")
_EXTENSIONS = ("受汛期影响，实地核查推迟。", "经费批复延后，申请顺延。")


def story(chance: random.Random, *, handed: date, due: date, today: date, ease: float) -> list[Act]:
    """The acts up to the day before ``today``, in order. ``ease`` 1 is always in time."""
    if (today - handed).days < 8 and chance.random() < 0.5:
        return []
    signed = handed + timedelta(chance.randint(0, 5))
    acts = [Act(signed, "sign")]
    finish = _finish(chance, handed, due, today, ease)
    acts += _progress(chance, signed, finish or today, due, finish is not None)
    if finish is not None:
        acts += _judged(chance, finish, today, ease)
    elif due < today:
        acts.append(Act(due + timedelta(3), "remind", text=_URGES[0]))
    elif (due - today).days < 12 and chance.random() < 0.5:
        acts.append(Act(today - timedelta(2), "remind", text=_URGES[1]))
    if finish is None and ease < 1 and chance.random() < 0.12:
        asked = min(due, today) - timedelta(3)
        acts.append(
            Act(asked, "extend", text=chance.choice(_EXTENSIONS), until=due + timedelta(chance.choice([20, 30])))
        )
    return _in_order(acts, signed, today)


def _finish(chance: random.Random, handed: date, due: date, today: date, ease: float) -> date | None:
    """The day on which the unit reports completion, if it has."""
    length = (due - handed).days
    drawn = chance.random()
    if drawn < ease:
        day = handed + timedelta(int(length * chance.uniform(0.55, 0.98)))
    elif drawn < ease + (1 - ease) * 0.4:
        day = due + timedelta(chance.randint(2, 15))
    else:
        return None
    return day if day < today else None


def _progress(chance: random.Random, signed: date, end: date, due: date, finished: bool) -> list[Act]:
    """Reports every month or so; what isn't finished stands where the time says, or behind."""
    pace = (
        chance.uniform(0.85, 1.1)
        if finished
        else chance.choice([chance.uniform(0.75, 1.05), chance.uniform(0.25, 0.7)])
    )
    whole = max((min(due, end) if finished else due) - signed, timedelta(1)).days
    acts: list[Act] = []
    day = signed + timedelta(chance.randint(12, 30))
    while day < end and len(acts) < len(_STEPS) - 1:
        share = min((day - signed).days / whole * pace, 0.95)
        behind = pace < 0.7
        acts.append(
            Act(
                day,
                "progress",
                progress=max(5, round(share * 20) * 5),
                text=_STEPS[min(int(share * len(_STEPS)), len(_STEPS) - 1)],
                difficulties=chance.choice(_TROUBLE) if behind or chance.random() < 0.15 else "",
                light="amber" if behind else "green",
            )
        )
        day += timedelta(chance.randint(25, 45))
    return acts


def _judged(chance: random.Random, finish: date, today: date, ease: float) -> list[Act]:
    acts = [Act(finish, "complete", progress=100, text=chance.choice(_DONE), light="green")]
    looked = finish + timedelta(chance.randint(1, 7))
    if ease < 1 and chance.random() < 0.14:
        acts.append(Act(looked, "return", text=chance.choice(_RETURNS)))
        again = looked + timedelta(chance.randint(4, 12))
        acts.append(
            Act(again, "complete", progress=100, text="已按退回意见补充材料，" + chance.choice(_DONE), light="green")
        )
        looked = again + timedelta(chance.randint(1, 5))
    if ease < 1 and chance.random() < 0.06:
        return acts
    quality = chance.choices(["good", "fair", "poor", ""], [3, 4, 0.6, 2])[0]
    acts.append(Act(looked, "confirm", text="同意。", quality=quality))
    if ease == 1 or chance.random() < 0.8:
        acts.append(Act(looked + timedelta(chance.randint(3, 20)), "close"))
    return acts


def _in_order(acts: list[Act], signed: date, today: date) -> list[Act]:
    """By day, cut at yesterday; nothing happens before the row is signed."""
    kept = [act for act in acts if signed <= act.day < today]
    kept.sort(key=lambda act: act.day)
    return kept
