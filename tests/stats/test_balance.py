"""A balance run from returns to its page and workbook."""

import io

import pytest
import python_calamine
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import SYSTEM, Denied
from dudao.core.workflow import Conflict
from dudao.stats.actions import returns
from dudao.stats.actions.balance import run_balance
from dudao.stats.models import BalanceRun, Return, SchoolResult
from signing import signed_in
from stats.conftest import keyed

PACK = "excellent-2017"


def with_numbers(place, good, *units, **other):
    for unit in units:
        ret = place.ret(unit)
        numbers = {}
        for cell, number in good.items():
            numbers[cell] = number
        returns.save_values(SYSTEM, ret=ret, version=ret.version, numbers=keyed(numbers | other))


@pytest.fixture
def filled(place, good):
    from dudao.stats.actions.rounds import sync_round
    from stats.conftest import school

    place.second = school("汉昌小学", place.east, "211", "primary")
    sync_round(SYSTEM, asked=place.round)
    Return.objects.filter(unit__in=[place.nine, place.complete]).delete()
    with_numbers(place, good, place.primary)
    with_numbers(place, good | {("degree", "primary"): 10, ("pupils", "primary"): 520}, place.second)
    return place


def run(place, **more):
    return run_balance(
        place.actor("east"), unit=place.east, asked=place.round, pack=PACK, **{"accepted_only": False, **more}
    )


def test_the_result_names_the_school_that_fails_and_what_it_lacks(filled):
    made = run(filled)
    (county,) = made.results["counties"]
    primary = county["stages"][0]
    assert (primary["schools"], primary["pupils"], primary["passing"]) == (2, 1000, 1)
    first = primary["indicators"][0]
    assert first["mean"] == pytest.approx(3.6)
    assert first["cv"] == pytest.approx(0.4841, abs=1e-3)
    failing = SchoolResult.objects.filter(run=made, passed=False)
    assert [school.school for school in failing] == ["汉昌小学"]
    assert failing[0].unit == filled.second
    assert failing[0].lacks[0] == {"code": "L1", "column": "小学高于规定学历教师数", "reach": 12, "floor": 9}


def test_only_accepted_numbers_count_when_asked_for(filled):
    with pytest.raises(Denied, match="还没有已通过审核的报表"):
        run(filled, accepted_only=True)
    now = timezone.now()
    Return.objects.filter(unit=filled.primary).update(state="accepted", submitted_at=now, accepted_at=now)
    made = run(filled, accepted_only=True)
    assert made.schools == 1
    assert made.results["counties"][0]["stages"][0]["verdict"] == "无法计算", "one school has no coefficient"


def test_the_same_numbers_have_the_same_digest_and_a_gap_is_an_error_not_a_zero(filled):
    one, two = run(filled), run(filled)
    assert one.inputs == two.inputs and one.results == two.results
    ret = filled.ret(filled.primary)
    returns.save_values(SYSTEM, ret=ret, version=ret.version, numbers=keyed({("rooms", ""): None}))
    three = run(filled)
    assert three.inputs != one.inputs
    assert three.results["errors"][0]["column"] == "教学及辅助用房面积"
    assert three.results["errors"][0]["message"].startswith("是空的")


def test_a_standard_whose_numbers_nobody_asked_for_says_what_to_do(filled):
    with pytest.raises(Conflict, match=r"计算机台数.*请在“数据指标”里登记，布置报送时选上"):
        run_balance(filled.actor("east"), unit=filled.east, asked=filled.round, pack="basic-2012", accepted_only=False)


def test_nobody_runs_it_for_another_place(filled):
    for who, unit in (
        ("west", filled.east),
        ("east", filled.city),
        ("head", filled.primary),
        ("inspector", filled.east),
    ):
        with pytest.raises(Denied):
            run_balance(filled.actor(who), unit=unit, asked=filled.round, pack=PACK, accepted_only=False)


def test_it_is_run_read_and_exported_in_the_browser(filled):
    client = signed_in(filled.accounts["east"])
    assert client.get(reverse("stats:balance_new")).status_code == 200
    data = {"unit": filled.east.pk, "asked": filled.round.pk, "pack": PACK}
    answer = client.post(reverse("stats:balance_new"), data | {"accepted_only": "on"})
    assert answer.status_code == 422 and "还没有已通过审核的报表" in answer.content.decode()
    assert client.post(reverse("stats:balance_new"), data | {"unit": filled.west.pk}).status_code == 422
    answer = client.post(reverse("stats:balance_new"), data)
    made = BalanceRun.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    page = client.get(made.get_absolute_url()).content.decode()
    assert "汉昌小学" in page and "L1 还差 12 名高于规定学历教师（到 85% 底线差 9）" in page and "只供试算" in page
    assert client.get(made.get_absolute_url() + "?county=99x").status_code == 404
    content = client.post(reverse("stats:balance_export", args=[made.pk])).content
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["差异系数", "各校", "不计入的学校"]
    assert len(book.get_sheet_by_name("差异系数").to_python()) == 3 + 14
    assert any("汉昌小学" in row for row in book.get_sheet_by_name("各校").to_python())
    row = book.get_sheet_by_name("差异系数").to_python()[3]
    assert all(isinstance(cell, float) for cell in row[3:7]), "numbers to go on with, not texts"
    assert any("L1 还差 12 名高于规定学历教师" in str(row[-1]) for row in book.get_sheet_by_name("各校").to_python())
    inspector = signed_in(filled.accounts["inspector"])
    assert inspector.get(made.get_absolute_url()).status_code == 200
    assert inspector.post(reverse("stats:balance_export", args=[made.pk])).status_code == 403
    assert "平江县" in client.get(reverse("stats:balances")).content.decode()


def test_counties_stand_in_the_order_of_the_register_and_only_fitting_rounds_are_offered(place, good):
    from dudao.stats.queries.balance import balance_table, rounds_for, rules_of

    place.west.sort_no, place.east.sort_no = 1, 2
    place.west.save(update_fields=["sort_no"])
    place.east.save(update_fields=["sort_no"])
    table = balance_table(place.round, place.city, rules_of(PACK), accepted_only=False)
    assert list(table.counties) == ["湘阴县", "平江县"]
    assert table.columns["学校名称"][0] == "西岭教学点" and len(table.units) == 4
    place.round.stages = ["preschool"]
    place.round.save(update_fields=["stages"])
    assert not rounds_for(place.actor("officer")).exists()


def test_the_newest_standard_is_offered_first(filled):
    page = signed_in(filled.accounts["east"]).get(reverse("stats:balance_new")).content.decode()
    assert page.index("优质均衡") < page.index("基本均衡")
