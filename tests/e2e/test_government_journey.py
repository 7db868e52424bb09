"""In a real browser: a city evaluates its county governments, from the template to the next indicator system, each step once by the
role that takes it. What other journeys prove (sixty cells typed one by one) goes in by actions.

``DUDAO_SHOTS=folder`` leaves pictures of the pages. From the scores on: `e2e.government_results`.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dudao.core import files
from dudao.evaluations.actions import visits as visiting
from dudao.evaluations.actions.answering import attach_report, confirm_figures
from dudao.evaluations.actions.reviewing import submit_review
from dudao.evaluations.actions.submitting import submit_evaluation
from dudao.evaluations.models import Campaign, Figure, Review
from dudao.findings.models import Finding
from dudao.people.queries import actor_for
from dudao.visits.models import SiteVisit
from e2e import government_results as then
from e2e.looking import ask, look, settled
from e2e.steps import answer_the_rest, base, go, mark_the_rest, press, visit_the_rest
from findings_town import proof
from government_town import SHARES, SPENT, build

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build()
    town.scan = tmp_path / "签字盖章件.pdf"
    town.scan.write_bytes(proof().read())
    return town


@pytest.fixture
def open_as(page_of, town):
    """A page of somebody of the town, at an address."""
    return lambda name, path="/", *args, **more: page_of(town.accounts[name], *args, path=path, **more)


def test_a_city_evaluates_its_county_governments(town, open_as):
    row = made_and_started(town, open_as)
    twin_of_leaders(town, open_as, row)
    answered(town, open_as, row)
    reviewed_online(town, open_as, row)
    marked_by_the_office(town, open_as, row)
    visited(town, open_as, row)
    then.scored(town, open_as, row)
    then.decided_and_publicised(town, open_as, row)
    then.objected_and_decided_again(town, open_as, row)
    then.published(town, open_as, row)
    then.papers_issued(town, open_as, row)
    then.put_right(town, open_as, row)
    then.looked_back(town, open_as, row)
    then.used_and_proposed(town, open_as, row)
    then.replayed(row)


def made_and_started(town, open_as) -> Campaign:
    """System published, campaign made from its template, tried on invented marks, started: the system is pinned."""
    director = open_as("director", expected=("422",))
    director.goto(base(director) + "/frameworks/load/")
    director.get_by_label("标准").select_option("county-government-template")
    director.get_by_role("button", name="载入为草稿").click()
    ask(director, "发布")
    director.get_by_text("已发布“县级人民政府履行教育职责评价").wait_for()
    director.goto(base(director) + "/evaluations/new/")
    go(director, "县市区人民政府履行教育职责评价")
    director.get_by_label("第一天").fill((timezone.localdate() - timedelta(30)).isoformat())
    director.get_by_label("依据和目的").fill("《岳阳市2026年教育督导工作要点》")
    press(director, "建立项目", "按条件选入 3 个对象")
    look(director, "gov-draft")
    for part in ("综合材料网上评审", "数据监测", "常规管理和实地核查", "专项加分审核"):
        expect(director.get_by_text(part).first).to_be_visible()
    go(director, "试评")
    look(director, "gov-dry-run")
    director.get_by_role("link", name="回到项目").click()
    ask(director, "启动项目")
    director.get_by_text("项目已启动").wait_for()
    look(director, "gov-running")
    row = Campaign.objects.get()
    assert row.state == "running" and row.system_digest == row.version.digest
    return row


def twin_of_leaders(town, open_as, row) -> None:
    """The leaders of the same counties are evaluated beside it; a draft may still say beside what."""
    director = open_as("director", "/frameworks/load/", expected=("422",))
    director.get_by_label("标准").select_option("county-leaders-template")
    director.get_by_role("button", name="载入为草稿").click()
    ask(director, "发布")
    director.goto(base(director) + "/evaluations/new/county-leaders/")
    press(director, "建立项目", "按条件选入 3 个对象")
    leaders = Campaign.objects.exclude(pk=row.pk).get()
    director.goto(f"{base(director)}{leaders.get_absolute_url()}edit/")
    director.get_by_label("并行项目").select_option(label=f"{row.title}（进行中）")
    look(director, "gov-twin")
    press(director, "保存", "已保存")
    leaders.refresh_from_db()
    assert leaders.twin == row
    ask(director, "启动项目")
    director.get_by_role("link", name=row.title).wait_for()


def answered(town, open_as, row) -> None:
    """A county takes its figures from the statistics, answers with evidence, sees what lacks, hands in with its signed report."""
    subject = row.subjects.get(unit=town.county)
    county = open_as("county_officer", expected=("422",))
    go(county, "督导项目")
    go(county, "自评填报")
    county.get_by_role("link", name=row.title).first.click()
    look(county, "gov-subject")
    go_to(county, "数据（")
    expect(county.get_by_label(SPENT.partition("_")[0], exact=False).first).to_have_value("153600")
    press(county, "取自统计的 1 项核对无误", "已确认取自统计的数据")
    look(county, "gov-figures")
    assert Figure.objects.get(subject=subject, name=SPENT).revision

    county.goto(f"{base(county)}{subject.get_absolute_url()}answer/?at=P1.4")
    county.get_by_role("button", name="好", exact=True).click()
    county.get_by_label("说明").fill("全县中小学建立五育并举课程体系，见佐证材料。")
    county.get_by_role("link", name="添加佐证材料").click()
    county.locator("input[data-files]").first.set_input_files(town.scan)
    county.locator(".sa-side").get_by_role("link", name="签字盖章件").wait_for()
    county.locator("[data-saved]", has_text="已保存").wait_for()
    look(county, "gov-desk")
    go(county, "检查并提交")
    county.get_by_role("heading", name="提交前必须补齐").wait_for()
    look(county, "gov-lacking")
    answer_the_rest(town.county_officer, subject, Decimal(1))
    county.goto(f"{base(county)}{subject.get_absolute_url()}report-new/")
    county.locator("input[type=file]:not([capture])").set_input_files(town.scan)
    press(county, "上传", "自评报告已上传")
    go(county, "检查并提交")
    press(county, "提交自评", "自评提交回执")
    look(county, "gov-receipt")
    for other in (town.other, town.third_county):
        clerk, theirs = getattr(town, town.clerks[other.pk]), row.subjects.get(unit=other)
        answer_the_rest(clerk, theirs, Decimal(1))
        confirm_figures(clerk, subject=theirs)
        scan = files.store(proof(), "自评报告.pdf")
        attach_report(clerk, subject=theirs, file=scan, name="自评报告.pdf")
        submit_evaluation(clerk, subject=theirs, received_at=timezone.now())


def reviewed_online(town, open_as, row) -> None:
    """Two reviewers, blind; on the way one asks the county to put something right, looks again, and makes a finding on the spot."""
    officer = open_as("officer", f"{row.get_absolute_url()}reviewing/?source=online", expected=("422",))
    go(officer, "分配评审任务")
    for name in ("张督学", "刘督学"):
        officer.get_by_label(name, exact=False).check()
    press(officer, "分配", "已分配 6 项评审任务")
    look(officer, "gov-assigned")
    subject = row.subjects.get(unit=town.county)
    first = Review.objects.get(subject=subject, reviewer=town.accounts["inspector"])

    one = open_as("inspector", "/evaluations/reviews/", expected=("422", "409"))
    go(one, "平江县人民政府")
    one.goto(f"{base(one)}{first.get_absolute_url()}?code=P1.4")
    one.get_by_role("button", name="一般 0.6", exact=False).first.click()
    one.locator("#id_reason").fill("劳动教育课程没有单独的计划。")
    one.locator("[data-saved]", has_text="已保存").wait_for()
    look(one, "gov-review")
    one.get_by_role("link", name="请单位补正").click()
    one.get_by_label("要补正什么").fill("请补充劳动教育实施计划。")
    one.get_by_role("button", name="提出", exact=False).last.click()
    settled(one)

    # The office sends it back with all remarks; the county answers and hands in again.
    officer.goto(base(officer) + subject.get_absolute_url())
    look(officer, "gov-remarks")
    go(officer, "退回修改")
    officer.get_by_label("退回理由").fill("请按评审意见补充材料。")
    press(officer, "退回修改", "已退回平江县人民政府修改")
    county = open_as("county_officer", f"{subject.get_absolute_url()}answer/?at=P1.4")
    county.get_by_text("请补充劳动教育实施计划").first.wait_for()
    county.locator("textarea[name=text]").fill("全县中小学建立五育并举课程体系；劳动教育实施计划见佐证材料第 2 份。")
    county.locator("[data-saved]", has_text="已保存").wait_for()
    county.get_by_label("修改说明").fill("已补充劳动教育实施计划。")
    press(county, "已按意见修改", "已记下修改说明")
    go(county, "检查并提交")
    press(county, "提交自评", "第 2 次")

    # Who asked for the correction looks at it, also where self-evaluations aren't checked.
    officer.goto(base(officer) + subject.get_absolute_url())
    ask(officer, "核查通过")
    officer.get_by_text("已核查通过").first.wait_for()

    # Looked at a second time, the mark stands; from it a finding on the spot.
    one.goto(f"{base(one)}{first.get_absolute_url()}?code=P1.4")
    one.get_by_text("单位在您评分以后改过这一项").first.wait_for()
    look(one, "gov-second-look")
    one.get_by_role("button", name="维持原评分").click()
    settled(one)
    one.goto(f"{base(one)}{first.get_absolute_url()}?code=P1.4")
    go_to(one, "形成问题：P1.4")
    one.get_by_role("button", name="形成问题").click()
    one.get_by_text("已形成问题").first.wait_for()
    assert Finding.objects.get().unit == town.county
    for review in Review.objects.select_related("reviewer", "subject__campaign", "subject__unit"):
        mark_the_rest(actor_for(review.reviewer), review, SHARES[review.subject.unit.name])
        if review.pk != first.pk:
            submit_review(actor_for(review.reviewer), review=review)
    one.goto(f"{base(one)}{first.get_absolute_url()}")
    one.get_by_label("总的评审意见", exact=False).fill("材料齐全，劳动教育要加强。")
    press(one, "提交评审", "已提交对“平江县人民政府”的评审")


def go_to(page, start: str) -> None:
    """Follow the link in whose words these are."""
    page.locator("main").get_by_role("link", name=start, exact=False).first.click()
    settled(page)


def marked_by_the_office(town, open_as, row) -> None:
    """Where two reviewers differ the office decides; what adds to the mark is checked by the office itself."""
    officer = open_as("officer", f"{row.get_absolute_url()}reviewing/?source=online", expected=("422",))
    look(officer, "gov-differ")
    go_to(officer, "核定")
    officer.get_by_label("P1.4 立德树人和五育并举的推进（网评）", exact=False).fill("0.8")
    officer.get_by_label("理由").fill("集体研究：计划已补，按较好评。")
    look(officer, "gov-settle")
    press(officer, "核定", "已核定")
    officer.goto(f"{base(officer)}{row.get_absolute_url()}reviewing/?source=review")
    go(officer, "分配评审任务")
    officer.get_by_label("王科员", exact=False).check()
    press(officer, "分配", "已分配 3 项评审任务")
    for review in Review.objects.filter(source="review").select_related("subject__campaign", "subject__unit"):
        mark_the_rest(town.officer, review, Decimal("0.5"))
        officer.goto(base(officer) + review.get_absolute_url())
        if review.subject.unit == town.county:
            look(officer, "gov-bonus")
        press(officer, "提交评审", "已提交对")


def visited(town, open_as, row) -> None:
    """The routine management is marked on site: told, stated, decided by the team."""
    day = timezone.localdate()
    officer = open_as("officer", f"/evaluations/visits/new/{town.county.pk}/", expected=("422",))
    officer.get_by_label("开始日期").fill(day.isoformat())
    officer.get_by_label("结束日期").fill(day.isoformat())
    officer.get_by_label("组长").select_option(label="赵督学（岳阳市）")
    for name in ("钱督学", "刘督学"):
        officer.get_by_label(name, exact=False).check()
    press(officer, "保存安排", "已安排")
    press(officer, "通知实地评估", "已通知单位")
    visit = SiteVisit.objects.get()
    leader = open_as("third", visit.get_absolute_url(), expected=("422",))
    leader.get_by_role("button", name="开始实地评估").click()
    leader.get_by_text("已开始").first.wait_for()
    for subject in visit.subjects.select_related("campaign__office", "campaign__version", "unit"):
        visit_the_rest(town.third, visit, subject, SHARES["平江县"])  # the leaders are looked at on the same day
    leader.goto(base(leader) + visit.get_absolute_url())
    look(leader, "gov-visit")
    go(leader, "现场反馈")
    leader.get_by_label("初步意见").fill("督学队伍健全，部分学校安全台账记录不全。")
    leader.get_by_label("反馈时在场的人").fill("县政府分管负责人、评估组全体")
    press(leader, "反馈", "已反馈")
    county = open_as("county_officer", visit.get_absolute_url())
    go(county, "说明情况")
    county.get_by_label("单位的说明").fill("同意初步意见，台账已开始补齐。")
    press(county, "提交说明", "已记下单位的说明")
    leader.goto(base(leader) + visit.get_absolute_url())
    go(leader, "形成意见")
    leader.get_by_label("评估组意见").fill("同意初步意见。")
    press(leader, "形成意见", "已形成评估组意见")
    for other in (town.other, town.third_county):
        visited_otherwise(town, row, other, day)


def visited_otherwise(town, row, county, day) -> None:
    """The same of another county, by actions."""
    team = [town.accounts[name] for name in ("third", "fourth", "second")]
    subject = row.subjects.select_related("campaign__office", "campaign__version", "unit").get(unit=county)
    visit = visiting.plan_visit(
        town.officer, office=town.city, unit=county, subjects=[subject], members=team, leader=team[0], from_on=day,
        until_on=day, announced=False,
    )  # fmt: skip
    visit = visiting.begin(town.third, visit=visit)
    visit_the_rest(town.third, visit, subject, SHARES[county.name])
    visit = visiting.feed_back(town.third, visit=visit, preliminary="已反馈。", present="分管负责人")
    visiting.settle(town.third, visit=visit, conclusion="同意初步意见。", unstated=True)
