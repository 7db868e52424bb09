"""From a score to a crossed-off problem, in a real browser as each role, with the paper that travels along.

The paper is opened by LibreOffice, its Word and its PDF drawn as pictures.
``DUDAO_SHOTS=folder`` leaves pictures of the pages and of the papers.
"""

import os
import re
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dudao.core import files
from dudao.demo.builders import unit
from dudao.evaluations.actions.campaigns import SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.findings.models import Finding
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.actions.versions import publish_version
from dudao.orgs.models import Kind
from dudao.papers.models import Delivery, OfficeStyle, Paper
from dudao.papers.queries import content_of, latest
from dudao.results.actions.results import make_sheet
from dudao.results.queries.low_results import by_indicator, lows_of
from e2e.conftest import PHONE
from e2e.looking import ask, look, settled
from e2e.test_findings import open_as, town  # noqa: F401  fixtures
from evaluations_town import phases
from findings_town import again, proof
from office import to_pdf
from results_town import mark_all

pytestmark = [pytest.mark.e2e, pytest.mark.office, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("DUDAO_SHOTS", "")


def scored(town):  # noqa: F811
    """The county's evaluation of its schools with everything marked; the school's result, and where it and another did badly."""
    schools = [town.school, *(unit(name, Kind.SCHOOL, town.pingjiang) for name in ("平江二中", "平江三中"))]
    version = load_pack(town.county, unit=town.pingjiang, name="school-safety-36").version
    made = create_campaign(
        town.county, office=town.pingjiang, title="2026年校园安全督导评估", year=2026, objects_kind="schools",
        version=publish_version(town.county, version=version, reason="已核对。"), phases=phases(),
    )  # fmt: skip
    made = set_subjects(
        town.county, campaign=made, revision=made.revision, subjects=[SubjectGiven(one) for one in schools]
    )
    made = start_campaign(town.county, campaign=made, revision=made.revision)
    mark_all(made, {one.pk: Decimal("0.3") for one in schools[:2]})
    sheet = make_sheet(town.county, campaign=made, purpose="final", reason="测试。")
    rows = by_indicator(lows_of(sheet)).values()
    low = next(lows for lows in rows if {one.row.subject.unit for one in lows} >= set(schools[:2]))
    return sheet, next(one for one in low if one.row.subject.unit == town.school)


def press(page: Page, word: str) -> None:
    """A step of a paper, with its dialog where it asks."""
    page.get_by_role("button", name=word).first.click()
    dialog = page.get_by_role("dialog")
    if dialog.is_visible():
        dialog.get_by_role("button", name=word).click()
    settled(page)


def drawn(name: str, file: Path, folder: Path) -> int:
    """The pages of a PDF as pictures; answers how many there are."""
    target = Path(SHOTS) if SHOTS else folder
    subprocess.run(["pdftoppm", "-r", "60", "-png", str(file), str(target / name)], check=True, capture_output=True)
    return len(list(target.glob(f"{name}-*.png")))


def words_of(file: Path) -> str:
    return "".join(
        subprocess.run(["pdftotext", str(file), "-"], check=True, capture_output=True, text=True).stdout.split()
    )


def test_a_score_becomes_a_finding_that_is_put_right(town, open_as, tmp_path):  # noqa: F811
    sheet, low = scored(town)
    OfficeStyle.objects.create(
        unit=town.pingjiang, signature="平江县人民政府教育督导委员会办公室", code_word="平政教督办",
        masthead="平江县人民政府教育督导委员会办公室文件", valid_from=date(2020, 1, 1),
    )  # fmt: skip

    # The county's officer sees what the school lost and makes a problem of it.
    county = open_as("county", f"{sheet.get_absolute_url()}low/")
    look(county, "journey-score")
    county.get_by_role("link", name=f"形成问题：{low.code} ").click()
    expect(county.get_by_role("checkbox", name="平江二中")).to_be_checked()
    look(county, "journey-many")
    result = f"{low.row.get_absolute_url()}?code={low.code}"
    county.goto(f"{origin(county)}{result}")
    county.get_by_role("link", name=f"形成问题：{low.code} ").click()
    expect(county.get_by_label("问题描述")).not_to_have_value(re.compile("满分|失.*分"))
    look(county, "journey-make")
    county.get_by_role("textbox", name="整改要求").fill("对照校园安全标准逐项整改，按月自查并留存记录。")
    county.get_by_role("button", name="形成问题").click()
    expect(county.get_by_text("已形成问题，核对后下达。")).to_be_visible()
    finding = Finding.objects.get()
    assert (finding.unit, finding.indicator_code, len(finding.facts)) == (town.school, low.code, 1)
    look(county, "journey-draft")

    # Its source shows it now; nothing is made twice.
    county.goto(f"{origin(county)}{result}")
    expect(county.get_by_role("link", name="已形成问题")).to_be_visible()
    look(county, "journey-score-made")

    # Issued with its paper.
    county.get_by_role("link", name="已形成问题").click()
    county.get_by_role("link", name="下达整改").click()
    expect(county.get_by_label("同时起草整改通知书")).to_be_checked()
    county.get_by_role("button", name="下达", exact=True).click()
    expect(county.get_by_text("已起草 1 份整改通知书")).to_be_visible()
    paper = Paper.objects.get()
    assert {fact["name"].split()[-1] for fact in paper.facts} >= {"事实", "整改期限"}

    # Checked by a colleague, signed by the head of the city's office for the county, issued.
    county.goto(f"{origin(county)}{paper.get_absolute_url()}")
    expect(county.get_by_text("没有差异")).to_be_visible()
    press(county, "送核")
    other = open_as("county2", paper.get_absolute_url())
    press(other, "核稿通过")
    expect(other.get_by_text("核稿通过，等待签发。")).to_be_visible()
    director = open_as("director", paper.get_absolute_url())
    press(director, "签发")
    expect(director.get_by_text("已签发。文号 平政教督办〔")).to_be_visible()
    director.goto(f"{origin(director)}{paper.get_absolute_url()}seal/")
    director.get_by_role("button", name="不用印").click()
    director.goto(f"{origin(director)}{paper.get_absolute_url()}")
    press(director, "印发")
    expect(director.get_by_text("已印发，收文单位会收到通知。")).to_be_visible()
    look(director, "journey-issued")

    # The school signs for the paper, and by that for the finding; a stranger sees nothing of either.
    stranger = open_as("stranger", finding.get_absolute_url(), expected=("404",))
    assert "平江一中" not in stranger.content()
    stranger.goto(f"{origin(stranger)}/findings/?scope=all")
    expect(stranger.get_by_text("还没有问题")).to_be_visible()
    phone = open_as("head", paper.get_absolute_url(), PHONE)
    look(phone, "journey-phone-paper")
    press(phone, "签收")
    assert Delivery.objects.get().state == "signed" and again(finding).state == "signed"

    _put_right(town, open_as, finding, phone, tmp_path)
    _papers(Paper.objects.get(), finding, tmp_path)


def origin(page: Page) -> str:
    return re.match(r"https?://[^/]+", page.url)[0]


def _put_right(town, open_as, finding, phone, tmp_path):  # noqa: F811
    """Plan, completion with proof, verified by one and crossed off by another."""
    picture = tmp_path / "整改后.pdf"
    picture.write_bytes(proof().read())
    phone.goto(f"{origin(phone)}{finding.get_absolute_url()}")
    phone.get_by_role("link", name="报送整改方案").click()
    for label, text in (
        ("整改措施", "逐项补齐。"),
        ("整改目标", "达到标准。"),
        ("责任领导", "王校长"),
        ("责任人", "李主任"),
    ):
        phone.get_by_label(label).fill(text)
    phone.get_by_role("button", name="报送方案").click()
    expect(phone.get_by_text("已报送整改方案")).to_be_visible()
    phone.get_by_role("link", name="报送进展或完成").click()
    phone.get_by_label("整改完成：请督导办核验").check()
    phone.get_by_label("做了什么").fill("已全部整改。")
    phone.locator("input[type=file]:not([capture])").set_input_files(picture)
    phone.get_by_role("button", name="报送").click()
    expect(phone.get_by_text("已报告整改完成")).to_be_visible()
    county = open_as("county", finding.get_absolute_url())
    county.get_by_role("link", name="核验通过").click()
    county.get_by_label("实地核验").check()
    county.get_by_label("核验意见").fill("实地查看，整改到位。")
    county.get_by_role("button", name="核验通过").click()
    expect(county.get_by_text("已核验通过")).to_be_visible()
    other = open_as("county2", finding.get_absolute_url())
    ask(other, "确认销号")
    expect(other.get_by_text("已销号").first).to_be_visible()
    assert again(finding).state == "closed"
    look(other, "journey-closed")
    leader = open_as("leader", "/overview/")
    expect(leader.get_by_text("未销号问题")).to_be_visible()
    look(leader, "journey-leader")


def _papers(paper, finding, folder):
    """The Word opens in LibreOffice without repair and says the same on as many pages as the issued PDF."""
    word = to_pdf(content_of(latest(paper)), "notice.docx", folder)
    pdf = folder / "issued.pdf"
    with files.opened(paper.pdf) as stream:
        pdf.write_bytes(stream.read())
    assert drawn("journey-word", word, folder) == drawn("journey-pdf", pdf, folder) > 0
    for file in (word, pdf):
        said = words_of(file)
        assert finding.facts[-1]["text"] in said and "平江一中" in said and str(paper.number)[-3:] in said, file
