"""In a real browser: an inspector declares a recusal, the office recognises it and finds teams; axe on every page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dudao.core.jobs import run_now
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from dudao.selection.models import RecusalDeclaration, TeamProposal
from dudao.visits.models import SiteVisit
from e2e.conftest import PHONE
from e2e.looking import ask, look
from evaluations_town import build_town, campaign

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build_town()
    for name in ("第二中心", "百花", "城北", "向阳"):
        unit(f"平江县{name}幼儿园", Kind.KINDERGARTEN, town.county, ownership="public")
    for name in ("钱督学", "孔督学", "曹督学"):
        account(name, town.city, "city_inspector")
    first = campaign(town)
    campaign(town, title="2026年幼儿园安全专项督导", version=first.version)
    return town


def test_from_a_recusal_to_teams(town, page_of):
    today = timezone.localdate()
    own = page_of(town.accounts["inspector"], PHONE, path="/evaluations/recusals/")
    own.get_by_text("没有回避申报").wait_for()
    look(own, "recusals-none-phone")
    own.get_by_role("link", name="申报回避").first.click()
    own.get_by_role("combobox", name="回避哪个单位").fill("城关镇")
    own.get_by_role("listbox").get_by_role("option").first.click()
    own.get_by_label("近亲属任该单位主要负责人").check()
    own.get_by_label("说明").fill("配偶任园长")
    look(own, "recusals-new-phone")
    own.get_by_role("button", name="申报", exact=True).click()
    own.get_by_text("已申报，即时生效").wait_for()
    row = RecusalDeclaration.objects.get()

    office = page_of(town.accounts["director"], path=f"/evaluations/recusals/{row.pk}/")
    office.get_by_text("配偶任园长").wait_for()
    look(office, "recusals-one")
    office.get_by_role("button", name="认定回避", exact=True).click()
    office.get_by_text("已办理：已认定。").wait_for()
    look(office, "recusals-list")

    office.goto(office.url.replace("recusals/", "teams/"))
    office.get_by_role("link", name="路程").first.click()
    office.get_by_label("一行一条").fill("岳阳市 平江县 90\n平江县 湘阴县 75")
    office.get_by_role("button", name="保存").click()
    office.get_by_text("已保存 2 条路程").wait_for()
    look(office, "teams-travel")
    office.goto(f"{office.url.split('/evaluations')[0]}/people/{town.accounts['inspector'].pk}/specialities/")
    office.get_by_label("校园安全").check()
    office.get_by_label("其他特长").fill("心理健康")
    look(office, "people-specialities")
    office.get_by_role("button", name="保存").click()
    office.get_by_text("已登记张督学的专业特长：校园安全、心理健康。").wait_for()
    office.goto(f"{office.url.split('/people')[0]}/evaluations/teams/")
    office.get_by_role("link", name="自动组队").first.click()
    office.get_by_label("从哪天").fill(today.isoformat())
    office.get_by_label("到哪天").fill((today + timedelta(20)).isoformat())
    look(office, "teams-new")
    office.get_by_role("button", name="开始组队").click()
    office.wait_for_url("**/jobs/**")
    made = TeamProposal.objects.get()
    assert run_now(made.job).state == "done"
    office.goto(office.url)
    office.get_by_role("link", name="查看结果").click()
    office.get_by_text("已证明没有更好的组法").first.wait_for()
    look(office, "teams-found")
    ask(office, "采用组队方案")
    office.get_by_text("评估组成员会收到通知").wait_for()
    look(office, "teams-applied")
    assert SiteVisit.objects.count() == 3
    assert not SiteVisit.objects.filter(unit=town.kindergarten, members__account=town.accounts["inspector"]).exists()
