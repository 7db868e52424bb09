"""The list of visits to take away: with what came of each, for those who may export, recorded; a unit reads what it was told."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from dudao.core.models import Event
from dudao.demo.builders import account
from dudao.evaluations.actions import visits as onsite
from dudao.evaluations.actions import visits as visiting
from dudao.evidence import converting
from dudao.findings.models import Finding
from dudao.visits.models import SiteVisit
from review_town import CODES, FULL, build
from signing import signed_in

TEAM = ("inspector", "second", "third")


@pytest.fixture
def going(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build()
    day = timezone.localdate()
    town.visit = visiting.plan_visit(
        town.officer,
        office=town.city,
        unit=town.school,
        subjects=[town.subject],
        members=[town.accounts[name] for name in TEAM],
        leader=town.accounts["inspector"],
        from_on=day,
        until_on=day,
    )
    visiting.notify(town.officer, visit=town.visit)
    visiting.begin(town.inspector, visit=town.visit)
    onsite.mark_on_site(
        town.inspector,
        visit=town.visit,
        subject=town.subject,
        code="F1.1",
        cells={"F1.1": "0.6"},
        reason="会议记录缺两次。",
    )
    return town


def fed_back(town):
    for code in CODES[1:]:
        onsite.mark_on_site(town.second, visit=town.visit, subject=town.subject, code=code, cells=FULL[code], reason="")
    visiting.feed_back(town.inspector, visit=town.visit, preliminary="总体较好，实验课要开足。", present="方校长")
    visiting.state_position(town.principal, visit=town.visit, text="下学期开足。")
    visiting.settle(town.inspector, visit=town.visit, conclusion="采纳学校说明。")


def taken(town, who, export="outcomes", **asked):
    client = signed_in(town.accounts[who])
    answer = client.post(reverse("visits:visits"), {"export": export}, query_params=asked)
    if not answer.get("Content-Disposition", "").startswith("attachment"):
        return answer
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    return [dict(zip(rows[1], row, strict=True)) for row in rows[2:]]


def test_the_sheet_says_what_came_of_a_visit(going):
    fed_back(going)
    Finding.objects.create(
        office=going.city,
        unit=going.school,
        description="党组织会议记录缺两次",
        source_key=f"mark:{going.subject.pk}:F1.1",
        found_on=timezone.localdate(),
    )
    (row,) = taken(going, "officer")
    assert (row["受评单位"], row["组长"], row["状态"], row["事先通知"]) == ("平江县第一中学", "张督学", "已完成", "是")
    assert (row["初步意见"], row["单位说明"], row["评估组意见"]) == (
        "总体较好，实验课要开足。",
        "下学期开足。",
        "采纳学校说明。",
    )
    assert (row["已评项"], row["形成问题"]) == (3.0, 1.0) and row["完成日期"]
    event = Event.objects.get(verb="campaign.export")
    assert (event.data["list"], event.data["rows"]) == ("实地评估结果台账", 1)
    assert taken(going, "officer", day_from="2099-01-01").status_code == 403, "nothing to take"
    (listed,) = taken(going, "officer", "1")
    assert listed["受评单位"] == "平江县第一中学" and "初步意见" not in listed


def test_a_unit_reads_in_it_what_it_was_told(going):
    SiteVisit.objects.filter(pk=going.visit.pk).update(preliminary="还在商量。")
    (row,) = taken(going, "principal")
    assert row["初步意见"] == ""
    (row,) = taken(going, "officer")
    assert row["初步意见"] == "还在商量。"


def test_who_may_not_export_is_not_offered_it(going):
    assert "导出" not in signed_in(going.accounts["inspector"]).get(reverse("visits:visits")).content.decode()
    answer = taken(going, "inspector")
    assert answer.status_code == 200 and not answer.get("Content-Disposition")
    assert not Event.objects.filter(verb="campaign.export").exists()


def test_its_queries_do_not_grow_and_libreoffice_opens_it(going, tmp_path):
    client, url = signed_in(going.accounts["officer"]), reverse("visits:visits")
    with CaptureQueriesContext(connection) as few:
        client.post(url, {"export": "outcomes"})
    more = [account(f"新督学{number}", going.city, "city_inspector") for number in range(3)]
    subject = going.campaign.subjects.exclude(pk=going.subject.pk).get()
    day = timezone.localdate()
    visiting.plan_visit(
        going.officer,
        office=going.city,
        unit=going.second_school,
        subjects=[subject],
        members=more,
        leader=more[0],
        from_on=day,
        until_on=day,
    )
    with CaptureQueriesContext(connection) as many:
        answer = client.post(url, {"export": "outcomes"})
    assert len(many) <= len(few), "a row more costs no query more"
    book = tmp_path / "visits.xlsx"
    book.write_bytes(answer.content)
    made = converting.to_pdf(book, tmp_path)
    assert made is not None and made.stat().st_size > 5_000
