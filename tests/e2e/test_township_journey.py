"""In a real browser: a county makes an evaluation of its townships from the template and carries it by itself to the published
result; the city office reads along and changes nothing; another county sees nothing of it.

``DUDAO_SHOTS=folder`` leaves pictures of the pages.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dudao.demo.builders import account, unit
from dudao.evaluations.models import Campaign, Result, Review
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for
from dudao.visits.models import SiteVisit
from e2e.looking import ask, look
from e2e.steps import answer_the_rest, base, go, mark_the_rest, press, visit_the_rest
from evaluations_town import build_town

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

TOWNSHIPS = ("三阳乡", "安定镇", "瓮江镇")
SHARES = {"三阳乡": Decimal("0.95"), "安定镇": Decimal("0.85"), "瓮江镇": Decimal("0.7")}
FIGURES = {"单位类型": "乡镇", "适龄儿童少年数": "2310", "已入学适龄儿童少年数": "2310", "公办中心幼儿园数": "1"}


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build_town()
    town.townships = [unit(name, Kind.TOWNSHIP, town.county) for name in TOWNSHIPS]
    for number, one in enumerate(town.townships):
        town.accounts[f"township{number}"] = account(f"{one.name}教育专干", one, "township")
    for name in ("何督学", "方督学", "曾督学"):
        town.accounts[name] = account(name, town.county, "county_inspector")
    return town


@pytest.fixture
def open_as(page_of, town):
    """A page of somebody of the town, at an address."""
    return lambda name, path="", *args, **more: page_of(town.accounts[name], *args, path=path, **more)


def test_a_county_evaluates_its_townships_by_itself(town, open_as):
    row = made_and_started(town, open_as)
    answered_and_checked(town, open_as, row)
    marked_and_visited(town, open_as, row)
    decided_and_published(town, open_as, row)
    read_by_others(town, open_as, row)


def made_and_started(town, open_as) -> Campaign:
    """Template and indicator system, published by the county itself; the draft looked through, tried, started."""
    county = open_as("county_officer", "/", expected=("422",))
    go(county, "督导项目")
    go(county, "新建项目")
    look(county, "township-templates")
    expect(county.get_by_text("乡镇（街道）履行教育职责评价", exact=True).first).to_be_visible()
    assert county.get_by_text("县市区人民政府履行教育职责评价").count() == 0, "only the city evaluates counties"
    county.goto(base(county) + "/frameworks/load/")
    county.get_by_label("标准").select_option("township-template")
    county.get_by_role("button", name="载入为草稿").click()
    county.get_by_role("button", name="发布", exact=True).first.click()
    county.get_by_role("dialog").get_by_role("button", name="发布").click()
    county.get_by_text("已发布“乡镇（街道）履行教育职责评价").wait_for()

    county.goto(base(county) + "/evaluations/new/")
    go(county, "乡镇（街道）履行教育职责评价")
    county.get_by_label("第一天").fill((timezone.localdate() - timedelta(20)).isoformat())
    county.get_by_label("依据和目的").fill("《平江县2026年教育督导工作要点》")
    look(county, "township-new")
    press(county, "建立项目", f"按条件选入 {len(TOWNSHIPS)} 个对象")
    look(county, "township-draft")
    go(county, "试评")
    county.get_by_role("heading", name="排名").wait_for()
    look(county, "township-dry-run")
    county.get_by_role("link", name="回到项目").click()
    ask(county, "启动项目")
    county.get_by_text("项目已启动").wait_for()
    look(county, "township-running")
    row = Campaign.objects.get()
    assert row.office == town.county and row.state == "running"
    return row


def answered_and_checked(town, open_as, row) -> None:
    """A township answers and hands in; the county sends it back with a remark, then accepts all."""
    for number, one in enumerate(town.townships):
        subject = row.subjects.get(unit=one)
        clerk = open_as(f"township{number}", "/", expected=("422",))
        go(clerk, "督导项目")
        go(clerk, "自评填报")
        clerk.get_by_role("link", name=row.title).first.click()
        if not number:
            look(clerk, "township-subject")
            go(clerk, "填报自评")
            clerk.get_by_label("少研究一次", exact=False).fill("0")
            clerk.locator("textarea[name=text]").fill("党委会每学期专题研究教育两次，有记录。")
            clerk.locator("[data-saved]", has_text="已保存").wait_for()
            look(clerk, "township-desk")
        answer_the_rest(actor_for(town.accounts[f"township{number}"]), subject, SHARES[one.name], FIGURES)
        clerk.goto(f"{base(clerk)}{subject.get_absolute_url()}submit/")
        press(clerk, "提交自评", "自评提交回执")

    county = open_as("county_officer", "/", expected=("422",))
    look(county, "township-county-home")
    go(county, "督导项目")
    go(county, "自评核查")
    look(county, "township-checks")
    county.get_by_role("link", name="三阳乡", exact=True).click()
    go(county, "退回修改")
    county.get_by_label("退回理由").fill("请补充第二次专题研究教育的会议记录。")
    press(county, "退回修改", "已退回三阳乡修改")
    clerk = open_as("township0", row.subjects.get(unit=town.townships[0]).get_absolute_url())
    clerk.get_by_text("请补充第二次专题研究教育的会议记录").first.wait_for()
    go(clerk, "检查并提交")
    press(clerk, "提交自评", "第 2 次")
    county.goto(base(county) + "/evaluations/checks/")
    county.get_by_role("checkbox", name="选择本页全部").check()
    ask(county, "核查通过")
    county.get_by_text(f"已核查通过 {len(TOWNSHIPS)} 个单位").wait_for()


def marked_and_visited(town, open_as, row) -> None:
    """The county's check and the bonus are given out and marked; a team goes to one township."""
    county = open_as("county_officer", row.get_absolute_url(), expected=("422",))
    for source, title in (("county", "县级核查"), ("review", "专项加分审核")):
        county.goto(f"{base(county)}{row.get_absolute_url()}reviewing/?source={source}")
        county.get_by_role("heading", name=title, level=1).wait_for()
        go(county, "分配评审任务")
        county.get_by_label("平江办", exact=False).check()
        look(county, f"township-assign-{source}")
        press(county, "分配", f"已分配 {len(TOWNSHIPS)} 项评审任务")
    go(county, "督导项目")
    go(county, "网上评审")
    look(county, "township-queue")
    for review in Review.objects.order_by("pk").select_related("subject__campaign", "subject__unit"):
        county.goto(base(county) + review.get_absolute_url())
        if review.source == "county" and review.subject.unit.name == "三阳乡":
            county.keyboard.press("1")
            county.locator("[data-saved]", has_text="已保存").wait_for()
            look(county, "township-review")
        mark_the_rest(actor_for(town.accounts["county_officer"]), review, SHARES[review.subject.unit.name])
        county.reload()
        press(county, "提交评审", "已提交对")

    day = timezone.localdate()
    county.goto(base(county) + "/evaluations/visits/new/")
    county.get_by_label("受评单位").select_option(label="安定镇")
    county.get_by_role("button", name="下一步").click()
    county.get_by_label("开始日期").fill(day.isoformat())
    county.get_by_label("结束日期").fill(day.isoformat())
    county.get_by_label("组长").select_option(label="何督学（平江县）")
    for name in ("方督学", "曾督学"):
        county.get_by_label(name, exact=False).check()
    press(county, "保存安排", "已安排")
    press(county, "通知实地评估", "已通知单位")
    visit = SiteVisit.objects.get()
    leader = open_as("何督学", visit.get_absolute_url(), expected=("422",))
    leader.get_by_role("button", name="开始实地评估").click()
    leader.get_by_text("已开始").first.wait_for()
    visit_the_rest(actor_for(town.accounts["何督学"]), visit, row.subjects.get(unit=visit.unit), Decimal("0.8"))
    leader.goto(base(leader) + visit.get_absolute_url())
    go(leader, "现场反馈")
    leader.get_by_label("初步意见").fill("控辍保学台账完整，校园周边两处摊点没有清理。")
    leader.get_by_label("反馈时在场的人").fill("安定镇分管负责人、评估组全体")
    press(leader, "反馈", "已反馈")
    clerk = open_as("township1", visit.get_absolute_url())
    go(clerk, "说明情况")
    clerk.get_by_label("单位的说明").fill("无异议，摊点本周内清理。")
    press(clerk, "提交说明", "已记下单位的说明")
    leader.goto(base(leader) + visit.get_absolute_url())
    go(leader, "形成意见")
    leader.get_by_label("评估组意见").fill("同意初步意见。")
    press(leader, "形成意见", "已形成评估组意见")
    look(leader, "township-visit")


def decided_and_published(town, open_as, row) -> None:
    """Scored, decided, publicised, published: all of it by the county."""
    county = open_as("county_officer", row.get_absolute_url(), expected=("422",))
    look(county, "township-progress")
    go(county, "得分")
    go(county, "计算得分")
    county.get_by_label("评定：形成评定结果").check()
    press(county, "计算", f"已计算 {len(TOWNSHIPS)} 个单位")
    look(county, "township-sheet")
    county.goto(f"{base(county)}{row.get_absolute_url()}results/")
    go(county, "登记评定会议")
    county.get_by_label("参加人员").fill("县教育督导委员会主任、副主任、成员单位负责人")
    county.get_by_label("评定意见").fill("审定三个乡镇的等次和名次，同意公示。")
    press(county, "登记", "已登记评定会议")
    go(county, "公示")
    press(county, "开始公示", "已开始公示")
    looked_on(town, open_as, row)
    look(county, "township-publicised")
    day = timezone.localdate()
    Campaign.objects.filter(pk=row.pk).update(publicised_on=day - timedelta(12), publicised_until=day - timedelta(1))
    county.reload()
    ask(county, "公布")
    county.get_by_text("已公布。从现在起").wait_for()
    look(county, "township-published")
    go(county, "评估结果")
    go(county, "结果运用")
    look(county, "township-uses")


def looked_on(town, open_as, row) -> None:
    """The city office sees everything of a running campaign of the county's and is offered nothing to change."""
    city = open_as("director", f"{row.get_absolute_url()}results/")
    city.get_by_text("公示止").wait_for()
    _offers_nothing(city)
    go(city, row.title)
    _offers_nothing(city)
    city.goto(f"{base(city)}{row.get_absolute_url()}reviewing/?source=county")
    city.get_by_role("heading", name="县级核查", level=1).wait_for()
    _offers_nothing(city)


CHANGING = (
    "计算得分", "登记评定会议", "公布", "退回评审", "变更项目", "建立下一轮", "取消项目", "分配评审任务", "起草督导报告",
)  # fmt: skip


def _offers_nothing(page) -> None:
    """No button and no link that changes something, unless it is greyed and says why."""
    for word in CHANGING:
        for role in ("button", "link"):
            for one in page.get_by_role(role, name=word, exact=True).all():
                assert one.get_attribute("aria-disabled") == "true", word


def read_by_others(town, open_as, row) -> None:
    """The township reads its own, the city reads all and is offered nothing to change, another county finds nothing."""
    best = Result.objects.get(sheet__campaign=row, subject__unit=town.townships[0])
    assert (best.rank, best.open_count) == (1, 0)
    clerk = open_as("township0", "/evaluations/results/")
    assert clerk.get_by_text("安定镇").count() == 0
    go(clerk, "三阳乡")
    look(clerk, "township-own-result")

    city = open_as("officer", "/evaluations/")
    look(city, "township-city-list")
    go(city, row.title)
    look(city, "township-city-campaign")
    go(city, "得分")
    look(city, "township-city-results")
    _offers_nothing(city)
    city.goto(f"{base(city)}/evaluations/results/")
    city.get_by_role("link", name="瓮江镇", exact=True).wait_for()

    stranger = open_as("stranger", "/evaluations/", expected=("404",))
    stranger.get_by_role("heading", name="督导项目", level=1).wait_for()
    assert stranger.get_by_text(row.title).count() == 0
    for path in (row.get_absolute_url(), f"{row.get_absolute_url()}results/", best.get_absolute_url()):
        answer = stranger.goto(base(stranger) + path)
        assert answer.status == 404, path
