"""Class and school sizes from the returns; plans to end large classes: made, filled in, approved, held against the next year."""

import io
from datetime import date
from decimal import Decimal

import pytest
import python_calamine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dudao.calc.balance.crowding import Counted, Pace, Span
from dudao.core.access import SYSTEM, Denied
from dudao.core.waiting import laid_out
from dudao.core.workflow import Conflict
from dudao.stats.actions import returns, rounds
from dudao.stats.actions import sizes as acts
from dudao.stats.desk import statistics_piles
from dudao.stats.models import DataItem, EliminationPlan, EliminationRow, Return, Value
from dudao.stats.papers import sizes as sizepapers
from dudao.stats.queries import sizes
from dudao.stats.queries.returns import with_units
from dudao.stats.views.sizes import ended
from signing import signed_in
from stats.conftest import GOOD, YEAR, keyed, make_round, school


def report(asked, unit, stage, *, pupils, bands, state="accepted", **more):
    """What a stage of a school has, as accepted. ``bands``: classes of at most 45, 55, 65 pupils, and of more."""
    ret = with_units(Return.objects).get(round=asked, unit=unit)
    numbers = {
        ("pupils", stage): pupils, ("classes", stage): sum(bands),
        **{(code, stage): count for code, count in zip(
            ("classes_45", "classes_55", "classes_65", "classes_66"), bands, strict=True)},
        **{(code, stage): number for code, number in more.items()},
    }  # fmt: skip
    returns.save_values(SYSTEM, ret=ret, version=ret.version, numbers=keyed(numbers))
    now = timezone.now()
    Return.objects.filter(pk=ret.pk).update(state=state, submitted_at=now, accepted_at=now)


def report_both(asked, unit, primary, junior):
    report(asked, unit, "primary", state="draft", **primary)
    report(asked, unit, "junior", **junior)


@pytest.fixture
def crowded(place):
    """Pingjiang: a primary school with three large classes, a nine-year school with too many pupils; Xiangyin: none."""
    report(place.round, place.primary, "primary", pupils=900, bands=(12, 3, 2, 1))
    report_both(
        place.round,
        place.nine,
        {"pupils": 1800, "bands": (40, 0, 0, 0)},
        {"pupils": 900, "bands": (16, 4, 0, 0)},
    )
    report(place.round, place.point, "primary", pupils=60, bands=(3, 0, 0, 0))
    return place


def board(place, who="officer", **more):
    return sizes.board(place.actor(who), sizes.rules(), **more)


def made_plan(place, who="east", last=YEAR + 2):
    return acts.create_plan(place.actor(who), unit=place.east, base_year=YEAR, last_year=last)


def filled(plan, targets, **more):
    values = {"measures": ["extend"], "responsible": "李校长", "deadline": date(YEAR + 1, 8, 31)} | more
    return {row.pk: acts.RowInput(targets[row.sort], **values) for row in plan.rows.all()}


GOALS = {"classes": [1, 0], "school": [100, 0]}


@pytest.fixture
def handed_in(crowded):
    plan = made_plan(crowded)
    plan = acts.save_plan(crowded.actor("east"), plan=plan, version=plan.version, rows=filled(plan, GOALS))
    return crowded, acts.submit_plan(crowded.actor("east"), plan=plan)


def test_the_board_counts_by_county_stage_and_school(crowded):
    seen = board(crowded)
    east, west = seen.lines(YEAR, [crowded.east, crowded.west])
    assert (east.schools, east.all.classes, str(east.all.large), str(east.all.extra_large)) == (2, 78, "3", "1")
    assert str(east.stages["primary"].above_standard) == "6", "46 to 55, 56 to 65 and above in a primary school"
    assert str(east.stages["junior"].above_standard) == "0—4", "46 to 55 lies across the 50 of a junior school"
    assert east.too_large == 1 and west.all.large.most == 0
    nine = next(line for line in seen.schools[YEAR] if line.unit == crowded.nine.pk)
    assert (nine.size.pupils, nine.size.limit, nine.size.excess) == (2700, 2500, 200)
    assert (seen.expected[YEAR], len(seen.schools[YEAR])) == (4, 3)
    assert sizes.trend(seen, YEAR) == [("2025—2026学年（3/4 所）", Decimal("3.70"), Decimal("1.23"))]


def test_only_accepted_numbers_count_unless_asked(crowded):
    Return.objects.filter(unit=crowded.primary).update(state="submitted")
    assert board(crowded).whole(YEAR).all.large.most == 0
    assert board(crowded, accepted_only=False).whole(YEAR).all.large.most == 3


def test_a_county_sees_its_own_schools_and_a_school_head_none(crowded):
    assert {line.unit for line in board(crowded, "west").schools[YEAR]} == {crowded.point.pk}
    assert board(crowded, "head").schools == {}


def test_ten_bands_are_used_where_they_are_reported(crowded):
    for place, code in enumerate([f"band_{size}" for size in (25, 30, 35, 40, 45, 50, 55, 60, 65, 66)]):
        item = DataItem.objects.create(
            code=code,
            name=code,
            heading=code,
            kind="integer",
            level="stage",
            stages=["junior"],
            valid_from=date(2020, 1, 1),
        )
        ret = crowded.ret(crowded.nine)
        Value.objects.create(ret=ret, item=item, stage="junior", number=[0, 0, 0, 0, 16, 3, 1, 0, 0, 0][place])
    nine = next(line for line in board(crowded).schools[YEAR] if line.unit == crowded.nine.pk)
    assert str(nine.stages["junior"].above_standard) == "1"
    heads, rows = sizes.band_table(board(crowded).schools[YEAR], sizes.rules())
    assert heads == ["45 人及以下", "46—55 人", "56—65 人", "66 人及以上"], "not all schools have the ten"
    assert rows == [("小学", [55, 3, 2, 1]), ("初中", [16, 4, 0, 0])]
    heads, rows = sizes.band_table([line for line in [nine] if line.stages.pop("primary")], sizes.rules())
    assert len(heads) == 10 and rows == [("初中", [0, 0, 0, 0, 16, 3, 1, 0, 0, 0])]


def test_the_page_shows_figures_schools_and_exports(crowded):
    client = signed_in(crowded.accounts["officer"])
    page = client.get(reverse("stats:sizes")).content.decode()
    for words in (
        "三阳小学",
        "56—65 人 2 个，66 人及以上 1 个",
        "占 3.70 %",
        "长寿学校",
        "2700",
        "已纳入 3 所，应报 4 所",
    ):
        assert words in page, words
    page = client.get(reverse("stats:sizes"), {"county": crowded.west.pk, "year": "x", "all": "1"}).content.decode()
    assert "三阳小学" not in page and "含未审核" in page
    content = client.post(reverse("stats:sizes_export")).content
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["县区", "各校", "历年"]
    grid = book.get_sheet_by_name("各校").to_python()
    row = dict(zip(grid[2], next(line for line in grid if "三阳小学" in line), strict=True))
    assert (row["班级数"], row["大班额班数"], row["大班额比例（%）"], row["校额上限"]) == (18, 3, 16.67, 2000)
    assert signed_in(crowded.accounts["inspector"]).get(reverse("stats:sizes")).status_code == 200
    assert signed_in(crowded.accounts["inspector"]).post(reverse("stats:sizes_export")).status_code == 403
    assert signed_in(crowded.accounts["head"]).get(reverse("stats:sizes")).status_code == 403


def test_the_board_asks_a_constant_number_of_times(crowded):
    client = signed_in(crowded.accounts["officer"])
    url = reverse("stats:sizes")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(12):
        school(f"第{number}小学", crowded.west, "211", "primary")
    rounds.sync_round(SYSTEM, asked=crowded.round)
    for ret in Return.objects.filter(unit__name__startswith="第"):
        report(crowded.round, ret.unit, "primary", pupils=600, bands=(2, 0, 8, 1))
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few) <= 25


def test_a_plan_lists_what_is_over_and_says_what_it_takes_at_least(crowded):
    plan = made_plan(crowded)
    classes, whole = plan.rows.all()
    assert (classes.school, classes.stage, classes.start, classes.extra) == (crowded.primary, "primary", 3, 1)
    assert (classes.classes, classes.pupils, classes.moved, classes.added) == (18, 900, 2 * 1 + 11, 0)
    assert (whole.school, whole.sort, whole.start, whole.moved) == (crowded.nine, "school", 200, 200)
    assert (plan.lines, plan.classes, plan.state) == (2, 78, "draft")
    assert plan.faults == 2 * (2 + 3), "two years, a measure, a person and a day for each row"


def test_a_plan_is_only_made_where_it_is_needed_and_once(crowded):
    with pytest.raises(ValidationError, match="没有大班额和大校额，不需要计划"):
        acts.create_plan(crowded.actor("west"), unit=crowded.west, base_year=YEAR, last_year=YEAR + 2)
    with pytest.raises(ValidationError, match="完成年份应在"):
        made_plan(crowded, last=YEAR + 6)
    with pytest.raises(Denied):
        acts.create_plan(crowded.actor("west"), unit=crowded.east, base_year=YEAR, last_year=YEAR + 2)
    with pytest.raises(Denied):
        acts.create_plan(crowded.actor("head"), unit=crowded.east, base_year=YEAR, last_year=YEAR + 2)
    made_plan(crowded)
    with pytest.raises(ValidationError, match="已有一份编制中"):
        made_plan(crowded)


def test_even_steps_are_suggested_and_filled_ones_stay(crowded):
    plan = made_plan(crowded)
    row = plan.rows.first()
    plan = acts.save_plan(
        crowded.actor("east"), plan=plan, version=0, rows={row.pk: acts.RowInput([2, 0], ["divert"], "张三", None)}
    )
    assert acts.suggest_targets(crowded.actor("east"), plan=plan) == 1
    assert [one.targets for one in plan.rows.all()] == [[2, 0], [100, 0]]


def test_it_is_handed_in_only_when_complete_and_never_rises(crowded):
    east = crowded.actor("east")
    plan = made_plan(crowded)
    with pytest.raises(Denied, match="还有 10 处没有填"):
        acts.submit_plan(east, plan=plan)
    plan = acts.save_plan(east, plan=plan, version=0, rows=filled(plan, {"classes": [4, 0], "school": [100, 120]}))
    view = sizes.plan_view(east, plan)
    assert [one.faults for one in view.rows] == [
        ["2026 年底的目标 4 比现有数 3 还多"],
        ["2027 年底的目标 120 比 2026 年底的 100 还多"],
    ]
    with pytest.raises(Conflict, match="平江办刚才保存了"):
        acts.save_plan(crowded.actor("east2"), plan=plan, version=0, rows={})
    plan = acts.save_plan(east, plan=plan, version=1, rows=filled(plan, GOALS, deadline=date(2031, 1, 1)))
    assert plan.faults == 2, "the deadline lies behind the last year"


def test_a_plan_that_does_not_reach_the_end_says_so(crowded):
    plan = made_plan(crowded)
    plan = acts.save_plan(
        crowded.actor("east"), plan=plan, version=0, rows=filled(plan, {"classes": [3, 2], "school": [150, 50]})
    )
    assert plan.faults == 0
    assert sizes.plan_view(crowded.actor("officer"), plan).shortfalls == [
        "大班额：按计划到 2027 年底还剩 2 个，涉及 1 处，没有全部消除。",
        "大校额：按计划到 2027 年底还剩 50 人，涉及 1 处，没有全部消除。",
    ]
    EliminationPlan.objects.filter(pk=plan.pk).update(classes=20)
    plan.refresh_from_db()
    assert "高于“基本消除”的 5 %" in sizes.plan_view(crowded.actor("officer"), plan).shortfalls[1]


def test_the_city_approves_and_the_county_can_not(handed_in):
    place, plan = handed_in
    assert [group.title for group in laid_out(statistics_piles(place.actor("officer"))).groups()][
        -1
    ] == "消除计划待批准"
    with pytest.raises(Denied):
        acts.approve_plan(place.actor("east"), plan=plan)
    with pytest.raises(Denied, match="不能再改"):
        acts.save_plan(place.actor("east"), plan=plan, version=plan.version, rows={})
    with pytest.raises(Denied, match="需要写明理由"):
        acts.send_back_plan(place.actor("officer"), plan=plan, reason=" ")
    acts.send_back_plan(place.actor("officer"), plan=plan, reason="分流去哪所学校没有写")
    assert plan.state == "returned"
    acts.submit_plan(place.actor("east"), plan=plan)
    acts.approve_plan(place.actor("officer"), plan=plan)
    assert plan.state == "approved" and plan.approved_at is not None


def next_year(place, large, pupils):
    later = make_round(place.city, YEAR + 1)
    rounds.open_round(SYSTEM, asked=later)
    report(later, place.primary, "primary", pupils=880, bands=(18, 0, large, 0))
    report_both(
        later, place.nine, {"pupils": pupils - 900, "bands": (40, 0, 0, 0)}, {"pupils": 900, "bands": (20, 0, 0, 0)}
    )
    return later


def test_the_next_years_return_updates_the_progress(handed_in):
    place, plan = handed_in
    acts.approve_plan(place.actor("officer"), plan=plan)
    view = sizes.plan_view(place.actor("officer"), plan)
    assert {one.pace.value for one in view.rows} == {"待数据"}
    next_year(place, 2, 2600)
    view = sizes.plan_view(place.actor("officer"), plan)
    assert [(one.pace.value, one.left) for one in view.rows] == [("落后", 2), ("按计划", 100)]
    assert (view.totals["classes"][0].actual, view.totals["classes"][0].excess) == (2, 1)
    page = signed_in(place.accounts["officer"]).get(plan.get_absolute_url()).content.decode()
    assert "落后" in page and "按计划" in page and "至少要做" in page


def test_the_board_shows_each_county_its_plan(handed_in):
    place, plan = handed_in
    officer = place.actor("officer")
    assert sizes.plans_in_force(officer, board(place), YEAR) == {}, "nothing is in force before it is approved"
    acts.approve_plan(officer, plan=plan)
    next_year(place, 2, 2600)
    seen = board(place)
    (found,) = sizes.plans_in_force(officer, seen, YEAR + 1).values()
    assert (found.year.target, found.year.actual, found.year.excess) == (1, 2, 1)
    assert found.paces == {Pace.LATE: 1, Pace.ON_TRACK: 1}
    (before,) = sizes.plans_in_force(officer, seen, YEAR).values()
    assert before.year.target is None and before.paces == {Pace.WAITING: 2}
    page = signed_in(place.accounts["officer"]).get(reverse("stats:sizes"), {"year": YEAR + 1}).content.decode()
    assert f"{YEAR + 1}年底目标 1 个班，现有 2 个" in page and "落后 1 条" in page
    assert sizes.plans_in_force(place.actor("west"), board(place, "west"), YEAR + 1) == {}


def test_a_year_that_is_not_complete_is_compared_with_the_same_schools(crowded):
    """This year only the point has reported: last year's crowded school is no decline."""
    later = make_round(crowded.city, YEAR + 1)
    rounds.open_round(SYSTEM, asked=later)
    report(later, crowded.point, "primary", pupils=60, bands=(3, 0, 0, 0))
    assert board(crowded).alike(YEAR + 1).whole(YEAR).all.large == Span(0, 0)
    client = signed_in(crowded.accounts["officer"])
    page = client.get(reverse("stats:sizes"), {"year": YEAR + 1}).content.decode()
    assert "上年 0 个" in page and "上年的数只算同样这些学校" in page and "比上年" not in page
    report(later, crowded.primary, "primary", pupils=900, bands=(14, 3, 1, 0))
    page = client.get(reverse("stats:sizes"), {"year": YEAR + 1}).content.decode()
    assert "上年 3 个" in page


def test_a_share_just_above_the_limit_is_not_ended():
    """5.004 % shows as 5.00 %, and is more than 5 %."""
    counted = Counted(25000, large=Span(1251, 1251))
    assert str(sizes.percent(counted, counted.large)) == "5.00"
    line = sizes.CountyLine("某县", stages={"primary": counted})
    assert ended(line, {"large": 5}).word == "未达到"
    assert ended(
        sizes.CountyLine("某县", stages={"primary": Counted(25000, large=Span(1250, 1250))}), {"large": 5}
    ).word == ("基本消除")
    assert ended(sizes.CountyLine("某县"), {"large": 5}).word == "待数据", "no classes are no proof"


def test_a_stage_that_has_not_reported_leaves_the_size_of_a_school_open(crowded):
    Value.objects.filter(ret__unit=crowded.nine, stage="primary", item__code="pupils").delete()
    nine = next(line for line in board(crowded).schools[YEAR] if line.unit == crowded.nine.pk)
    assert nine.size is None and not nine.too_large, "900 pupils of the other stage are no answer"
    Value.objects.filter(ret__unit=crowded.nine, stage="junior", item__code="pupils").update(number=2600)
    nine = next(line for line in board(crowded).schools[YEAR] if line.unit == crowded.nine.pk)
    assert nine.too_large, "too many already"


def test_an_amendment_keeps_the_old_plan(handed_in):
    place, plan = handed_in
    east = place.actor("east")
    with pytest.raises(Denied, match="不能修订计划"):
        acts.amend_plan(east, plan=plan, reason="新校推迟")
    acts.approve_plan(place.actor("officer"), plan=plan)
    with pytest.raises(Denied, match="需要写明理由"):
        acts.amend_plan(east, plan=plan, reason="")
    new = acts.amend_plan(east, plan=plan, reason="新校推迟到 2027 年")
    assert (new.number, new.state, new.previous, new.faults) == (2, "draft", plan, 0)
    with pytest.raises(Denied, match="已有一份修订在办理"):
        acts.amend_plan(east, plan=plan, reason="再改")
    new = acts.save_plan(east, plan=new, version=new.version, rows=filled(new, {"classes": [2, 0], "school": [200, 0]}))
    acts.submit_plan(east, plan=new)
    acts.approve_plan(place.actor("officer"), plan=new)
    plan.refresh_from_db()
    assert (plan.state, new.state) == ("replaced", "approved")
    assert list(plan.rows.values_list("targets", flat=True)) == [[1, 0], [100, 0]]
    page = signed_in(place.accounts["east"]).get(new.get_absolute_url()).content.decode()
    assert "第 1 版" in page and "新校推迟到 2027 年" in page


def test_new_numbers_of_the_base_year_change_the_rows_and_keep_what_was_filled_in(crowded):
    plan = made_plan(crowded)
    plan = acts.save_plan(crowded.actor("east"), plan=plan, version=0, rows=filled(plan, GOALS))
    Return.objects.filter(unit=crowded.nine).update(state="draft")
    report(crowded.round, crowded.nine, "primary", pupils=1500, bands=(30, 0, 2, 0))
    plan = acts.refresh_plan(crowded.actor("east"), plan=plan)
    rows = list(plan.rows.all())
    assert [(row.sort, row.school) for row in rows] == [("classes", crowded.nine), ("classes", crowded.primary)]
    assert rows[1].targets == [1, 0] and rows[0].targets == [None, None]


def test_a_plan_goes_out_as_a_workbook_and_comes_back(crowded):
    plan = made_plan(crowded)
    east = crowded.actor("east")
    target = io.BytesIO()
    sizepapers.write_plan(plan, sizes.plan_view(east, plan), target)
    typed, problems = sizepapers.read_plan(target.getvalue(), plan)
    assert not problems and {row.targets[0] for row in typed.values()} == {None}
    client = signed_in(crowded.accounts["east"])
    url = reverse("stats:elimination_import", args=[plan.pk])

    def upload(rows):
        out = io.BytesIO()
        from dudao.core import sheets

        sheets.export(sizepapers.plan_table(plan), rows, out, title="计划")
        return client.post(url, {"file": SimpleUploadedFile("计划.xlsx", out.getvalue())})

    good = {
        "school": "三阳小学", "sort": "classes", "stage": "primary", "t2026": 1, "t2027": 0, "measures": ["extend", "zoning"],
        "responsible": "王局长", "deadline": date(2026, 8, 31), "note": "东区新校分流",
    }  # fmt: skip
    answer = upload([good | {"school": "没有的小学"}, good | {"t2026": -1}, good, good])
    page = answer.content.decode()
    assert (
        answer.status_code == 422 and "“没有的小学”不在这份计划里" in page and "不能是负数" in page and "重复" in page
    )
    assert not EliminationRow.objects.exclude(responsible="").exists()
    assert upload([good]).status_code == 302
    row = plan.rows.get(school=crowded.primary)
    assert (row.targets, row.measures, row.responsible) == ([1, 0], ["extend", "zoning"], "王局长")
    assert client.get(url).status_code == 200
    assert client.post(reverse("stats:elimination_export", args=[plan.pk])).status_code == 200


def test_it_is_made_filled_in_and_handed_in_in_the_browser(crowded):
    client = signed_in(crowded.accounts["east"])
    data = {"unit": crowded.east.pk, "base_year": YEAR, "last_year": YEAR + 2}
    assert client.get(reverse("stats:elimination_new")).status_code == 200
    assert client.post(reverse("stats:elimination_new"), data | {"unit": crowded.west.pk}).status_code == 422
    answer = client.post(reverse("stats:elimination_new"), data)
    plan = EliminationPlan.objects.get()
    edit = reverse("stats:elimination_edit", args=[plan.pk])
    assert answer["Location"] == edit and client.get(edit).status_code == 200
    step = reverse("stats:elimination_step", args=[plan.pk])
    client.post(step, {"step": "suggest"})
    client.post(step, {"step": "refresh"})
    plan.refresh_from_db()
    rows = {}
    for row in plan.rows.all():
        rows |= {
            f"t-{row.pk}-2026": "1", f"t-{row.pk}-2027": "0", f"m-{row.pk}": ["build", "made-up"], f"r-{row.pk}": "陈局长",
            f"d-{row.pk}": "2026-08-31", f"n-{row.pk}": "",
        }  # fmt: skip
    bad = client.post(edit, rows | {"version": plan.version, f"t-{row.pk}-2026": "两", f"d-{row.pk}": "明年"})
    page = bad.content.decode()
    assert (
        bad.status_code == 422 and "“两”应为不小于 0 的整数" in page and "完成时限是“明年”" in page and "陈局长" in page
    )
    assert client.post(edit, rows | {"version": "0"}).status_code == 409
    assert client.post(edit, rows | {"version": plan.version})["Location"] == edit
    plan.refresh_from_db()
    answer = client.post(edit, rows | {"version": plan.version, "do": "done"})
    assert answer["Location"] == plan.get_absolute_url()
    assert plan.rows.first().measures == ["build"]
    client.post(step, {"step": "elimination.submit"})
    plan.refresh_from_db()
    assert plan.state == "submitted"
    assert client.get(edit).status_code == 302
    city = signed_in(crowded.accounts["director"])
    assert client.post(step, {"step": "drop"}).status_code == 404
    city.post(step, {"step": "elimination.approve"})
    client.post(step, {"step": "elimination.amend", "reason": "校舍推迟"})
    assert EliminationPlan.objects.get(number=2).state == "draft"
    assert "第 2 版" in city.get(reverse("stats:eliminations")).content.decode()
    assert signed_in(crowded.accounts["west"]).get(plan.get_absolute_url()).status_code == 404


def test_a_plan_asks_a_constant_number_of_times(handed_in):
    place, plan = handed_in
    client = signed_in(place.accounts["officer"])
    client.get(plan.get_absolute_url())
    with CaptureQueriesContext(connection) as few:
        client.get(plan.get_absolute_url())
    for number in range(8):
        unit = school(f"第{number}小学", place.east, "211", "primary")
        EliminationRow.objects.create(
            plan=plan, school=unit, sort="classes", stage="primary", start=2, targets=[1, 0], measures=["divert"]
        )
    with CaptureQueriesContext(connection) as many:
        client.get(plan.get_absolute_url())
    assert len(many) == len(few) <= 35


def test_the_good_school_of_the_other_tests_is_in_no_plan(place):
    ret = place.ret(place.primary)
    returns.save_values(SYSTEM, ret=ret, version=0, numbers=keyed(GOOD))
    assert not board(place, accepted_only=False).schools[YEAR][0].is_crowded
