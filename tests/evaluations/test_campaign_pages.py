"""Pages of campaigns: what each side sees, constant numbers of queries, what forms refuse; the dry run; notices from a campaign."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.demo.builders import unit
from dudao.evaluations.actions import editing
from dudao.evaluations.actions.campaigns import set_phases
from dudao.evaluations.actions.new_campaigns import create_from_template
from dudao.evaluations.actions.papers import draft_notice, facts_of_campaign
from dudao.evaluations.forms.rules import freezes_from
from dudao.evaluations.models import Amendment, Campaign, Subject
from dudao.evaluations.queries.dry_run import dry_run, faults_of
from dudao.evaluations.queries.pools import pool_words
from dudao.evaluations.queries.systems import rules_of
from dudao.orgs.models import Kind
from dudao.selection.actions import draws as drawing
from dudao.selection.models import Draw
from evaluations_town import campaign, phases, published
from signing import signed_in


@pytest.fixture
def draft(town):
    return create_from_template(
        town.director,
        office=town.city,
        template="county-government",
        version=published(town, "county-government-template"),
        year=2026,
        starts_on=timezone.localdate() + timedelta(10),
    )


def page(town, who, name, *args, query="", **given):
    return signed_in(town.accounts[who]).get(reverse(f"evaluations:{name}", args=args) + query, **given)


def test_a_dry_run_ranks_all_and_stores_nothing(town, draft):
    for number in range(8):
        unit(f"示例{number}县", Kind.COUNTY, town.city)
    draft = editing.select_by_pool(
        town.director, campaign=draft, revision=draft.revision, pool={"kinds": ["county", "zone"]}
    )
    run = dry_run(draft, seed=3)
    assert len(run.lines) == 10
    ranks = [line.outcome.rank for line in run.lines if not line.outcome.vetoes]
    assert ranks == sorted(ranks) and ranks[0] == 1
    assert all(line.outcome.rank is None for line in run.lines[len(ranks) :])  # who is out by veto is not ranked
    assert sum(count for _, count in run.grades) == 10
    assert run.open == []
    assert [line.points for line in dry_run(draft, seed=3).lines] == [line.points for line in run.lines]
    answer = page(town, "director", "campaign_try", draft.pk, query="?seed=5")
    assert "什么都不保存" in answer.content.decode()
    assert Subject.objects.filter(campaign=draft, filled__gt=0).count() == 0


def test_what_nobody_marks_is_said_before_it_starts(town, draft):
    assert faults_of(draft) == []
    kept = [phase for phase in phases() if phase.kind in {"self", "onsite"}]
    draft = set_phases(town.director, campaign=draft, revision=draft.revision, phases=kept)
    said = "".join(faults_of(draft))
    assert "没有阶段来评" in said
    assert "没有网上评审阶段" in said
    assert "没有阶段来评" in page(town, "director", "campaign", draft.pk).content.decode()


def test_each_side_sees_its_own(town, running):
    assert '共 <b class="dd-num">1</b> 条' in page(town, "officer", "campaigns").content.decode()
    office = page(town, "officer", "campaign", running.pk).content.decode()
    assert "湘阴县" in office and "文书" in office
    county = page(town, "county_officer", "campaign", running.pk).content.decode()
    assert "平江县" in county and "湘阴县" not in county and "tab=papers" not in county
    listed = page(town, "county_officer", "campaign_subjects", running.pk).content.decode()
    assert "平江县小太阳幼儿园" in listed and "湘阴县第一幼儿园" not in listed
    assert page(town, "head", "campaign", running.pk).status_code == 200
    draft = campaign(town, title="另一个", start=False, version=running.version)
    for who in ("county_officer", "head", "stranger"):
        assert page(town, who, "campaign", draft.pk).status_code == 404
    assert page(town, "county_officer", "campaign_amend", running.pk).status_code == 403


@pytest.mark.parametrize("name", ["campaigns", "campaign", "campaign_subjects"])
def test_queries_do_not_grow_with_subjects(town, running, name, django_assert_max_num_queries):
    args = [] if name == "campaigns" else [running.pk]
    client = signed_in(town.accounts["officer"])
    url = reverse(f"evaluations:{name}", args=args)
    client.get(url)
    for number in range(12):
        more = unit(f"平江县第{number}幼儿园", Kind.KINDERGARTEN, town.county, ownership="public")
        Subject.objects.create(campaign=running, unit=more, label=more.name)
    with django_assert_max_num_queries(30):
        assert client.get(url).status_code == 200


def test_a_template_without_a_published_system_leads_there(town):
    answer = page(town, "director", "campaign_make", "kindergartens", follow=True)
    assert answer.redirect_chain[-1][0] == reverse("frameworks:versions")
    assert "还没有已发布的" in answer.content.decode()
    assert page(town, "director", "campaign_make", "townships").status_code == 404, "made for counties"


def test_a_county_makes_its_own_with_the_citys_system(town):
    township = unit("城关镇", Kind.TOWNSHIP, town.county)
    version = published(town, "township-template")
    client = signed_in(town.accounts["county_officer"])
    url = reverse("evaluations:campaign_make", args=["townships"])
    assert client.get(url).status_code == 200
    answer = client.post(
        url,
        {"title": "2026年乡镇评价", "year": 2026, "starts_on": "2026-10-08", "version": version.pk, "purpose": ""},
    )
    made = Campaign.objects.get(title="2026年乡镇评价")
    assert answer.status_code == 302
    assert made.office == town.county
    assert [subject.unit for subject in made.subjects.all()] == [township]


def test_days_of_rest_are_read_or_said(town, draft):
    found = freezes_from("2026-10-01 至 2026-10-08 国庆节放假\n\n2027-2-1—2027-2-20  寒假")
    assert [(one.first, one.reason) for one in found] == [(date(2026, 10, 1), "国庆节放假"), (date(2027, 2, 1), "寒假")]
    for text in ("国庆节", "2026-02-30 至 2026-03-01 假"):
        with pytest.raises(ValidationError, match="读不出来"):
            freezes_from(text)
    wrong = freezes_from("2026-10-08 至 2026-10-01 国庆节放假")
    with pytest.raises(ValidationError, match="前后颠倒"):
        editing.set_rules(
            town.director, campaign=draft, revision=draft.revision, rules=replace(rules_of(draft), freezes=wrong)
        )


def test_the_phases_form_names_what_is_missing(town, draft):
    client = signed_in(town.accounts["director"])
    url = reverse("evaluations:campaign_phases", args=[draft.pk])
    answer = client.post(url, {"p1_title": "自查", "p1_kind": "self", "p1_opens": "2026-12-01", "p1_closes": ""})
    assert answer.status_code == 422
    assert "请填写“自查”的截止日期" in answer.content.decode()
    answer = client.post(
        url,
        {"p1_title": "自查", "p1_kind": "self", "p1_source": "self", "p1_opens": "2026-12-01", "p1_closes": "2026-12-20",
         "p1_codes": "M1，Z9"},
    )  # fmt: skip
    assert "Z9 不在指标体系里" in answer.content.decode()
    assert draft.phases.count() == 8


def test_a_draw_becomes_the_subjects(town, draft):
    for number in range(4):
        unit(f"平江县第{number}小学", Kind.SCHOOL, town.county)
    drawn = drawing.create_draw(
        town.director, office=town.city, title="抽查", kind=Draw.Kind.OBJECTS, numbers="2", strata="县市区"
    )
    drawn = drawing.hold_draw(town.director, draw=drawing.commit_draw(town.director, draw=drawn))
    chosen = editing.select_by_draw(town.director, campaign=draft, revision=draft.revision, draw=drawn.pk)
    assert chosen.subjects.filter(drawn_from__startswith="抽查：第 ").count() == chosen.subjects.count() > 0
    with pytest.raises(ValidationError, match="没有抽中的单位"):
        editing.select_by_draw(town.director, campaign=chosen, revision=chosen.revision, draw=0)
    with pytest.raises(ValidationError, match="没有安排学校"):
        editing.select_by_cycle(town.director, campaign=chosen, revision=chosen.revision, term="1:2")


def test_a_notice_goes_to_all_subjects_once(town, draft):
    paper = draft_notice(town.director, campaign=draft, kind="self_notice")
    assert set(paper.recipients) == set(draft.subjects.values_list("unit_id", flat=True))
    facts = {fact.name: fact.text for fact in facts_of_campaign(draft.pk, "self_notice")}
    assert facts["对象数"] == "2个单位"
    assert {fact["text"] for fact in paper.facts} == set(facts.values())
    with pytest.raises(ValidationError, match="已经起草了"):
        draft_notice(town.director, campaign=draft, kind="self_notice")
    with pytest.raises(ValidationError, match="三人"):
        draft_notice(town.director, campaign=draft, kind="notice")
    assert facts_of_campaign(draft.pk + 1, "notice") == ()


def test_bulk_acts_from_the_list(town, running):
    client = signed_in(town.accounts["officer"])
    subject = running.subjects.get(unit=town.private)

    def press(act, **given):
        url = reverse("evaluations:campaign_bulk", args=[running.pk, act])
        return client.post(url, {"ids": [subject.pk], **given}, follow=True).content.decode()

    assert "已催报" in press("remind")
    assert "今天催过的不再催" in press("remind")
    assert "请写明理由" in press("exempt")
    assert "已列为不参评" in press("exempt", reason="停办")
    assert "已恢复参评" in press("restore", reason="复园")
    assert client.post(reverse("evaluations:campaign_bulk", args=[running.pk, "other"])).status_code == 404
    assert Amendment.objects.filter(campaign=running).count() == 2


def test_a_pool_in_words(town):
    pool = {"kinds": ["kindergarten"], "stages": [], "ownership": "private", "counties": [town.county.pk]}
    assert pool_words(pool) == "幼儿园，民办，平江县"


def test_those_with_a_later_deadline_are_found(town, running):
    running.subjects.filter(unit=town.private).update(due_on=timezone.localdate() + timedelta(30))
    later = page(town, "director", "campaign_subjects", running.pk, query="?extended=1").content.decode()
    assert town.private.name in later and town.foreign.name not in later
    others = page(town, "director", "campaign_subjects", running.pk, query="?extended=0").content.decode()
    assert town.foreign.name in others and town.private.name not in others
