"""Every page of a campaign has the campaign's tabs; the menu marks the entry from which a page is reached."""

import re

import pytest
from django.urls import reverse

from dudao.core.ui.parts import Crumb, MenuItem
from dudao.core.ui.shell import Shell
from review_town import build, given_to_two
from signing import signed_in


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build()
    given_to_two(town)
    return town


def html(town, who, name, *args, query=""):
    answer = signed_in(town.accounts[who]).get(
        reverse(name if ":" in name else f"evaluations:{name}", args=args) + query
    )
    assert answer.status_code == 200
    return answer.content.decode()


def marked(said):
    menu = said[said.index('aria-label="主菜单"') : said.index("</nav>", said.index('aria-label="主菜单"'))]
    return re.findall(r'href="([^"]+)" aria-current="page"', menu)


@pytest.mark.parametrize(
    ("name", "query", "word"),
    [
        ("campaign", "", "总览"),
        ("campaign", "?tab=rules", "规则"),
        ("campaign", "?tab=amendments", "变更"),
        ("campaign", "?tab=papers", "文书"),
        ("campaign", "?tab=history", "历史"),
        ("campaign_subjects", "", "对象"),
        ("reviewing", "", "评审"),
        ("results:results", "", "得分"),
    ],
)
def test_every_page_of_a_campaign_has_its_tabs(town, name, query, word):
    said = html(town, "officer", name, town.campaign.pk, query=query)
    tabs = said[said.index('aria-label="项目分页"') :]
    tabs = tabs[: tabs.index("</nav>")]
    assert re.search(rf'aria-current="page">{word}\b', tabs)
    assert tabs.count("<li>") == 8
    assert marked(said) == [reverse("evaluations:campaigns")]


@pytest.mark.parametrize("name", ["subject", "answer", "figures", "subject_submit"])
def test_the_menu_marks_what_a_clerk_clicked(town, name):
    said = html(town, "principal", name, town.subject.pk)
    assert marked(said) == [reverse("evaluations:answers")]


def test_the_menu_marks_what_who_checks_clicked(town):
    assert marked(html(town, "county_officer", "subject", town.subject.pk)) == [reverse("evaluations:checks")]


def test_the_menu_marks_the_campaigns_where_the_office_reads_a_review(town):
    assert marked(html(town, "officer", "review", town.one.pk)) == [reverse("evaluations:campaigns")]
    assert marked(html(town, "inspector", "review", town.one.pk)) == [reverse("evaluations:reviews")]


def test_a_page_whose_crumbs_begin_nowhere_keeps_the_marks_of_its_address():
    menu = (MenuItem("甲", "/a/", "home", current=True), MenuItem("乙", "/b/", "home"))
    shell = Shell(menu=menu)
    assert shell.begun_at(Crumb("丙", "/c/").url) is shell
    assert [item.current for item in shell.begun_at("/b/").menu] == [False, True]
