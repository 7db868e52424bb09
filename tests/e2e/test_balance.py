"""A balance run in a real browser: a county sees which schools fail and why, what it would take, and exports 表Ⅰ–表Ⅵ;
the city compares two years.

With ``DUDAO_SHOTS=folder`` every page that is looked at leaves a picture there.
"""

import io
import random
from pathlib import Path

import pytest
import python_calamine
from playwright.sync_api import expect

from dudao.core.access import SYSTEM
from dudao.stats.actions import rounds
from dudao.stats.actions.balance import run_balance
from dudao.stats.models import DataItem, Return, Value
from e2e.looking import look
from stats.conftest import YEAR, make_round, place, school  # noqa: F401
from stats.test_balance import PACK

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

NAMES = ("汉昌", "城关", "天岳", "安定", "南江桥", "龙门", "梅仙", "岑川", "瓮江", "浯口", "伍市", "向家")


PER_PUPIL = {  # item: (primary, junior) a pupil, spread around the thresholds
    "degree": (0.046, 0.058), "backbone": (0.012, 0.012), "arts_sports": (0.0105, 0.0105), "teachers": (0.062, 0.08),
    "rooms": (5.4, 6.8), "grounds": (9, 12.2), "equipment": (0.24, 0.3), "multimedia": (0.027, 0.028),
}  # fmt: skip


def fill(ret, chance):
    """Numbers of a school that mostly pass and sometimes fall short."""
    items = {item.code: item for item in DataItem.objects.all()}
    stages = list(ret.unit.stages.values_list("level", flat=True))
    for stage in stages:
        pupils, junior = chance.randint(180, 1300), stage == "junior"
        size = 42
        values = {"pupils": pupils, "classes": -(-pupils // size), "classes_45": -(-pupils // size)}
        values |= {"classes_55": 0, "classes_65": 0, "classes_66": 0, "migrants": pupils // 20, "indoor": 0}
        for code, per in PER_PUPIL.items():
            number = pupils * per[junior] * chance.uniform(0.86, 1.5)
            values[code] = round(number, 2) if code in {"rooms", "grounds", "equipment"} else round(number)
        for code, number in values.items():
            item = items[code]
            if item.level == "school" and stage != stages[0]:
                continue
            Value.objects.create(ret=ret, item=item, stage=stage if item.level == "stage" else "", number=number)
    if "senior" in stages:
        Value.objects.filter(ret=ret, stage="senior").exclude(item__code="pupils").delete()


@pytest.fixture
def filled(transactional_db, place):  # noqa: F811
    """Two counties with some twenty schools each, last year and this year."""
    for county in (place.east, place.west):
        for name in NAMES:
            school(f"{name}小学", county, "211", "primary")
        for name in NAMES[:7]:
            school(f"{name}中学", county, "311", "junior")
    rounds.sync_round(SYSTEM, asked=place.round)
    place.before = make_round(place.city, YEAR - 1, "上年义务教育数据报送")
    rounds.open_round(SYSTEM, asked=place.before)
    for asked in (place.before, place.round):
        chance = random.Random(asked.year)
        for ret in Return.objects.filter(round=asked).select_related("unit").order_by("unit__path"):
            fill(ret, chance)
    return place


def test_a_county_finds_what_it_lacks_and_exports_its_form(filled, page_of):
    page = page_of(filled.accounts["east"])
    page.goto_name("stats:balances")
    look(page, "balance-empty")
    page.get_by_role("link", name="资源单价").click()
    page.get_by_role("link", name="登记单价").first.click()
    page.get_by_label("依据").fill("县财政局 2026 年核定")
    for code, price in (
        ("L1", "95000"), ("L2", "30000"), ("L3", "95000"), ("L4", "2800"), ("L5", "450"), ("L6", "10000"), ("L7", "35000"),
    ):  # fmt: skip
        page.locator(f"[name=price-{code}]").fill(price)
    look(page, "balance-price-new")
    page.get_by_role("button", name="登记单价").click()
    expect(page.get_by_text("已登记 7 项单价")).to_be_visible()
    look(page, "balance-prices")
    page.goto_name("stats:balance_new")
    page.get_by_label("数据报送").select_option(label="义务教育数据报送")
    page.get_by_label("只用已通过审核的数据").uncheck()
    page.get_by_role("button", name="开始测算").click()
    expect(page.get_by_text("所学校。").first).to_be_visible()
    expect(page.get_by_role("heading", name="没有达标的学校")).to_be_visible()
    look(page, "balance-run")
    page.get_by_role("link", name="各校结果").click()
    page.get_by_role("link", name="未达标").click()
    expect(page.get_by_role("cell").filter(has_text="还差").first).to_be_visible()
    look(page, "balance-schools")
    page.get_by_role("link", name="达标所需").click()
    expect(page.get_by_role("heading", name="按此测算后的结果")).to_be_visible()
    expect(page.locator("main").get_by_text("万元").first).to_be_visible()
    look(page, "balance-plan")
    page.get_by_role("link", name="县级综合判定").click()
    page.get_by_role("link", name="判定 G10").click()
    page.get_by_label("达标", exact=True).check()
    page.get_by_label("依据").fill("县委编办 2025 年文件，按年统筹")
    look(page, "balance-item")
    page.get_by_role("button", name="保存判定").click()
    expect(page.get_by_text("按年统筹")).to_be_visible()
    look(page, "balance-verdict")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出表Ⅰ—表Ⅵ").click()
    content = Path(waiting.value.path()).read_bytes()
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert len(book.sheet_names) == 7
    page.get_by_role("link", name="入学预测").click()
    page.get_by_role("link", name="新的预测").click()
    page.get_by_label("小学学生年增长率").fill("-4")
    look(page, "balance-forecast-new")
    page.get_by_role("button", name="开始预测").click()
    expect(page.get_by_text("不能作为申报数据")).to_be_visible()
    look(page, "balance-forecast")
    page.get_by_role("link", name="重算核对").click()
    expect(page.get_by_text("结果和当时一位不差")).to_be_visible()
    look(page, "balance-verify")
    page.goto_name("stats:balance_relief_new", filled.round.pk)
    look(page, "balance-relief-new")


def test_the_city_sees_all_counties_and_compares_two_years(filled, page_of):
    city = filled.actor("officer")
    for asked in (filled.before, filled.round):
        run = run_balance(city, unit=filled.city, asked=asked, pack=PACK, accepted_only=False)
    page = page_of(filled.accounts["officer"])
    page.goto_name("stats:balance", run.pk)
    expect(page.get_by_role("button", name="存为图片").first).to_be_visible()
    expect(page.get_by_role("link", name="对县市区形成问题")).to_be_visible()
    look(page, "balance-city")
    page.get_by_role("link", name="达标所需").click()
    page.goto_name("stats:balance_plan", run.pk)
    expect(page.get_by_text("各县市区要达标需要补充多少")).to_be_visible()
    look(page, "balance-plan-all")
    page.goto_name("stats:balance_verdict", run.pk)
    look(page, "balance-verdict-all")
    page.goto_name("stats:balance_years")
    expect(page.get_by_role("columnheader", name=f"{YEAR}—{YEAR + 1}学年").first).to_be_visible()
    expect(page.locator("dd-chart svg").first).to_be_visible()
    look(page, "balance-years")
