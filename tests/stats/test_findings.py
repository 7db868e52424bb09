"""Findings made of statistics: failed checks, schools and counties that miss a standard, large classes; one or all at once."""

import pytest
from django.urls import reverse

from dudao.core.access import SYSTEM
from dudao.findings.models import Finding
from dudao.findings.sources import facts_now, find
from dudao.stats.actions import returns
from dudao.stats.models import CheckHit, ItemJudgement, Return, SchoolResult
from signing import signed_in
from stats.conftest import YEAR, keyed
from stats.test_balance import run as balance_run
from stats.test_balance import with_numbers
from stats.test_balance_pages import county  # noqa: F401  fixture
from stats.test_preschool import gardens, judge  # noqa: F401  fixture
from stats.test_preschool import run as preschool_run
from stats.test_sizes import crowded, made_plan  # noqa: F401  fixture

pytestmark = pytest.mark.django_db


def make(client, key, **form):
    """The page of a key, and what posting the form makes."""
    url = reverse("findings:make", args=[key])
    page = client.get(url)
    assert page.status_code == 200, page.status_code
    values = {"severity": "general", "found_on": "2026-03-05", **form}
    answer = client.post(url, values)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return page.content.decode(), list(Finding.objects.order_by("pk"))


def test_a_failed_check_becomes_a_finding_of_the_unit_that_reported(place, good):
    with_numbers(place, good | {("degree", "primary"): 40}, place.primary)
    ret = place.ret(place.primary)
    hit = CheckHit.objects.filter(ret=ret).first()
    client = signed_in(place.accounts["officer"])
    key = f"check:{ret.pk}:{hit.key}"
    assert reverse("findings:make", args=[key]) in client.get(ret.get_absolute_url()).content.decode()
    page, (made,) = make(client, key, office=place.city.pk, description=f"数据审核未通过：{hit.message}")
    assert hit.message.strip("。") in page
    assert (made.unit, made.source, made.indicator) == (place.primary, "check", hit.item.label)
    assert "已形成问题" in client.get(made.source_url).content.decode()
    assert facts_now(made)[0].value == made.facts[0]["value"]
    returns.save_values(place.actor("clerk"), ret=ret, version=ret.version, numbers=keyed({("degree", "primary"): 26}))
    assert not facts_now(made), "corrected: nothing of it stands in the database any more"
    assert signed_in(place.accounts["clerk"]).get(reverse("findings:make", args=[key])).status_code == 404


def test_all_returns_that_fail_a_rule_at_once(place, good):
    with_numbers(place, good | {("degree", "primary"): 40}, place.primary)
    with_numbers(place, good | {("degree", "primary"): 41}, place.nine)
    client = signed_in(place.accounts["officer"])
    rule = CheckHit.objects.filter(ret__unit=place.primary).first().rule
    page = client.get(reverse("stats:round_checks", args=[place.round.pk])).content.decode()
    key = f"checks:{place.round.pk}:{rule.pk}"
    assert reverse("findings:make", args=[key]) in page
    marks = [f"{hit.ret.unit_id} check:{hit.ret_id}:{hit.key}" for hit in CheckHit.objects.filter(rule=rule)]
    assert len(marks) == 2
    _, made = make(client, key, office=place.city.pk, chosen=marks)
    assert {row.unit for row in made} == {place.primary, place.nine}
    county_page = signed_in(place.accounts["west"]).get(reverse("findings:make", args=[key]))
    assert county_page.status_code == 404, "a county sees its own returns only"


def test_schools_of_a_county_that_miss_an_indicator(county):  # noqa: F811
    made = balance_run(county)
    client = signed_in(county.accounts["east"])
    page = client.get(made.get_absolute_url()).content.decode()
    key = f"balances:{made.pk}:{county.east.pk}:小学:L1"
    assert reverse("findings:make", args=[key]) in page
    row = SchoolResult.objects.get(run=made, unit=county.second)
    single = f"balance:{row.pk}"
    assert reverse("findings:make", args=[single]) in page
    shown, (one,) = make(client, key, office=county.east.pk, description="汉昌小学师资不足")
    assert "汉昌小学" in shown and "三阳小学" not in shown
    assert (one.unit, one.source, one.source_key) == (county.second, "balance", single)
    assert (
        "还差" in "".join(fact["text"] for fact in one.facts)
        and "已形成问题" in client.get(one.source_url).content.decode()
    )
    assert [fact.stored() for fact in facts_now(one)] == one.facts
    assert client.get(reverse("findings:make", args=[single])).status_code == 302
    assert signed_in(county.accounts["west"]).get(reverse("findings:make", args=[key])).status_code == 404
    assert signed_in(county.accounts["head"]).get(reverse("findings:make", args=[single])).status_code == 404


def test_an_item_of_a_county_is_for_the_office_above_it(county):  # noqa: F811
    made = balance_run(county)
    items = ItemJudgement.objects.create(
        run=made, county=county.east, code="G1", verdict="failed", note="规划没有印发", judged_by="甲"
    )
    key = f"county:{made.pk}:{county.east.pk}:{items.code}"
    verdict = reverse("stats:balance_verdict", args=[made.pk]) + f"?county={county.east.pk}"
    officer, own = signed_in(county.accounts["officer"]), signed_in(county.accounts["east"])
    assert reverse("findings:make", args=[key]) in officer.get(verdict).content.decode()
    assert reverse("findings:make", args=[key]) not in own.get(verdict).content.decode()
    assert own.get(reverse("findings:make", args=[key])).status_code == 403
    page, (one,) = make(officer, key, office=county.city.pk, description="规划没有印发")
    assert "规划没有印发" in page and one.unit == county.east
    assert "已形成问题" in officer.get(verdict).content.decode()


def test_an_item_of_a_preschool_run(gardens):  # noqa: F811
    made = preschool_run(gardens)
    judge(gardens, made, gardens.east, "P5", status="failed", note="没有落实用地")
    client = signed_in(gardens.accounts["officer"])
    url = reverse("stats:preschool_county", args=[made.pk, gardens.east.pk])
    key = f"preschool:{made.pk}:{gardens.east.pk}:P5"
    assert reverse("findings:make", args=[key]) in client.get(url).content.decode()
    page, (one,) = make(client, key, office=gardens.city.pk, description="没有落实用地")
    assert "没有落实用地" in page and (one.unit, one.indicator_code) == (gardens.east, "P5")
    assert "已形成问题" in client.get(url).content.decode()
    assert client.get(reverse("findings:make", args=[key.replace("P5", "P4")])).status_code == 404


def test_schools_with_large_classes(crowded):  # noqa: F811
    client = signed_in(crowded.accounts["officer"])
    page = client.get(reverse("stats:sizes")).content.decode()
    key = f"larges:{YEAR}:all"
    assert reverse("findings:make", args=[key]) in page
    assert reverse("findings:make", args=[f"large:{YEAR}:{crowded.primary.pk}"]) in page
    plan = client.get(made_plan(crowded).get_absolute_url()).content.decode()
    assert reverse("findings:make", args=[f"large:{YEAR}:{crowded.primary.pk}"]) in plan
    units = (crowded.primary, crowded.nine)
    _, made = make(client, key, office=crowded.city.pk, chosen=[f"{unit.pk} large:{YEAR}:{unit.pk}" for unit in units])
    text = {row.unit: row.description for row in made}
    assert "小学18个班中有大班额3个" in text[crowded.primary] and "超出" in text[crowded.nine]
    assert [fact.stored() for fact in facts_now(made[0])] == made[0].facts
    assert "已形成问题" in client.get(reverse("stats:sizes")).content.decode()
    Return.objects.filter(unit=crowded.primary).update(state="draft", accepted_at=None, submitted_at=None)
    assert not facts_now(next(row for row in made if row.unit == crowded.primary)), "no longer accepted: no basis"


def test_a_county_that_fails_is_told_what_it_has_to_bring_up(county):  # noqa: F811
    made = balance_run(county)
    officer, own = signed_in(county.accounts["officer"]), signed_in(county.accounts["east"])
    key = f"shortage:{made.pk}:{county.east.pk}"
    address = reverse("findings:make", args=[key])
    for page in (made.get_absolute_url(), reverse("stats:balance_plan", args=[made.pk]) + f"?county={county.east.pk}"):
        assert address in officer.get(page).content.decode()
        assert address not in own.get(page).content.decode(), "nobody tells himself"
    assert own.get(address).status_code == 403
    said = find(SYSTEM, key).problems[0].description
    page, (one,) = make(officer, key, office=county.city.pk, description=said)
    assert said in page
    assert one.unit == county.east and one.source_key == key and "所资源配置未达标" in one.description
    assert "达标需新增" in one.description and "名" in one.description and "汉昌小学" not in one.description
    assert [fact.stored() for fact in facts_now(one)] == one.facts, "said again, the same"
    assert "已形成问题" in officer.get(made.get_absolute_url()).content.decode()
    every = reverse("findings:make", args=[f"shortages:{made.pk}:all"])
    assert officer.get(every).status_code == 302, "of the only county it is made already"


def test_all_items_that_a_county_fails_at_once(gardens):  # noqa: F811
    made = preschool_run(gardens)
    for code in ("P4", "P5"):
        judge(gardens, made, gardens.east, code, status="failed", note="没有落实")
    client = signed_in(gardens.accounts["officer"])
    key = f"preschools:{made.pk}:{gardens.east.pk}"
    page = client.get(reverse("stats:preschool_county", args=[made.pk, gardens.east.pk])).content.decode()
    assert reverse("findings:make", args=[key]) in page
    assert (
        reverse("findings:make", args=[f"preschools:{made.pk}:all"])
        in client.get(made.get_absolute_url()).content.decode()
    )
    marks = [f"{gardens.east.pk} preschool:{made.pk}:{gardens.east.pk}:{code}" for code in ("P4", "P5")]
    _, rows = make(client, key, office=gardens.city.pk, chosen=marks)
    assert [row.indicator_code for row in rows] == ["P4", "P5"] and {row.unit for row in rows} == {gardens.east}


def test_large_classes_of_a_county_are_for_its_government(crowded):  # noqa: F811
    client = signed_in(crowded.accounts["officer"])
    assert (
        reverse("findings:make", args=[f"crowdings:{YEAR}:all"]) in client.get(reverse("stats:sizes")).content.decode()
    )
    key = f"crowding:{YEAR}:{crowded.east.pk}"
    _, (one,) = make(client, key, office=crowded.city.pk, description=find(SYSTEM, key).problems[0].description)
    assert one.unit == crowded.east and "小学" in one.description and "中有大班额" in one.description
    assert "大校额学校1所" in one.description and [fact.stored() for fact in facts_now(one)] == one.facts
    assert signed_in(crowded.accounts["east"]).get(reverse("findings:make", args=[key])).status_code == 403
