"""What of the statistics becomes a finding: a check that a return doesn't pass, a school or a county that misses a standard,
large classes. Every finder answers «one» (a key of one unit) or a set of units to choose from.
"""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from dudao.calc.balance.items import ItemResult, Status
from dudao.core.access import Actor
from dudao.core.keys import Kind, is_number
from dudao.findings.models import Finding
from dudao.findings.sources import Origin, Problem, register
from dudao.orgs.models import Unit
from dudao.papers.sources import Fact
from dudao.stats.models import CheckHit, CheckRule, Return, SchoolResult, year_words
from dudao.stats.queries import balance, balance_items, preschool, returns, sizes
from dudao.stats.queries.balance_items import CountyItems, named, said
from dudao.stats.queries.balance_results import lack_parts, schools_of

_Source = Finding.Source
ALL = "all"


CHECK, CHECKS = Kind("check", int, str), Kind("checks", int, int)
BALANCE, BALANCES = Kind("balance", int), Kind("balances", int, str, str, str)
COUNTY, PRESCHOOL = Kind("county", int, int, str), Kind("preschool", int, int, str)
LARGE, LARGES = Kind("large", int, int), Kind("larges", int, str)


# --- returns -----------------------------------------------------------------------------------------------------------


def _hit(hit: CheckHit) -> Problem:
    told = f"学校说明：{hit.explanation}" if hit.explanation else ""
    message = hit.message.strip().rstrip("。")
    return Problem(
        CHECK.key(hit.ret_id, hit.key),
        hit.ret.unit,
        f"数据审核未通过：{message}。{told}"[:4000],
        [Fact("审核结果", message, message)],
        indicator_code=hit.item.code[:40],
        indicator=hit.item.label,
        suggestion="核对原始台账，更正数据或者书面说明原因。",
    )


def found_in_check(actor: Actor, pk: int, hit_key: str) -> Origin | None:
    """«12:rule:stage»: one failed check of one return."""
    seen = Return.objects.visible_to(actor, "return.view").filter(pk=pk)
    rows = CheckHit.objects.filter(ret__in=seen.values("pk"), key=hit_key)
    hit = rows.select_related("ret__unit__parent", "ret__round", "item").first()
    if hit is None:
        return None
    return Origin(_Source.CHECK, hit.ret.round.title, hit.ret.get_absolute_url(), [_hit(hit)], "数据质量")


def found_in_checks(actor: Actor, pk: int, rule: int) -> Origin | None:
    """«3:7»: a rule in all returns of a round."""
    asked = returns.rounds_seen(actor).filter(pk=pk).first()
    found = CheckRule.objects.filter(pk=rule).first()
    if asked is None or found is None:
        return None
    rows = returns.hits_seen(actor, asked).filter(rule=found).select_related("ret__unit__parent")
    problems = [_hit(hit) for hit in rows.order_by("ret__unit__path", "id")]
    url = f"{reverse('stats:round_failed', args=[asked.pk])}?rule={found.pk}"
    return Origin(_Source.CHECK, asked.title, url, problems, "数据质量") if problems else None


# --- balance -----------------------------------------------------------------------------------------------------------


def balances_key(run: int, county: int | None, stage: str = ALL, code: str = ALL) -> str:
    """The schools of a county (or of all) that miss an indicator (or don't pass at all), in a stage or in any."""
    return BALANCES.key(run, ALL if county is None else county, stage, code)


def _school(row: SchoolResult, run: Any) -> Problem:
    parts = [(lack, words.replace(" ", "")) for lack, words in lack_parts(row)]
    first = f"{run.round.year_words}均衡测算，{row.stage}（学生{row.pupils}人）有{row.short}项指标没有达到标准"
    facts = [Fact("学生数", row.pupils, f"学生{row.pupils}人"), Fact("未达到项数", row.short, f"有{row.short}项指标")]
    facts += [Fact(lack["code"], str(lack["reach"]), words) for lack, words in parts]
    codes = "、".join(lack["code"] for lack, _ in parts)
    words = "；".join(words for _, words in parts)
    return Problem(BALANCE.key(row.pk), row.unit, f"{first}：{words}。", facts, codes[:40], f"资源配置{codes}"[:300])


def found_in_school(actor: Actor, pk: int) -> Origin | None:
    """«12»: one stage of one school in a run."""
    rows = SchoolResult.objects.filter(pk=pk, run__in=balance.runs_seen(actor).values("pk"))
    row = rows.select_related("unit__parent", "run__round", "run__unit").first()
    if row is None or not row.short:
        return None
    return Origin(_Source.BALANCE, str(row.run), row.run.get_absolute_url(), [_school(row, row.run)], "均衡发展")


def found_in_schools(actor: Actor, pk: int, county: str, stage: str, code: str) -> Origin | None:
    """«3:27:小学:L3»: schools of a run, by county, stage and indicator; «all» leaves a part open."""
    run = balance.run_seen(actor, pk)
    if run is None:
        return None
    rows = schools_of(run).filter(short__gt=0)
    if county != ALL:
        place = balance_items.place_of(run, county)
        if place is None:
            return None
        rows = rows.filter(county=run.results["counties"][place]["county"])
    if stage != ALL:
        rows = rows.filter(stage=stage)
    rows = rows.filter(passed=False) if code == ALL else rows.filter(lacks__contains=[{"code": code}])
    found = rows.select_related("unit__parent").order_by("-short", "row", "id")
    problems = [_school(row, run) for row in found]
    url = run.get_absolute_url() + (f"?county={county}" if county != ALL else "")
    return Origin(_Source.BALANCE, str(run), url, problems, "均衡发展") if problems else None


def _gaps(result: ItemResult) -> Iterable[tuple[str, str]]:
    """(name, words) of every condition of an item that isn't met."""
    for one in result.findings:
        condition = one.condition
        if one.is_met is not False:
            continue
        name = named(condition)
        wanted = condition.op.replace(">=", "≥").replace("<=", "≤")
        now, bound = said(condition, one.value, one.bound), said(condition, one.bound)
        words = f"{name}为{now}{condition.unit}，要求{wanted}{bound}{condition.unit}"
        yield name, words


def _item(run: Any, found: CountyItems, unit: Unit, code: str) -> Problem | None:
    result = next((one for one in found.run.results if one.item.code == code), None) if found.run else None
    if result is None or result.status is not Status.FAILED:
        return None
    gaps = list(_gaps(result))
    judged = found.judgements.get(code)
    words = "；".join(words for _, words in gaps) or (judged.note.strip().rstrip("。") if judged is not None else "")
    facts = [Fact(name, words, words) for name, words in gaps]
    text = f"{run.round.year_words}均衡测算，“{result.item.name}”未达标" + (f"：{words}。" if words else "。")
    return Problem(COUNTY.key(run.pk, unit.pk, code), unit, text[:4000], facts, code, result.item.name)


def found_in_county(actor: Actor, pk: int, county: int, code: str) -> Origin | None:
    """«3:27:B4»: an item of a county's verdict."""
    run = balance.run_seen(actor, pk)
    place = balance_items.place_of(run, str(county)) if run is not None else None
    unit = balance_items.county_unit(run, county) if run is not None and place is not None else None
    if run is None or place is None or unit is None:
        return None
    problem = _item(run, balance_items.county_items(run, place), unit, code)
    url = f"{reverse('stats:balance_verdict', args=[run.pk])}?county={unit.pk}"
    return Origin(_Source.BALANCE, str(run), url, [problem], "均衡发展") if problem is not None else None


# --- preschool ---------------------------------------------------------------------------------------------------------


def found_in_preschool(actor: Actor, pk: int, county: int, code: str) -> Origin | None:
    """«3:27:P12»: an item that a county fails."""
    run = preschool.run_seen(actor, pk)
    view = preschool.run_view(run).county(county) if run is not None else None
    shown = view.item(code) if view is not None else None
    if run is None or view is None or shown is None or shown.result.status is not Status.FAILED:
        return None
    unit = Unit.objects.select_related("parent").get(pk=view.key)
    numbers = [f"数据为{value}，要求{wanted}" for value, wanted in zip(shown.values, shown.wanted, strict=False)]
    note = shown.judgement.note.strip() if shown.judgement is not None else ""
    words = [one.strip().rstrip("。").replace(" ", "") for one in (*numbers, *shown.gaps, note) if one]
    facts = [Fact(f"依据{place}", one, one) for place, one in enumerate(words, 1) if any(map(str.isdigit, one))]
    text = f"{run.year_words}普及普惠测算，“{shown.name}”不合格" + (f"：{'；'.join(words)}。" if words else "。")
    problem = Problem(PRESCHOOL.key(run.pk, unit.pk, shown.code), unit, text[:4000], facts, shown.code, shown.name)
    url = reverse("stats:preschool_county", args=[run.pk, unit.pk])
    return Origin(_Source.BALANCE, str(run), url, [problem], "普及普惠")


# --- sizes -------------------------------------------------------------------------------------------------------------


def larges_key(year: int, county: int | None) -> str:
    """All schools of a county, or of all, with large classes or too many pupils."""
    return LARGES.key(year, ALL if county is None else county)


def _crowded(line: sizes.SchoolLine, unit: Unit, year: int) -> Problem:
    parts, facts = [], []
    for stage, counted in line.stages.items():
        if counted.large.most:
            words = f"{sizes.STAGE_WORDS[stage]}{counted.classes}个班中有大班额{counted.large}个"
            parts.append(words)
            facts.append(Fact(f"大班额 {stage}", str(counted.large), words))
    if line.size is not None and line.size.excess > 0:
        words = f"学生{line.size.pupils}人，超过规模上限{line.size.limit}人，超出{line.size.excess}人"
        parts.append(words)
        facts.append(Fact("大校额", line.size.excess, words))
    return Problem(
        LARGE.key(year, line.unit),
        unit,
        f"{year_words(year)}{'；'.join(parts)}。",
        facts,
        indicator="班额和校额",
        suggestion="制定消除计划，明确分年度目标、措施和责任人。",
    )


def _larges(actor: Actor, year: int, **scope: Any) -> list[Problem]:
    seen = sizes.board(actor, sizes.rules(), years=[year], **scope)
    lines = [line for line in seen.schools.get(year, ()) if line.is_crowded or line.too_large]
    units = Unit.objects.select_related("parent").in_bulk([line.unit for line in lines])
    return [_crowded(line, units[line.unit], year) for line in lines]


def found_in_size(actor: Actor, year: int, unit: int) -> Origin | None:
    """«2025:31»: a school with large classes or too many pupils in a school year."""
    problems = _larges(actor, year, units=[unit])
    return _of_sizes(problems, year) if problems else None


def found_in_sizes(actor: Actor, year: int, county: str) -> Origin | None:
    """«2025:27»: all such schools of a county; «all» of all counties."""
    unit = sizes.counties_seen(actor).filter(pk=county).first() if is_number(county) else None
    if county != ALL and unit is None:
        return None
    problems = _larges(actor, year, within=unit)
    return _of_sizes(problems, year, f"&county={unit.pk}" if unit is not None else "") if problems else None


def _of_sizes(problems: list[Problem], year: int, more: str = "") -> Origin:
    url = f"{reverse('stats:sizes')}?year={year}{more}"
    return Origin(_Source.CHECK, f"{year_words(year)}班额和校额", url, problems, "班额校额")


def register_all() -> None:
    register(CHECK, found_in_check)
    register(CHECKS, found_in_checks)
    register(BALANCE, found_in_school)
    register(BALANCES, found_in_schools)
    register(COUNTY, found_in_county)
    register(PRESCHOOL, found_in_preschool)
    register(LARGE, found_in_size)
    register(LARGES, found_in_sizes)
