"""In a real browser: kindergartens are drawn in public, answer online, are checked by their counties, reviewed by lot, visited by
teams from which who must keep away is left out, and read their result. A site without a licence is visited too and gets no grade.

``DUDAO_SHOTS=folder`` leaves pictures of the pages.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dudao.core.jobs import run_now
from dudao.demo.builders import account, unit
from dudao.evaluations.actions import visits as visiting
from dudao.evaluations.models import Campaign, Mark, Result, Review
from dudao.orgs.actions import register_licence
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for
from dudao.selection.models import Draw, TeamProposal
from dudao.selection.queries import draws
from dudao.visits.models import SiteVisit, VisitFile
from e2e.conftest import PHONE
from e2e.looking import ask, look
from e2e.steps import answer_the_rest, base, go, mark_the_rest, press, visit_the_rest
from evaluations_town import build_town, published
from findings_town import proof

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

DRAWN = 4
FULL = Decimal(1)


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build_town()
    more = [("平江县百花幼儿园", "public"), ("平江县向阳幼儿园", "private"), ("平江县童心幼儿园", "private")]
    gardens = [town.kindergarten, town.private, town.foreign]
    gardens += [unit(name, Kind.KINDERGARTEN, town.county, ownership=owned) for name, owned in more]
    gardens += [
        unit("湘阴县城东幼儿园", Kind.KINDERGARTEN, town.other, ownership="public"),
        unit("湘阴县小精灵幼儿园", Kind.KINDERGARTEN, town.other, ownership="private"),
    ]
    town.site = unit("平江县新芽看护点", Kind.KINDERGARTEN, town.county, ownership="private")
    town.heads = {one.pk: account(f"{one.name}园长", one, "school_head") for one in [*gardens, town.site]}
    for name in ("钱督学", "孔督学", "曹督学", "严督学", "华督学"):
        town.accounts[name] = account(name, town.city, "city_inspector")
    for one in gardens:
        register_licence(town.director, unit=one, held=True, day=date(2026, 1, 5), number=f"教民{one.pk}号")
    register_licence(town.county_officer, unit=town.site, held=False, day=date(2026, 3, 2), source="无证园排查")
    town.version = published(town)
    return town


@pytest.fixture
def open_as(page_of, town):
    """A page of somebody of the town (by part, or an account), at an address."""

    def open_page(who, path="", *args, **more):
        return page_of(town.accounts[who] if isinstance(who, str) else who, *args, path=path, **more)

    return open_page


def test_kindergartens_from_the_draw_to_the_result(town, open_as, tmp_path):
    drawn_in_public(town, open_as)
    row = made_of_the_drawn(town, open_as)
    answered_and_checked(town, open_as, row)
    reviewed_by_lot(town, open_as, row)
    visited_by_teams(town, open_as, row, tmp_path)
    decided_and_published(town, open_as, row)
    read_by_its_head(town, open_as, row)
    licensed_at_last(town, open_as)


def drawn_in_public(town, open_as) -> None:
    """Promised, drawn with what was said on the spot, published: stratified by public and private."""
    officer = open_as("officer", "/evaluations/draws/new/?kind=objects", expected=("422",))
    officer.get_by_label("名称").fill("2026年秋季幼儿园督导评估抽样")
    officer.get_by_label("幼儿园").check()
    officer.get_by_label("分层").select_option("公民办")
    officer.get_by_label("抽取数量").fill(str(DRAWN))
    press(officer, "生成抽样框", "已生成抽样框")
    site = Draw.objects.get().members.get(unit=town.site)
    officer.get_by_role("row").filter(has_text=site.name).get_by_role("checkbox").check()
    officer.get_by_role("button", name="排除", exact=True).first.click()
    dialog = officer.get_by_role("dialog").filter(visible=True)
    dialog.get_by_role("textbox").fill("无证看护点，全部入园督导，不参加抽样")
    dialog.get_by_role("button", name="排除", exact=True).click()
    officer.get_by_text("已排除 1 个").wait_for()
    ask(officer, "公开承诺")
    officer.get_by_text("已固定并公开承诺").first.wait_for()
    go(officer, "当众抽取")
    officer.get_by_label("现场公布的号码").fill("当日开奖号 05 17 22 28 31")
    press(officer, "抽取", "已抽取。核对后可以公布")
    look(officer, "kg-drawn")
    row = Draw.objects.get()
    director = open_as("director", row.get_absolute_url())
    ask(director, "公布")
    director.get_by_text("已公布").first.wait_for()
    assert {member.stratum for member in draws.final(row)} == {"公办", "民办"}


def made_of_the_drawn(town, open_as) -> Campaign:
    """The template; the drawn become its objects, the unlicensed site is added by name; the county is to check."""
    officer = open_as("officer", "/evaluations/new/", expected=("422",))
    go(officer, "幼儿园督导评估")
    officer.get_by_label("第一天").fill((timezone.localdate() - timedelta(20)).isoformat())
    press(officer, "建立项目", "按条件选入 9 个对象")
    row = Campaign.objects.get()
    officer.goto(f"{base(officer)}{row.get_absolute_url()}subjects/choose/")
    officer.locator("#id_pool_licence").select_option(label="无证")
    look(officer, "kg-choose")
    press(officer, "按条件选入", "现有 1 个对象")
    officer.goto(f"{base(officer)}{row.get_absolute_url()}subjects/choose/")
    officer.locator("#id_draw_one").select_option(label="2026年秋季幼儿园督导评估抽样")
    officer.locator("form:has(#id_draw_one)").get_by_role("button", name="选入").click()
    officer.get_by_text(f"现有 {DRAWN} 个对象").first.wait_for()
    officer.goto(f"{base(officer)}{row.get_absolute_url()}subjects/choose/")
    officer.get_by_role("combobox", name="单位").fill("新芽")
    officer.get_by_role("listbox").get_by_role("option").first.click()
    press(officer, "增加", f"现有 {DRAWN + 1} 个对象")
    officer.get_by_text("无证，不评等次").first.wait_for()
    look(officer, "kg-subjects")
    officer.goto(f"{base(officer)}{row.get_absolute_url()}rules/")
    officer.get_by_label("县级核查通过后才算受理").check()
    look(officer, "kg-rules")
    press(officer, "保存规则", "规则已保存")
    ask(officer, "启动项目")
    officer.get_by_text("项目已启动").wait_for()
    look(officer, "kg-running")
    return row


def answered_and_checked(town, open_as, row) -> None:
    """Heads answer the six focus matters and the numbers; each county checks its own."""
    for number, subject in enumerate(row.subjects.select_related("unit", "campaign").order_by("pk")):
        head = open_as(town.heads[subject.unit_id], "/", expected=("422",))
        go(head, "自评填报")
        head.get_by_role("link", name=row.title).first.click()
        if not number:
            go(head, "填报自评")
            head.get_by_label("符合", exact=True).check()
            head.get_by_label("说明").fill("办园许可证、法人登记证书均在有效期内，2026年年检合格。")
            head.locator("[data-saved]", has_text="已保存").wait_for()
            look(head, "kg-desk")
            head.goto(f"{base(head)}{subject.get_absolute_url()}figures/")
            head.get_by_label("应持教师资格证人数", exact=True).fill("12")
            head.get_by_label("持教师资格证人数", exact=True).fill("11")
            head.locator("[data-saved]", has_text="已保存").wait_for()
            look(head, "kg-figures")
        if subject.unit_id == town.site.pk:
            head.get_by_text("不评等次").first.wait_for()
            look(head, "kg-unlicensed-head")
        answer_the_rest(actor_for(town.heads[subject.unit_id]), subject, FULL)
        head.goto(f"{base(head)}{subject.get_absolute_url()}submit/")
        press(head, "提交自评", "自评提交回执")
    for office, county in (("county_officer", town.county), ("stranger", town.other)):
        own = row.subjects.filter(unit__path__startswith=county.path).count()
        if not own:
            continue
        page = open_as(office, "/evaluations/checks/")
        expect(page.get_by_text(f"共 {own} 条").first).to_be_visible()
        page.get_by_role("checkbox", name="选择本页全部").check()
        ask(page, "核查通过")
        page.get_by_text(f"已核查通过 {own} 个单位").wait_for()


def reviewed_by_lot(town, open_as, row) -> None:
    """The online monitoring: given out by lot, marked by each reviewer."""
    officer = open_as("officer", f"/evaluations/{row.pk}/reviewing/", expected=("422",))
    go(officer, "分配评审任务")
    for name in ("张督学", "刘督学", "孙专家"):
        officer.get_by_label(name, exact=False).check()
    officer.get_by_label("随机抽取", exact=False).check()
    press(officer, "分配", f"已分配 {DRAWN + 1} 项评审任务")
    look(officer, "kg-reviewing")
    for number, review in enumerate(Review.objects.select_related("subject__campaign", "reviewer").order_by("pk")):
        page = open_as(review.reviewer, "/evaluations/reviews/", expected=("422",))
        go(page, review.subject.label)
        if not number:
            page.keyboard.press("2")
            page.locator("[data-saved]", has_text="已保存").wait_for()
            page.locator("#id_reason").fill("许可证到期日与年检结论不一致，待实地核实。")
            page.keyboard.press("Escape")
            page.locator("[data-saved]", has_text="已保存").wait_for()
            look(page, "kg-review")
        mark_the_rest(actor_for(review.reviewer), review, FULL)
        page.reload()
        press(page, "提交评审", "已提交对")


def visited_by_teams(town, open_as, row, tmp_path) -> None:
    """An inspector keeps away from one; the office has teams found; a phone goes along; what was found is fed back and decided."""
    kept = row.subjects.select_related("unit").exclude(unit=town.site).order_by("pk")[0]
    own = open_as("inspector", "/evaluations/recusals/new/", PHONE)
    own.get_by_role("combobox", name="回避哪个单位").fill(kept.unit.name)
    own.get_by_role("listbox").get_by_role("option").first.click()
    own.get_by_label("近亲属任该单位主要负责人").check()
    press(own, "申报", "已申报，即时生效")

    day = timezone.localdate()
    officer = open_as("officer", "/evaluations/teams/new/", expected=("422",))
    officer.get_by_label("从哪天").fill(day.isoformat())
    officer.get_by_label("到哪天").fill((day + timedelta(40)).isoformat())
    officer.get_by_role("button", name="开始组队").click()
    officer.wait_for_url("**/jobs/**")
    made = TeamProposal.objects.get()
    assert run_now(made.job).state == "done"
    officer.goto(base(officer) + f"/evaluations/teams/{made.pk}/")
    look(officer, "kg-teams")
    ask(officer, "采用组队方案")
    officer.get_by_text("评估组成员会收到通知").wait_for()
    assert SiteVisit.objects.count() == DRAWN + 1
    assert not SiteVisit.objects.filter(unit=kept.unit, members__account=town.accounts["inspector"]).exists()

    for visit in SiteVisit.objects.select_related("unit"):
        subject = row.subjects.select_related("unit", "campaign").get(unit=visit.unit)
        leader = visit.members.get(leader=True).account
        if visit.unit == kept.unit:
            _visited_by_phone(town, open_as, visit, subject, leader, tmp_path)
        else:
            _visited_aside(town, visit, subject, leader)


def _visited_aside(town, visit, subject, leader) -> None:
    """The visits that the journey doesn't follow: the unlicensed site has to put its licence right."""
    actor = actor_for(leader)
    visiting.notify(town.officer, visit=visit)
    visiting.begin(actor, visit=visit)
    visit_the_rest(actor, visit, subject, Decimal("0.2") if visit.unit_id == town.site.pk else FULL)
    visiting.feed_back(actor, visit=visit, preliminary="总体规范。", present="园长、评估组全体")
    visiting.settle(actor, visit=visit, conclusion="同意初步意见。", unstated=True)


def _visited_by_phone(town, open_as, visit, subject, leader, tmp_path) -> None:
    photo = tmp_path / "办园许可证.pdf"
    photo.write_bytes(proof().read())
    officer = open_as("officer", visit.get_absolute_url())
    press(officer, "通知实地评估", "已通知单位")
    phone = open_as(leader, "/evaluations/visits/", PHONE, expected=("422",))
    phone.get_by_role("link", name=visit.unit.name).first.click()
    phone.get_by_role("button", name="开始实地评估").click()
    phone.get_by_text("已开始").first.wait_for()
    phone.locator("summary", has_text="F1.1").first.click()
    phone.locator("details[open] fieldset").first.locator("label").nth(1).click()
    phone.locator("[data-saved]", has_text="已保存").wait_for()
    phone.locator("details[open] textarea").fill("年检结论未公示。")
    phone.locator("details[open]").get_by_role("button", name="保存").click()
    phone.locator("details[open] input[type=file]").set_input_files(photo)
    phone.locator("details[open] [data-files] a").wait_for()
    look(phone, "kg-phone-mark")
    assert Mark.objects.get(visit=visit).cells == {"F1.1": "部分符合"} and VisitFile.objects.get().code == "F1.1"
    visit_the_rest(actor_for(leader), visit, subject, FULL)
    phone.goto(f"{base(phone)}{visit.get_absolute_url()}field/?tab=feedback")
    look(phone, "kg-phone-feedback")
    phone.get_by_role("link", name="反馈初步意见").click()
    phone.get_by_label("初步意见").fill("办园规范，年检结论要在门口公示。")
    phone.get_by_label("反馈时在场的人").fill("园长、保教主任、评估组全体")
    press(phone, "反馈", "已反馈")
    head = open_as(town.heads[visit.unit_id], "/evaluations/visits/", PHONE)
    head.get_by_role("link", name=visit.unit.name).first.click()
    head.get_by_role("link", name="说明情况").click()
    head.get_by_label("单位的说明").fill("无异议，当天公示。")
    press(head, "提交说明", "已记下单位的说明")
    look(head, "kg-phone-head")
    phone.goto(f"{base(phone)}{visit.get_absolute_url()}field/?tab=feedback")
    phone.get_by_role("link", name="形成意见").click()
    phone.get_by_label("评估组意见").fill("同意初步意见，已当天公示。")
    press(phone, "形成意见", "已形成评估组意见")


def decided_and_published(town, open_as, row) -> None:
    """Scored with what self, online and site said side by side; the unlicensed site is on no sheet."""
    officer = open_as("officer", f"/evaluations/{row.pk}/results/", expected=("422",))
    officer.get_by_text("1 个登记为无证的园只督导整治").wait_for()
    go(officer, "计算得分")
    officer.get_by_label("评定：形成评定结果").check()
    press(officer, "计算", f"已计算 {DRAWN} 个单位")
    look(officer, "kg-sheet")
    go(officer, "按指标查看")
    look(officer, "kg-sheet-indicator")
    director = open_as("director", f"/evaluations/{row.pk}/results/", expected=("422",))
    go(director, "登记评定会议")
    director.get_by_label("参加人员").fill("李主任、王科员、张督学、刘督学")
    director.get_by_label("评定意见").fill("审定抽中幼儿园的结论，同意公示。")
    press(director, "登记", "已登记评定会议")
    go(director, "公示")
    press(director, "开始公示", "已开始公示")
    look(director, "kg-publicised")
    day = timezone.localdate()
    Campaign.objects.filter(pk=row.pk).update(publicised_on=day - timedelta(12), publicised_until=day - timedelta(1))
    director.reload()
    ask(director, "公布")
    director.get_by_text("已公布。从现在起").wait_for()
    assert Result.objects.filter(sheet__campaign=row).count() == DRAWN
    assert not Result.objects.filter(subject__unit=town.site).exists()


def read_by_its_head(town, open_as, row) -> None:
    """The head reads what came of it, indicator by indicator; the unlicensed site's head finds the visit, and no result."""
    garden = VisitFile.objects.select_related("visit__unit").get().visit.unit
    head = open_as(town.heads[garden.pk], "/evaluations/results/", PHONE)
    head.get_by_role("link", name=garden.name).first.click()
    expect(head.get_by_text("基本通过").or_(head.get_by_text("通过")).first).to_be_visible()
    look(head, "kg-phone-result")
    head.goto(f"{head.url.partition('?')[0]}?code=F1.1#trace")
    head.get_by_text("部分符合").first.wait_for()
    look(head, "kg-phone-trace")
    site = open_as(town.heads[town.site.pk], "/evaluations/results/", PHONE)
    site.get_by_text("还没有评估结果").wait_for()
    site.goto(base(site) + "/evaluations/visits/")
    site.get_by_role("link", name=town.site.name).first.wait_for()


def licensed_at_last(town, open_as) -> None:
    """The county finds the unlicensed in its list, and registers the licence that the site got; what it was before stays."""
    county = open_as("county_officer", "/units/?licence=none", expected=("422",))
    look(county, "kg-units-unlicensed")
    go(county, town.site.name)
    look(county, "kg-unit")
    county.get_by_role("button", name=f"{town.site.name}的操作").first.click()
    county.get_by_role("link", name="登记办园许可").click()
    county.get_by_label("无证", exact=True).check()
    county.get_by_label("许可证号").fill("教民143062660000019号")
    press(county, "登记", "无证的没有许可证号")
    county.get_by_label("有证", exact=True).check()
    county.get_by_label("有效期至").fill("2031-08-31")
    county.get_by_label("依据").fill("平教批〔2026〕12号")
    look(county, "kg-licence-form")
    press(county, "登记", "的办园许可：有证。")
    county.goto(f"{base(county)}{town.site.get_absolute_url()}past/")
    county.get_by_text("无证园排查").wait_for()
    county.get_by_text("教民143062660000019号").first.wait_for()
    look(county, "kg-unit-past")
