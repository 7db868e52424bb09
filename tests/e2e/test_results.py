"""In a real browser: a city's evaluation of its counties from the marks to the circular, as office, county and director live it;
axe on every page. Parted into journeys that each begin where the one before ended.

``DUDAO_SHOTS=folder`` leaves pictures of the pages.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from dudao.calc.score import columns_of
from dudao.demo.builders import account, unit
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.models import Answer, Campaign, Mark, ScoreSheet, Subject
from dudao.evaluations.queries.systems import system_of
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for
from dudao.results.actions import results as acts
from dudao.results.actions import uses
from dudao.results.actions.objections import ask_objection
from dudao.results.models import Objection
from e2e.conftest import PHONE
from e2e.looking import ask, look, settled
from evaluations_town import build_town, published
from results_town import GOVERNMENT, cell_of, mark_all

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

NAMES = (
    "岳阳楼区", "云溪区", "君山区", "岳阳县", "华容县", "汨罗市", "临湘市", "岳阳经济技术开发区", "南湖新区",
    "城陵矶新港区", "屈原管理区",
)  # fmt: skip


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    made = build_town()
    made.counties = [made.county, made.other, *(unit(name, Kind.COUNTY, made.city) for name in NAMES)]
    made.accounts["leader"] = account("市领导", made.city, "leader")
    version = published(made, GOVERNMENT)
    made.before = _campaign(made, version, 2025)
    _published(made, made.before)
    made.row = _campaign(made, version, 2026)
    return made


def _campaign(town, version, year):
    """All counties, with self-evaluations and marks that differ a little."""
    day = timezone.localdate()
    made = create_campaign(
        town.director,
        office=town.city,
        title=f"{year}年县级人民政府履行教育职责评价",
        year=year,
        objects_kind="counties",
        version=version,
        phases=[
            PhaseGiven("self", "自查自评", day - timedelta(40), day - timedelta(20), source="self"),
            PhaseGiven("online", "网上评审", day - timedelta(20), day - timedelta(10), source="online"),
            PhaseGiven("onsite", "实地核查", day - timedelta(10), day - timedelta(1), source="onsite"),
        ],
    )
    subjects = [SubjectGiven(one, f"{one.name}人民政府") for one in town.counties]
    made = set_subjects(town.director, campaign=made, revision=made.revision, subjects=subjects)
    made = start_campaign(town.director, campaign=made, revision=made.revision)
    shares = {one.pk: Decimal("0.99") - Decimal("0.04") * place for place, one in enumerate(town.counties)}
    mark_all(made, shares)
    Mark.objects.filter(subject__campaign=made, subject__unit=town.county, code=_judged(made)).update(
        cells={_judged(made): "0.5"}
    )
    system = system_of(made)
    answers = []
    for subject in Subject.objects.filter(campaign=made):
        by_code = {}
        for column in columns_of(system, apart=True):
            if column.source == "self":
                points = system.tree.nodes[column.code].points
                by_code.setdefault(column.code, {})[column.name] = cell_of(column.item, Decimal(1), points)
        answers += [Answer(subject=subject, code=code, cells=cells) for code, cells in by_code.items()]
    Answer.objects.bulk_create(answers)
    return made


def _decided(town, row):
    acts.record_decision(
        town.director, campaign=row, held_on=timezone.localdate(), attendees="李主任", text="同意评定结果。"
    )


def _published(town, row):
    acts.make_sheet(town.officer, campaign=row, purpose="final", reason="按期评定。")
    _decided(town, row)
    acts.publicise(town.director, campaign=Campaign.objects.get(pk=row.pk))
    _over(row)
    acts.publish_campaign(town.director, campaign=Campaign.objects.get(pk=row.pk))


def _over(row):
    """The term of publicity is over."""
    day = timezone.localdate()
    Campaign.objects.filter(pk=row.pk).update(publicised_on=day - timedelta(12), publicised_until=day - timedelta(1))


@pytest.fixture
def open_as(page_of, town):
    """A page of somebody of the town, at an address."""
    return lambda name, path, *args, **more: page_of(town.accounts[name], *args, path=path, **more)


def go(page: Page, word: str) -> None:
    page.get_by_role("link", name=word, exact=True).first.click()
    settled(page)


def press(page: Page, word: str, said: str) -> None:
    page.get_by_role("button", name=word, exact=True).click()
    page.get_by_text(said).first.wait_for()


def test_the_officer_scores_and_looks_at_the_sheet(town, open_as):
    where = f"/evaluations/{town.row.pk}/results/"
    officer = open_as("officer", where, expected=("422",))
    look(officer, "results-begin")
    go(officer, "计算得分")
    press(officer, "计算", "已计算 13 个单位")
    officer.goto(officer.url.split("/evaluations/")[0] + where)
    go(officer, "计算得分")
    look(officer, "score-form")
    officer.get_by_label("评定：形成评定结果").check()
    press(officer, "计算", "已计算 13 个单位")
    sheet = ScoreSheet.objects.filter(campaign=town.row, purpose="final").get()
    look(officer, "sheet")
    for word, name in (
        ("按指标查看", "sheet-indicator"),
        ("低分问题", "sheet-low"),
        ("假设调整", "sheet-what-if"),
        ("两次比较", "sheet-compare"),
        ("核对", "sheet-verify"),
    ):
        officer.goto(officer.url.split("/evaluations/")[0] + sheet.get_absolute_url())
        go(officer, word)
        look(officer, name)
    expect(officer.get_by_text("核对一致")).to_be_visible()


def test_the_director_publicises_and_a_county_objects(town, open_as, tmp_path):
    minutes = tmp_path / "评定会议纪要.pdf"
    minutes.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    where = f"/evaluations/{town.row.pk}/results/"
    acts.make_sheet(town.officer, campaign=town.row, purpose="final", reason="按期评定。")
    director = open_as("director", where, expected=("422",))
    go(director, "登记评定会议")
    press(director, "登记", "请填写“参加人员”")
    director.get_by_label("参加人员").fill("李主任、王科员、张督学、刘督学")
    director.get_by_label("评定意见").fill("审定13个县市区的等次和名次，同意公示。")
    director.locator("input[type=file]:not([capture])").set_input_files(minutes)
    look(director, "decide-form")
    press(director, "登记", "已登记评定会议")
    look(director, "results-decided")
    go(director, "公示")
    look(director, "publicise-form")
    press(director, "开始公示", "已起草公示文书")
    look(director, "results-publicised")

    # The county looks, and objects.
    county = open_as("county_officer", "/evaluations/results/", expected=("422",))
    look(county, "own-results")
    county.get_by_role("link", name="平江县人民政府").first.click()
    look(county, "own-result")
    code = _judged(town.row)
    county.goto(f"{county.url.partition('?')[0]}?code={code}#trace")
    look(county, "own-result-trace")
    go(county, "对这一项提出异议")
    press(county, "提出异议", "请填写“异议和理由”")
    county.get_by_label("异议和理由").fill("学位建设攻坚任务提前四个月完成，省级验收文件见佐证材料，请复核。")
    look(county, "objection-form")
    press(county, "提出异议", "已提出异议")
    look(county, "objection-asked")
    phone = open_as("county_officer", "/evaluations/results/", PHONE)
    look(phone, "phone-own-results")
    phone.get_by_role("link", name="平江县人民政府").first.click()
    look(phone, "phone-own-result")
    county.goto(county.url.split("/evaluations/")[0] + f"/evaluations/{town.row.pk}/publicity/")
    look(county, "publicity")


@pytest.fixture
def objected(town):
    """A county has objected to its publicised result: the sheet before."""
    sheet = acts.make_sheet(town.officer, campaign=town.row, purpose="final", reason="按期评定。")
    _decided(town, town.row)
    acts.publicise(town.director, campaign=Campaign.objects.get(pk=town.row.pk))
    ask_objection(
        town.county_officer,
        subject=town.row.subjects.get(unit=town.county),
        code=_judged(town.row),
        text="学位建设攻坚任务提前四个月完成，省级验收文件见佐证材料，请复核。",
    )
    return sheet


def test_the_office_changes_a_mark_and_publishes(town, objected, open_as):
    sheet, code, where = objected, _judged(town.row), f"/evaluations/{town.row.pk}/results/"
    officer = open_as("officer", "/evaluations/objections/", expected=("422",))
    look(officer, "objections")
    officer.get_by_role("link", name="平江县人民政府").first.click()
    look(officer, "objection")
    go(officer, "调整评定")
    officer.locator("input[name=cell_0]").fill("1.5")
    officer.get_by_role("textbox", name="答复").fill("经复核，验收文件属实，改为1.5分。")
    look(officer, "objection-change")
    press(officer, "调整并答复", "已调整并答复")
    assert Objection.objects.get().state == "changed"
    assert Mark.objects.get(subject__unit=town.county, subject__campaign=town.row, code=code).reason
    last = ScoreSheet.objects.filter(campaign=town.row, purpose="final").first()
    officer.goto(officer.url.split("/evaluations/")[0] + f"{last.get_absolute_url()}compare/?with={sheet.pk}")
    look(officer, "sheet-compare-after")
    expect(officer.get_by_text("1.5").first).to_be_visible()

    # The term is over: the director has the changed result decided on and publishes; everything is frozen.
    director = open_as("director", where)
    assert "期满后才能公布" in director.content() and "需要重新登记评定会议" in director.content()
    _over(town.row)
    _decided(town, town.row)
    director.goto(director.url)
    ask(director, "公布")
    director.get_by_text("已公布。从现在起").wait_for()
    look(director, "results-published")
    go(director, "历年比较")
    look(director, "years")
    county = open_as("county_officer", f"/evaluations/results/{_own(last, town)}/")
    look(county, "own-result-published")


def test_what_becomes_of_a_result(town, open_as):
    where = f"/evaluations/{town.before.pk}/results/"
    director = open_as("director", where)
    ask(director, "起草督导通报")
    director.get_by_text("已起草督导通报").wait_for()
    go(director, "登记运用")
    look(director, "use-form")
    county = open_as("county_officer", "/evaluations/proposals/new/")
    county.get_by_label("建议和理由").fill("建议提高信息化建设的分值，近年投入较大。")
    look(county, "proposal-form")
    press(county, "提出", "已提出")
    look(county, "proposals")
    proposal = uses.decide_proposal(
        actor_for(town.accounts["director"]), proposal=_proposal(), taken=True, answer="下一版调整。"
    )
    assert proposal.state == "taken"
    director.goto(director.url.split("/evaluations/")[0] + "/evaluations/proposals/")
    look(director, "proposals-office")
    ask(director, "带入新版本")
    director.get_by_text("已带入新版本的草稿").wait_for()
    director.goto(director.url.split("/evaluations/")[0] + "/papers/")
    director.get_by_role("link", name="情况的通报").first.click()
    look(director, "circular")
    leader = open_as("leader", where)
    look(leader, "leader-results")


def test_the_leader_sees_in_a_minute_who_moved_and_what_to_decide(town, open_as):
    codes = list(town.row.version.indicators.filter(kind="judged").order_by("path").values_list("code", flat=True)[:3])
    low = Mark.objects.filter(subject__campaign=town.row, code__in=codes)
    for mark in low.filter(subject__unit__in=[town.other, *town.counties[3:5]]):
        mark.cells = dict.fromkeys(mark.cells, "0.5")
        mark.save()
    acts.make_sheet(town.officer, campaign=town.row, purpose="final", reason="按期评定。")
    leader = open_as("leader", town.row.get_absolute_url())
    expect(leader.get_by_text("降 ").first).to_be_visible()
    expect(leader.get_by_text("结果已经形成，还没有召开评定会议审定")).to_be_visible()
    expect(leader.get_by_role("columnheader", name="名次变化")).to_be_visible()
    look(leader, "results-glance")
    phone = open_as("leader", town.row.get_absolute_url(), PHONE)
    look(phone, "results-glance-phone")


def _judged(row):
    """An indicator judged by points, early in the document."""
    return row.version.indicators.filter(kind="judged").order_by("path").values_list("code", flat=True)[0]


def _own(sheet, town):
    return sheet.results.get(subject__unit=town.county).pk


def _proposal():
    from dudao.results.models import Proposal

    return Proposal.objects.get()
