"""Official papers in a real browser: drafted, checked, signed, sealed, issued; signed for on a phone; checked by anybody.

With ``DUDAO_SHOTS=folder`` every page that is looked at leaves a picture there.
"""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from dudao.core import files, jobs
from dudao.core.models import Job
from dudao.papers import queries
from dudao.papers.composing import sample
from dudao.papers.models import Paper
from e2e.conftest import PHONE
from e2e.looking import look
from papers.conftest import build_office, drafted, issued, signed
from papers.words import PNG, edited

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""
COPIED = (
    "安全\t灭火器压力不足，共 3 具\t压力正常\t低于正常值\t2026-12-20\n"
    "教学\t课程表与教案不一致\t一致\t两处不一致\t2026-12-25\n"
    "师资\t缺少专职体育教师 1 名\t配齐\t缺 1 名\t2027-02-28\n"
)
"""Three rows as Excel copies them."""


@pytest.fixture
def office(transactional_db):
    return build_office()


@pytest.fixture
def open_as(page_of, new_page, live_server, office):
    """The browser of one of the people; of nobody for «anybody»."""

    def open_for(name, *args, **more):
        if name != "anybody":
            return page_of(office.accounts[name], *args, **more)
        made = new_page(*args, **more)
        made.goto_name = lambda name, *args, query="": made.goto(live_server.url + reverse(name, args=args) + query)
        return made

    return open_for


def confirm(page, words, reason=""):
    page.get_by_role("button", name=words).first.click()
    dialog = page.get_by_role("dialog")
    if reason:
        dialog.get_by_role("textbox").fill(reason)
    dialog.get_by_role("button", name=words).click()


def test_a_paper_from_its_first_word_to_the_school_s_signature(open_as, office, tmp_path):
    drafter, checker, director = open_as("drafter"), open_as("checker"), open_as("director")

    # The officer chooses a kind and fills in its fields; a table takes what was copied in Excel.
    drafter.goto_name("papers:new")
    look(drafter, "papers-new")
    drafter.get_by_role("link", name="整改通知书").click()
    drafter.get_by_role("textbox", name="标题").fill("关于三阳小学存在问题的整改通知")
    drafter.get_by_role("combobox").first.fill("三阳")
    drafter.get_by_role("option", name="三阳小学").click()
    drafter.get_by_label("签收期限（天）").fill("5")
    values = sample("rectification")
    for name in ("subject", "basis", "found_on", "due_on", "report_to"):
        drafter.fill(f"#id_v_{name}", values[name])
    first = drafter.locator('[name="v_problems-1-0"]')
    first.focus()
    drafter.evaluate(PASTE, COPIED)
    expect(drafter.locator('[name="v_problems-3-1"]')).to_have_value("缺少专职体育教师 1 名")
    look(drafter, "papers-draft-form")
    drafter.get_by_role("button", name="生成文稿").click()
    expect(drafter.get_by_text("已生成第 1 稿")).to_be_visible()
    expect(drafter.get_by_text("没有差异")).to_be_visible()
    paper = Paper.objects.get()

    # Word goes out, is edited, and comes back with a number that nobody knows.
    with drafter.expect_download() as download:
        drafter.get_by_role("link", name="第 1 稿.docx").click()
    word = Path(download.value.path()).read_bytes()
    (tmp_path / "改.docx").write_bytes(edited(word, {"以下问题": "以下问题（听取 987 人意见后确认）"}))
    drafter.get_by_role("link", name="上传修改稿").click()
    drafter.set_input_files("#id_file", tmp_path / "改.docx")
    look(drafter, "papers-upload")
    drafter.get_by_role("button", name="上传", exact=True).click()
    expect(drafter.get_by_text("已保存为第 2 稿")).to_be_visible()
    expect(drafter.get_by_text("987人").first).to_be_visible()
    look(drafter, "papers-draft")
    drafter.get_by_role("button", name="送核").click()
    expect(drafter.get_by_text("已送核。")).to_be_visible()
    drafter.reload()
    expect(drafter.get_by_role("button", name="核稿通过")).to_be_disabled()

    # Somebody else checks, answers for the number, and passes it on.
    checker.goto_name("papers:papers", query="?state=mine")
    expect(checker.get_by_role("link", name="关于三阳小学存在问题的整改通知")).to_be_visible()
    look(checker, "papers-list")
    checker.get_by_role("link", name="关于三阳小学存在问题的整改通知").click()
    checker.get_by_role("button", name="说明理由").click()
    checker.get_by_role("dialog").get_by_label("理由").fill("据学校上报的在册人数")
    checker.get_by_role("dialog").get_by_role("button", name="记下说明").click()
    expect(checker.get_by_text("据学校上报的在册人数").first).to_be_visible()
    look(checker, "papers-compare")
    checker.goto_name("papers:paper", paper.pk)
    checker.get_by_role("button", name="核稿通过").click()
    expect(checker.get_by_text("核稿通过，等待签发。")).to_be_visible()

    # The director signs: the paper has its number.
    director.goto_name("papers:paper", paper.pk)
    look(director, "papers-to-sign")
    confirm(director, "签发")
    expect(director.get_by_text("已签发。文号 某政教督办〔")).to_be_visible()

    # Sealed by a scan, then issued.
    checker.goto_name("papers:seal", paper.pk)
    (tmp_path / "扫描件.png").write_bytes(PNG)
    checker.set_input_files("#id_scan-file", tmp_path / "扫描件.png")
    look(checker, "papers-seal")
    checker.get_by_role("button", name="上传扫描件").click()
    confirm(checker, "印发")
    expect(checker.get_by_text("已印发，收文单位会收到通知。")).to_be_visible()
    look(checker, "papers-issued")

    # The school's head signs on a phone.
    head = open_as("head", PHONE)
    head.goto_name("papers:received")
    look(head, "papers-received-phone")
    head.get_by_role("link", name="关于三阳小学存在问题的整改通知").click()
    look(head, "papers-sign-phone")
    head.get_by_role("button", name="签收").click()
    expect(head.get_by_text("三阳小学已签收")).to_be_visible()
    look(head, "papers-signed-phone")

    director.goto_name("papers:paper", paper.pk)
    expect(director.get_by_text("三阳校长")).to_be_visible()
    look(director, "papers-receivers")
    confirm(director, "撤回文书", "学校名称有误")
    expect(director.get_by_text("已撤回，收文单位会收到通知。")).to_be_visible()
    look(director, "papers-withdrawn")
    director.goto_name("papers:register")
    look(director, "papers-register")


def test_anybody_checks_a_paper(open_as, office, tmp_path):
    paper = Paper.objects.get(pk=issued(office).pk)
    page = open_as("anybody", PHONE, expected=("404",))
    page.goto_name("papers:verify")
    page.get_by_label("核验码").fill("AAAA-BBBB-CCCC-DDDD")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("没有查到这个核验码")).to_be_visible()
    look(page, "papers-verify-unknown")
    page.goto_name("papers:verify", query=f"?code={paper.verify_code}")
    expect(page.get_by_role("heading", name="有效")).to_be_visible()
    look(page, "papers-verify")
    with files.opened(paper.pdf) as stream:
        pdf = stream.read()
    for name, content, words in (
        ("原件.pdf", pdf, "与印发的 PDF 完全一致"),
        ("改过.pdf", pdf + b"\n", "与印发的文件不一致"),
    ):
        (tmp_path / name).write_bytes(content)
        page.set_input_files("#id_file", tmp_path / name)
        expect(page.locator("[data-digest-said]")).to_contain_text(words)
    page.get_by_role("button", name="比对", exact=True).click()
    expect(page.get_by_role("heading", name="与印发的文件不一致")).to_be_visible()
    look(page, "papers-verify-different")


def test_sent_back_discarded_and_drafted_anew(open_as, office):
    paper = signed(office)
    director, drafter = open_as("director"), open_as("drafter")
    director.goto_name("papers:paper", paper.pk)
    confirm(director, "作废文书", "内容已由会议传达")
    expect(director.get_by_text("已作废。")).to_be_visible()
    drafter.goto_name("papers:paper", paper.pk)
    look(drafter, "papers-discarded")
    confirm(drafter, "照原文另拟")
    expect(drafter.get_by_text("已照原文另拟一份")).to_be_visible()
    drafter.get_by_role("button", name="送核").click()
    director.goto_name("papers:papers", query="?state=submitted")
    director.get_by_role("link", name="关于三阳小学存在问题的整改通知").click()
    confirm(director, "退回修改", "请补充依据")
    drafter.reload()
    expect(drafter.get_by_text("请补充依据").first).to_be_visible()
    look(drafter, "papers-returned")
    drafter.get_by_role("link", name="修改内容").click()
    drafter.get_by_role("button", name="添加一行").click()
    drafter.fill("#id_v_report_to", "报市督导办 302 室")
    drafter.get_by_role("button", name="保存并生成文稿").click()
    expect(drafter.get_by_text("已保存，文稿按新的内容重新生成。")).to_be_visible()
    assert queries.latest(Paper.objects.order_by("-pk").first()).number == 2


def test_pages_are_fit_for_a_phone_and_a_county(open_as, office):
    issued(office, recipients=[office.school, office.second, office.east_county], reply_days=3)
    drafted(office)
    county = open_as("east")
    county.goto_name("papers:received")
    look(county, "papers-received-county")
    county.get_by_role("link", name="关于三阳小学存在问题的整改通知").first.click()
    look(county, "papers-paper-county")
    phone = open_as("director", PHONE)
    phone.goto_name("papers:papers")
    look(phone, "papers-list-phone")
    phone.get_by_role("link", name="关于三阳小学存在问题的整改通知").first.click()
    look(phone, "papers-paper-phone")


def test_a_very_long_paper_is_issued_in_the_background(open_as, office):
    values = sample("rectification")
    rows = [{**values["problems"][0], "description": f"第{place}处灯具损坏。"} for place in range(1, 302)]
    paper = signed(office, values=values | {"problems": rows})
    checker = open_as("checker")
    checker.goto_name("papers:paper", paper.pk)
    confirm(checker, "印发")
    expect(checker.get_by_role("heading", name="印发“关于三阳小学存在问题的整改通知”")).to_be_visible()
    look(checker, "papers-background")
    director = open_as("director")
    director.goto_name("papers:paper", paper.pk)
    expect(director.get_by_text("正在后台办理：印发")).to_be_visible()
    look(director, "papers-going")
    jobs.run_now(Job.objects.get())
    checker.reload()
    checker.get_by_role("link", name="查看结果").click()
    expect(checker.get_by_text("已印发").first).to_be_visible()
