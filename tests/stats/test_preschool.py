"""A preschool run from the returns of kindergartens and counties to verdicts, judgements, its pages and its workbook."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
import python_calamine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from calc.test_preschool import ALL_MET, GOOD, OWN
from dudao.calc.balance.items import Status
from dudao.core.access import SYSTEM, Denied
from dudao.core.workflow import Conflict
from dudao.orgs.models import Kind
from dudao.stats.actions import catalogue, rounds
from dudao.stats.actions import preschool as acts
from dudao.stats.models import DataItem, PreschoolJudgement, PreschoolRun, Return, Value
from dudao.stats.queries import preschool
from signing import signed_in
from stats.conftest import YEAR, school

PACK = "preschool-2020"


def preschool_round(city, year=YEAR):
    today = timezone.localdate()
    made = rounds.create_round(
        SYSTEM,
        unit=city,
        title=f"{year}学前教育数据报送",
        year=year,
        stages=["preschool"],
        opens_on=today - timedelta(5),
        closes_on=today + timedelta(20),
        items=list(DataItem.objects.filter(pack__in=["preschool", "county"])),
    )
    return rounds.open_round(SYSTEM, asked=made)


def answer(asked, unit, numbers, *, stage="preschool", state="accepted"):
    """Numbers of a kindergarten by code, or of a county by name, as accepted."""
    ret = Return.objects.get(round=asked, unit=unit)
    field = "code" if stage else "name"
    items = {getattr(item, field): item for item in DataItem.objects.filter(pack="preschool" if stage else "county")}
    Value.objects.filter(ret=ret, item__in=[items[name] for name in numbers]).delete()
    Value.objects.bulk_create(
        Value(ret=ret, item=items[name], stage=stage, number=Decimal(str(number))) for name, number in numbers.items()
    )
    now = timezone.now()
    Return.objects.filter(pk=ret.pk).update(state=state, submitted_at=now, accepted_at=now)


@pytest.fixture
def gardens(place):
    """Pingjiang: three kindergartens and attached classes; Xiangyin: one kindergarten; both counties have answered."""
    catalogue.load_all(SYSTEM, unit=place.city)
    place.first = school("三阳幼儿园", place.east, "111", "preschool", kind=Kind.KINDERGARTEN)
    place.second = school("长寿幼儿园", place.east, "111", "preschool", kind=Kind.KINDERGARTEN)
    place.third = school("金苗幼儿园", place.east, "111", "preschool", kind=Kind.KINDERGARTEN)
    place.classes = school("龙门小学", place.east, "211", "primary", "preschool")
    place.other = school("文星幼儿园", place.west, "111", "preschool", kind=Kind.KINDERGARTEN)
    place.preschool = preschool_round(place.city)
    answer(place.preschool, place.first, GOOD | {"kg_nature": 1})
    answer(place.preschool, place.second, GOOD | {"kg_nature": 2})
    answer(place.preschool, place.third, GOOD | {"kg_nature": 3, "kg_nurses": 4, "kg_books": 100})
    answer(place.preschool, place.classes, GOOD | {"kg_nature": 1, "kg_building": 10})
    answer(place.preschool, place.other, GOOD | {"kg_nature": 1})
    answer(place.preschool, place.east, OWN | {"学前三年适龄人口数": 800}, stage="")
    answer(place.preschool, place.west, OWN | {"有公办中心园的乡镇数": 17}, stage="")
    return place


def run(place, who="officer", unit=None, **more):
    values = {"year": YEAR, "pack": PACK, "accepted_only": True} | more
    return acts.run_preschool(place.actor(who), unit=unit or place.city, **values)


def county(made, unit):
    return preschool.run_view(made).county(unit.pk)


def judge(place, made, unit, item, status="met", version=0, **more):
    values = {"note": "看了文件，走访了三个乡镇"} | more
    return acts.judge_item(
        place.actor("officer"), run=made, county=unit.pk, item=item, version=version, status=status, **values
    )


def test_the_numbers_come_from_kindergartens_and_counties(gardens):
    made = run(gardens)
    east = county(made, gardens.east)
    assert (east.kindergartens, east.attached, made.kindergartens) == (3, 1, 4)
    assert east.data["在园幼儿数"] == 720 and east.data["公办园在园幼儿数"] == 360
    assert east.item("P2").values == ["75 %"] and east.item("P2").gaps == ["75 %，还差 5 个百分点，约 36 个普惠学位"]
    assert east.item("P1").result.status is Status.MET
    (failing,) = east.failing
    assert failing["name"] == "金苗幼儿园" and [lack["code"] for lack in failing["lacks"]] == ["P26", "P29", "P29"]
    assert failing["lacks"][1]["words"] == "保育员 4 人，应有 6 人，还缺 2 人"
    west = county(made, gardens.west)
    assert [one.code for one in west.failed] == ["P7"]
    assert west.item("P7").gaps == ["3 个乡镇没有公办中心园"] and west.run.verdict == "未达标"


def test_a_kindergarten_that_has_not_reported_leaves_the_sums_open(gardens):
    Return.objects.filter(unit=gardens.second).update(state="submitted")
    made = run(gardens)
    east = county(made, gardens.east)
    assert list(east.missing) == ["长寿幼儿园"] and east.item("P1").result.status is Status.MISSING
    assert east.item("P1").missing == ["1 所幼儿园（班）没有报数，无法计算。"]
    assert county(made, gardens.west).item("P1").result.status is Status.MET, "the other county has all its numbers"
    trying = county(run(gardens, skip_missing=True), gardens.east)
    assert trying.data["在园幼儿数"] == 540 and list(trying.missing) == ["长寿幼儿园"]
    assert county(run(gardens, accepted_only=False), gardens.east).missing == []


def test_the_same_numbers_have_the_same_digests_and_a_run_is_frozen(gardens):
    one, two = run(gardens), run(gardens)
    assert (one.inputs, one.rules, one.outputs) == (two.inputs, two.rules, two.outputs)
    answer(gardens.preschool, gardens.first, {"kg_books": 1000})
    three = run(gardens)
    assert three.inputs != one.inputs and three.rules == one.rules
    assert run(gardens, pack="preschool-hunan-2025").rules != one.rules
    for change in (
        lambda: PreschoolRun.objects.filter(pk=one.pk).update(year=2000),
        lambda: PreschoolRun.objects.filter(pk=one.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_what_leaves_an_item_open_is_named(gardens):
    answer(gardens.preschool, gardens.first, {"kg_children": 0, "kg_small_over": 3})
    Value.objects.filter(ret__unit=gardens.second, item__code="kg_books").delete()
    made = run(gardens, accepted_only=False)
    east = county(made, gardens.east)
    assert [(one["name"], [lack["code"] for lack in one["lacks"]]) for one in east.unknown] == [
        ("长寿幼儿园", ["P26"]),
        ("三阳幼儿园", ["P26", "P28"]),
    ]
    assert {east.item(code).result.status for code in ("P26", "P28")} == {Status.MISSING}
    assert east.item("P26").missing == ["2 所幼儿园（班）的数据缺漏或矛盾，无法计算。"]
    assert east.item("P26").wanted == ["不高于 0 %"], "what is wanted is known whatever is missing"
    client = signed_in(gardens.accounts["officer"])
    page = client.get(reverse("stats:preschool_county", args=[made.pk, gardens.east.pk])).content.decode()
    assert "数据缺漏和矛盾" in page and "超过 25 人的小班有 3 个，多于小班 2 个，请更正" in page
    content = client.post(reverse("stats:preschool_export", args=[made.pk])).content
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("缺报")
    assert sheet.to_python()[3:] == [
        ["平江县", "长寿幼儿园", "P26", "生均图书无法计算，没有报数"],
        ["平江县", "三阳幼儿园", "P26", "在园幼儿数是 0，生均面积和图书无法计算"],
        ["平江县", "三阳幼儿园", "P28", "超过 25 人的小班有 3 个，多于小班 2 个，请更正"],
    ]
    answer(gardens.preschool, gardens.east, OWN | {"有公办中心园的乡镇数": 21}, stage="")
    shown = county(run(gardens), gardens.east).item("P7")
    assert shown.missing == ["“有公办中心园的乡镇数”21 多于“乡镇数”20，请更正报表后重新测算。"]


def test_leaving_out_those_who_have_not_reported_leaves_nothing_to_judge_when_nobody_has(gardens):
    Return.objects.filter(unit=gardens.other).update(state="draft")
    west = county(run(gardens, skip_missing=True), gardens.west)
    assert west.kindergartens == 0 and west.item("P1").result.status is Status.MISSING
    assert west.item("P7").result.status is Status.FAILED, "what the county answered itself still counts"


@pytest.mark.parametrize(
    ("region", "day", "names"),
    [
        ("430600", date(2026, 1, 1), ["preschool-2020", "preschool-hunan-2025"]),
        ("430600", date(2025, 9, 1), ["preschool-2020"]),
        ("410100", date(2026, 1, 1), ["preschool-2020", "preschool-henan"]),
        ("410100", date(2020, 2, 18), ["preschool-2020", "preschool-henan"]),
        ("210100", date(2026, 1, 1), ["preschool-2020"]),
        ("", date(2026, 1, 1), ["preschool-2020"]),
    ],
)
def test_what_a_province_asks_for_is_offered_there_and_then(region, day, names):
    assert [name for name, _ in preschool.standards_for(region, day)] == names


def test_a_province_may_ask_for_more(gardens):
    hunan = county(run(gardens, pack="preschool-hunan-2025"), gardens.east)
    assert hunan.item("P1").wanted == ["不低于 92 %"] and hunan.item("P1").gaps == [
        "90 %，还差 2 个百分点，约 16 名适龄幼儿入园"
    ]


def test_people_judge_with_a_reason_and_it_is_carried_to_the_next_run(gardens):
    made = run(gardens)
    judge(gardens, made, gardens.east, "P4", "basic", upload=SimpleUploadedFile("文件.txt", "党组织名册".encode()))
    shown = county(made, gardens.east).item("P4")
    assert shown.result.status is Status.BASIC and shown.judgement.file_name == "文件.txt"
    with pytest.raises(Conflict, match="科员刚才判定了"):
        judge(gardens, made, gardens.east, "P4")
    judge(gardens, made, gardens.east, "P4", "failed", version=1)
    assert county(made, gardens.east).run.verdict == "未达标"
    for item, note, words in (
        ("P1", "x", "由数据判定"),
        ("P99", "x", "没有这个县市区或这项指标"),
        ("P5", " ", "写明判定的依据"),
    ):
        with pytest.raises(ValidationError, match=words):
            judge(gardens, made, gardens.east, item, note=note)
    again = county(run(gardens), gardens.east)
    assert again.judgements["P4"].status == "failed" and again.judgements["P4"].judged_by == "科员"


def test_all_judged_and_met_is_attained(gardens):
    answer(gardens.preschool, gardens.third, GOOD | {"kg_nature": 2})
    made = run(gardens)
    for item in ALL_MET:
        judge(gardens, made, gardens.east, item)
    east = county(made, gardens.east)
    assert east.run.verdict == "达标" and east.undecided == [] and east.count(Status.MET) == 37


def test_who_may_run_and_judge(gardens):
    for who, unit in (
        ("west", gardens.east),
        ("east", gardens.city),
        ("head", gardens.first),
        ("inspector", gardens.east),
    ):
        with pytest.raises(Denied):
            run(gardens, who, unit)
    made = run(gardens, "east", gardens.east)
    assert [one.key for one in preschool.run_view(made).counties] == [gardens.east.pk]
    with pytest.raises(Denied):
        acts.judge_item(
            gardens.actor("inspector"), run=made, county=gardens.east.pk, item="P4", version=0, status="met", note="x"
        )
    with pytest.raises(Denied, match="还没有幼儿园或县级数据"):
        run(gardens, year=YEAR - 3)


def test_it_is_run_read_judged_and_exported_in_the_browser(gardens):
    client = signed_in(gardens.accounts["officer"])
    assert client.get(reverse("stats:preschool_new")).status_code == 200
    data = {"unit": gardens.city.pk, "year": YEAR, "pack": PACK, "accepted_only": "on"}
    assert client.post(reverse("stats:preschool_new"), data | {"pack": "x"}).status_code == 422
    answered = client.post(reverse("stats:preschool_new"), data)
    made = PreschoolRun.objects.get()
    assert answered["Location"] == made.get_absolute_url()
    page = client.get(made.get_absolute_url()).content.decode()
    assert "P36" in page and "平江县" in page and "湘阴县" in page and "待判" in page
    url = reverse("stats:preschool_county", args=[made.pk, gardens.east.pk])
    page = client.get(url).content.decode()
    for words in ("约 36 个普惠学位", "金苗幼儿园", "保育员 4 人，应有 6 人", "逐项判定"):
        assert words in page, words
    page = client.get(url + "?lack=P26").content.decode()
    assert "保育员 4 人" not in page and "生均图书" in page
    assert "没有" in client.get(url + "?lack=zz").content.decode()
    form = reverse("stats:preschool_judge", args=[made.pk, gardens.east.pk, "P4"])
    assert client.get(form).status_code == 200
    assert client.post(form, {"status": "met", "note": "", "version": "0"}).status_code == 422
    posted = {"status": "met", "note": "党组织全覆盖", "version": "0", "upload": SimpleUploadedFile("a.txt", b"abc")}
    answered = client.post(form, posted)
    assert answered["Location"] == reverse("stats:preschool_judge", args=[made.pk, gardens.east.pk, "P5"])
    one = PreschoolJudgement.objects.get()
    assert b"".join(client.get(reverse("stats:preschool_file", args=[one.pk])).streaming_content) == b"abc"
    assert client.post(form, {"status": "basic", "note": "改", "version": "1"})["Location"] == url
    for item in ("P1", "P99"):
        assert client.get(reverse("stats:preschool_judge", args=[made.pk, gardens.east.pk, item])).status_code == 404
    assert client.get(reverse("stats:preschool_county", args=[made.pk, 1])).status_code == 404
    content = client.post(reverse("stats:preschool_export", args=[made.pk])).content
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["各县指标", "数据和差距", "不达标幼儿园", "缺报"]
    grid = book.get_sheet_by_name("各县指标").to_python()
    assert grid[2] == ["编号", "指标", "平江县", "湘阴县"] and len(grid) == 3 + 37 + 1
    assert any("党组织" in str(row) or "改" in row for row in book.get_sheet_by_name("数据和差距").to_python())
    assert "某市" in client.get(reverse("stats:preschools")).content.decode()
    assert signed_in(gardens.accounts["inspector"]).get(made.get_absolute_url()).status_code == 404, "the city's run"
    assert signed_in(gardens.accounts["head"]).get(reverse("stats:preschools")).status_code == 403


def test_a_county_reads_its_own_run_with_the_year_before(gardens):
    before = preschool_round(gardens.city, YEAR - 1)
    answer(before, gardens.first, GOOD | {"kg_nature": 1})
    answer(before, gardens.east, OWN, stage="")
    last = run(gardens, "east", gardens.east, year=YEAR - 1, skip_missing=True)
    made = run(gardens, "east", gardens.east)
    client = signed_in(gardens.accounts["inspector"])
    answered = client.get(made.get_absolute_url())
    assert answered["Location"] == reverse("stats:preschool_county", args=[made.pk, gardens.east.pk])
    page = client.get(answered["Location"]).content.decode()
    assert "上年" in page and "历年" in page and str(last.year) in page and "逐项判定" not in page


def test_the_pages_ask_a_constant_number_of_times(gardens):
    made = run(gardens)
    client = signed_in(gardens.accounts["officer"])
    urls = [made.get_absolute_url(), reverse("stats:preschool_county", args=[made.pk, gardens.east.pk])]
    counts = []
    for url in urls:
        client.get(url)
        with CaptureQueriesContext(connection) as few:
            client.get(url)
        counts.append(len(few))
    for item in list(ALL_MET)[:12]:
        judge(gardens, made, gardens.east, item)
    for url, count in zip(urls, counts, strict=True):
        with CaptureQueriesContext(connection) as many:
            client.get(url)
        assert len(many) == count <= 30
    with CaptureQueriesContext(connection) as few:
        run(gardens)
    for number in range(10):
        unit = school(f"第{number}幼儿园", gardens.east, "111", "preschool", kind=Kind.KINDERGARTEN)
        Return.objects.create(round=gardens.preschool, unit=unit)
        answer(gardens.preschool, unit, GOOD | {"kg_nature": 1})
    with CaptureQueriesContext(connection) as many:
        run(gardens)
    assert len(many) == len(few)


def test_the_day_of_the_standard_is_the_beginning_of_the_school_year(gardens):
    assert run(gardens).day == date(YEAR, 9, 1)
