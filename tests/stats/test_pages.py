"""Pages of statistics as a school's clerk, a county and the city see them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dudao.stats.models import CheckHit, DataItem, Return, Value
from signing import signed_in
from stats.conftest import school


def posted(place, ret, numbers, **more):
    items = {item.code: item.pk for item in DataItem.objects.all()}
    data = {f"v-{items[code]}-{stage or 'school'}": str(number) for (code, stage), number in numbers.items()}
    return {"version": str(ret.version), **data, **more}


def body(answer):
    return answer.content.decode()


def test_a_clerk_fills_in_and_submits_from_one_page(place, good):
    client = signed_in(place.accounts["clerk"])
    ret = place.ret(place.primary)
    url = reverse("stats:return_fill", args=[ret.pk])
    page = body(client.get(url))
    assert "小学部" in page and "全校" in page and "初中部" not in page
    answer = client.post(url, posted(place, ret, good, do="submit"))
    assert answer.status_code == 302 and answer["Location"] == ret.get_absolute_url()
    assert place.ret(place.primary).state == "submitted"
    assert client.get(url).status_code == 302, "nothing to fill in any more"
    county = signed_in(place.accounts["east"])
    page = body(county.get(ret.get_absolute_url()))
    assert "审核通过" in page and "退回修改" in page
    county.post(reverse("stats:return_step", args=[ret.pk]), {"step": "return.send_back", "reason": "请核对面积"})
    assert "请核对面积" in body(client.get(url))


def test_it_saves_by_itself_and_answers_the_checks(place, good):
    client = signed_in(place.accounts["clerk"])
    ret = place.ret(place.primary)
    url = reverse("stats:return_fill", args=[ret.pk])
    page = body(client.post(url, posted(place, ret, good | {("degree", "primary"): 99}, do="auto")))
    assert "已保存" in page and "16/16" in page and "大于“专任教师数”的 30" in page
    assert re.search(r'id="return-version"\s+value="1"\s+hx-swap-oob', page)
    stale = client.post(url, posted(place, ret, good, do="auto"))
    assert stale.status_code == 409 and "三阳填报员" in body(stale)
    assert Value.objects.get(item__code="degree").number == 99


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("三十七", "是文字“三十七”，请填数字"), ("-3", "不能是负数"), ("1e5", "请填普通数字"), ("NaN", "请填普通数字"),
        ("12.5", "应为整数"), ("1000000000000000", "数太大"), ("<b>", "是文字“&lt;b&gt;”"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_said_and_the_rest_is_kept(place, good, typed, said):
    client = signed_in(place.accounts["clerk"])
    ret = place.ret(place.primary)
    answer = client.post(
        reverse("stats:return_fill", args=[ret.pk]),
        posted(place, ret, good | {("pupils", "primary"): typed}, do="submit"),
    )
    assert answer.status_code == 422 and said in body(answer)
    assert Value.objects.filter(ret=ret).count() == 15
    assert place.ret(place.primary).state == "draft"


def test_full_width_digits_and_separators_are_read(place):
    client = signed_in(place.accounts["clerk"])
    ret = place.ret(place.primary)
    client.post(
        reverse("stats:return_fill", args=[ret.pk]),
        posted(place, ret, {("pupils", "primary"): "１，２３４", ("rooms", ""): " 2,600.50 "}, do="save"),
    )
    assert [value.number for value in Value.objects.order_by("item__sort_no")] == [1234, pytest.approx(2600.5)]


@pytest.mark.parametrize("version", ["", "x", "99999999999999999999", "-1"])
def test_a_version_made_up_changes_nothing(place, good, version):
    client = signed_in(place.accounts["clerk"])
    ret = place.ret(place.primary)
    answer = client.post(reverse("stats:return_fill", args=[ret.pk]), posted(place, ret, good) | {"version": version})
    assert answer.status_code == 409 and not Value.objects.exists()


def test_the_city_sees_every_county_and_a_county_only_its_own(place):
    page = body(signed_in(place.accounts["officer"]).get(place.round.get_absolute_url()))
    assert "各县市区进度" in page and "西岭教学点" in page and "三阳小学" in page
    page = body(signed_in(place.accounts["east"]).get(place.round.get_absolute_url()))
    assert "三阳小学" in page and "西岭教学点" not in page and "各县市区进度" not in page


def test_failed_checks_are_listed_and_filtered(place, good):
    client = signed_in(place.accounts["clerk"])
    ret = place.ret(place.primary)
    bad = good | {("degree", "primary"): 99, ("equipment", ""): 30000}
    client.post(reverse("stats:return_fill", args=[ret.pk]), posted(place, ret, bad, do="save"))
    url = reverse("stats:round_failed", args=[place.round.pk])
    page = body(signed_in(place.accounts["officer"]).get(url))
    assert CheckHit.objects.count() == 2 and "高于规定学历教师数" in page and "教学仪器设备值" in page
    page = body(signed_in(place.accounts["officer"]).get(url + "?severity=warning"))
    assert "大于“专任教师数”的 30" not in page
    assert "三阳小学 小学" not in body(signed_in(place.accounts["west"]).get(url))


def test_many_are_accepted_from_the_list(place):
    Return.objects.update(state="submitted", submitted_at=timezone.now())
    client = signed_in(place.accounts["officer"])
    url = reverse("stats:round_bulk", args=[place.round.pk, "accept"])
    client.post(url + f"?county={place.east.pk}", {"everything": "1"})
    assert Return.objects.filter(state="accepted").count() == 3
    page = body(client.post(url, {"ids": [str(place.ret(place.primary).pk)]}, follow=True))
    assert "不能审核通过" in page
    assert client.post(reverse("stats:round_bulk", args=[place.round.pk, "drop"])).status_code == 404


def test_the_export_is_the_table_that_balance_reads(place, good):
    import io

    import python_calamine

    from dudao.calc.balance import evaluate, frame_of, required_columns, rules_from
    from dudao.packs import read

    client = signed_in(place.accounts["clerk"])
    ret = place.ret(place.primary)
    client.post(reverse("stats:return_fill", args=[ret.pk]), posted(place, ret, good, do="save"))
    answer = signed_in(place.accounts["officer"]).post(place.round.get_absolute_url(), {"export": "1"})
    grid = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    head = next(row for row in grid if "学校名称" in row)
    assert set(required_columns(rules_from(read("balance", "excellent-2017")))) <= set(head)
    row = next(row for row in grid if "三阳小学" in row)
    assert row[head.index("小学在校生数")] == 480 and row[head.index("初中在校生数")] == 0
    rules = rules_from(read("balance", "excellent-2017"))
    result = evaluate(frame_of(grid, rules), rules, timezone.localdate())
    assert "三阳小学" not in {problem.school for problem in result.problems}
    assert {"长寿学校"} <= {problem.school for problem in result.problems}, "its gaps are errors, not zeros"


def test_lists_ask_the_database_a_constant_number_of_times(place):
    client = signed_in(place.accounts["officer"])
    url = place.round.get_absolute_url()
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(20):
        Return.objects.create(round=place.round, unit=school(f"第{number}小学", place.west, "211", "primary"))
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few) <= 30


def test_items_are_loaded_by_the_director_only(place):
    load = f'action="{reverse("stats:items_load")}"'
    assert load in body(signed_in(place.accounts["director"]).get(reverse("stats:items")))
    assert load not in body(signed_in(place.accounts["clerk"]).get(reverse("stats:items")))
    page = body(signed_in(place.accounts["clerk"]).get(reverse("stats:item", args=["pupils"])))
    assert "教基3112“在校生数”" in page and "/stats/items/pupils/edit/" not in page
    assert signed_in(place.accounts["officer"]).post(reverse("stats:items_load")).status_code == 403
    assert signed_in(place.accounts["director"]).post(reverse("stats:items_load")).status_code == 302
