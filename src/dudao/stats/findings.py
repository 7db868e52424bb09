"""What of the statistics becomes a finding: a check that a return doesn't pass, a school or a county that misses a standard,
large classes. Every finder answers «one» (a key of one unit) or a set of units to choose from.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from dudao.calc.balance import Verdict
from dudao.calc.balance.items import ItemResult, Status
from dudao.calc.balance.rules import COMPOSITE, STAGES
from dudao.calc.rounding import round_apart
from dudao.core.access import Actor
from dudao.core.keys import Kind, is_number
from dudao.core.ui.formats import number
from dudao.findings.models import Finding
from dudao.findings.sources import Origin, Problem, register
from dudao.orgs.models import Unit
from dudao.papers.sources import Fact
from dudao.stats.models import BalanceRun, CheckHit, CheckRule, PreschoolRun, Return, SchoolResult, year_words
from dudao.stats.queries import balance, balance_items, balance_plans, preschool, returns, sizes
from dudao.stats.queries.balance import kept_rules
from dudao.stats.queries.balance_items import CountyItems, named, said
from dudao.stats.queries.balance_plans import CountyEffort
from dudao.stats.queries.balance_results import lack_parts, schools_of
from dudao.stats.queries.preschool import ItemView

_Source = Finding.Source
ALL = "all"


CHECK, CHECKS = Kind("check", int, str), Kind("checks", int, int)
BALANCE, BALANCES = Kind("balance", int), Kind("balances", int, str, str, str)
SHORTAGE, SHORTAGES = Kind("shortage", int, int), Kind("shortages", int, str)
COUNTY, PRESCHOOL, PRESCHOOLS = (
    Kind("county", int, int, str),
    Kind("preschool", int, int, str),
    Kind("preschools", int, str),
)
LARGE, LARGES = Kind("large", int, int), Kind("larges", int, str)
CROWDING, CROWDINGS = Kind("crowding", int, int), Kind("crowdings", int, str)


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


def _shortage(run: BalanceRun, county: Mapping[str, Any], effort: CountyEffort | None, unit: Unit) -> Problem:
    """What a county's government has to bring up, since its schools can neither hire nor build: where the stages fail, and what is
    lacking in all.
    """
    names = {one["code"]: one["name"] for one in run.results["indicators"]}
    limits = kept_rules(run).on(run.day, run.region).limits if run.table else {}
    facts: list[Fact] = []
    for stage in county["stages"]:
        label, failing = stage["stage"], stage["schools"] - stage["passing"]
        if failing and run.results["thresholds"].get(label):
            words = f"{label}{stage['schools']}所中有{failing}所资源配置未达标"
            facts.append(Fact(f"{label}未达标学校", failing, words))
        over = (one for one in stage["indicators"] if one["passed"] is False)
        facts += [_over(label, names[one["code"]], one["cv"], one["limit"]) for one in over]
        whole = limits.get((COMPOSITE, STAGES[label]))
        if whole is not None and stage["composite"] is not None and stage["composite"] > float(whole.value):
            facts.append(_over(label, "综合", stage["composite"], float(whole.value)))
    said = "；".join(one.text for one in facts) or county["verdict"]
    needs = [f"{total['what']}{number(total['amount'])}{total['unit']}" for total in effort.totals] if effort else []
    text = f"{run.round.year_words}均衡测算，{unit}义务教育学校资源配置没有达到标准：{said}。"
    if needs:
        text += f"按现有学生数，要全部达标需新增{'、'.join(needs)}。"
    facts += [Fact(f"需新增 {place}", words, words) for place, words in enumerate(needs, 1)]
    how = "制定达标计划，明确分年度补充教师、校舍和设备的数量、经费来源、责任部门和完成时限。"
    return Problem(SHORTAGE.key(run.pk, unit.pk), unit, text[:4000], facts, indicator="资源配置", suggestion=how)


def _over(stage: str, name: str, value: float, limit: float) -> Fact:
    """A coefficient beyond its limit, with as many decimals as it takes to be seen beyond it."""
    bound = Decimal(str(limit))
    shown = round_apart(Decimal(str(value)), bound, 3)
    return Fact(f"{stage}{name}", str(shown), f"{stage}{name}差异系数{shown}，超过上限{number(bound, 2)}")


def _shortages(actor: Actor, pk: int, county: str) -> Origin | None:
    run = balance.run_seen(actor, pk, table=True)
    if run is None:
        return None
    counties = run.results["counties"]
    asked = [place for place, one in enumerate(counties) if one.get("unit") and county in {ALL, str(one["unit"])}]
    failed = [place for place in asked if counties[place]["verdict"] == Verdict.FAILED.value]
    efforts: Sequence[CountyEffort | None] = [None] * len(failed)
    if run.table:
        prices = balance_plans.prices_at(run, failed, timezone.localdate())
        efforts = balance_plans.efforts_of(run, failed, prices, outcome=False)
    units = Unit.objects.select_related("parent").in_bulk([counties[place]["unit"] for place in failed])
    problems = [
        _shortage(run, counties[place], effort, units[counties[place]["unit"]])
        for place, effort in zip(failed, efforts, strict=True)
    ]
    url = reverse("stats:balance_plan", args=[run.pk]) + (f"?county={county}" if county != ALL else "")
    return Origin(_Source.BALANCE, str(run), url, problems, "均衡发展") if problems else None


def found_in_shortage(actor: Actor, pk: int, county: int) -> Origin | None:
    """«3:27»: what the government of a county has to bring up so that its schools pass."""
    return _shortages(actor, pk, str(county))


def found_in_shortages(actor: Actor, pk: int, county: str) -> Origin | None:
    """«3:all»: the same of all counties of a run."""
    return _shortages(actor, pk, county)


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


def _unmet(run: PreschoolRun, unit: Unit, shown: ItemView) -> Problem:
    numbers = [f"数据为{value}，要求{wanted}" for value, wanted in zip(shown.values, shown.wanted, strict=False)]
    note = shown.judgement.note.strip() if shown.judgement is not None else ""
    words = [one.strip().rstrip("。").replace(" ", "") for one in (*numbers, *shown.gaps, note) if one]
    facts = [Fact(f"依据{place}", one, one) for place, one in enumerate(words, 1) if any(map(str.isdigit, one))]
    text = f"{run.year_words}普及普惠测算，“{shown.name}”不合格" + (f"：{'；'.join(words)}。" if words else "。")
    return Problem(PRESCHOOL.key(run.pk, unit.pk, shown.code), unit, text[:4000], facts, shown.code, shown.name)


def found_in_preschool(actor: Actor, pk: int, county: int, code: str) -> Origin | None:
    """«3:27:P12»: an item that a county fails."""
    run = preschool.run_seen(actor, pk)
    view = preschool.run_view(run).county(county) if run is not None else None
    shown = view.item(code) if view is not None else None
    if run is None or view is None or shown is None or shown.result.status is not Status.FAILED:
        return None
    unit = Unit.objects.select_related("parent").get(pk=view.key)
    url = reverse("stats:preschool_county", args=[run.pk, unit.pk])
    return Origin(_Source.BALANCE, str(run), url, [_unmet(run, unit, shown)], "普及普惠")


def found_in_preschools(actor: Actor, pk: int, county: str) -> Origin | None:
    """«3:27»: all items that a county fails; «3:all»: of all counties of a run."""
    run = preschool.run_seen(actor, pk)
    if run is None:
        return None
    views = [one for one in preschool.run_view(run).counties if county in {ALL, str(one.key)}]
    units = Unit.objects.select_related("parent").in_bulk([view.key for view in views])
    problems = [
        _unmet(run, units[view.key], shown)
        for view in views
        for shown in view.items
        if shown.result.status is Status.FAILED
    ]
    url = run.get_absolute_url() if county == ALL else reverse("stats:preschool_county", args=[run.pk, county])
    return Origin(_Source.BALANCE, str(run), url, problems, "普及普惠") if problems else None


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


def _crowding(actor: Actor, year: int, county: str) -> Origin | None:
    """What a county's government has to bring down: its large classes and too large schools, with the plan it was to follow."""
    units = {unit.pk: unit for unit in sizes.counties_seen(actor).select_related("parent")}
    chosen = [unit for key, unit in units.items() if county in {ALL, str(key)}]
    if not chosen:
        return None
    seen = sizes.board(actor, sizes.rules(), within=chosen[0] if county != ALL else None, years=[year])
    problems = []
    for line in seen.lines(year, chosen):
        facts = [
            Fact(
                f"大班额 {stage}", str(one.large), f"{sizes.STAGE_WORDS[stage]}{one.classes}个班中有大班额{one.large}个"
            )
            for stage, one in line.stages.items()
            if one.large.most
        ]
        if line.too_large:
            facts.append(Fact("大校额", line.too_large, f"大校额学校{line.too_large}所"))
        if not facts or line.key is None:
            continue
        unit = units[line.key]
        text = f"{year_words(year)}{unit}{'；'.join(one.text for one in facts)}。"
        how = "制定或者修订大班额、大校额消除计划，明确新增学位、起始年级控制、分年度目标和责任部门。"
        key = CROWDING.key(year, unit.pk)
        problems.append(Problem(key, unit, text, facts, indicator="班额和校额", suggestion=how))
    return _of_sizes(problems, year, f"&county={county}" if county != ALL else "") if problems else None


def found_in_crowding(actor: Actor, year: int, county: int) -> Origin | None:
    """«2025:27»: the large classes and schools of a county, for its government."""
    return _crowding(actor, year, str(county))


def found_in_crowdings(actor: Actor, year: int, county: str) -> Origin | None:
    """«2025:all»: the same of all counties."""
    return _crowding(actor, year, county)


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
    register(SHORTAGE, found_in_shortage)
    register(SHORTAGES, found_in_shortages)
    register(COUNTY, found_in_county)
    register(PRESCHOOL, found_in_preschool)
    register(PRESCHOOLS, found_in_preschools)
    register(LARGE, found_in_size)
    register(LARGES, found_in_sizes)
    register(CROWDING, found_in_crowding)
    register(CROWDINGS, found_in_crowdings)
