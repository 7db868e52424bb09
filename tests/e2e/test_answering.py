"""In a real browser: a kindergarten fills in its self-evaluation, two clerks at once, offline; the county sends one item back, the
clerk puts it right, it is accepted. axe on every page. ``DUDAO_SHOTS=folder`` leaves pictures of the pages.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from dudao.evaluations.models import Answer, Subject
from dudao.evaluations.rules import Rules
from e2e.conftest import PHONE
from e2e.looking import look, settled
from evaluations.filling import fill_all
from evaluations_town import build_town, campaign

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return build_town()


@pytest.fixture
def subject(town):
    return campaign(town, rules=Rules(check=True)).subjects.get(unit=town.kindergarten)


@pytest.fixture
def open_as(page_of, town):
    """A page of somebody of the town, at an address."""
    return lambda name, path, *args, **more: page_of(town.accounts[name], *args, path=path, **more)


def desk(subject, code=""):
    return f"/evaluations/subjects/{subject.pk}/answer/" + (f"?at={code}" if code else "")


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text(re.compile("已保存"))


def answer_of(subject, code="F1.1"):
    return Answer.objects.filter(subject=subject, code=code).first()


def test_a_clerk_fills_in_by_mouse_and_keyboard(open_as, town, subject):
    page = open_as("clerk", "/evaluations/mine/")
    look(page, "answers")
    page.get_by_role("link", name="2026年幼儿园办园行为督导评估").click()
    look(page, "subject-open")
    page.get_by_role("link", name="填报自评").first.click()
    look(page, "desk-empty")
    page.get_by_label("符合", exact=True).check()
    saved(page)
    expect(page.locator("[data-filled]")).to_have_text("1")
    expect(page.locator('a[data-code="F1.1"]')).to_have_attribute("data-state", "done")
    page.get_by_label("说明").fill("办园许可证、法人登记证书均在有效期内，2026年年检合格。")
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name=re.compile("^F1.2")).wait_for()
    assert answer_of(subject).text.startswith("办园许可证")
    page.locator("h2", has_text="F1.2").first.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    saved(page)
    page.wait_for_function("document.querySelector('[data-filled]').textContent === '2'")
    assert answer_of(subject, "F1.2").cells == {"F1.2": "部分符合"}
    page.keyboard.press("p")
    page.get_by_role("heading", name=re.compile("^F1.1")).wait_for()
    expect(page.get_by_label("说明")).to_have_value(re.compile("办园许可证"))
    look(page, "desk")
    page.goto(page.url)
    expect(page.get_by_label("符合", exact=True)).to_be_checked()


def test_two_clerks_at_the_same_indicator(open_as, town, subject):
    head = open_as("head", desk(subject, "F1.1"), expected=("409",))
    clerk = open_as("clerk", desk(subject, "F1.1"), expected=("409",))
    head.get_by_label("说明").fill("园长写的说明。")
    saved(head)
    clerk.get_by_label("符合", exact=True).check()
    saved(clerk)
    assert answer_of(subject).cells == {"F1.1": "符合"}
    expect(clerk.get_by_label("说明")).to_have_value("园长写的说明。")
    head.get_by_label("说明").fill("园长写的说明，第二稿。")
    head.get_by_role("link", name="下一项").click()
    head.get_by_role("heading", name=re.compile("^F1.2")).wait_for()
    clerk.get_by_label("说明").fill("填报员写的说明。")
    panel = clerk.locator("[data-conflict]")
    panel.wait_for()
    expect(panel).to_contain_text("陈园长")
    look(clerk, "desk-conflict")
    clerk.get_by_role("button", name="用我的内容保存").click()
    saved(clerk)
    assert answer_of(subject).text == "填报员写的说明。"
    head.get_by_role("link", name="上一项").click()
    expect(head.get_by_label("说明")).to_have_value("填报员写的说明。")
    clerk.get_by_label("说明").fill("填报员写的说明，第三稿。")
    clerk.get_by_role("link", name="下一项").click()
    clerk.get_by_role("heading", name=re.compile("^F1.2")).wait_for()
    head.get_by_label("说明").fill("园长又改了一次。")
    head.locator("[data-conflict]").wait_for()
    head.get_by_role("button", name="用对方的内容").click()
    expect(head.get_by_label("说明")).to_have_value("填报员写的说明，第三稿。")


def test_a_lost_connection_loses_no_letter(open_as, town, subject):
    page = open_as("clerk", desk(subject, "F1.1"), expected=("ERR_INTERNET_DISCONNECTED", "ERR_FAILED"))
    settled(page)
    page.context.set_offline(True)
    page.get_by_label("说明").fill("断网时写的一段话。")
    expect(page.locator("[data-saved]")).to_have_text(re.compile("网络中断，已存在本机"))
    page.context.set_offline(False)
    saved(page)
    assert answer_of(subject).text == "断网时写的一段话。"
    # The computer breaks down before the line is back: what was typed is offered again.
    page.route("**/answer/save/", lambda route: route.abort())
    page.get_by_label("说明").fill("断网时写的一段话。后来又补了一句。")
    expect(page.locator("[data-saved]")).to_have_text(re.compile("网络中断"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.unroute("**/answer/save/")
    page.get_by_role("button", name="恢复").click()
    saved(page)
    assert answer_of(subject).text == "断网时写的一段话。后来又补了一句。"


def test_handed_in_sent_back_put_right_and_accepted(open_as, town, subject):
    fill_all(town.clerk, subject)
    head = open_as("head", f"/evaluations/subjects/{subject.pk}/submit/")
    look(head, "submit")
    head.get_by_role("button", name="提交自评").click()
    head.get_by_text("自评提交回执").first.wait_for()
    look(head, "receipt")

    county = open_as("county_officer", "/evaluations/checks/")
    look(county, "checks")
    county.get_by_role("link", name="平江县城关镇中心幼儿园").click()
    look(county, "subject-check")
    county.get_by_role("link", name="看自评内容").click()
    county.get_by_role("heading", name=re.compile("^F1.1")).wait_for()
    county.get_by_label("核查意见").fill("请写明许可证编号，并补充2026年年检结论。")
    look(county, "desk-check")
    county.get_by_role("button", name="记下意见").click()
    county.get_by_text("已记下意见").first.wait_for()
    county.get_by_role("link", name="回到核查").click()
    county.get_by_role("link", name="退回修改").click()
    county.get_by_label("退回理由").fill("个别指标说明不完整，请按逐项意见补充。")
    look(county, "return")
    county.get_by_role("button", name="退回修改").click()
    county.get_by_text("已退回平江县城关镇中心幼儿园修改").first.wait_for()

    clerk = open_as("clerk", "/evaluations/mine/", PHONE)
    look(clerk, "answers-phone")
    clerk.get_by_role("link", name="2026年幼儿园办园行为督导评估").click()
    look(clerk, "subject-returned-phone")
    clerk.get_by_role("link", name="F1.1").first.click()
    clerk.get_by_text("请写明许可证编号").first.wait_for()
    clerk.locator('textarea[name="text"]').fill("许可证编号教民4306001号，2026年年检合格。")
    saved(clerk)
    clerk.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    expect(clerk.locator("[data-saved]")).to_be_in_viewport()
    typed = "input:not([type=hidden], [type=radio], [type=checkbox], [type=file])"
    small = f"#answer-at :is({typed}, textarea, select, button, .btn, .sa-option)"
    heights = clerk.locator(small).evaluate_all(
        "all => all.filter(one => one.offsetParent).map(one => one.offsetHeight)"
    )
    assert heights and min(heights) >= 40, heights
    foot = clerk.locator(".sa-foot > .btn").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert len(set(foot)) == 1, "one row"
    clerk.evaluate("window.scrollTo(0, 0)")
    look(clerk, "desk-phone")
    clerk.get_by_label("修改说明").fill("已写明编号和年检结论。")
    clerk.get_by_role("button", name="已按意见修改").click()
    clerk.get_by_text("已记下修改说明").first.wait_for()

    head.goto(head.url.split("/evaluations/")[0] + f"/evaluations/subjects/{subject.pk}/submit/")
    head.get_by_role("button", name="提交自评").click()
    head.get_by_text("第 2 次").first.wait_for()
    county.goto(county.url.split("/evaluations/")[0] + f"/evaluations/subjects/{subject.pk}/changes/")
    expect(county.locator(".sa-changes tbody tr")).to_have_count(1)
    look(county, "changes")
    county.get_by_role("link", name="回到核查").click()
    county.get_by_role("button", name="核查通过").click()
    county.get_by_role("dialog", name="核查通过").get_by_role("button", name="核查通过").click()
    county.get_by_text("已核查通过").first.wait_for()
    look(county, "subject-accepted")
    assert Subject.objects.get(pk=subject.pk).state == "accepted"


def test_figures_are_typed_and_saved(open_as, town, subject):
    page = open_as("clerk", f"/evaluations/subjects/{subject.pk}/figures/", expected=("422",))
    page.get_by_label("班级数", exact=True).fill("九")
    page.get_by_text("请填数字").first.wait_for()
    page.get_by_label("班级数", exact=True).fill("9")
    saved(page)
    note = page.get_by_label("班级数的说明", exact=True)
    expect(note).to_be_hidden()
    page.locator("tr", has=page.get_by_label("班级数", exact=True)).get_by_text("写说明").click()
    expect(note).to_be_visible()
    look(page, "figures")
    page.goto(page.url)
    expect(page.get_by_label("班级数", exact=True)).to_have_value("9")


def test_evidence_is_uploaded_and_used_at_the_desk(open_as, town, subject, tmp_path):
    file = tmp_path / "办园许可证.pdf"
    file.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n")
    page = open_as("clerk", desk(subject, "F1.1"))
    page.get_by_role("link", name="添加佐证材料").click()
    page.get_by_label("说明").fill("证照见材料。")
    page.locator("input[data-files]").first.set_input_files(file)
    page.locator(".sa-side").get_by_role("link", name="办园许可证").wait_for()
    look(page, "desk-evidence")
    page.goto(page.url)
    expect(page.get_by_label("说明")).to_have_value("证照见材料。")
    expect(page.locator('a[data-code="F1.1"] .sa-files')).to_contain_text("1")
