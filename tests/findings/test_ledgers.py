"""The sheets of findings: their layout, that a county takes away its own only, and that nothing is lost on the way out and back."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dudao.core import files, sheets
from dudao.core.access import Denied
from dudao.core.imports.owned import apply_own, changes_of, discard_own, take_own
from dudao.core.models import Event, SheetImport, StoredFile
from dudao.core.workflow import Conflict
from dudao.demo.builders import unit
from dudao.findings import ledgers
from dudao.findings.actions import issuing, judging, making
from dudao.findings.actions.ledgers import export_ledger
from dudao.findings.imports import LEDGER, NEW
from dudao.findings.models import Finding
from dudao.orgs.models import Kind
from findings_town import again, day
from office import page_count, smallest_type, to_pdf, words_by_page

pytestmark = pytest.mark.django_db
HEADS = [column.name for column in ledgers.LEDGER.columns]


@pytest.fixture(autouse=True)
def files_root(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


def exported(actor, kind="ledger", **wanted) -> bytes:
    target = io.BytesIO()
    export_ledger(actor, target=target, kind=kind, **wanted)
    return target.getvalue()


def sheet_of(data: bytes, name="整改台账"):
    return openpyxl.load_workbook(io.BytesIO(data))[name]


def place(name: str, line: int) -> str:
    return f"{openpyxl.utils.get_column_letter(HEADS.index(name) + 2)}{line}"


def edited(data: bytes, *, sheet="整改台账", **cells) -> bytes:
    """A sheet with some cells filled in by hand, as an office program saves it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for where, value in cells.items():
        book[sheet][where] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def take(town, data: bytes, who="county", kind="ledger", office=None) -> SheetImport | None:
    upload = SimpleUploadedFile("表.xlsx", data)
    declared = NEW if kind == "new" else LEDGER
    return take_own(
        getattr(town, who), declared=declared, target=office or town.pingjiang, upload=upload, name="表.xlsx"
    )


def written(rows, heads=None) -> bytes:
    """A list of problems as an office types it."""
    book = openpyxl.Workbook()
    book.active.title = "问题清单"
    book.active.append(heads or ["问题类别", "问题描述", "严重程度", "发现时间", "责任单位", "单位代码"])
    for row in rows:
        book.active.append(row)
        for cell in book.active[book.active.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text that begins with «=» is a text
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_ledger_has_the_layout_that_offices_use(town):
    row = town.planned(category="校园安全", source_label="春季开学督导")
    closed = judging.close(town.county2, finding=town.verified(description="已改好的"))
    town.draft(description="还没下达的")
    book = openpyxl.load_workbook(io.BytesIO(exported(town.county)))
    sheet = book["整改台账"]
    assert sheet["A1"].value == "平江县教育督导问题整改台账"
    assert sheet["D2"].value.startswith("填报单位：平江县　　填报人：平江督导办　　审核人：　　填报日期：")
    upper, lower = ([cell.value for cell in sheet[line]] for line in (3, 4))
    assert list(dict.fromkeys(name for name in upper if name)) == [
        "序号",
        "编号",
        "责任单位",
        "问题",
        "责任",
        "整改",
        "进展",
        "核验销号",
        "亮灯",
        "备注",
    ]
    assert [name or upper[at] for at, name in enumerate(lower)] == ["序号", *HEADS]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A3:A4", "B3:B4", "C3:C4", "D3:H3", "Y3:Y4"} <= merged
    shown = {head: cell.value for head, cell in zip(HEADS, sheet[5][1:], strict=True)}
    assert shown["编号"] == f"{row.code}-{row.pk}"
    assert (shown["问题类别"], shown["问题来源"]) == ("校园安全", "督导检查：春季开学督导")
    assert shown["对应指标"] == "GP7"
    assert (shown["责任单位"], shown["责任领导"], shown["责任人"]) == ("平江一中", "王校长", "李主任")
    assert shown["完成时限"].date() == row.deadline
    assert (shown["状态"], shown["是否完成"]) == ("整改中", "否")
    done = {head: cell.value for head, cell in zip(HEADS, sheet[6][1:], strict=True)}
    assert (done["佐证材料"], done["复核人"], done["复核意见"]) == ("佐证.pdf", "平江督导办", "现场查看属实")
    assert done["销号时间"].date() == closed.closed_on and done["亮灯"] == "绿灯·按期销号"
    assert sheet["A7"].value == "合计" and "共 2 项，已整改 1 项，正在整改 1 项" in [cell.value for cell in sheet[7]]
    assert "单位负责人（签字）：" in sheet["A8"].value
    assert sheet.freeze_panes == "D5"
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$3:$4", "$A:$C")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.scale) == ("landscape", 9, 82)
    assert not sheet[place("责任领导", 5)].protection.locked and sheet[place("状态", 5)].protection.locked
    assert "导出人：平江督导办" in sheet.oddFooter.left.text and "导出时间：" in book.properties.description
    assert sheet[place("问题描述", 5)].alignment.wrap_text


def test_the_three_lists_hold_what_they_are_for(town):
    town.planned(suggestion="配齐冰箱")
    town.draft(description="还没下达的")
    problems = sheet_of(exported(town.county, "problems"), "问题清单")
    assert [cell.value for cell in problems["D"][3:5]] == ["食堂食品留样不足48小时", "还没下达的"]
    assert [cell.value for cell in problems["B"][3:5]][1].startswith("待下达-")
    tasks = [cell.value for cell in sheet_of(exported(town.county, "tasks"), "任务清单")[4]]
    assert {"配齐冰箱", "购置留样冰箱", "留样满48小时", "平江一中"} <= set(tasks)
    duties = [cell.value for cell in sheet_of(exported(town.county, "duties"), "责任清单")[4]]
    assert {"平江一中", "王校长", "李主任", "平江县"} <= set(duties)


def test_everybody_takes_away_what_they_may_see(town):
    row = town.issued()
    other = unit("湘阴一中", Kind.SCHOOL, town.xiangyin)
    mine = ledgers.number_of(row.code, row.pk)
    theirs = making.create_finding(
        town.stranger, office=town.xiangyin, unit=other, description="湘阴的问题", source="visit"
    )
    theirs = issuing.issue(town.stranger, finding=theirs)

    def numbers(who, **wanted):
        return [
            line.values["number"] for line in sheets.read(exported(getattr(town, who), **wanted), ledgers.LEDGER).rows
        ]

    assert numbers("county") == numbers("head") == [mine]
    assert numbers("stranger") == [ledgers.number_of(theirs.code, theirs.pk)]
    assert len(numbers("director")) == 2
    assert numbers("director", ids=[row.pk]) == [mine]
    with pytest.raises(ValidationError, match="没有可以列入整改台账的问题"):
        exported(town.county, ids=[theirs.pk])
    with pytest.raises(ValidationError, match="没有可以列入"):
        exported(town.liaison)
    event = Event.objects.filter(verb="finding.export").latest("id")
    assert event.data == {"list": "整改台账", "rows": 1, "phones": False}


def test_phones_are_written_in_full_only_for_those_who_may_see_them(town):
    row = town.planned()
    Finding.objects.filter(pk=row.pk).update(phone="13812345678")

    def phone(who):
        return sheets.read(exported(getattr(town, who), phones=True), ledgers.LEDGER, texts=True).rows[0].texts["phone"]

    assert phone("county") == "13812345678"
    assert phone("leader") == "138****5678"


def test_the_number_of_queries_does_not_grow_with_the_rows(town):
    town.reported()

    def queries():
        with CaptureQueriesContext(connection) as seen:
            exported(town.county)
        return len(seen)

    few = queries()
    for number in range(4):
        town.issued(description=f"问题{number}")
    assert queries() == few


STRANGE = [
    "=1+2", "+8613800000000", "@SUM(A1)", "-3", "00123", "2026-3-5", "第一行\n第二行\n\n第四行", "👩\u200d🏫 留样🧊",
    "喆堃玥㛃 𠮷野", "<r><t>x</t></r>", "<b>&amp;'\"</b>", "合计", "是", "1e5", "字" * 4000, "_x0041_ _x000D_",
    "https://例.中国/?a=1&b=2", "\u3000全角\u3000空格", "#N/A", "TRUE", "1234567890123456789", "'引号", "tab\tin", "a\x0bb",
]  # fmt: skip


def _roundtrip(town, texts):
    """Everything that texts may stand in: exported, read again as it is and as an office program saves it."""
    rows = [town.issued(description=(text.strip() or "空")[:4000], category=text[:60]) for text in texts]
    for row, text in zip(rows, texts, strict=True):
        text = text.strip()
        Finding.objects.filter(pk=row.pk).update(
            measures=text[:4000], target=text[:1000], leader=text[:60].strip(), person=text[:60].strip(), remark=text[:300].strip(),
            standing=text[:4000], phone=text[:30].strip(),
        )  # fmt: skip
    data = exported(town.county)
    return data, rows


def test_every_text_survives_the_way_out_and_back(town):
    data, rows = _roundtrip(town, STRANGE)
    before = list(Finding.objects.order_by("pk").values())
    for brought in (data, edited(data)):
        assert take(town, brought) is None, "nothing to change"
    assert list(Finding.objects.order_by("pk").values()) == before
    assert not SheetImport.objects.exists() and not StoredFile.objects.exists()
    texts = {line.values["number"]: line.texts for line in sheets.read(data, ledgers.LEDGER, texts=True).rows}
    assert len(texts) == len(rows)
    for row in Finding.objects.exclude(measures__contains="_x0041_").exclude(measures__contains="\x0b"):
        shown = texts[ledgers.number_of(row.code, row.pk)]
        assert sheets.normal(shown["measures"]) == row.measures
        assert sheets.normal(shown["description"]) == row.description


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=80), min_size=1, max_size=6))
@example(["\n\n", " ", "\r\n", "\u200b"])
def test_export_and_import_is_nothing_to_change(town, texts):
    Finding.objects.all().delete()
    data, _ = _roundtrip(town, texts)
    assert take(town, data) is None


def test_changed_cells_are_shown_first_and_then_carried_out(town):
    row = town.planned()
    data = edited(
        exported(town.county),
        **{
            place("责任领导", 5): "赵校长",
            place("整改措施", 5): "第一步\n第二步",
            place("联系电话", 5): "0730-8880123",
        },
    )
    taken = take(town, data)
    assert taken.state == "ready" and again(row).leader == "王校长", "nothing is written before somebody says yes"
    assert [(one["line"], one["column"], one["after"]) for one in changes_of(taken)] == [
        (5, "leader", "赵校长"),
        (5, "phone", "0730-8880123"),
        (5, "measures", "第一步\n第二步"),
    ]
    apply_own(town.county, taken=taken)
    fresh = again(row)
    assert (fresh.leader, fresh.measures, fresh.phone) == ("赵校长", "第一步\n第二步", "0730-8880123")
    assert fresh.revision == row.revision + 1 and fresh.target == row.target
    event = Event.objects.filter(verb="finding.import", object_id=row.pk).latest("id")
    assert event.data["fields"] == ["责任领导", "联系电话", "整改措施"]
    with pytest.raises(Conflict, match="已导入"):
        apply_own(town.county, taken=taken)


def test_other_columns_can_not_be_changed_in_a_ledger(town):
    town.planned()
    data = edited(exported(town.county), **{place("完成时限", 5): "2030年1月1日", place("状态", 5): "已销号"})
    taken = take(town, data)
    said = taken.problems
    assert taken.state == "faulty" and len(said) == 2
    assert all("不能在台账里修改，请恢复为" in text and "问题页面" in text for text in said)
    marked = sheet_of(files.opened(taken.errors).read())
    assert "错误原因" in [cell.value for cell in marked[4]] and "完成时限" in marked.cell(5, len(HEADS) + 2).value
    with pytest.raises(Conflict, match="有错误"):
        apply_own(town.county, taken=taken)


def test_what_was_changed_meanwhile_is_a_conflict_and_never_overwritten(town):
    row = town.planned()
    data = exported(town.county)
    Finding.objects.filter(pk=row.pk).update(leader="新校长", remark="平台上写的")
    taken = take(town, edited(data, **{place("责任领导", 5): "赵校长"}))
    assert "已被改为“新校长”" in taken.problems[0] and len(taken.problems) == 1
    assert take(town, edited(data, **{place("责任领导", 5): "新校长"})) is None, "the same on both sides"
    checked = take(town, edited(exported(town.county), **{place("责任人", 5): "钱主任"}))
    Finding.objects.filter(pk=row.pk).update(person="孙主任")
    with pytest.raises(Conflict, match="核对之后被他人改过"):
        apply_own(town.county, taken=checked)
    assert again(row).person == "孙主任"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"整改措施": None}, "不能空着"),
        ({"责任领导": "王" * 61}, "最多 60 个"),
        ({"联系电话": "139****0000"}, "是隐藏后的号码"),
        ({"编号": "2026-Q3-999-999999"}, "平台里没有这一项"),
    ],
)
def test_bad_cells_are_told_with_line_and_column(town, cells, said):
    row = town.planned()
    before = again(row).revision
    taken = take(town, edited(exported(town.county), **{place(name, 5): value for name, value in cells.items()}))
    assert said in taken.problems[0]
    assert taken.problems[0].startswith(tuple(f"第 5 行“{name}”" for name in cells))
    assert not changes_of(taken) and again(row).revision == before


def test_closed_and_foreign_findings_are_not_filled_in(town):
    row = judging.close(town.county2, finding=town.verified())
    taken = take(town, edited(exported(town.county), **{place("备注", 5): "补记"}))
    assert "已销号，不能再改" in taken.problems[0]
    discard_own(town.county, taken=taken)
    data = exported(town.county, ids=[row.pk])
    foreign = take(town, edited(data, **{place("备注", 5): "别县"}), who="stranger", office=town.xiangyin)
    assert "平台里没有这一项" in foreign.problems[0], "another county knows nothing of it"
    with pytest.raises(Denied):
        take(town, data, who="head", office=town.pingjiang)


def test_new_problems_come_in_bulk_once(town):
    second = unit("平江县中心小学", Kind.SCHOOL, town.pingjiang, institution_code="4306260001")
    rows = [
        ["校园安全", "  消防通道堵塞\n两处", "严重问题", "2026.3.5", "平江一中", None],
        ["师资", "=缺 2 名教师", None, date(2026, 3, 6), "平江县中心小学", 4306260001],
    ]
    data = written(rows)
    taken = take(town, data, kind="new")
    assert taken.problems == [] and len(changes_of(taken)) == 2 and not Finding.objects.exists()
    apply_own(town.county, taken=taken)
    first, other = Finding.objects.order_by("pk")
    assert (first.description, first.severity, first.found_on, first.unit) == (
        "消防通道堵塞\n两处", "serious", date(2026, 3, 5), town.school,
    )  # fmt: skip
    assert (other.description, other.severity, other.unit, other.state) == ("=缺 2 名教师", "general", second, "draft")
    assert Event.objects.filter(verb="finding.create").count() == 2
    assert take(town, data, kind="new") is None, "the same list brought again"
    grown = take(town, written([*rows, ["师资", "缺体育教师", None, None, "平江一中", None]]), kind="new")
    assert len(changes_of(grown)) == 1 and "已经登记过" in grown.notes[-1]
    assert take(town, exported(town.county, "problems"), kind="new") is None, "what is exported is known"


def test_a_list_of_problems_that_comes_back_unchanged_registers_nothing(town):
    """Whoever's they are: a city's list has the counties' problems in it, and none of them is the city's."""
    draft = town.draft(description="还没下达的")
    town.planned(category="校园安全", suggestion="配齐冰箱")
    judging.close(town.county2, finding=town.verified(description="已改好的"))
    other = unit("湘阴一中", Kind.SCHOOL, town.xiangyin)
    making.create_finding(town.stranger, office=town.xiangyin, unit=other, description="湘阴的问题", source="visit")
    data = exported(town.director, "problems")
    before = list(Finding.objects.order_by("pk").values())
    for brought in (data, edited(data, sheet="问题清单")):
        assert take(town, brought, who="director", kind="new", office=town.city) is None
    assert list(Finding.objects.order_by("pk").values()) == before and len(before) == 4
    issuing.issue(town.county, finding=draft)
    Finding.objects.filter(pk=draft.pk).update(remark="平台上写的")
    assert take(town, data, who="director", kind="new", office=town.city) is None, (
        "what happened since is no change by hand"
    )


def test_beside_the_number_of_a_registered_problem_nothing_is_filled_in(town):
    row = town.issued()
    data = exported(town.county, "problems")
    new = {"D6": "消防通道堵塞", "K6": "平江一中"}
    grown = take(town, edited(data, sheet="问题清单", **new), kind="new")
    assert grown.problems == [] and [one["description"] for one in changes_of(grown)] == ["消防通道堵塞"]
    assert "按编号认出" in grown.notes[-1]
    changed = take(town, edited(data, sheet="问题清单", D4="换成别的问题", **new), kind="new")
    assert len(changed.problems) == 1 and "第 4 行“问题描述”不能修改：这个问题已经登记" in changed.problems[0]
    assert len(changes_of(changed)) == 1, "the new row is as good as before"
    strange = take(town, edited(data, sheet="问题清单", B4=f"{row.code}-{row.pk + 1}"), kind="new")
    assert "登记新问题请把编号留空" in strange.problems[0] and not changes_of(strange)


def test_two_people_who_bring_the_same_list_make_one_set(town):
    data = written([["甲", "消防通道堵塞", None, "2026-3-5", "平江一中", None]])
    first, second = take(town, data, kind="new"), take(town, data, who="county2", kind="new")
    apply_own(town.county, taken=first)
    apply_own(town.county2, taken=second)
    assert Finding.objects.count() == 1


def test_faults_of_a_list_are_told_in_the_same_file(town):
    for parent in (town.school, unit("平江二中", Kind.SCHOOL, town.pingjiang)):
        unit("教学点", Kind.TEACHING_POINT, parent)
    rows = [
        ["甲", None, None, "2026-3-5", "平江一中", None],
        ["甲", "没有这个学校", None, "2026-3-5", "湘阴一中", None],
        ["甲", "重名的单位", None, "2026-3-5", "教学点", None],
        ["甲", "没有这一天", None, "2026-2-30", "平江一中", None],
        ["甲", "还没到的日子", None, day(3), "平江一中", None],
        ["甲", "没有这种程度", "特大问题", "2026-3-5", "平江一中", None],
        ["甲", "代码不对", None, "2026-3-5", "平江一中", "9999999999"],
        ["甲", "好的", None, "2026-3-5", "平江一中", None],
        ["甲", "好的", None, "2026-3-5", "平江一中", None],
    ]
    taken = take(town, written(rows), kind="new")
    said = {int(text.split()[1]): text for text in taken.problems}
    for line, words in {
        2: "没有填写，此列必填", 3: "没有这个单位", 4: "有 2 个单位叫这个名字", 5: "没有这一天", 6: "晚于今天",
        7: "不在可选范围内", 8: "没有这个代码的单位", 10: "与第 9 行相同",
    }.items():  # fmt: skip
        assert words in said[line], line
    marked = sheet_of(files.opened(taken.errors).read(), "问题清单")
    assert marked["G1"].value == "错误原因" and "没有这个单位" in marked["G3"].value and marked["G9"].value is None
    assert not Finding.objects.exists()


@pytest.mark.office
def test_the_sheets_open_in_an_office_program(town, tmp_path):
    """The wide ones go on beside themselves on A4, at no less than 9 pt, with the unit on each page."""
    town.planned(category="校园安全", suggestion="配齐留样冰箱")
    town.reported(description="消防通道堵塞\n两处", category="校园安全")
    judging.close(town.county2, finding=town.verified(description="已改好的"))
    for kind, ledger in ledgers.SHEETS.items():
        pdf = to_pdf(exported(town.county, kind), f"{ledger.key}.xlsx", tmp_path)
        assert smallest_type(pdf) >= 8.5, f"{kind}: the box around 9 pt"
        wide = len(sheet_of(exported(town.county, kind), ledger.name).col_breaks.brk) + 1
        assert page_count(pdf) == wide, kind
        assert wide == 4 or kind != "ledger"
        if kind == "ledger":
            assert all("平江一中" in words for words in words_by_page(pdf))
