import io
import re
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.db.models import Count, Q
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from dudao.core.sheets.writing import BODY_FONT, HEAD_FONT, TITLE_FONT
from dudao.core.ui.filters import Chip, Chips, Choice, DateRange, Pick, Search, YesNo
from dudao.core.ui.listing import BulkAction, Column, Empty, Listing
from dudao.core.ui.parts import RowLink
from dudao.orgs.models import Kind, Unit

pytestmark = pytest.mark.django_db
LISTING = Listing(
    key="things",
    columns=[
        Column("name", "名称", link=lambda row: f"/x/{row.pk}/", sort="name"),
        Column("kind", "类别", lambda row: row.get_kind_display()),
        Column("founded", "建校年份", numeric=True, optional=True, sort="founded"),
        Column("region_code", "代码", hidden=True),
        Column("parent", "上级", "parent.name"),
    ],
    filters=[
        Search(["name", "short_name"]),
        Choice("kind", "类别", Kind.choices),
        YesNo("boarding", "寄宿制"),
        DateRange("opened", "设立", lookup="valid_from"),
        Pick("under", "上级", "/pick/", lambda request, key: {"1": "甲市"}.get(key), lookup="parent_id"),
    ],
    chips=Chips(
        "age", [Chip("old", "老校", Q(founded__lt=1950), "amber"), Chip("new", "新校", Q(founded__gte=1950), "green")]
    ),
    sort="name",
    page_size=20,
    visible_filters=3,
    row_menu=lambda row, request: [RowLink("修改", f"/x/{row.pk}/edit/"), RowLink("删除", "#", denied="不能删除")],
    bulk=lambda request: [BulkAction("撤销", "/x/close/", confirm="撤销后不再出现。", reason="理由")],
    export_name="机构",
    empty=Empty("还没有机构", "先导入。", "导入", "/import/"),
)
ENGLISH = re.compile(r">\s*[A-Za-z]{3,}[^<]*<")


def fill(number: int, **fields) -> None:
    Unit.objects.bulk_create(
        Unit(
            name=f"第{place:03}小学",
            kind=Kind.SCHOOL if place % 2 else Kind.KINDERGARTEN,
            path=f"{place}.",
            founded=None if place % 10 == 0 else 1900 + place,
            valid_from=date(2026, 1, 1 + place % 28),
            **fields,
        )
        for place in range(1, number + 1)
    )


def ask(query: str = "", method: str = "get", data=None, listing=LISTING, **headers):
    request = getattr(RequestFactory(), method)(f"/things/?{query}", data=data if method == "post" else None, **headers)
    request.user = None
    request._messages = ()
    return request


def page(query: str = "", **more):
    return LISTING.page(ask(query, **more), Unit.objects.select_related("parent"))


def swap(query: str):
    request = ask(query, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="list-things")
    return LISTING.respond(request, Unit.objects.select_related("parent"), title="机构")


def region(html: str) -> str:
    """The region's HTML: from its opening tag to the end of its content, without the tokens that differ by request."""
    start = html.index('<div id="list-things"')
    depth, at = 0, start
    for match in re.finditer(r"<div\b|</div>", html[start:]):
        depth += 1 if match.group() == "<div" else -1
        if depth == 0:
            at = start + match.end()
            break
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", html[start:at])


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=小学",
        "kind=school&sort=-founded",
        "age=old&page=2",
        "boarding=1",
        "opened_from=bad",
        "q=nothing",
        "per=50",
    ],
)
def test_page_after_swap_equals_page_after_reload(query):
    fill(90)
    whole = LISTING.respond(ask(query), Unit.objects.select_related("parent"), title="机构").content.decode()
    assert region(swap(query).content.decode()) == region(whole)


def test_a_swap_brings_the_count_of_the_title_along():
    fill(30)
    html = swap("kind=school").content.decode()
    assert re.search(r'id="list-things-count" hx-swap-oob="true">共 <span class="dd-num">15</span> 条', html)


def test_the_address_after_a_swap_holds_what_narrows_and_nothing_else():
    fill(60)
    assert swap("q=&kind=school&age=&sort=name&per=20&page=1&junk=1")["HX-Push-Url"] == "/things/?kind=school"
    assert swap("kind=school&sort=-name&page=2&per=20")["HX-Push-Url"] == "/things/?kind=school&sort=-name&page=2"


def test_the_number_of_queries_does_not_depend_on_the_rows():
    counts = []
    for number in (3, 80):
        Unit.objects.all().delete()
        fill(number)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            LISTING.respond(ask("per=100"), Unit.objects.select_related("parent"), title="机构")
        counts.append(len(queries))
    assert counts == [2, 2]


def test_chips_count_with_the_other_filters_and_sum_up_one_query():
    fill(100)
    shown = page("kind=school&age=new")
    assert [(chip.label, chip.count, chip.current) for chip in shown.chips] == [
        ("全部", 50, False),
        ("老校", 25, False),
        ("新校", 25, True),
    ]
    assert shown.total == 25


def test_filters_narrow_together_and_say_so():
    fill(40)
    shown = page("q=小学&kind=school&opened_from=2026-01-05&opened_to=2026-01-10")
    assert {row.row.kind for row in shown.rows} == {"school"}
    assert all(date(2026, 1, 5) <= row.row.valid_from <= date(2026, 1, 10) for row in shown.rows)
    assert [said for said, _ in shown.active] == ["类别：学校", "设立自 2026年1月5日 至 2026年1月10日"]


def test_taking_one_filter_away_keeps_the_others():
    fill(3)
    shown = page("q=小学&kind=school&boarding=0")
    assert ("类别：学校", "q=%E5%B0%8F%E5%AD%A6&boarding=0") in shown.active


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("opened_from=2026-13-45", "不是日期"),
        ("opened_from=2026-05-02&opened_to=2026-05-01", "晚于"),
        ("kind=castle", "没有“castle”这个选项"),
        ("under=77", "不存在，或您无权查看"),
    ],
)
def test_what_cannot_be_read_narrows_nothing_and_is_said(query, words):
    fill(5)
    shown = page(query)
    assert shown.total == 5
    assert words in " ".join(item.error for item in (*shown.filters, *shown.more_filters))


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-3", "page=99999999999", "page=x", "per=7", "sort=evil;drop", "age=zzz", "q=%00", "page=²"],
)
def test_a_crafted_address_does_no_harm(query):
    fill(25)
    assert page(query).total == 25


def test_beyond_the_last_page_comes_the_last_page():
    fill(25)
    assert page("page=9").number == 2


def test_sorting_links_turn_round_and_default_stays_out_of_the_address():
    fill(3)
    names = {head.column.key: head for head in page("").heads}
    assert (names["name"].direction, names["name"].url) == ("ascending", "sort=-name")
    assert names["founded"].url == "sort=founded"
    assert names["kind"].url == ""
    again = {head.column.key: head for head in page("sort=-name").heads}
    assert (again["name"].direction, again["name"].url) == ("descending", "")


def test_equal_rows_keep_a_fixed_order_over_pages():
    Unit.objects.bulk_create(
        Unit(name="同名", kind=Kind.SCHOOL, path=f"{place}.", valid_from=date(2026, 1, 1)) for place in range(45)
    )
    seen = [row.pk for number in (1, 2, 3) for row in page(f"page={number}").rows]
    assert len(set(seen)) == 45


def test_columns_are_chosen_by_cookie_and_fixed_ones_stay():
    fill(1)
    request = ask()

    def heads() -> list[str]:
        return [head.column.key for head in LISTING.page(request, Unit.objects.all()).heads]

    assert heads() == ["name", "kind", "founded", "parent"]
    request.COOKIES["dd_cols_things"] = "region_code"
    assert heads() == ["name", "kind", "region_code", "parent"]
    request.COOKIES["dd_cols_things"] = "-"
    assert heads() == ["name", "kind", "parent"]


def test_export_keeps_filter_order_and_columns():
    fill(12)
    request = ask("kind=school&sort=-name", method="post", data={"export": "1"})
    answer = LISTING.respond(request, Unit.objects.select_related("parent"), title="机构")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert sheet[0][0] == "机构"
    assert sheet[1] == ["名称", "类别", "建校年份", "上级"]
    assert [line[0] for line in sheet[2:]] == [f"第{place:03}小学" for place in (11, 9, 7, 5, 3, 1)]
    assert sheet[2][3] == ""


def test_an_exported_list_looks_like_every_other_workbook():
    fill(3)
    answer = LISTING.respond(ask(method="post", data={"export": "1"}), Unit.objects.all(), title="机构")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    fonts = [(sheet[cell].font.name, sheet[cell].font.sz) for cell in ("A1", "A2", "A3")]
    assert fonts == [(TITLE_FONT, 18), (HEAD_FONT, 11), (BODY_FONT, 11)]
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.paperSize) == ("A3", "$2:$2", 9)
    assert "第 &P 页" in sheet.oddFooter.center.text


def test_a_formula_in_a_name_stays_text_in_the_sheet():
    fill(1)
    Unit.objects.update(name="=1+1")
    answer = LISTING.respond(ask(method="post", data={"export": "1"}), Unit.objects.all(), title="机构")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert sheet[2][0] == "=1+1"


def test_bulk_actions_read_the_marked_rows_or_the_whole_filter():
    fill(30)
    ids = list(Unit.objects.order_by("pk").values_list("pk", flat=True)[:3])
    marked = ask("kind=school", method="post", data={"ids": [*ids, "x", "9" * 30][:4]})
    assert set(LISTING.chosen(marked, Unit.objects.all()).values_list("pk", flat=True)) == set(ids)
    everything = ask("kind=school&age=old", method="post", data={"everything": "1", "ids": ids})
    assert (
        LISTING.chosen(everything, Unit.objects.all()).count()
        == Unit.objects.filter(kind="school", founded__lt=1950).count()
    )


def test_bulk_actions_reach_no_further_than_what_one_may_see():
    fill(5)
    seen = Unit.objects.filter(name="第001小学")
    request = ask(method="post", data={"ids": list(Unit.objects.values_list("pk", flat=True))})
    assert LISTING.chosen(request, seen).count() == 1


def test_nothing_at_all_and_nothing_found_are_told_apart():
    html = LISTING.respond(ask(), Unit.objects.all(), title="机构").content.decode()
    assert "还没有机构" in html
    assert 'href="/import/"' in html
    fill(1)
    html = LISTING.respond(ask("q=zzz"), Unit.objects.all(), title="机构").content.decode()
    assert "没有符合条件的内容" in html


def test_unknown_is_a_dash():
    fill(10)
    html = LISTING.respond(ask("q=010"), Unit.objects.all(), title="机构").content.decode()
    assert 'data-label="建校年份" role="cell">—</td>' in html


def test_nothing_in_the_list_is_inline_style_or_script():
    fill(30)
    html = LISTING.respond(ask(), Unit.objects.all(), title="机构").content.decode()
    assert "style=" not in html
    assert not re.search(r"\son[a-z]+=", html)
    assert not re.search(r"<script(?![^>]*src=)", html)


def test_row_menus_are_drawn_with_what_is_denied():
    fill(1)
    html = LISTING.respond(ask(), Unit.objects.all(), title="机构").content.decode()
    assert 'aria-label="第001小学的操作"' in html
    assert '<span class="dd-why">不能删除</span>' in html


def test_what_the_view_reads_itself_stays_in_every_address():
    fill(30)
    listing = replace(LISTING, keep=("scope",))
    request = ask("scope=mine&kind=school&page=1")
    shown = listing.page(request, Unit.objects.all())
    assert shown.query == "scope=mine&kind=school"
    assert shown.chips[1].url == "age=old&scope=mine&kind=school"
    assert ("scope", "mine") in shown.kept
    assert shown.clear == "scope=mine"


@pytest.mark.parametrize("rest", [Q(), Q(kind="school")])
def test_chips_of_one_column_count_the_same_by_grouping_as_one_by_one(rest):
    fill(30)
    rows = Unit.objects.filter(rest)
    grouped = Chips("kind", [Chip("s", "学校", Q(kind="school")), Chip("t", "教学点", Q(kind="teaching_point"))])
    single = Chips(
        "kind", [Chip("s", "学校", Q(kind__exact="school")), Chip("t", "教学点", Q(kind__exact="teaching_point"))]
    )
    assert grouped.counted(rows) == single.counted(rows)
    with CaptureQueriesContext(connection) as queries:
        grouped.counted(rows)
    assert "GROUP BY" in queries[0]["sql"]
    assert len(queries) == 1


def test_rows_with_a_count_of_something_joined_are_counted_once():
    fill(30)
    top = Unit.objects.order_by("pk")[0]
    Unit.objects.exclude(pk=top.pk).update(parent=top)
    rows = Unit.objects.filter(pk=top.pk).annotate(below=Count("children"))
    assert rows.get().below == 29 and rows.order_by().count() == 1
    for where in (Q(kind=top.kind), Q(kind__exact=top.kind)):
        assert Chips("kind", [Chip("s", "类别", where)]).counted(rows) == (1, [1])
