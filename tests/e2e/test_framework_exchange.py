"""An office's indicator system in a real browser: in from Excel and Word through a preview, out as both.

With ``DUDAO_SHOTS=folder`` every page that is looked at leaves a picture there.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dudao.demo.builders import account, unit
from dudao.frameworks.models import FrameworkUpload, FrameworkVersion
from dudao.orgs.models import Kind
from e2e.looking import look
from frameworks.office_files import book, document, read

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SHEET = book(
    ["某市幼儿园综合督导评估指标体系（2026年）"],
    ["A级", "B级", "C级", "考核方式", "分值", "评分标准", "佐证材料", "自评得分"],
    [
        "A1 办园条件（20分）",
        "B1 资质条件",
        "C1 审批办证",
        "查看证照原件",
        5,
        "是得5分，否得0分",
        "办学许可证、收费许可证",
    ],
    ["", "", "C2 经费保障", "查阅预算和拨款凭证", 6, "少1项扣0.5分，扣完为止", "预算批复；拨款凭证"],
    ["", "B2 园舍状况", "C3 生均面积", "实地测量", 9, "≥95%得9分，≥90%得7分，≥85%得5分，<85%得0分", "测绘报告"],
    ["A2 保教质量（15分）", "B3 保教活动", "C4 备课", "抽查教案", 10, "优9-10，良7-8，中5-6，差5以下", "教案"],
    ["", "", "C5 特色活动", "听取汇报、现场观察", 5, "由评估组综合评定", ""],
    merges=("A1:H1", "A3:A5", "B3:B4", "A6:A7", "B6:B7"),
)
FAULTY = book(
    ["一级指标", "二级指标", "分值", "评分标准"],
    ["A1 办学方向（12分）", "B1 依法办学", 5, "少1项扣1分"],
    ["", "B2 发展规划", "六分", "少1项扣1分"],
    ["", "B3 年度计划", -1, "少1项扣1分"],
)
NAMELESS = book(
    ["某县学校督导评估表"],
    ["大类", "小类", "怎么评", "最高"],
    ["领导重视", "有计划、有总结", "少1项扣1分", 4],
    ["", "会议记录", "少1次扣0.5分", 2],
    ["制度完善", "各项制度健全", "少1项扣0.5分", 6],
    merges=("A1:D1",),
)
WORD = document(
    [
        ["一级指标", "二级指标", "分值", "评分标准"],
        ["A1 组织领导", "B1 机构健全", "6", "少1项扣1分"],
        [None, "B2 人员配备", "4", "是得4分，否得0分"],
    ],
    title="某县乡镇教育工作评估标准",
)


@pytest.fixture
def director(transactional_db):
    return account("丁主任", unit("某市", Kind.CITY), "city_director")


@pytest.fixture
def page(page_of, director):
    return page_of(director, expected=("422",))  # what a form with an error is answered with


def send(page, name, data):
    page.goto_name("frameworks:import_new")
    page.get_by_label("指标体系文件").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )
    page.get_by_role("button", name="上传并读取").click()


def test_from_excel_to_a_draft_and_out_again_as_excel_and_word(page):
    page.goto_name("frameworks:versions")
    page.get_by_role("link", name="导入", exact=True).first.click()
    look(page, "frameworks-import-new")
    send(page, "评分表.xlsx", SHEET)
    expect(page.get_by_text("某市幼儿园综合督导评估指标体系").first).to_be_visible()
    expect(page.get_by_text("第 5 行 C 列").first).to_be_visible()
    look(page, "frameworks-import")
    page.get_by_label("采用 C4 的识别结果").uncheck()
    page.get_by_role("button", name="按所选重新检查").click()
    expect(page.get_by_label("采用 C4 的识别结果")).not_to_be_checked()
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("现在是草稿")).to_be_visible()
    look(page, "frameworks-import-draft")
    version = FrameworkVersion.objects.get()
    kinds = dict(version.indicators.exclude(kind="").values_list("code", "kind"))
    assert kinds == {"C1": "yes_no", "C2": "deduct", "C3": "bands", "C4": "judged", "C5": "judged"}
    for word, ending in (("导出 Excel", ".xlsx"), ("导出 Word", ".docx")):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=word).click()
        assert waiting.value.suggested_filename.endswith(ending)
        data = Path(waiting.value.path()).read_bytes()
        assert read(data, f"x{ending}").data["indicators"][0]["name"] == "办园条件"


def test_errors_stand_at_their_cells_and_in_a_copy_of_the_file(page):
    send(page, "有错的表.xlsx", FAULTY)
    expect(page.get_by_text("第 3 行 C 列“分值”是“六分”，请填数字。")).to_be_visible()
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
    look(page, "frameworks-import-errors")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载错误对照表").click()
    assert waiting.value.suggested_filename == "有错的表（问题）.xlsx"
    if folder := os.environ.get("DUDAO_SHOTS"):
        waiting.value.save_as(str(Path(folder) / "marked.xlsx"))
    page.get_by_role("button", name="放弃").click()
    expect(page.get_by_text("没有建立指标体系")).to_be_visible()
    assert not FrameworkVersion.objects.exists()


def test_columns_nobody_could_guess_are_chosen(page):
    send(page, "自制表.xlsx", NAMELESS)
    expect(page.get_by_text("没有认出表头：")).to_be_visible()
    look(page, "frameworks-import-columns")
    for column, meaning in (("A", "一级指标"), ("B", "二级指标"), ("C", "评分标准"), ("D", "分值")):
        page.get_by_label(f"{column} 列的含义").select_option(label=meaning)
    page.get_by_label("表头在第").fill("2")
    page.get_by_role("button", name="按所选的列重新读取").click()
    expect(page.get_by_text("已按所选的列重新读取")).to_be_visible()
    look(page, "frameworks-import-columns-read")
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_role("heading", name="某县学校督导评估表")).to_be_visible()
    assert FrameworkVersion.objects.get().indicators.get(parent=None).points == 12


def test_from_word(page):
    send(page, "评估标准.docx", WORD)
    expect(page.get_by_text("某县乡镇教育工作评估标准").first).to_be_visible()
    look(page, "frameworks-import-word")
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_role("heading", name="某县乡镇教育工作评估标准")).to_be_visible()
    assert FrameworkUpload.objects.get().state == "done"


def test_a_file_of_no_use_is_refused_beside_the_field(page):
    send(page, "通知.xlsx", b"plain text")
    expect(page.get_by_text("文件的内容是纯文本").first).to_be_visible()
    look(page, "frameworks-import-refused")
