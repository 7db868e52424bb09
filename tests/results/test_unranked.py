"""Where results are not for ranking (幼儿园、学校), no page and no paper tells a place, nor lists by it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dudao import packs
from dudao.calc.campaigns import campaign_from
from dudao.evaluations.models import Campaign
from dudao.evaluations.queries.systems import rules_of
from dudao.evaluations.rules import Rules
from dudao.results.actions import result_papers
from dudao.results.actions import results as acts
from evaluations_town import published
from results_town import GOVERNMENT, deciding
from signing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(town):
    town.row, town.sheet = deciding(town, version=published(town, GOVERNMENT))
    acts.record_decision(
        town.director, campaign=town.row, held_on=timezone.localdate(), attendees="李主任", text="同意评定结果。"
    )
    town.row = acts.publicise(town.director, campaign=Campaign.objects.get(pk=town.row.pk))
    return town


def pages(town):
    row, own = town.row, town.sheet.results.get(subject__unit=town.kindergarten)
    officer, head = signed_in(town.accounts["officer"]), signed_in(town.accounts["head"])
    found = {}
    for who, client in (("officer", officer), ("head", head)):
        for name, key in (("evaluations:campaign", row.pk), ("results:publicity", row.pk), ("results:result", own.pk)):
            found[who, name] = client.get(reverse(name, args=[key])).content.decode()
        found[who, "list"] = client.get(reverse("results:result_list")).content.decode()
    found["officer", "sheet"] = officer.get(town.sheet.get_absolute_url()).content.decode()
    return found


def places(page):
    """What a page says of places: cells under 名次, «第 1 名»."""
    return re.findall(r"第 \d+ 名|data-label=\"名次\"[^>]*>\d+|>排名<", page)


def test_without_the_rule_nobody_hears_a_place(shown):
    assert all(
        places(page) for name, page in pages(shown).items() if name[1] in {"results:publicity", "results:result"}
    )
    rules = replace(rules_of(shown.row), ranked=False)
    Campaign.objects.filter(pk=shown.row.pk).update(rules=rules.data())
    shown.row.refresh_from_db()
    for name, page in pages(shown).items():
        assert not places(page), name
    sheet = pages(shown)["officer", "sheet"]
    assert not re.search(r"</svg>\s*并列", sheet), "who shares a place tells the place"
    told = pages(shown)["head", "results:publicity"].partition("<main")[2]
    units = [one.name for one in shown.sheet.results.order_by("path")]
    at = [told.index(name) for name in units]
    assert at == sorted(at), "nor do they stand in the order of places"
    day = timezone.localdate()
    before = {"publicised_on": day - timedelta(9), "publicised_until": day - timedelta(1)}
    Campaign.objects.filter(pk=shown.row.pk).update(**before)
    row = acts.publish_campaign(shown.director, campaign=Campaign.objects.get(pk=shown.row.pk))
    paper = result_papers.draft_circular(shown.officer, campaign=row)
    order = [one.subject.unit for one in shown.sheet.results.select_related("subject__unit").order_by("path")]
    wanted = sorted(order, key=lambda unit: (unit.sort_no, unit.sort_key, unit.pk))
    assert paper.recipients == [unit.pk for unit in wanted]
    assert {line["rank"] for line in paper.values["results"]} == {""}
    assert [line["unit"] for line in paper.values["results"]] == units


@pytest.mark.parametrize("name", packs.names("campaigns"))
def test_only_governments_are_ranked_by_the_shipped_templates(name):
    pack = campaign_from(packs.read("campaigns", name))
    assert Rules.of(pack.rules).ranked is (pack.group == "governments")
