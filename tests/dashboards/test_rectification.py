"""Findings and papers on the workbench, the leaders' board and in the search: each number its list, within one's rights."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.dashboards.queries.search import find
from dudao.dashboards.queries.todos import todo_groups
from dudao.findings.actions import issuing, judging, making
from dudao.findings.actions.clock import ask_time
from dudao.findings.actions.notices import draft_notices
from dudao.findings.models import Finding
from dudao.findings.queries.overview import rectification
from dudao.papers.actions.routing import submit_paper
from findings_town import again, build, day
from signing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    return build()


def groups(actor):
    return {group.title: group for group in todo_groups(actor)}


def scene(town):
    """One draft, one to sign, one overdue with more time asked for, one reported, one crossed off; one of the city at a county."""
    town.draft(description="待下达的")
    town.issued(description="待签收的")
    late = town.planned(description="逾期的")
    ask_time(town.head, finding=late, until=late.deadline + (day(40) - day()), reason="设备没到")
    Finding.objects.filter(pk=late.pk).update(deadline=day(-5))
    town.reported(description="已报告的")
    closed = town.reported(description="已销号的")
    judging.verify(town.county2, finding=again(closed), method="paper", opinion="属实")
    judging.close(town.county, finding=again(closed))
    row = making.create_finding(
        town.director, office=town.city, unit=town.xiangyin, description="湘阴县督学配备不足", source="visit"
    )
    issuing.issue(town.director, finding=row)


def test_to_dos_of_each_trade_lead_to_their_lists(town):
    scene(town)
    head, county = groups(town.head), groups(town.county)
    assert {"整改待签收", "正在整改"} <= set(head) and head["整改待签收"].total == 1
    assert {"问题待下达", "整改待核验", "延期申请待批复"} <= set(county)
    assert "整改待签收" not in county
    client = signed_in(town.accounts["county"])
    for title in ("问题待下达", "整改待核验"):
        page = client.get(county[title].url).content.decode()
        assert f"共 {county[title].total} 条" in re.sub(r"<[^>]+>", "", page), title


def test_papers_wait_for_who_checks_them(town):
    row = town.issued(description="留样不足")
    (paper,) = draft_notices(town.county, findings=[row])
    assert _acts(town.county, paper) == ["送核"]
    submit_paper(town.county, paper=paper)
    assert _acts(town.county2, paper) == ["核稿"] and not _acts(town.county, paper), "who drafted it doesn't check it"


def _acts(actor, paper):
    return [item.act for group in groups(actor).values() for item in group.items if item.title == paper.title]


def test_the_board_counts_by_county_and_leads_to_lists(town):
    scene(town)
    found = rectification(town.director, day())
    figures = {figure.name: figure for figure in found.figures}
    assert (figures["未销号问题"].value, figures["逾期未整改"].value, figures["待核验"].value) == (4, 1, 1)
    assert figures["销号率"].value == "20.0%" and figures["按期整改率"].value == "66.7%", "one of three is overdue"
    assert found.charts[0].finding == "平江县逾期整改最多：1 个"
    client = signed_in(town.accounts["director"])
    page = client.get(figures["逾期未整改"].url).content.decode()
    assert "共 1 条" in re.sub(r"<[^>]+>", "", page)
    assert all(client.get(link).status_code == 200 for link in found.charts[0].spec["links"])
    assert "平江县逾期整改最多" in client.get(reverse("dashboards:overview")).content.decode()
    own = rectification(town.stranger, day())
    assert own.rows == 1 and not own.charts, "a county sees its own only"


def test_the_board_asks_a_fixed_number_of_queries(town):
    def count():
        with CaptureQueriesContext(connection) as queries:
            rectification(town.director, day())
        return len(queries)

    scene(town)
    before = count()
    scene(town)
    assert count() == before


def test_findings_and_papers_are_found_by_number_and_title_within_rights(town):
    row = town.issued(description="食堂留样不足48小时")
    (paper,) = draft_notices(town.county, findings=[row])

    def hits(actor, text):
        return {hit.title for group in find(actor, text) for hit in group.hits}

    assert hits(town.county, row.code) == {str(row)} and str(row) in hits(town.head, "留样不足")
    assert paper.title in hits(town.county, "整改通知书")
    for text in (row.code, "留样不足", "整改通知书"):
        assert not hits(town.stranger, text), text
    assert paper.title not in hits(town.head, "整改通知书"), "a paper that wasn't issued"
