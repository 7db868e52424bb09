"""In a real browser: a case with review and appeal as each side lives it, a talk with its demands; axe on every page.

``DUDAO_SHOTS=folder`` leaves pictures of the pages.
"""

import os

import pytest
from playwright.sync_api import Page

from accountability_town import build_town
from dudao.accountability.models import Case, Remedy, Talk
from dudao.findings.models import Finding
from dudao.papers.models import Paper
from e2e.conftest import PHONE
from e2e.looking import ask, look
from findings_town import day, proof

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return build_town()


@pytest.fixture
def open_as(page_of, town):
    """A page of somebody of the town, at an address."""
    return lambda name, path, *args, **more: page_of(town.accounts[name], *args, path=path, **more)


def go(page: Page, word: str) -> None:
    page.goto(page.url)
    page.get_by_role("link", name=word, exact=True).first.click()


def press(page: Page, word: str, said: str) -> None:
    page.get_by_role("button", name=word, exact=True).click()
    page.get_by_text(said).first.wait_for()


def test_a_case_with_review_and_appeal(town, open_as, tmp_path):
    file = tmp_path / "申辩.pdf"
    file.write_bytes(proof().read())
    late = town.issued_finding(town.school)
    Finding.objects.filter(pk=late.pk).update(escalation=3, deadline=day(-40))

    # A finding raised to a trigger becomes a case.
    officer = open_as("officer", "/accountability/cases/", expected=("422",))
    officer.get_by_text("还没有立案的问题").wait_for()
    look(officer, "cases-triggered")
    officer.get_by_role("link", name="登记线索", exact=True).last.click()
    officer.get_by_label("主要事实").fill("三个安全问题逾期四十日未整改，两次催办未回应。")
    look(officer, "new")
    press(officer, "登记", "已登记，编号")
    row = Case.objects.get()
    where = row.get_absolute_url()
    assert list(row.findings.all()) == [late]
    look(officer, "case-opened")
    go(officer, "成立调查认定工作组")
    officer.get_by_label("工作组成员").fill("李主任（市督导办）、王科（市督导办）、陈某（市财政局）")
    look(officer, "examine")
    press(officer, "成立", "已成立工作组")
    go(officer, "告知拟问责事项")
    officer.get_by_label("拟给予的问责").fill("拟给予督导通报，并建议暂缓年度评优。")
    officer.get_by_label("陈述申辩截止").fill(day(1).isoformat())
    press(officer, "告知", "不能少给")
    officer.get_by_label("陈述申辩截止").fill(day(25).isoformat())
    look(officer, "notify")
    press(officer, "告知", "已告知")

    # The school defends itself on a phone.
    phone = open_as("head", "/accountability/cases/", PHONE, expected=("422",))
    look(phone, "phone-list")
    phone.get_by_role("link", name=row.code).click()
    look(phone, "phone-notified")
    phone.get_by_role("link", name="陈述申辩", exact=True).first.click()
    press(phone, "提交申辩", "请填写“陈述和申辩”")
    phone.get_by_label("陈述和申辩").fill("经费三月才到位，现已完成两项，另一项正在招标。")
    phone.locator("input[type=file]:not([capture])").set_input_files(file)
    look(phone, "phone-defend")
    press(phone, "提交申辩", "已提交陈述申辩")
    look(phone, "phone-defended")

    # Heard, member units asked, put before the head.
    go(officer, "听取申辩")
    officer.get_by_label("采纳情况和理由").fill("经费一节属实，对其中一项予以采纳；其余不予采纳。")
    press(officer, "记录采纳情况", "已记录采纳情况")
    go(officer, "征求成员单位意见")
    officer.get_by_label("市财政局").check()
    look(officer, "consult")
    press(officer, "征求意见", "已征求意见")
    liaison = open_as("liaison", "/accountability/opinions/")
    look(liaison, "opinions")
    liaison.get_by_role("link", name="对平江一中问责").click()
    look(liaison, "opinion")
    press(liaison, "反馈意见", "已登记反馈意见")
    go(officer, "报请审定")
    officer.get_by_role("checkbox", name="督导通报").check()
    officer.get_by_role("checkbox", name="资源调整").check()
    officer.get_by_label("资源调整的具体内容").fill("建议市教育局暂缓该校年度评优")
    look(officer, "submit")
    press(officer, "报请审定", "已报请")
    assert officer.get_by_role("link", name="审定问责决定").count() == 0, "who asks doesn't decide"
    leader = open_as("leader", where)
    look(leader, "leader-case")
    go(leader, "审定问责决定")
    look(leader, "decide")
    press(leader, "审定", "已审定")

    # The paper goes out, the school signs and asks for a review.
    officer.goto(officer.url)
    ask(officer, "起草问责决定")
    officer.get_by_text("已起草问责决定").first.wait_for()
    town.issue(Paper.objects.get(kind="accountability"))
    phone.goto(phone.url)
    go(phone, "签收问责决定")
    press(phone, "签收", "已签收")
    look(phone, "phone-issued")
    go(phone, "申请复核")
    phone.get_by_label("请求和理由").fill("请求变更为公开批评：一项问题的责任不在本校。")
    look(phone, "phone-review")
    press(phone, "提交申请", "已申请复核")
    other = open_as("officer2", where)
    go(other, "作出复核决定")
    other.get_by_label("维持").check()
    other.get_by_label("决定内容和理由").fill("事实清楚，维持原决定。")
    look(other, "decide-review")
    press(other, "登记决定", "已登记复核决定：维持")

    # The appeal succeeds in part; the decision is corrected, carried out, made public.
    go(phone, "提出申诉")
    phone.get_by_label("请求和理由").fill("不服复核决定，请求变更。")
    press(phone, "提交申诉", "已提出申诉")
    go(other, "作出申诉决定")
    other.get_by_label("变更").check()
    other.get_by_label("决定内容和理由").fill("责任认定部分有误，变更为公开批评。")
    other.get_by_label("作出机关和文号").fill("某省人民政府教育督导委员会办公室，某督委办〔2026〕9号")
    press(other, "登记决定", "已登记申诉决定：变更")
    go(other, "纠正原决定")
    other.get_by_role("checkbox", name="公开批评").check()
    other.get_by_label("怎样纠正").fill("撤销督导通报和资源调整建议，改为公开批评，已通知学校和市教育局。")
    look(other, "correct")
    press(other, "纠正", "已纠正")
    go(other, "登记执行")
    other.get_by_label("执行情况").fill("已在市督导工作简报公开批评。")
    press(other, "登记", "已登记执行情况")
    go(other, "登记公开情况")
    other.get_by_label("公开载体").fill("市教育督导工作简报第9期")
    press(other, "登记", "已登记公开情况")
    look(other, "case-corrected")
    assert Remedy.objects.filter(corrected_on__isnull=False).count() == 1
    ask(other, "归档")
    assert Case.objects.get(pk=row.pk).state == "archived"
    look(other, "case-archived")
    look(open_as("officer", "/accountability/cases/"), "cases")


def test_a_second_case_is_graver_and_says_why(town, open_as):
    first = town.decided()
    row = town.consulted(facts="又发生")
    officer = open_as("officer", f"{row.get_absolute_url()}submit/")
    officer.get_by_text(f"一年内再次问责：与 {first.code}").wait_for()
    officer.get_by_role("checkbox", name="督导通报").check()
    press(officer, "报请审定", "已报请")
    officer.get_by_text("一年内再次问责，从重处理").wait_for()
    look(officer, "case-repeat")


def test_a_talk_with_its_demands(town, open_as):
    officer = open_as("officer", "/accountability/talks/new/", expected=("422",))
    officer.get_by_role("combobox", name="被约谈单位").fill("平江一中")
    officer.get_by_role("option", name="平江一中").click()
    for name, value in (
        ("called", "主要负责人、分管负责人"), ("host", "李主任"), ("held_on", day().isoformat()), ("time", "上午9:00"),
        ("place_name", "市教育局三楼会议室"), ("reason", "三个安全问题逾期未整改。"), ("matters", "通报情况\n听取说明\n提出要求"),
    ):  # fmt: skip
        officer.fill(f"[name={name}]", value)
    look(officer, "talk-new")
    press(officer, "登记", "已登记，编号")
    row = Talk.objects.get()
    ask(officer, "发出通知")
    officer.get_by_text("已通知").first.wait_for()
    ask(officer, "起草约谈通知")
    officer.get_by_text("已起草约谈通知").first.wait_for()
    look(officer, "talk-called")
    phone = open_as("head", row.get_absolute_url(), PHONE)
    ask(phone, "签收")
    look(phone, "phone-talk")
    go(officer, "记录约谈")
    officer.get_by_label("参加人员").fill("李主任 市督导办主任\n王校长 平江一中校长")
    officer.get_by_label("表态发言").fill("诚恳接受，按期整改。")
    officer.get_by_label("约谈要求").fill("消防通道清理")
    press(officer, "保存记录", "行末没有完成日期")
    officer.get_by_label("约谈要求").fill(f"消防通道清理 {day(20).isoformat()}\n安全台账补齐 {day(30).isoformat()}")
    look(officer, "talk-record")
    press(officer, "保存记录", "已记录约谈")
    ask(officer, "列入问题整改")
    officer.get_by_text("已列入问题整改").first.wait_for()
    ask(officer, "起草约谈纪要")
    officer.get_by_text("已起草约谈纪要").first.wait_for()
    look(officer, "talk-held")
    look(open_as("officer", "/accountability/talks/"), "talks")
    assert Finding.objects.filter(category="约谈要求").count() == 1


def test_a_decision_that_is_withdrawn_is_decided_again_and_cases_are_taken_away(town, open_as):
    row = town.issued()
    director = open_as("director", row.paper.get_absolute_url())
    ask(director, "撤回文书", "生效日期写错")
    director.get_by_text("已撤回，收文单位会收到通知").first.wait_for()
    leader = open_as("leader", row.get_absolute_url())
    leader.get_by_text("问责决定已撤回").wait_for()
    look(leader, "case-recalled")
    leader.get_by_role("link", name="审定问责决定", exact=True).wait_for()
    officer = open_as("officer", "/accountability/cases/")
    with officer.expect_download() as download:
        officer.get_by_role("button", name="导出").click()
    assert download.value.suggested_filename.startswith("问责台账")
    if folder := os.environ.get("DUDAO_SHOTS"):
        download.value.save_as(f"{folder}/cases-ledger.xlsx")
