"""The templates of campaigns that ship with the platform, and the words that stand above the packs."""

from dataclasses import fields

import pytest

from dudao import packs
from dudao.calc import campaigns
from dudao.calc.campaigns import OBJECTS, PHASES, CampaignRules, campaign_from
from dudao.evaluations.models import Campaign, Phase
from dudao.evaluations.rules import LATE, OPEN, SHOWN, Rules
from dudao.orgs.models import Kind, Stage
from dudao.packs.checking import check
from dudao.papers import kinds

TEMPLATES = packs.names("campaigns")


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_shipped_template_is_whole(name):
    data = packs.read("campaigns", name)
    report = check("campaigns", data)
    assert not report.errors
    pack = campaign_from(data)
    assert pack.code == name
    assert Rules.of(pack.rules).data()
    assert data["notes"], "where its steps come from"


def test_every_kind_of_evaluation_has_one():
    assert {campaign_from(packs.read("campaigns", name)).objects for name in TEMPLATES} == set(OBJECTS)
    assert len(TEMPLATES) >= 11


def test_an_inspection_without_notice_asks_nothing_beforehand():
    pack = campaign_from(packs.read("campaigns", "special-inspection"))
    assert Rules.of(pack.rules).announced is False
    assert "self" not in {phase.kind for phase in pack.phases}


def test_the_words_are_those_of_the_tables():
    assert tuple(OBJECTS) == tuple(Campaign.Objects.values)
    assert tuple(PHASES) == tuple(Phase.Kind.values)
    assert set(campaigns.UNIT_KINDS) == set(Kind.values)
    assert set(campaigns.UNIT_STAGES) == set(Stage.Level.values)
    assert set(campaigns.LATE) == set(LATE)
    assert set(campaigns.OPEN_MARKS) == set(OPEN)
    assert set(campaigns.SHOWN) == set(SHOWN)
    assert set(campaigns.PAPERS) <= set(kinds.Kind.values)
    assert set(CampaignRules.__struct_fields__) == {field.name for field in fields(Rules)} - {"freezes"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"systems": ["nothing"]}, "“nothing”不是随平台提供的指标体系"),
        ({"twin": "nothing"}, "twin 是“nothing”"),
        ({"phases": [{"kind": "online", "title": "网评", "after": 0, "days": 1, "source": "moon"}]}, "评分来源“moon”"),
        ({"phases": [{"kind": "online", "title": "网评", "after": 0, "days": 1, "codes": ["Z99"]}]}, "指标 Z99"),
        ({"summary": ""}, "summary 是空的"),
    ],
)
def test_what_a_template_names_must_be_there(change, words):
    report = check("campaigns", {**packs.read("campaigns", "kindergartens"), **change})
    assert any(words in error for error in report.errors), report.errors
