"""Items, sources and rules kept by the office: what may change, what conflicts, what a rule would find before it is saved."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.core.access import SYSTEM, Denied
from dudao.core.models import Event
from dudao.stats.actions import catalogue, catalogue_items, catalogue_rules, returns
from dudao.stats.models import CheckRule, DataItem, ItemSource
from dudao.stats.queries.catalogue import rule_sentence
from dudao.stats.queries.checking import try_rule
from signing import signed_in
from stats.conftest import keyed


def body(answer):
    return answer.content.decode()


NEW = {
    "code": "labs", "name": "实验室间数", "definition": "物理、化学、生物实验室。", "level": "school", "kind": "integer",
    "unit": "间", "decimals": "2", "valid_from": "2026-01-01", "sort_no": "9000",
}  # fmt: skip


def test_the_office_adds_words_anew_and_ends_an_item(place):
    client = signed_in(place.accounts["officer"])
    client.post(reverse("stats:item_new"), NEW)
    item = DataItem.objects.get(code="labs")
    assert (item.heading, item.changed, item.pack) == ("实验室间数", True, "")
    twice = client.post(reverse("stats:item_new"), NEW)
    assert twice.status_code == 422 and "已被“实验室间数”使用" in body(twice)
    url = reverse("stats:item_edit", args=["labs"])
    data = NEW | {"name": "理科实验室间数", "valid_to": "2027-01-01"}
    assert client.post(f"{url}?revision=0", data).status_code == 302
    item.refresh_from_db()
    assert (item.name, item.valid_to, item.revision) == ("理科实验室间数", date(2027, 1, 1), 1)
    stale = client.post(f"{url}?revision=0", NEW)
    assert stale.status_code == 422 and "刚刚被他人修改" in body(stale)
    changes = Event.objects.filter(verb="item.edit").latest("id").data["changes"]
    assert changes["name"] == ["实验室间数", "理科实验室间数"]


def test_what_numbers_rest_on_stays(place, good):
    item = DataItem.objects.get(code="pupils")
    catalogue_items.edit_item(place.actor("officer"), place=place.city, item=item, revision=0, unit="名")
    item.refresh_from_db()
    assert item.unit == "名", "no numbers yet"
    ret = place.ret(place.primary)
    returns.save_values(place.actor("clerk"), ret=ret, version=0, numbers=keyed(good))
    for change in ({"unit": "人"}, {"kind": "decimal"}, {"level": "school"}, {"stages": ["junior"]}):
        with pytest.raises(ValidationError, match="已有填报的数"):
            catalogue_items.edit_item(
                place.actor("officer"), place=place.city, item=DataItem.objects.get(code="pupils"), revision=1, **change
            )
    client = signed_in(place.accounts["officer"])
    page = body(client.get(reverse("stats:item_edit", args=["pupils"])))
    assert "类型、层次、单位不能再改" in page and 'name="unit"' in page and "disabled" in page
    with pytest.raises(Exception, match="已有填报的数"):
        catalogue.load_items(SYSTEM, unit=place.city) if DataItem.objects.filter(code="pupils").update(
            changed=False
        ) else None


def test_headings_and_rows_of_sheets_belong_to_one_item(place):
    client = signed_in(place.accounts["officer"])
    same = client.post(
        reverse("stats:item_new"), NEW | {"heading": "在校生数", "level": "stage", "stages": ["primary"]}
    )
    assert same.status_code == 422 and "与指标“在校生数”（pupils）相同" in body(same)
    url = reverse("stats:source_new", args=["classes"]) + "?revision=0"
    taken = {"table": "教基3112", "label": "在校生数", "stage": "primary", "year_from": "2022"}
    answer = client.post(url, taken)
    assert answer.status_code == 422 and "已经对应“在校生数”" in body(answer)
    assert client.post(url, taken | {"label": "班数合计"}).status_code == 302
    source = ItemSource.objects.get(label="班数合计")
    edit = reverse("stats:source_edit", args=["classes", source.pk])
    assert "revision=1" in body(client.get(edit))
    stale = client.post(f"{edit}?revision=0", taken | {"label": "合计"})
    assert stale.status_code == 422 and "刚刚被他人修改" in body(stale)
    backwards = client.post(f"{edit}?revision=1", taken | {"label": "班数合计", "year_to": "2020"})
    assert backwards.status_code == 422 and "截止学年早于起始学年" in body(backwards)
    remove = reverse("stats:source_remove", args=["classes", source.pk])
    assert client.post(f"{remove}?revision=0").status_code == 409 and ItemSource.objects.filter(pk=source.pk).exists()
    client.post(f"{remove}?revision=1")
    assert not ItemSource.objects.filter(label="班数合计").exists()
    wrong = client.post(
        reverse("stats:source_new", args=["rooms"]) + "?revision=0", taken | {"label": "用房", "stage": "primary"}
    )
    assert wrong.status_code == 422


def test_a_rule_is_tried_on_what_was_reported_before_it_is_saved(place, good):
    for name, number in (("primary", 480), ("nine", 300)):
        unit = getattr(place, name)
        ret = place.ret(unit)
        who = "clerk" if name == "primary" else "nine"
        numbers = {("pupils", "primary"): number, ("teachers", "primary"): 30}
        returns.save_values(place.actor(who), ret=ret, version=0, numbers=keyed(numbers))
    client = signed_in(place.accounts["officer"])
    assert "“班级数”等于各班额段班数之和" in body(client.get(reverse("stats:rule_kinds")))
    url = reverse("stats:rule_new", args=["ratio"])
    data = {
        "item": str(DataItem.objects.get(code="pupils").pk), "others": ["teachers"], "high": "15", "severity": "warning",
        "valid_from": "2020-01-01", "source": "本市师生比",
    }  # fmt: skip
    page = body(client.post(url, data | {"do": "try"}))
    assert "“在校生数”与“专任教师数”之比不大于 15" in page and "2 份报表" in page and "<b>1</b> 个单位不满足" in page
    assert "三阳小学 小学 “在校生数”是 480 人" in page
    assert not CheckRule.objects.filter(source="本市师生比").exists()
    assert client.post(url, data | {"do": "save"}).status_code == 302
    rule = CheckRule.objects.get(source="本市师生比")
    assert rule.changed and place.ret(place.primary).warnings == 0, "it holds from the next save on"
    again = client.post(url, data)
    assert again.status_code == 422 and "已经有一条相同的规则" in body(again)
    edit = reverse("stats:rule", args=[rule.code])
    assert client.post(f"{edit}?revision=0", data | {"high": "20", "valid_to": "2030-01-01"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.high, rule.valid_to, rule.revision) == (20, date(2030, 1, 1), 1)
    stale = client.post(f"{edit}?revision=0", data)
    assert stale.status_code == 422 and "刚刚被他人修改" in body(stale)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": "range", "item": "pupils"}, "至少填一个"),
        ({"kind": "range", "item": "pupils", "low": 9, "high": 3}, "上限小于下限"),
        ({"kind": "sum", "item": "pupils", "others": ["pupils"]}, "不能与它自己比较"),
        ({"kind": "at_most", "item": "degree", "others": ["teachers", "pupils"]}, "只选一项"),
        ({"kind": "at_most", "item": "degree", "others": ["population"]}, "不能直接比较"),
        ({"kind": "below", "item": "pupils", "others": ["teachers"]}, "县区的指标"),
        ({"kind": "count", "item": "primary_schools"}, "办学类型"),
        ({"kind": "change", "item": "pupils"}, "百分比"),
        ({"kind": "nature", "item": "pupils"}, "选项"),
        ({"kind": "sum", "item": "pupils", "others": ["nothing"]}, "没有指标"),
        ({"kind": "at_most", "item": "kg_children", "others": ["kg_nature"]}, "不是数"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_in_words(place, values, said):
    catalogue.load_all(SYSTEM, unit=place.city)
    item = DataItem.objects.get(code=values.pop("item"))
    with pytest.raises(ValidationError, match=said):
        catalogue_rules.create_rule(
            place.actor("officer"), place=place.city, item=item, severity="error", valid_from=date(2020, 1, 1), **values
        )


def test_every_rule_of_the_standard_sets_says_itself_and_can_be_tried(place):
    catalogue.load_all(SYSTEM, unit=place.city)
    for rule in CheckRule.objects.select_related("item"):
        words = rule_sentence(rule)
        assert len(words) > 6 and "None" not in words, rule.code
        catalogue_rules.fit_rule(rule)
        try_rule(place.actor("officer"), rule)
    assert rule_sentence(CheckRule.objects.get(code="bands-66")) == "“超大班额班数”等于“66人及以上班数”"
    assert rule_sentence(CheckRule.objects.get(code="count-points")) == "“教学点数”等于机构信息登记的小学教学点的数量"


def test_a_county_reads_the_catalogue_and_changes_nothing(place):
    client = signed_in(place.accounts["east"])
    assert "至少" not in body(client.get(reverse("stats:items")))
    rule = CheckRule.objects.get(code="at_most-degree-teachers")
    page = body(client.get(rule.get_absolute_url()))
    assert "“高于规定学历教师数”不大于“专任教师数”" in page and "保存规则" not in page
    assert client.post(rule.get_absolute_url(), {"severity": "warning"}).status_code == 403
    assert client.get(reverse("stats:item_edit", args=["pupils"])).status_code == 403
    with pytest.raises(Denied):
        catalogue_items.create_item(place.actor("east"), place=place.city, code="x1", name="x")
    assert client.get(reverse("stats:item", args=["no-such"])).status_code == 404
    assert signed_in(place.accounts["officer"]).get(reverse("stats:rule_new", args=["magic"])).status_code == 404


def test_which_rules_fail_most_is_told_by_county(place, good):
    for who, unit in (("clerk", place.primary), ("west", place.point)):
        ret = place.ret(unit)
        returns.save_values(
            place.actor(who), ret=ret, version=0, numbers=keyed({("teachers", "primary"): 3, ("degree", "primary"): 9})
        )
    client = signed_in(place.accounts["officer"])
    page = body(client.get(reverse("stats:round_checks", args=[place.round.pk])))
    assert "“高于规定学历教师数”不大于“专任教师数”" in page and "平江县" in page and "<b>2</b>" in page
    rule = CheckRule.objects.get(code="at_most-degree-teachers")
    failed = body(
        client.get(reverse("stats:round_failed", args=[place.round.pk]) + f"?rule={rule.pk}&county={place.west.pk}")
    )
    assert "西岭教学点" in failed and "三阳小学" not in failed
    assert "西岭教学点" not in body(
        signed_in(place.accounts["east"]).get(reverse("stats:round_checks", args=[place.round.pk]))
    )


def test_the_lists_of_items_and_rules_ask_few_questions(place):
    client = signed_in(place.accounts["officer"])
    for name in ("stats:items", "stats:rules"):
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as few:
            client.get(reverse(name))
        catalogue.load_all(SYSTEM, unit=place.city)
        with CaptureQueriesContext(connection) as many:
            client.get(reverse(name))
        assert len(many) <= len(few) + 1 <= 25, name
