"""What an office enters around a balance run: prices, relief claims, judgements of items, forecasts."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NotRequired, TypedDict, Unpack

from django.utils import timezone

from dudao.calc.balance.reliefs import Clause
from dudao.core import audit, files
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.stats.models import BalanceRun, EnrolmentForecast, ItemJudgement, ReliefClaim, ResourcePrice, Round
from dudao.stats.queries.balance_forecasts import Expected, forecast_results
from dudao.stats.queries.balance_items import item_set, units_of_run
from dudao.stats.queries.balance_reliefs import facts_of

Verdict = ItemJudgement.Verdict


@audit.action
def set_prices(
    actor: Actor,
    *,
    unit: Unit,
    prices: Mapping[str, tuple[Decimal, str]],
    valid_from: date,
    valid_to: date | None,
    note: str,
) -> ResourcePrice:
    """Note what resources cost in a region from a day on; ``prices``: indicator → (yuan, per what). Earlier ones stay."""
    actor.require("balance.price", unit.path)
    if not prices:
        raise Denied("请至少填一项单价。", "balance.price")
    made = [
        ResourcePrice.objects.create(
            unit=unit,
            code=code,
            per=per,
            price=price,
            valid_from=valid_from,
            valid_to=valid_to,
            note=note,
            made_by=actor.name,
        )
        for code, (price, per) in prices.items()
    ]
    for price in made:
        audit.record(actor, "balance.price", price, price=price.price, per=price.per, note=note)
    return made[0]


@audit.action
def end_price(actor: Actor, *, price: ResourcePrice, day: date) -> ResourcePrice:
    """A price no longer holds after a day."""
    actor.require("balance.price", price.unit.path)
    if day < price.valid_from:
        raise Denied("截止日期早于起始日期，请核对。", "balance.price")
    if not ResourcePrice.objects.filter(pk=price.pk, valid_to=price.valid_to).update(valid_to=day):
        raise Conflict
    price.valid_to = day
    audit.record(actor, "balance.price", price, until=day)
    return price


class Claim(TypedDict):
    """What a school claims: columns of `ReliefClaim`."""

    unit: Unit
    stage: str
    amount: Decimal | None
    reason: str
    basis: str


@audit.action
def claim_relief(actor: Actor, *, asked: Round, clause: Clause, **claim: Unpack[Claim]) -> ReliefClaim:
    """A school makes use of a relief clause: refused where its numbers speak against it, or the clause's term is over."""
    unit, amount, basis = claim["unit"], claim["amount"], claim["basis"]
    actor.require("balance.relief", unit.path)
    if clause.adds and claim["stage"] not in clause.adds:
        raise Denied(f"这一条按{'、'.join(filter(None, clause.adds)) or '全校'}登记，请选择学段。", "balance.relief")
    if bool(clause.adds) != (amount is not None):
        words = f"请填加计多少{clause.unit}。" if clause.adds else "这一条不加计数量，请把数量留空。"
        raise Denied(words, "balance.relief")
    if amount is not None and clause.unit == "人" and amount != int(amount):
        raise Denied("教师人数应为整数。", "balance.relief")
    if refused := clause.why_not(facts_of(asked, unit)):
        raise Denied(f"{unit}：{refused}", "balance.relief")
    if not clause.in_force(date(asked.year, 9, 1)) and not basis:
        last = f"{clause.valid_to:%Y}年{clause.valid_to.month}月{clause.valid_to.day}日" if clause.valid_to else "—"
        raise Denied(f"这一条的期限到{last}为止；省里规定延用的，请填写延用依据（文件名称和文号）。", "balance.relief")
    claim["stage"] = claim["stage"] if clause.adds else ""
    made = ReliefClaim(round=asked, clause=clause.code, claimed_by=actor.name, **claim)
    same = ReliefClaim.objects.filter(round=asked, unit=unit, clause=made.clause, stage=made.stage)
    if same.filter(withdrawn_at__isnull=True).exists():
        raise Conflict(f"{unit}已登记这一条；要改数量，请先撤回再重新登记。")
    made.save(force_insert=True)
    audit.record(actor, "balance.relief", made, reason=made.reason, clause=clause.code, amount=amount, basis=basis)
    return made


@audit.action
def withdraw_relief(actor: Actor, *, claim: ReliefClaim) -> ReliefClaim:
    """Take a claim back. Runs that used it keep it."""
    actor.require("balance.relief", claim.unit.path)
    now = timezone.now()
    rows = ReliefClaim.objects.filter(pk=claim.pk, withdrawn_at__isnull=True)
    if not rows.update(withdrawn_at=now, withdrawn_by=actor.name):
        raise Conflict("这一条已经撤回，请刷新页面。")
    claim.withdrawn_at, claim.withdrawn_by = now, actor.name
    audit.record(actor, "balance.relief", claim, withdrawn=True, clause=claim.clause)
    return claim


class Judged(TypedDict):
    """A verdict with its grounds, and perhaps a paper."""

    verdict: str
    note: str
    upload: NotRequired[Any]


@audit.action
def judge_item(
    actor: Actor, *, run: BalanceRun, county: Unit, code: str, version: int, **said: Unpack[Judged]
) -> ItemJudgement:
    """Decide an item (or a veto) of a county. ``version``: what the person had seen."""
    verdict, upload = said["verdict"], said.get("upload")
    actor.require("balance.judge", run.unit.path)
    items = item_set(run.pack)
    if items is None or county.pk not in units_of_run(run):
        raise Denied("这次测算没有这个县市区的逐项判定。", "balance.judge")
    if code in items.vetoes:
        allowed = {Verdict.NONE, Verdict.APPLIES}
    elif any(item.code == code and item.judged for item in items.items):
        allowed = {Verdict.MET, Verdict.FAILED}
    else:
        raise Denied(f"{code} 按数据判定，不需要人工判定。", "balance.judge")
    if verdict not in allowed:
        raise Denied("请选择判定结果。", "balance.judge")
    held = ItemJudgement.objects.select_for_update().filter(run=run, county=county, code=code).first()
    if (held.version if held else 0) != version:
        who = f"{held.judged_by}刚刚改过" if held else "刚刚被撤回"
        raise Conflict(f"{code} 的判定{who}，请刷新页面，看过现在的判定再改。")
    found = held or ItemJudgement(run=run, county=county, code=code, version=0)
    if upload is not None:
        found.file, found.file_name = files.store(upload, upload.name), upload.name[:200]
    found.verdict, found.note, found.judged_by = verdict, said["note"], actor.name
    found.version += 1
    found.save()
    digest = found.file.digest if found.file else ""
    audit.record(actor, "balance.judge", found, reason=found.note, verdict=found.get_verdict_display(), file=digest)
    return found


@audit.action
def withdraw_judgement(actor: Actor, *, judgement: ItemJudgement) -> None:
    """Take a judgement back: the item is open again. The log keeps what was judged."""
    actor.require("balance.judge", judgement.run.unit.path)
    deleted, _ = ItemJudgement.objects.filter(pk=judgement.pk, version=judgement.version).delete()
    if not deleted:
        raise Conflict
    audit.record(actor, "balance.judge", judgement.run, withdrawn=judgement.code, county=str(judgement.county))


@audit.action
def make_forecast(
    actor: Actor,
    *,
    run: BalanceRun,
    years: int,
    growth: Mapping[str, Decimal],
    stays: Decimal,
    note: str,
    expected: Sequence[Expected] = (),
) -> EnrolmentForecast:
    """Compute the coefficients of coming years from a run and keep them; nothing is built, nobody is hired."""
    actor.require("balance.forecast", run.unit.path)
    ahead = [run.round.year + step for step in range(1, years + 1)]
    found = forecast_results(run, ahead, growth, stays, expected)
    made = EnrolmentForecast.objects.create(
        run=run,
        method=EnrolmentForecast.Method.TABLE if expected else EnrolmentForecast.Method.GROWTH,
        note=note,
        years=ahead,
        growth={stage: format(percent.normalize(), "f") for stage, percent in growth.items()},
        pupils=found.pupils,
        results=found.results,
        made_by=actor.name,
    )
    audit.record(actor, "balance.forecast", made, years=ahead, growth=made.growth, schools=len(expected))
    return made
