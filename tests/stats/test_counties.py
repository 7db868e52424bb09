"""Returns of counties: who is asked, who fills in, what is checked against the register and the schools, who accepts."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dudao import packs
from dudao.core.access import SYSTEM, Denied
from dudao.core.models import Notice
from dudao.orgs.models import Kind
from dudao.stats.actions import catalogue, returns, rounds
from dudao.stats.models import CheckHit, CheckRule, DataItem, Return, Value
from dudao.stats.queries.returns import own_returns, with_units
from signing import signed_in
from stats.conftest import keyed, school


@pytest.fixture
def asked(place):
    """A round that asks the counties, and one that asks the kindergartens."""
    catalogue.load_all(SYSTEM, unit=place.city)
    today = timezone.localdate()
    made = rounds.create_round(
        SYSTEM,
        unit=place.city,
        title="县级数据报送",
        year=2025,
        stages=[],
        opens_on=today,
        closes_on=today + timedelta(20),
        items=list(DataItem.objects.filter(level="county")),
    )
    rounds.open_round(SYSTEM, asked=made)
    return made


def own(asked, county):
    return with_units(Return.objects).get(round=asked, unit=county)


def save(place, asked, county, numbers, who="east", **more):
    ret = own(asked, county)
    numbers = {(code, ""): number for code, number in numbers.items()}
    return returns.save_values(place.actor(who), ret=ret, version=ret.version, numbers=keyed(numbers), **more)


def test_a_county_is_asked_for_the_items_of_counties_and_nobody_else_is(place, asked):
    assert set(Return.objects.filter(round=asked).values_list("unit__name", flat=True)) == {"平江县", "湘阴县"}
    ret = own(asked, place.east)
    assert ret.expected == DataItem.objects.filter(level="county").count() >= 80
    assert ret in own_returns(place.actor("east")) and ret not in own_returns(place.actor("clerk"))
    told = set(Notice.objects.filter(verb="return.ask").values_list("account__name", flat=True))
    assert {"平江办", "湘阴办"} <= told


def test_only_the_county_fills_it_in_and_only_the_city_accepts(place, asked):
    for nobody in ("west", "clerk", "inspector"):
        with pytest.raises(Denied):
            save(place, asked, place.east, {"townships": 3}, who=nobody)
    ret = save(place, asked, place.east, {"townships": 24})
    Value.objects.bulk_create(
        Value(ret=ret, item=item, number=0)
        for item in DataItem.objects.filter(level="county").exclude(code="townships")
    )
    # Explained one by one: the city wants to know why the register has other numbers.
    hits = {hit.key: "已与登记核对" for hit in CheckHit.objects.filter(ret=save(place, asked, place.east, {}))}
    ret = save(place, asked, place.east, {}, explanations=hits)
    assert (ret.errors, ret.warnings) == (0, 0)
    ret = returns.submit(place.actor("east"), ret=ret)
    with pytest.raises(Denied, match="由上级单位"):
        returns.accept(place.actor("east2"), ret=own(asked, place.east))
    returns.send_back(place.actor("officer"), ret=ret, reason="乡镇数与民政口径不符")
    assert own(asked, place.east).opinion == "乡镇数与民政口径不符"
    ret = returns.submit(place.actor("east"), ret=save(place, asked, place.east, {"townships": 22}))
    returns.accept(place.actor("officer"), ret=ret)
    returns.lock(place.actor("director"), ret=own(asked, place.east))
    assert own(asked, place.east).state == "locked"


def test_a_county_s_numbers_are_held_against_the_register(place, asked):
    save(place, asked, place.east, {"primary_schools": 7, "nine_year_schools": 1, "kindergartens": 0})
    said = [hit.message for hit in CheckHit.objects.filter(ret=own(asked, place.east))]
    assert said == ["平江县 “小学学校数”是 7 所，机构信息里登记有 1 所，请核对；确实如此请说明情况。"]


def test_a_county_s_numbers_are_held_against_its_schools_when_all_have_reported(place, asked, good):
    catalogue.load_items(SYSTEM, unit=place.city)
    ret = save(place, asked, place.west, {"primary_pupils": 30}, who="west")
    assert not ret.warnings, "the school hasn't handed in"
    point = place.ret(place.point)
    returns.save_values(place.actor("west"), ret=point, version=0, numbers=keyed({("pupils", "primary"): 25}))
    Return.objects.filter(pk=point.pk).update(state="submitted", submitted_at=timezone.now())
    ret = save(place, asked, place.west, {}, who="west")
    hit = CheckHit.objects.get(ret=ret)
    assert "所属学校报送的小学“在校生数”之和是 25" in hit.message
    assert save(place, asked, place.west, {"primary_pupils": 25}, who="west").warnings == 0


def test_the_order_of_numbers_is_checked(place, asked):
    ret = save(place, asked, place.east, {"exchanged": 40, "exchanged_backbone": 41})
    assert ret.errors == 1 and "大于“交流轮岗教师数”的 40" in CheckHit.objects.get(ret=ret).message


def test_the_county_fills_in_in_the_browser(place, asked):
    client = signed_in(place.accounts["east"])
    ret = own(asked, place.east)
    page = client.get(reverse("stats:return_fill", args=[ret.pk])).content.decode()
    assert "政府保障程度" in page and "学前教育" in page and "人均GDP（元）" in page
    item = DataItem.objects.get(code="subject_gap")
    client.post(
        reverse("stats:return_fill", args=[ret.pk]), {"version": "0", f"v-{item.pk}-school": "0.137", "do": "save"}
    )
    assert str(Value.objects.get(ret=ret).number) == "0.1370"
    page = signed_in(place.accounts["officer"]).get(asked.get_absolute_url()).content.decode()
    assert "平江县" in page and "县级数据" in page
    assert signed_in(place.accounts["west"]).get(ret.get_absolute_url()).status_code == 404


def test_kindergartens_answer_on_the_stage(place):
    catalogue.load_all(SYSTEM, unit=place.city)
    kindergarten = school(
        "童星幼儿园", place.east, "111", "preschool", kind=Kind.KINDERGARTEN, ownership="private", inclusive=True
    )
    today = timezone.localdate()
    made = rounds.create_round(
        SYSTEM,
        unit=place.city,
        title="学前教育数据报送",
        year=2025,
        stages=["preschool"],
        opens_on=today,
        closes_on=today,
        items=list(DataItem.objects.exclude(level="county")),
    )
    rounds.open_round(SYSTEM, asked=made)
    ret = with_units(Return.objects).get(round=made)
    assert ret.unit == kindergarten and ret.expected == 25, "rooms and equipment are asked of schools, not of it"
    ret = returns.save_values(
        place.actor("east"),
        ret=ret,
        version=0,
        numbers=keyed({("kg_nature", "preschool"): 1, ("kg_classes", "preschool"): 3, ("kg_small", "preschool"): 2}),
    )
    assert "登记的是“普惠性民办”" in CheckHit.objects.get(ret=ret).message
    page = signed_in(place.accounts["east"]).get(reverse("stats:return_fill", args=[ret.pk])).content.decode()
    assert "<option selected>公办</option>" in page and "<option>非普惠性民办</option>" in page


def test_the_standard_sets_fit_each_other():
    seen: dict[str, str] = {}
    headings: dict[tuple, str] = {}
    for name in packs.names("statistics"):
        pack = packs.read("statistics", name)
        for entry in pack["items"]:
            assert seen.setdefault(entry["code"], name) == name, entry["code"]
            for stage in entry.get("stages", [""]):
                heading = (stage, entry.get("heading", entry["name"]), bool(entry.get("county")))
                assert headings.setdefault(heading, entry["code"]) == entry["code"], heading
    for name in packs.names("statistics"):
        for check in packs.read("statistics", name)["checks"]:
            assert {check["item"], *check.get("others", [])} <= set(seen), check


def test_an_evaluation_finds_what_it_needs_by_name():
    asked = {entry["name"] for entry in packs.read("statistics", "county")["items"]}
    for item in packs.read("items", "excellent-2017")["items"]:
        for condition in item.get("conditions", []):
            named = {condition["of"], condition.get("over"), condition.get("value_of")} - {None}
            assert named <= asked, item["code"]


def test_loading_again_changes_nothing_and_leaves_what_the_office_worded(place):
    catalogue.load_all(SYSTEM, unit=place.city)
    before = (DataItem.objects.count(), CheckRule.objects.count())
    DataItem.objects.filter(code="pupils").update(definition="本校口径", changed=True)
    loaded = catalogue.load_all(SYSTEM, unit=place.city)
    assert (DataItem.objects.count(), CheckRule.objects.count()) == before and loaded.kept == ["在校生数"]
    assert DataItem.objects.get(code="pupils").definition == "本校口径"


def test_the_unit_of_a_number_is_said_once(place):
    catalogue.load_all(SYSTEM, unit=place.city)
    labels = {item.code: item.label for item in DataItem.objects.all()}
    assert labels["special_funds"] == "特殊教育学校公用经费（元）" and labels["pupils"] == "在校生数（人）"
