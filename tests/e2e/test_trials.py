"""Trying an indicator system in a real browser: 13 counties uploaded, ranked, explained, played with, compared with the next.

With ``DUDAO_SHOTS=folder`` every page that is looked at leaves a picture there.
"""

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import expect

from dudao.calc.score import System
from dudao.core import sheets
from dudao.demo.builders import account, unit
from dudao.demo.trials import sample_grid
from dudao.frameworks import queries
from dudao.frameworks.actions.nodes import add_node, edit_node
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.actions.versions import clone_version, publish_version
from dudao.frameworks.models import Indicator, Trial
from dudao.frameworks.trees import node_data
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for
from e2e.looking import look
from frameworks.reporting import reported_round

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

COUNTIES = [
    "岳阳楼区", "云溪区", "君山区", "岳阳县", "华容县", "湘阴县", "平江县", "汨罗市", "临湘市", "屈原管理区", "经济技术开发区",
    "南湖新区", "城陵矶新港区",
]  # fmt: skip


@pytest.fixture
def director(transactional_db):
    return account("丁主任", unit("岳阳市", Kind.CITY), "city_director")


@pytest.fixture
def version(director):
    """The county governments' template, published."""
    actor = actor_for(director)
    made = load_pack(actor, unit=director.home, name="county-government-template").version
    return publish_version(actor, version=made, reason="提醒已逐条核对")


@pytest.fixture
def page(page_of, director):
    return page_of(account("王科员", director.home, "city_officer"), expected=("422",))


def filled(path, grid):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(grid):
            sheet.write_row(number, 0, row)
    return path


def upload(page, title, path):
    page.get_by_label("名称").fill(title)
    page.locator("input[type=file]:not([capture])").set_input_files(path)
    page.get_by_role("button", name="上传并试算").click()


def test_thirteen_counties_uploaded_ranked_explained_played_with_and_compared(page, director, version, tmp_path):
    system = System(queries.tree(version))
    grid = sample_grid(system, COUNTIES, apart=True)

    page.goto_name("frameworks:version", version.pk)
    page.get_by_role("link", name="试算").click()
    expect(page.get_by_text("还没有试算")).to_be_visible()
    look(page, "trials-empty")
    page.get_by_role("link", name="新的试算").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载分来源的模板").click()
    template = sheets.grid_of(Path(download.value.path()).read_bytes())
    assert [str(cell).rstrip("*") for cell in template[2]] == grid[0]
    look(page, "trials-new")

    faulty = [list(row) for row in grid]
    faulty[3][1], faulty[4][0] = "三十七", "平江县"
    upload(page, "第一稿", filled(tmp_path / "县市区数据.xlsx", faulty))
    expect(page.get_by_text("第 4 行").first).to_be_visible()
    look(page, "trials-errors")
    assert not Trial.objects.exists()

    upload(page, "2026年度第一稿数据", filled(tmp_path / "县市区数据.xlsx", grid))
    expect(page.get_by_text("已试算 13 个单位。")).to_be_visible()
    expect(page.locator("dd-chart canvas, dd-chart svg").first).to_be_visible()
    look(page, "trials-ranking")
    trial = Trial.objects.get()
    first = trial.rows.get(rank=1)

    page.get_by_role("link", name=first.name, exact=True).click()
    expect(page.get_by_role("heading", name=first.name)).to_be_visible()
    look(page, "trials-subject")
    page.get_by_role("link", name="D1.1 ").click()
    expect(page.locator("#trace summary").first).to_contain_text("D1.1")
    expect(page.locator("#trace li").first).to_be_visible()
    look(page, "trials-trace")
    with page.expect_download() as download:
        page.get_by_role("link", name="得分说明").click()
    told = Path(download.value.path()).read_text(encoding="utf-8")
    assert download.value.suggested_filename == f"{first.name}得分说明.txt"
    assert "D1.1 " in told and "优秀" in told
    with page.expect_download() as download:
        page.get_by_role("link", name="核对数据").click()
    assert Fraction(json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["mark"]) == Fraction(
        first.result["total"]
    )

    page.goto_name("frameworks:what_if", trial.pk)
    look(page, "trials-what-if")
    page.locator("[name=target]").first.select_option("M2")
    page.locator("[name=field]").first.select_option("weight")
    page.locator("[name=value]").first.fill("0.6")
    page.get_by_role("button", name="试算").click()
    expect(page.get_by_text(re.compile("13 个单位：[1-9][0-9]? 个总分变动"))).to_be_visible()
    expect(page.get_by_text("的权重随之改为").first).to_be_visible()
    look(page, "trials-moved")
    address = page.url
    assert "target=M2" in address and trial.rows.get(rank=1).name == first.name

    actor = actor_for(director)
    draft = clone_version(actor, version=version)
    node = Indicator.objects.select_related("version").get(version=draft, code="M2")
    edit_node(actor, node=node, revision=0, values={**node_data(node), "weight": "0.3"})
    node = Indicator.objects.select_related("version").get(version=draft, code="M1")
    edit_node(actor, node=node, revision=1, values={**node_data(node), "weight": "0.4"})
    parent = Indicator.objects.select_related("version").get(version=draft, code="M4")
    values = {"code": "M4.9", "name": "课后服务品牌", "points": "1", "rule": {"kind": "judged"}}
    add_node(actor, parent=parent, revision=2, values=values)
    page.goto_name("frameworks:compare", draft.pk)
    page.get_by_label("第 1 版的试算，按第 2 版重新计分").select_option(str(trial.pk))
    page.get_by_role("button", name="比较结果").click()
    expect(page.get_by_text("13 个单位：").first).to_be_visible()
    look(page, "trials-compare")


def test_what_the_statistics_know_is_taken_over(page, director, version, tmp_path):
    county = unit("平江县", Kind.COUNTY, director.home)
    reported_round(director.home, county, {"回收有效问卷数": 1200, "满意问卷数": 1140})
    page.goto_name("frameworks:trial_new", version.pk)
    page.get_by_label("从统计数据带入").select_option(index=0)
    look(page, "trials-from-statistics")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载带数据的表").click()
    table = Path(download.value.path())
    grid = sheets.grid_of(table.read_bytes())
    row = dict(zip(grid[2], grid[3], strict=True))
    assert (row["单位名称"], row["回收有效问卷数"], row["满意问卷数"]) == ("平江县", 1200, 1140)
    # Nobody is in or out by an empty cell: the vetoes, which statistics don't know, want an answer.
    filled_in = tmp_path / "带数据的表.xlsx"
    filled_in.write_bytes(table.read_bytes())
    upload(page, "只有统计数据", filled_in)
    expect(page.get_by_text("第 4 行“V2 弄虚作假”是“（空）”，请填“是”或“否”")).to_be_visible()
    answered = [
        *grid[:3],
        ["否" if re.match(r"V\d", str(name)) else cell for name, cell in zip(*grid[2:4], strict=True)],
    ]
    upload(page, "只有统计数据", filled(tmp_path / "补填后.xlsx", answered))
    expect(page.get_by_text("已试算 1 个单位。")).to_be_visible()
    expect(page.get_by_text("还没有单位有总分")).to_be_visible()
    look(page, "trials-open-marks")
    page.get_by_role("link", name="平江县", exact=True).click()
    page.get_by_role("link", name="D6.1 ").click()
    expect(page.locator("#trace")).to_contain_text("1140 ÷ 1200 = 95%")


def test_on_a_phone_and_a_system_of_levels(new_page, live_server, director, page, tmp_path):
    actor = actor_for(director)
    levels = load_pack(actor, unit=director.home, name="kindergarten-conduct-2017").version
    grid = sample_grid(System(queries.tree(levels)), ["机关幼儿园", "城东幼儿园", "长乐镇中心幼儿园"])
    page.goto_name("frameworks:trial_new", levels.pk)
    upload(page, "三所幼儿园", filled(tmp_path / "幼儿园.xlsx", grid))
    expect(page.get_by_text("已试算 3 个单位。")).to_be_visible()
    look(page, "trials-levels")
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    look(page, "trials-levels-phone")
