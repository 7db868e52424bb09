"""A year with an indicator system: last year's is cloned, weights and a rule changed, compared, published, read by a county.

With ``DUDAO_SHOTS=folder`` every page that is looked at leaves a picture there.
"""

import pytest
from playwright.sync_api import expect

from dudao.demo.builders import account, unit
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.actions.versions import clone_version, publish_version
from dudao.frameworks.models import FrameworkVersion, Indicator
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for
from e2e.looking import look

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db):
    city = unit("某市", Kind.CITY)
    county = unit("平江县", Kind.COUNTY, city)
    return {
        "director": account("丁主任", city, "city_director"),
        "officer": account("王科员", city, "city_officer"),
        "county": account("平江办", county, "county_office"),
    }


@pytest.fixture
def last_year(people):
    """The version in force."""
    actor = actor_for(people["director"])
    made = load_pack(actor, unit=people["director"].home, name="school-safety-36").version
    publish_version(actor, version=made, reason="来源如此")
    return made


@pytest.fixture
def open_as(page_of, people):
    return lambda who, **more: page_of(people[who], **more)


def order(page):
    return page.locator("tr[data-code]").evaluate_all("rows => rows.map(row => row.dataset.code)")


def test_a_year_with_an_indicator_system(open_as, last_year):
    page = open_as("officer")
    page.goto_name("frameworks:version", last_year.pk)
    page.get_by_role("button", name="另立新版本").click()
    expect(page.get_by_text("已另立新版本")).to_be_visible()
    draft = FrameworkVersion.objects.get(state="draft")

    # Weights: the sum is red as long as it is wrong.
    cell = page.get_by_label("SF1.1 分值", exact=True)
    cell.fill("3")
    above = Indicator.objects.get(version=draft, code="SF1")
    expect(page.locator(f"#sum-{above.pk}")).to_contain_text("下级合计 7，多 1")
    expect(page.locator("#check")).to_contain_text("1 处错误要改正")
    look(page, "frameworks-sum-wrong")
    page.get_by_label("SF1.2 分值", exact=True).fill("1")
    expect(page.locator(f"#sum-{above.pk}")).to_have_text("下级合计 6")
    expect(page.locator("#check")).not_to_contain_text("错误")

    # A rule, with what it does beside it.
    page.get_by_role("link", name="修改 SF1.3", exact=True).click()
    page.get_by_label("计分方式").select_option("bands")
    expect(page.locator("[name=step]")).to_be_hidden()
    page.locator("[name=value]").fill("校医数")
    expect(page.locator('[data-field="value"] .fw-flaw')).to_contain_text("第 1 个字符处")
    page.locator("[name=value]").fill("本项")
    page.locator("[name=lines]").fill("≥4 | 2 | 及时\n[1,4) | 1")
    expect(page.locator("#preview")).to_contain_text("数值 ≥ 0 且 < 1 没有规定")
    page.locator("[name=lines]").fill("≥4 | 2 | 及时\n[1,4) | 1\n<1 | 0")
    expect(page.locator("#preview")).to_contain_text("没有发现问题")
    expect(page.locator(".fw-samples tbody tr")).to_have_count(6)
    page.locator(".fw-own").get_by_label("回答").fill("3")
    expect(page.locator(".fw-own")).to_contain_text("1 分")
    look(page, "frameworks-preview")
    assert Indicator.objects.get(version=draft, code="SF1.3").kind == "judged"
    page.get_by_role("button", name="保存指标").click()
    expect(page.get_by_text("已保存“SF1.3")).to_be_visible()

    # Order, by the mouse and by code.
    page.locator("tr[data-code='SF2.2'] [data-grip]").drag_to(page.locator("tr[data-code='SF2.1']"))
    expect(page.locator("[data-said]")).to_contain_text("SF2.2 已移到 SF2.1 之前")
    codes = order(page)
    assert codes.index("SF2.2") < codes.index("SF2.1")
    page.reload()
    assert order(page) == codes
    page.get_by_role("link", name="修改 SF2.2", exact=True).click()
    page.get_by_label("移到哪个指标之下").fill("SF1")
    page.get_by_role("button", name="移动").click()
    expect(page.get_by_text("已移动“SF2.2")).to_be_visible()
    page.get_by_role("link", name="修改 SF2.2", exact=True).click()
    page.get_by_label("移到哪个指标之下").fill("SF2")
    page.get_by_role("button", name="移动").click()

    # Evidence in its cell.
    page.get_by_label("SF1.3 的佐证材料").click()
    page.get_by_label("SF1.3 的佐证材料，一行一种").fill("贯彻落实材料\n传阅记录")
    page.get_by_role("button", name="保存材料").click()
    expect(page.locator("tr[data-code='SF1.3']")).to_contain_text("贯彻落实材料、传阅记录")

    page.get_by_role("link", name="比较版本").click()
    expect(page.get_by_text("SF1.1“")).to_contain_text("的分值由 2 改为 3")
    expect(page.get_by_text("要的材料由")).to_be_visible()
    look(page, "frameworks-compared")

    director = open_as("director")
    director.goto_name("frameworks:version", draft.pk)
    director.get_by_role("button", name="发布").first.click()
    dialog = director.get_by_role("dialog")
    if dialog.get_by_label("接受提醒的理由").count():
        dialog.get_by_label("接受提醒的理由").fill("已与去年核对")
    dialog.get_by_role("button", name="发布").click()
    expect(director.get_by_text("已发布“")).to_be_visible()
    look(director, "frameworks-published")

    county = open_as("county")
    county.goto_name("frameworks:versions")
    county.get_by_role("link", name="学校安全工作检查（一）").first.click()
    expect(county.get_by_text("第 2 版", exact=True)).to_be_visible()
    expect(county.get_by_text("下级合计 6").first).to_be_visible()
    assert county.get_by_label("SF1.1 分值", exact=True).count() == 0
    look(county, "frameworks-county")


def tab_to(page, name, most=400):
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == name:
            return
    raise AssertionError(f"{name} can't be reached by Tab")


def test_by_the_keyboard_alone(open_as, people, last_year):
    draft = clone_version(actor_for(people["officer"]), version=last_year)
    page = open_as("officer")
    page.goto_name("frameworks:version", draft.pk)
    tab_to(page, "SF1.1 分值")
    page.keyboard.press("Control+A")
    page.keyboard.type("1.5")
    page.keyboard.press("Enter")
    expect(page.locator("[data-said]")).to_have_text("已保存")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "SF1.2 分值"
    page.keyboard.press("Control+A")
    page.keyboard.type("2.5")
    page.keyboard.press("Enter")
    expect(page.locator("#check")).not_to_contain_text("错误")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-said]")).to_contain_text("SF1.3 已上移，现在是第 2 项")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-said]")).to_contain_text("现在是第 1 项")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "SF1.3 分值"
    tab_to(page, "修改 SF1.3")
    page.keyboard.press("Enter")
    page.wait_for_url("**/indicators/**")
    page.get_by_label("指标", exact=False).first.wait_for()
    while page.evaluate("document.activeElement.name") != "name":
        page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.type("并有反馈")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已保存“SF1.3")).to_be_visible()
    found = list(
        Indicator.objects.filter(version=draft, parent__code="SF1").order_by("path").values_list("code", "points")
    )
    assert [code for code, _ in found] == ["SF1.3", "SF1.1", "SF1.2"]
    assert Indicator.objects.get(version=draft, code="SF1.3").name.endswith("并有反馈")


def test_the_whole_is_changed_on_pages_of_its_own(open_as, people, last_year):
    draft = clone_version(actor_for(people["officer"]), version=last_year)
    page = open_as("officer")
    for name in ("rename", "document", "items", "item_new", "grades", "vetoes", "marks"):
        page.goto_name(f"frameworks:{name}", draft.pk)
        look(page, name)
    page.goto_name("frameworks:item_new", draft.pk)
    page.get_by_label("名称").fill("专职保安数")
    page.get_by_role("button", name="保存数据项").click()
    expect(page.get_by_text("没有用到")).to_be_visible()
    look(page, "frameworks-items-one")
    page.goto_name("frameworks:grades", draft.pk)
    page.locator("[name=lines]").fill("合格 | ≥22\n不合格")
    page.get_by_role("button", name="保存等次").click()
    expect(page.get_by_text("合格：总分 ≥ 22").first).to_be_visible()

    # Names of data items are offered while a formula is typed.
    page.get_by_role("link", name="修改 SF1.3", exact=True).click()
    page.get_by_label("计分方式").select_option("yes_no")
    page.locator("[name=value]").press_sequentially("保安")
    expect(page.get_by_role("option", name="专职保安数")).to_be_visible()
    look(page, "frameworks-offered")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type(" ≥ 2")
    expect(page.locator("#preview")).to_contain_text("专职保安数 ≥ 2")
    expect(page.locator(".fw-samples tbody tr").first).to_contain_text("3")
    page.get_by_role("button", name="保存指标").click()
    page.goto_name("frameworks:items", draft.pk)
    expect(page.get_by_role("link", name="SF1.3")).to_be_visible()

    page.goto_name("frameworks:version", draft.pk)
    page.get_by_role("button", name="丢弃草稿").click()
    expect(page.get_by_role("dialog")).to_contain_text("3 次修改")
    page.get_by_role("dialog").get_by_role("button", name="丢弃草稿").click()
    expect(page.get_by_text("已丢弃“")).to_be_visible()
    assert not FrameworkVersion.objects.filter(state="draft").exists()


def test_two_at_once_are_told_who_changed_what(open_as, people, last_year):
    draft = clone_version(actor_for(people["officer"]), version=last_year)
    first, second = open_as("director"), open_as("officer", expected=("409",))
    for page in (first, second):
        page.goto_name("frameworks:version", draft.pk)
    first.get_by_label("SF1.1 分值", exact=True).fill("4")
    expect(first.locator("[data-said]")).to_have_text("已保存")
    second.get_by_label("SF1.2 分值", exact=True).fill("5")
    expect(second.locator("#messages")).to_contain_text("丁主任")
    expect(second.locator("#messages")).to_contain_text("的分值由 2 改为 4")
    expect(second.get_by_label("SF1.2 分值", exact=True)).to_have_value("5")
    assert Indicator.objects.get(version=draft, code="SF1.2").points == 2
