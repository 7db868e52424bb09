"""The review of a campaign as a workbook: what stands in it, who may take it, that it opens in LibreOffice, that it is recorded."""

import io
import re
import subprocess
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from dudao.core import files, jobs
from dudao.core.access import Denied
from dudao.core.models import Event, Job
from dudao.evaluations.actions import review_book, reviewing
from dudao.evaluations.actions.marking import settle_mark
from dudao.evidence import converting
from review_town import CODES, build, given_to_two, mark_all
from signing import signed_in

SHEETS = ["逐项对照", "核定得分", "评分明细", "评审宽严"]


@pytest.fixture
def town(db, settings, tmp_path):
    """Two reviewed the first school, one more strictly: at F1.1 they differ."""
    settings.FILES_ROOT = tmp_path / "files"
    town = build()
    given_to_two(town)
    mark_all(town.inspector, town.one, F1_1=({"F1.1": "0.8"}, "一次会议没有记录。"))
    mark_all(town.second, town.two)
    return town


def settled(town):
    settle_mark(
        town.officer,
        subject=town.subject,
        source="online",
        code="F1.1",
        cells={"F1.1": "0.8"},
        reason="已经会议研究。",
    )


def written(town, who=None):
    target = io.BytesIO()
    lines = review_book.export_book(who or town.officer, campaign=town.campaign, target=target)
    return lines, target


def rows_of(target, sheet):
    found = CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue())).get_sheet_by_name(sheet).to_python()
    return [list(row) for row in found]


def table_of(target, sheet):
    """The rows below the heads, by the lower head of each column."""
    rows = rows_of(target, sheet)
    at = next(place for place, row in enumerate(rows) if row[0] == "序号")
    heads, below = rows[at], rows[at + 1 :]
    if below and below[0][0] in ("", None):
        heads = [low or high for high, low in zip(heads, below[0], strict=True)]
        below = below[1:]
    return [dict(zip(heads, row, strict=True)) for row in below if row[0] not in ("", None)]


def test_every_unit_at_every_indicator_with_all_sources_and_the_deviation(town):
    lines, target = written(town)
    table = table_of(target, "逐项对照")
    assert lines == len(table) == review_book.lines_of(town.campaign)
    at = {(row["单位"], row["指标代码"]): row for row in table}
    first = at["平江县第一中学", "F1.1"]
    assert (first["县市区"], first["满分"], first["自评"], first["网评"]) == ("平江县", 4.0, 4.0, "")
    assert (first["核定"], first["与自评的偏差"], first["说明"]) == ("", "", "评审人有分歧，待裁定")
    agreed = at["平江县第一中学", "F1.2"]
    assert (agreed["自评"], agreed["网评"], agreed["核定"], agreed["与自评的偏差"]) == (4.0, 4.0, 4.0, 0.0)
    other = at["湘阴县第一中学", "F1.1"]
    assert (other["自评"], other["网评"], other["核定"]) == (4.0, "", "")
    settled(town)
    first = table_of(written(town)[1], "逐项对照")[0]
    assert (first["指标代码"], first["网评"], first["核定"]) == ("F1.1", 3.2, 3.2)
    assert (first["与自评的偏差"], first["说明"]) == (-0.8, "")


def test_the_adopted_marks_by_block_the_marks_as_given_and_the_strictness(town):
    settled(town)
    _, target = written(town)
    assert CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue())).sheet_names == SHEETS
    whole = {row["单位"]: row for row in table_of(target, "核定得分")}
    assert set(whole) == {"平江县第一中学", "湘阴县第一中学"}
    head = next(name for name in whole["平江县第一中学"] if name.startswith("F1.1 "))
    assert whole["平江县第一中学"][head] == 3.2
    given = [row for row in table_of(target, "评分明细") if row["指标代码"] == "F1.1"]
    assert [(row["评分人"], row["所评"]) for row in given] == [
        ("第一评审 张督学", "0.8"),
        ("第二评审 刘督学", "1"),
        ("核定 王科员", "0.8"),
    ]
    assert "一次会议没有记录。" in {row["理由"] for row in given}
    strict = {row["评审人"]: row for row in table_of(target, "评审宽严")}
    assert strict["张督学"]["比同项其他评审人高（百分点）"] < 0 < strict["刘督学"]["比同项其他评审人高（百分点）"]


def test_who_reviews_blind_does_not_read_the_others_marks_in_it(town):
    reviewing.revoke(town.director, review=town.two, reason="改由王科员评。")
    reviewing.assign_reviews(
        town.director,
        campaign=town.campaign,
        source="online",
        subjects=[town.subject],
        reviewers=[town.accounts["officer"]],
        way="hand",
        codes=CODES,
    )
    _, target = written(town)
    assert {row["单位"] for row in table_of(target, "逐项对照")} == {"湘阴县第一中学"}
    assert table_of(target, "评分明细") == [] and "盲评的 1 个单位" in rows_of(target, "逐项对照")[1][0]
    _, target = written(town, town.director)
    assert {row["单位"] for row in table_of(target, "逐项对照")} == {"平江县第一中学", "湘阴县第一中学"}


def test_it_is_for_the_office_and_recorded(town):
    url = reverse("evaluations:review_book", args=[town.campaign.pk])
    answer = signed_in(town.accounts["officer"]).post(url)
    assert answer["Content-Disposition"].startswith("attachment") and answer.content[:2] == b"PK"
    event = Event.objects.get(verb="campaign.export")
    assert event.data["list"] == "评审表" and event.object_id == town.campaign.pk
    assert (
        "导出评审表"
        in signed_in(town.accounts["officer"])
        .get(reverse("evaluations:reviewing", args=[town.campaign.pk]))
        .content.decode()
    )
    for who in ("inspector", "principal", "county_officer", "stranger"):
        assert signed_in(town.accounts[who]).post(url).status_code == 404, who
    with pytest.raises(Denied):
        written(town, town.inspector)


def test_a_long_one_is_written_by_a_worker(town, monkeypatch):
    monkeypatch.setattr(review_book, "LONG", 1)
    url = reverse("evaluations:review_book", args=[town.campaign.pk])
    client = signed_in(town.accounts["officer"])
    job = Job.objects.get(pk=int(re.search(r"(\d+)/$", client.post(url).url)[1]))
    assert "还没有完成" in client.post(url, follow=True).content.decode()
    job = jobs.run_now(job)
    assert job.state == "done" and "行，文件保留 7 天" in job.message and job.result_name.endswith(".xlsx")
    with files.opened(job.result) as stream:
        assert CalamineWorkbook.from_filelike(io.BytesIO(stream.read())).sheet_names == SHEETS


def test_its_queries_do_not_grow_with_the_units(town):
    with CaptureQueriesContext(connection) as queries:
        written(town)
    assert len(queries) < 40, len(queries)


def test_it_opens_in_libreoffice(town, tmp_path):
    settled(town)
    _, target = written(town)
    book = tmp_path / "book.xlsx"
    book.write_bytes(target.getvalue())
    made = converting.to_pdf(book, tmp_path)
    assert made is not None and made.stat().st_size > 10_000
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/csv",
        "--headless",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76",
    ]
    subprocess.run([*command, "--outdir", str(tmp_path), str(book)], check=True, capture_output=True, timeout=120)
    text = (tmp_path / "book.csv").read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if "平江县第一中学" in one and ",F1.1," in one)
    assert Decimal("3.2") in [Decimal(cell) for cell in line.split(",") if re.fullmatch(r"-?\d+(\.\d+)?", cell)]
