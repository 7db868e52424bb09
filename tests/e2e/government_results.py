"""The second half of `e2e.test_government_journey`: from the scores to the next indicator system."""

import re
from argparse import Namespace
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from dudao.cli.evaluations import answer
from dudao.evaluations.models import Campaign, Result, ScoreSheet
from dudao.findings.models import Finding, LookBack
from dudao.papers.models import Delivery, Paper
from dudao.results.models import Objection, Proposal, ResultUse
from e2e.looking import ask, look, settled
from e2e.steps import base, go, press

PLAN = {"整改措施": "制定计划并纳入课表。", "整改目标": "全县落实。", "责任领导": "王副县长", "责任人": "李股长"}


def results_of(row: Campaign) -> str:
    return f"{row.get_absolute_url()}results/"


def last(row: Campaign) -> ScoreSheet:
    return ScoreSheet.objects.filter(campaign=row, purpose="final").order_by("-number")[0]


def decide(page: Page, text: str) -> None:
    go(page, "登记评定会议")
    page.get_by_label("参加人员").fill("市教育督导委员会主任、副主任，成员单位负责人")
    page.get_by_label("评定意见").fill(text)
    press(page, "登记", "已登记评定会议")


def scored(town, open_as, row) -> None:
    """Nothing is open any more; the result is formed; every mark tells where it comes from."""
    officer = open_as("officer", results_of(row), expected=("422",))
    assert officer.get_by_text("还没有全部完成").count() == 0
    look(officer, "gov-results-begin")
    go(officer, "计算得分")
    officer.get_by_label("评定：形成评定结果").check()
    press(officer, "计算", "已计算 3 个单位")
    look(officer, "gov-sheet")
    go(officer, "平江县人民政府")
    officer.goto(f"{officer.url.partition('?')[0]}?code=N1.1#trace")
    look(officer, "gov-trace")
    found = list(Result.objects.filter(sheet=last(row)).order_by("position"))
    assert [(one.rank, one.open_count) for one in found] == [(1, 0), (2, 0), (3, 0)]


def decided_and_publicised(town, open_as, row) -> None:
    """A meeting decides on the sheet; its grades are publicised, and the paper that says so is drafted."""
    director = open_as("director", results_of(row), expected=("422",))
    assert "还没有登记评定会议" in director.content()
    decide(director, "审定三个县市区的等次和名次，同意公示。")
    look(director, "gov-decided")
    go(director, "公示")
    press(director, "开始公示", "已起草公示文书")
    look(director, "gov-publicised")


def objected_and_decided_again(town, open_as, row) -> None:
    """A county objects; the office changes the mark, with which the result is formed anew; it wants a new meeting."""
    county = open_as("county_officer", "/evaluations/results/", expected=("422",))
    go(county, "平江县人民政府")
    look(county, "gov-own-publicised")
    county.goto(f"{county.url.partition('?')[0]}?code=P1.4#trace")
    go(county, "对这一项提出异议")
    county.get_by_label("异议和理由").fill("劳动教育实施计划已在第二次提交时补充，请按“好”评定。")
    press(county, "提出异议", "已提出异议")
    before = last(row)
    officer = open_as("officer", "/", expected=("422",))
    go(officer, "平江县人民政府的异议")
    look(officer, "gov-objection")
    go(officer, "调整评定")
    officer.locator("input[name=cell_0]").fill("1")
    officer.get_by_role("textbox", name="答复").fill("经复核，计划已补充并实施，按“好”评定。")
    look(officer, "gov-objection-change")
    press(officer, "调整并答复", "已调整并答复")
    assert Objection.objects.get().state == "changed" and last(row).number == before.number + 1

    director = open_as("director", "/", expected=("422",))
    director.get_by_text("评定会议待登记").first.wait_for()
    director.goto(base(director) + results_of(row))
    expect(director.get_by_role("button", name="公布", exact=True)).to_be_disabled()
    assert "请就调整后的结果重新登记评定会议" in director.content()
    look(director, "gov-decide-again")
    decide(director, "异议成立，同意调整平江县得分和名次。")
    assert "需要重新登记评定会议" not in director.content()
    county.goto(f"{base(county)}{Objection.objects.get().get_absolute_url()}")
    county.get_by_text("按“好”评定").first.wait_for()


def published(town, open_as, row) -> None:
    """The term is over: published and frozen; the county reads its result."""
    day = timezone.localdate()
    Campaign.objects.filter(pk=row.pk).update(publicised_on=day - timedelta(12), publicised_until=day - timedelta(1))
    director = open_as("director", results_of(row))
    ask(director, "公布")
    director.get_by_text("已公布。从现在起").wait_for()
    look(director, "gov-published")
    county = open_as("county_officer", "/evaluations/results/")
    look(county, "gov-own-list")
    go(county, "平江县人民政府")
    look(county, "gov-own-published")
    assert re.search(r"总分\s*\d+\.\d\d\b", county.locator("main").inner_text())


def issue(open_as, paper: Paper) -> None:
    """Checked by another, signed by the director, issued; the numbers agree with the database."""
    drafter = open_as("officer", paper.get_absolute_url(), expected=("422",))
    expect(drafter.get_by_text("没有差异")).to_be_visible()
    step(drafter, "送核")
    step(open_as("second_officer", paper.get_absolute_url()), "核稿通过")
    director = open_as("director", paper.get_absolute_url())
    step(director, "签发")
    director.goto(f"{base(director)}{paper.get_absolute_url()}seal/")
    director.get_by_role("button", name="不用印").click()
    director.goto(base(director) + paper.get_absolute_url())
    step(director, "印发")
    expect(director.get_by_text("已印发，收文单位会收到通知。")).to_be_visible()
    look(director, f"gov-paper-{paper.kind}")


def step(page: Page, word: str) -> None:
    """A step of a paper, with its dialog where it asks."""
    page.get_by_role("button", name=word).first.click()
    dialog = page.get_by_role("dialog")
    if dialog.is_visible():
        dialog.get_by_role("button", name=word).click()
    settled(page)


def papers_issued(town, open_as, row) -> None:
    """Each county's 督导意见书 and the circular to all of them."""
    officer = open_as("officer", last(row).get_absolute_url(), expected=("422",))
    officer.get_by_role("checkbox", name="选择平江县人民政府").check()
    officer.get_by_role("button", name="起草督导意见书").click()
    officer.get_by_label("整改", exact=False).first.fill((timezone.localdate() + timedelta(60)).isoformat())
    look(officer, "gov-opinions")
    press(officer, "起草", "已起草 1 份督导意见书")
    officer.goto(base(officer) + results_of(row))
    ask(officer, "起草督导通报")
    officer.get_by_text("已起草督导通报").wait_for()
    for kind in ("opinion", "circular"):
        issue(open_as, Paper.objects.get(kind=kind))
    county = open_as("county_officer", Paper.objects.get(kind="circular").get_absolute_url())
    step(county, "签收")
    assert Delivery.objects.filter(paper__kind="circular", unit=town.county, state="signed").exists()
    look(county, "gov-circular-county")


def put_right(town, open_as, row) -> None:
    """All that scored low becomes findings in one go; a county signs and puts right, the city verifies and crosses off."""
    officer = open_as("officer", f"{last(row).get_absolute_url()}low/", expected=("422",))
    look(officer, "gov-low")
    officer.locator("main").get_by_role("link", name="全部形成问题", exact=False).first.click()
    look(officer, "gov-findings-make")
    press(officer, "形成所选问题", "已形成")
    officer.goto(f"{base(officer)}/findings/?state=draft")
    officer.get_by_label("选择本页全部").first.check()
    officer.get_by_role("button", name="下达").first.click()
    look(officer, "gov-findings-issue")
    officer.get_by_role("button", name="下达", exact=True).click()
    officer.get_by_text("已下达").first.wait_for()
    finding = Finding.objects.filter(unit=town.county, state="issued").order_by("pk")[0]
    where = finding.get_absolute_url()

    county = open_as("county_officer", where, expected=("422",))
    ask(county, "签收")
    go(county, "报送整改方案")
    for label, text in PLAN.items():
        county.get_by_label(label).fill(text)
    press(county, "报送方案", "已报送整改方案")
    go(county, "报送进展或完成")
    county.get_by_label("整改完成：请督导办核验").check()
    county.get_by_label("做了什么").fill("计划已印发，各校课表已落实。")
    county.locator("input[type=file]:not([capture])").set_input_files(town.scan)
    press(county, "报送", "已报告整改完成")
    officer.goto(base(officer) + where)
    go(officer, "核验通过")
    officer.get_by_label("实地核验").check()
    officer.get_by_label("核验意见").fill("抽查两所学校，课表已落实。")
    press(officer, "核验通过", "已核验通过")
    second = open_as("second_officer", where)
    ask(second, "确认销号")
    second.get_by_text("已销号").first.wait_for()
    look(second, "gov-finding-closed")


def looked_back(town, open_as, row) -> None:
    """A round of looking back draws what was crossed off; an inspector goes and records."""
    officer = open_as("officer", "/findings/look-back/", expected=("422",))
    go(officer, "生成回头看")
    officer.get_by_label("名称").fill("2026年县级政府评价整改回头看")
    officer.get_by_label("依据").fill("2026年教育督导工作要点")
    officer.get_by_label("结束日期").fill("2099-12-31")
    officer.get_by_label("抽取数量").fill("1")
    officer.get_by_role("button", name="预览抽取").click()
    officer.get_by_role("button", name="生成回头看").click()
    officer.get_by_text("已抽取 1 个问题").first.wait_for()
    item = LookBack.objects.get().items.get()
    officer.get_by_label("选择本页全部").first.check()
    officer.get_by_role("button", name="指派督学").click()
    officer.get_by_role("combobox", name="核查督学").fill("钱")
    officer.get_by_role("option", name="钱督学").click()
    press(officer, "指派", "已指派 1 个")
    inspector = open_as("fourth", item.get_absolute_url(), expected=("422",))
    inspector.get_by_label("已整改到位", exact=True).check()
    inspector.get_by_label("核查意见").fill("现场查看三所学校，已落实。")
    inspector.locator("input[type=file]:not([capture])").set_input_files(town.scan)
    press(inspector, "登记结果", "已登记：已整改到位")
    officer.goto(base(officer) + LookBack.objects.get().get_absolute_url())
    look(officer, "gov-looked-back")


def used_and_proposed(town, open_as, row) -> None:
    """What the result was used for is noted; a county proposes to revise an indicator, the city takes it into the next version."""
    director = open_as("director", results_of(row), expected=("422",))
    go(director, "登记运用")
    director.get_by_role("combobox", name="运用单位").fill("岳阳市")
    director.get_by_role("option", name="岳阳市").first.click()
    director.get_by_label("用途").select_option(label="考核评价")
    director.get_by_label("运用情况").fill("纳入县市区党政领导班子年度考核。")
    look(director, "gov-use")
    press(director, "登记", "已登记结果运用")
    assert ResultUse.objects.get().campaign_id == row.pk
    county = open_as("county_officer", "/evaluations/proposals/new/", expected=("422",))
    county.get_by_label("建议和理由").fill("建议把劳动教育单列一项，分值2分。")
    press(county, "提出", "已提出")
    director.goto(f"{base(director)}/evaluations/proposals/{Proposal.objects.get().pk}/decide/")
    director.get_by_label("采纳", exact=True).check()
    director.get_by_label("研究意见").fill("下一版单列。")
    look(director, "gov-proposal")
    director.locator("form button[type=submit]").last.click()
    settled(director)
    director.goto(f"{base(director)}/evaluations/proposals/")
    ask(director, "带入新版本")
    director.get_by_text("已带入新版本的草稿").wait_for()
    assert Proposal.objects.get().carried.number == row.version.number + 1


def replayed(row) -> None:
    """`dudao evaluation replay` computes both sheets of the campaign again, and every digit agrees."""
    assert answer(Namespace(campaign=row.pk, sheet=None, json=False)) == 0
    assert [sheet.number for sheet in ScoreSheet.objects.filter(campaign=row)] == [2, 1]
