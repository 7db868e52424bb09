"""Around a balance run: what it would take, the whole verdict, years, forecasts, reliefs, 表Ⅰ–表Ⅵ, and that it is frozen."""

import io
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import SYSTEM, Denied
from dudao.core.workflow import Conflict
from dudao.stats.actions import balance_inputs as inputs
from dudao.stats.actions import catalogue, returns, rounds
from dudao.stats.actions.balance import run_balance
from dudao.stats.actions.rounds import sync_round
from dudao.stats.models import (
    BalanceRun,
    DataItem,
    EnrolmentForecast,
    ItemJudgement,
    ReliefClaim,
    ResourcePrice,
    Return,
    SchoolResult,
    Value,
)
from dudao.stats.queries import balance, balance_items, balance_plans
from signing import signed_in
from stats.conftest import keyed, school
from stats.test_balance import PACK, run, with_numbers

JUNIOR = {
    ("pupils", "junior"): 600, ("classes", "junior"): 13, ("classes_45", "junior"): 13, ("classes_55", "junior"): 0,
    ("classes_65", "junior"): 0, ("classes_66", "junior"): 0, ("teachers", "junior"): 45, ("degree", "junior"): 40,
    ("backbone", "junior"): 8, ("arts_sports", "junior"): 7, ("migrants", "junior"): 30, ("rooms", ""): 4200,
    ("indoor", ""): 300, ("grounds", ""): 6600, ("equipment", ""): 170, ("multimedia", ""): 16,
}  # fmt: skip


@pytest.fixture
def county(place, good):
    """Three primary and two junior schools; one of each falls short."""
    place.second = school("汉昌小学", place.east, "211", "primary")
    place.third = school("安定小学", place.east, "211", "primary")
    place.middle = school("平江三中", place.east, "311", "junior")
    place.middle2 = school("平江四中", place.east, "311", "junior")
    sync_round(SYSTEM, asked=place.round)
    Return.objects.filter(unit__in=[place.nine, place.complete, place.point]).delete()
    with_numbers(place, good, place.primary, place.third)
    with_numbers(place, good | {("degree", "primary"): 10, ("pupils", "primary"): 520}, place.second)
    with_numbers(place, JUNIOR, place.middle)
    with_numbers(place, JUNIOR | {("grounds", ""): 2400}, place.middle2)
    return place


def priced(place, unit=None, **other):
    prices = {"L1": 95000, "L2": 30000, "L3": 95000, "L4": 2800, "L5": 450, "L6": 10000, "L7": 35000} | other
    return inputs.set_prices(
        SYSTEM,
        unit=unit or place.city,
        prices={code: (Decimal(price), balance_plans.PER[code]) for code, price in prices.items()},
        valid_from=date(2025, 1, 1),
        valid_to=None,
        note="市本级造价",
    )


def page(client, name, *args, **query):
    answer = client.get(reverse(f"stats:{name}", args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


# --- frozen ---------------------------------------------------------------------------------------------------------


def test_a_run_its_schools_and_its_forecasts_can_neither_be_changed_nor_deleted(county):
    made = run(county)
    forecast = inputs.make_forecast(
        county.actor("east"), run=made, years=1, growth={"小学": Decimal(1)}, stays=Decimal(100), note=""
    )
    for change in (
        lambda: BalanceRun.objects.filter(pk=made.pk).update(made_by="别人"),
        lambda: BalanceRun.objects.filter(pk=made.pk).delete(),
        lambda: SchoolResult.objects.filter(run=made).update(passed=True),
        lambda: EnrolmentForecast.objects.filter(pk=forecast.pk).update(note="改"),
    ):
        with pytest.raises((DatabaseError, Exception), match=r"frozen|protected|foreign key"), transaction.atomic():
            change()


def test_a_run_is_recomputed_bit_for_bit_and_says_when_returns_have_changed(county):
    made = run(county)
    checks = {check.name: check for check in balance.checks_of(made)}
    assert all(check.agrees for check in checks.values())
    ret = county.ret(county.primary)
    returns.save_values(SYSTEM, ret=ret, version=ret.version, numbers=keyed({("multimedia", ""): 14}))
    checks = {check.name: check.agrees for check in balance.checks_of(BalanceRun.objects.get(pk=made.pk))}
    assert checks.pop("学校报表") is False
    assert all(checks.values())
    client = signed_in(county.accounts["east"])
    text = page(client, "balance_verify", made.pk)
    assert "结果和当时一位不差" in text and "不一致" in text


def test_two_schools_of_one_name_in_a_county_are_told_apart(county, good):
    from dudao.demo.builders import unit
    from dudao.orgs.models import Kind

    town = unit("三阳乡", Kind.TOWNSHIP, county.east)
    twin = school("三阳小学", town, "211", "primary")
    sync_round(SYSTEM, asked=county.round)
    Return.objects.filter(unit__in=[county.nine, county.complete, county.point]).delete()
    with_numbers(county, good, twin)
    made = run(county)
    assert not made.results["errors"]
    names = set(SchoolResult.objects.filter(run=made).values_list("school", flat=True))
    assert {"三阳小学（平江县）", "三阳小学（三阳乡）"} <= names


# --- what it would take ----------------------------------------------------------------------------------------------


def test_the_plan_names_schools_amounts_and_cost_and_its_outcome_passes(county):
    made = run(county)
    priced(county)
    prices = balance_plans.prices_at(made, [0], date(2026, 1, 1))
    (effort,) = balance_plans.efforts_of(made, [0], prices, outcome=True)
    assert effort.verdict == "未达标" and effort.verdict_after == "达标"
    assert {one.school for one in effort.schools} >= {"汉昌小学", "平江四中"}
    assert effort.cost == sum(total["cost"] for total in effort.totals)
    assert effort.cost == sum(one.cost for one in effort.schools)
    costs = [one.cost for one in effort.schools]
    assert costs == sorted(costs, reverse=True)
    client = signed_in(county.accounts["east"])
    text = page(client, "balance_plan", made.pk)
    assert "名高于规定学历教师（小学）" in text and "按此测算后的结果" in text and "不含教师交流轮岗" in text
    answer = client.post(reverse("stats:balance_plan_export", args=[made.pk]))
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["汇总", "各校", "补充后的结果"]
    whole = [row[3:6] for row in book.get_sheet_by_name("汇总").to_python()[3:-1]]
    assert ["高于规定学历教师（小学）", 9.0, "名"] in whole
    assert {row[4] for row in book.get_sheet_by_name("各校").to_python()[3:]} <= {"名", "㎡", "万元", "间"}


def test_without_all_prices_there_is_a_plan_but_no_cost(county):
    made = run(county)
    inputs.set_prices(
        SYSTEM,
        unit=county.city,
        prices={"L1": (Decimal(1), "名")},
        valid_from=date(2025, 1, 1),
        valid_to=None,
        note="甲",
    )
    (effort,) = balance_plans.efforts_of(made, [0], balance_plans.prices_at(made, [0], date(2026, 1, 1)), outcome=False)
    assert effort.cost is None and effort.totals
    assert "还没有单价" in page(signed_in(county.accounts["east"]), "balance_plan", made.pk)


def test_a_county_that_can_not_be_computed_says_why_there_is_no_plan(county):
    Return.objects.filter(unit__in=[county.middle, county.middle2]).delete()
    made = run(county)
    text = page(signed_in(county.accounts["east"]), "balance_plan", made.pk)
    assert "初中无法计算" in text


def test_the_nearest_then_the_newest_price_holds(county):
    made = run(county)
    priced(county)
    priced(county, county.east, L1=80000)
    inputs.set_prices(
        SYSTEM,
        unit=county.east,
        prices={"L1": (Decimal(70000), "名")},
        valid_from=date(2027, 1, 1),
        valid_to=None,
        note="乙",
    )
    on = lambda day: balance_plans.prices_at(made, [0], day)[0]  # noqa: E731
    assert on(date(2026, 1, 1))["L1"].price == 80000
    assert on(date(2027, 6, 1))["L1"].price == 70000
    assert on(date(2024, 6, 1)) == {}
    west = signed_in(county.accounts["west"])
    assert "80000" not in page(west, "balance_prices") and "95000" in page(west, "balance_prices")


def test_prices_are_entered_and_ended_in_the_browser(county):
    client = signed_in(county.accounts["east"])
    url = reverse("stats:balance_price_new")
    data = {"unit": county.east.pk, "valid_from": "2026-01-01", "note": "财政局核定", "price-L1": "95000"}
    assert client.post(url, data | {"price-L1": "-3"}).status_code == 422
    assert client.post(url, data | {"price-L1": ""}).status_code == 422
    assert client.post(url, data | {"unit": county.city.pk}).status_code == 422
    assert client.post(url, data).status_code == 302
    price = ResourcePrice.objects.get()
    assert (price.code, price.price, price.per) == ("L1", 95000, "名高于规定学历教师")
    end = reverse("stats:balance_price_end", args=[price.pk])
    assert client.post(end, {"day": "2025-01-01"}).status_code == 422
    assert client.post(end, {"day": "2026-12-31"}).status_code == 302
    assert signed_in(county.accounts["west"]).get(end).status_code == 404


# --- the whole verdict -----------------------------------------------------------------------------------------------


def county_return(place, **numbers):
    """The county's own return of items by name, in a round of the same year."""
    catalogue.load_all(SYSTEM, unit=place.city)
    today = timezone.localdate()
    asked = rounds.create_round(
        SYSTEM, unit=place.city, title="县级数据报送", year=place.round.year, stages=[], opens_on=today, closes_on=today,
        items=list(DataItem.objects.filter(level="county")),
    )  # fmt: skip
    rounds.open_round(SYSTEM, asked=asked)
    ret = Return.objects.get(round=asked, unit=place.east)
    items = {item.name: item for item in DataItem.objects.filter(level="county")}
    Value.objects.bulk_create(Value(ret=ret, item=items[name], number=number) for name, number in numbers.items())


def test_items_come_from_the_county_from_its_schools_and_from_people(county):
    made = run(county)
    found = balance_items.county_items(made, 0)
    by_code = {result.item.code: result for result in found.run.results}
    assert by_code["G5"].status == "达标", "counted in the classes of the schools"
    assert by_code["G7"].status == "待填报"
    assert by_code["G1"].status == "需人工判定"
    assert found.verdict == "未达标", "the seven indicators fail"
    county_return(county, 特殊教育学校公用经费_元=Decimal(900000), 特殊教育学校学生数=100)
    found = balance_items.county_items(made, 0)
    by_code = {result.item.code: result for result in found.run.results}
    assert by_code["G7"].status == "达标" and by_code["G7"].findings[0].value == 9000
    assert found.numbers["特殊教育学校学生数"].source == "县级报表"


def test_large_classes_between_two_bands_are_unknown_unless_some_are_surely_too_large(county, good):
    with_numbers(county, JUNIOR | {("classes_45", "junior"): 12, ("classes_55", "junior"): 1}, county.middle)
    statuses = lambda: {r.item.code: r.status for r in balance_items.county_items(run(county), 0).run.results}  # noqa: E731
    assert statuses()["G5"] == "待填报"
    with_numbers(
        county,
        JUNIOR | {("classes_45", "junior"): 11, ("classes_55", "junior"): 1, ("classes_65", "junior"): 1},
        county.middle,
    )
    assert statuses()["G5"] == "未达标"


def test_schools_that_said_nothing_leave_open_what_is_counted_in_all(county):
    silent = school("平江五小", county.east, "211", "primary")
    sync_round(SYSTEM, asked=county.round)
    Return.objects.filter(unit__in=[county.nine, county.complete]).delete()
    assert Return.objects.filter(unit=silent).exists()
    numbers, _ = balance_items.county_numbers(run(county), county.east.pk)
    assert not {"超过规定规模的学校数", "小学超过45人的班级数", "专任教师数"} & set(numbers)
    assert numbers["初中超过50人的班级数"].value == 0, "it has no junior classes"
    with_numbers(county, JUNIOR | {("pupils", "junior"): 2600}, county.middle)
    numbers, _ = balance_items.county_numbers(run(county), county.east.pk)
    assert (numbers["超过规定规模的学校数"].value, numbers["超过规定规模的学校数"].at_least) == (1, True)


def test_proportions_are_rounded_half_up_and_never_to_the_bound_they_miss(county):
    condition = balance_items.item_set("excellent-2017").items[8].conditions[0]
    assert balance_items.said(condition, Fraction(9425, 100)) == "94.3"
    assert balance_items.said(condition, Fraction(9996, 100), Fraction(100)) == "99.96"
    by_code = {item.code: item for item in balance_items.item_set("excellent-2017").items}
    assert balance_items.said(by_code["Q9"].conditions[0], Fraction("0.155")) == "0.155", "as the form has it"
    assert balance_items.named(by_code["G7"].conditions[0]) == "特殊教育学校公用经费 ÷ 特殊教育学校学生数"


def test_a_county_that_says_otherwise_than_its_schools_is_told(county):
    with_numbers(county, JUNIOR | {("pupils", "junior"): 2600}, county.middle)
    made = run(county)
    county_return(county, 超过规定规模的学校数=Decimal(0), 初中超过50人的班级数=Decimal(0))
    numbers, _ = balance_items.county_numbers(made, county.east.pk)
    assert numbers["超过规定规模的学校数"].value == 0, "the county's own number counts"
    assert numbers["超过规定规模的学校数"].source == "县级报表，按各校在校生数是 1，请核对"
    assert numbers["初中超过50人的班级数"].source == "县级报表", "they agree"
    assert "按各校在校生数是 1，请核对" in page(signed_in(county.accounts["east"]), "balance_verdict", made.pk)


def test_an_item_is_judged_with_grounds_and_evidence_and_nobody_is_overwritten(county):
    made = run(county)
    client = signed_in(county.accounts["east"])
    url = reverse("stats:balance_item", args=[made.pk, county.east.pk, "G1"])
    assert client.get(url).status_code == 200
    assert client.post(url, {"verdict": "met", "note": "", "version": 0}).status_code == 422
    assert client.post(url, {"verdict": "applies", "note": "甲", "version": 0}).status_code == 422
    paper = SimpleUploadedFile("布局规划.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    answer = client.post(url, {"verdict": "met", "note": "规划已批复", "version": 0, "file": paper})
    assert answer.status_code == 302
    held = ItemJudgement.objects.get()
    assert (held.verdict, held.judged_by, held.file_name) == ("met", "平江办", "布局规划.pdf")
    assert client.post(url, {"verdict": "failed", "note": "乙", "version": 0}).status_code == 422
    text = page(client, "balance_verdict", made.pk)
    assert "规划已批复" in text and "布局规划.pdf" in text
    file = reverse("stats:balance_item_file", args=[made.pk, county.east.pk, "G1"])
    assert b"".join(client.get(file).streaming_content).startswith(b"%PDF")
    assert signed_in(county.accounts["west"]).get(file).status_code == 404
    assert (
        signed_in(county.accounts["inspector"]).post(url, {"verdict": "met", "note": "丙", "version": 1}).status_code
        == 403
    )
    withdraw = reverse("stats:balance_item_withdraw", args=[made.pk, county.east.pk, "G1"])
    assert client.post(withdraw).status_code == 302
    assert not ItemJudgement.objects.exists()


def test_only_what_people_decide_is_judged(county):
    made = run(county)
    client = signed_in(county.accounts["east"])
    for code in ("G4", "X9"):
        assert client.get(reverse("stats:balance_item", args=[made.pk, county.east.pk, code])).status_code == 404
    with pytest.raises(Denied, match="按数据判定"):
        inputs.judge_item(
            county.actor("east"), run=made, county=county.east, code="G4", verdict="met", note="甲", version=0
        )


# --- reliefs ---------------------------------------------------------------------------------------------------------


def claim(place, unit, clause, **given):
    values = {"stage": "", "amount": None, "reason": "用地紧张", "basis": ""} | given
    return inputs.claim_relief(
        place.actor("east"), asked=place.round, unit=unit, clause=balance.clauses_of(PACK)[clause], **values
    )


def test_a_relief_after_its_term_wants_the_document_that_prolongs_it(county):
    with pytest.raises(Denied, match="期限到2022年12月31日为止"):
        claim(county, county.middle2, "L5", amount=Decimal(4000))
    made = claim(county, county.middle2, "L5", amount=Decimal(4000), basis="省文件延用")
    with pytest.raises(Conflict, match="已登记"):
        claim(county, county.middle2, "L5", amount=Decimal(1), basis="省文件延用")
    assert ReliefClaim.objects.get() == made


def test_a_relief_counts_only_in_runs_that_use_it_and_is_told_in_the_result(county):
    claim(county, county.middle2, "L5", amount=Decimal(4200), basis="省文件延用", reason="租用邻校操场")
    without, used = run(county), run(county, reliefs=True)
    value = lambda made: SchoolResult.objects.get(run=made, unit=county.middle2).values[4]  # noqa: E731
    assert value(without) == pytest.approx(4.0) and value(used) == pytest.approx(11.0)
    assert without.inputs == used.inputs, "the returns are the same"
    text = page(signed_in(county.accounts["east"]), "balance", used.pk)
    assert "租用邻校操场" in text and "延用：省文件延用" in text
    assert all(check.agrees for check in balance.checks_of(used))


def test_a_relief_is_refused_to_schools_it_does_not_fit(county):
    with pytest.raises(Denied, match="超过 99 人"):
        claim(county, county.primary, "L3", stage="小学", amount=Decimal(2), basis="甲")
    county.primary.founded = 2018
    county.primary.save()
    with pytest.raises(Denied, match="建校年份是 2018"):
        claim(county, county.primary, "G4", basis="甲")
    with pytest.raises(Denied, match="加计多少"):
        claim(county, county.middle2, "L5", basis="甲")


def test_reliefs_are_claimed_and_withdrawn_in_the_browser(county):
    client = signed_in(county.accounts["east"])
    url = reverse("stats:balance_relief_new", args=[county.round.pk])
    assert "期限已过" in client.get(url).content.decode()
    data = {"unit": county.middle2.pk, "clause": "L5", "amount": "4200", "reason": "租用邻校操场", "basis": "省文件"}
    assert client.post(url, data | {"basis": ""}).status_code == 422
    assert client.post(url, data).status_code == 302
    assert "平江四中" in page(client, "balance_reliefs_round", county.round.pk)
    west = signed_in(county.accounts["west"])
    assert west.get(reverse("stats:balance_reliefs_round", args=[county.round.pk])).status_code == 404
    made = ReliefClaim.objects.get()
    url = reverse("stats:balance_relief_withdraw", args=[made.pk])
    assert signed_in(county.accounts["west"]).post(url).status_code == 404
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 422
    assert not run(county, reliefs=True).reliefs


# --- years and forecasts ---------------------------------------------------------------------------------------------


# --- the form --------------------------------------------------------------------------------------------------------


def form_book(client, made, unit):
    url = reverse("stats:balance_form", args=[made.pk])
    answer = client.post(f"{url}?county={unit.pk}")
    assert answer.status_code == 200
    return answer.content


def test_the_application_form_has_its_tables_with_the_decimals_of_the_form(county):
    county_return(county, 人口总数=Decimal("95.376"), 人均GDP=48211, 回收有效问卷数=1200, 满意问卷数=1101)
    made = run(county)
    content = form_book(signed_in(county.accounts["east"]), made, county.east)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["表Ⅰ", "表Ⅱ-1", "表Ⅱ-2", "表Ⅲ", "表Ⅳ", "表Ⅴ", "表Ⅵ"]
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    basics = {row[0]: row for row in sheets["表Ⅰ"]}
    assert len([code for code in basics if str(code).startswith("L")]) == 24
    assert basics["L1"][3] == 95.38 and basics["L5"][3] == 48211 and basics["L2"][3] == ""
    assert basics["L19"][3:5] == [1480, "各校报表"]
    reaching = [row for row in sheets["表Ⅱ-1"] if row[1] == "达标学校比例（%）"]
    assert reaching[0][2] == 66.7 and reaching[0][-1] == 66.7
    schools = [row for row in sheets["表Ⅱ-2"] if row[1] == "汉昌小学"]
    assert schools[0][8] == 1.92 and schools[0][-1] == "未达标"
    assert sheets["表Ⅱ-2"][2][8].startswith("L7 ") and sheets["表Ⅱ-2"][2][14].startswith("L13 ")
    top = next(place for place, row in enumerate(sheets["表Ⅲ"]) if row[0] == "小学")
    spread = next(row for row in sheets["表Ⅲ"][top:] if row[1] == "差异系数")
    assert spread[2] == round(
        SchoolResult.objects.count() and made.results["counties"][0]["stages"][0]["indicators"][0]["cv"], 3
    )
    assert {row[0] for row in sheets["表Ⅳ"]} >= {f"G{number}" for number in range(1, 16)}
    assert {row[0] for row in sheets["表Ⅴ"]} >= {f"Q{number}" for number in range(1, 10)}
    content_share = next(row for row in sheets["表Ⅵ"] if row[0] == "问卷综合满意度")
    assert content_share[1] == 91.8 and content_share[4] == "达标"


@pytest.mark.office
def test_the_application_form_opens_in_libreoffice_on_few_landscape_pages(county, tmp_path):
    from office import page_count, to_pdf

    made = run(county)
    content = form_book(signed_in(county.accounts["east"]), made, county.east)
    assert 7 <= page_count(to_pdf(content, "表.xlsx", tmp_path)) <= 12


# --- many schools ----------------------------------------------------------------------------------------------------


def test_pages_of_a_run_take_a_constant_number_of_queries(county, django_assert_max_num_queries):
    made = run(county)
    priced(county)
    client = signed_in(county.accounts["officer"])
    whole = run_of_city(county)
    for name in ("balance", "balance_schools", "balance_plan", "balance_verdict", "balance_forecasts"):
        for found in (made, whole):
            with django_assert_max_num_queries(22):
                page(client, name, found.pk)


def run_of_city(place):
    return run_balance(place.actor("officer"), unit=place.city, asked=place.round, pack=PACK, accepted_only=False)


def test_schools_are_listed_filtered_and_exported(county):
    made = run(county)
    client = signed_in(county.accounts["east"])
    text = page(client, "balance_schools", made.pk, passed="no")
    assert "汉昌小学" in text and "三阳小学" not in text
    assert "平江三中" in page(client, "balance_schools", made.pk, stage="初中")
    answer = client.post(reverse("stats:balance_schools", args=[made.pk]), {"export": "1"})
    assert answer["Content-Type"].startswith("application/vnd.openxml")
