"""The minute's look at a campaign: what its leader sees first, while it runs and when there is a result."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dudao.demo.builders import account
from dudao.evaluations.models import Campaign, Subject
from dudao.evaluations.queries.board import progress_table, visible_subjects
from dudao.evaluations.queries.key_figures import glance
from dudao.evaluations.queries.overview import evaluating
from dudao.evaluations.rules import Rules
from dudao.people.queries import actor_for
from dudao.results.actions import objections
from dudao.results.actions import results as acts
from evaluations_town import published
from results_town import GOVERNMENT, deciding
from signing import signed_in


@pytest.fixture
def leader(town):
    return account("姜市长", town.city, "leader")


def look(row, actor, today=None):
    row.refresh_from_db()
    day = today or timezone.localdate()
    phases = list(row.phases.all())
    return glance(row, phases, progress_table(row, phases, visible_subjects(actor, row), day), day)


def test_while_it_runs_it_says_who_is_waited_for(town, running):
    Subject.objects.filter(campaign=running, unit=town.kindergarten).update(
        state="submitted", submitted_at=timezone.now(), submitted_by=town.accounts["head"]
    )
    seen = look(running, town.officer)
    assert [(one.name, one.value) for one in seen.figures] == [
        ("参评单位", 3), ("自查自评", 1), ("网上评审", 0), ("实地评估", 0), ("逾期提交", 0),
    ]  # fmt: skip
    assert "还有 2 个单位没有完成" in seen.asks[0].text
    over = look(running, town.officer, timezone.localdate() + timedelta(12))
    assert over.asks[0].text.startswith("“自查自评”已过截止日 2 天")
    assert over.asks[0].tone == "red"


def test_phases_that_have_not_begun_are_not_asked_for(town, running):
    seen = look(running, town.officer, timezone.localdate() - timedelta(8))
    assert [ask.text.partition("”")[0] for ask in seen.asks] == ["“自查自评"]
    assert any(figure.compare.endswith("开始") for figure in seen.figures)


def test_a_result_shows_ranks_spread_and_what_to_decide(town):
    row, sheet = deciding(town, version=published(town, GOVERNMENT))
    seen = look(row, town.director)
    assert [line.rank for line in seen.lines] == sorted(line.rank for line in seen.lines)
    assert seen.figures[0].name == "平均分"
    assert len(seen.charts) == 2
    assert sum(seen.charts[0][0]["series"][0]["values"]) == 3
    assert "中位数" in seen.charts[1][1]
    assert not seen.compares_years
    assert seen.asks[0].text == "结果已经形成，还没有召开评定会议审定"
    acts.record_decision(
        town.director, campaign=row, held_on=timezone.localdate(), attendees="李主任", text="同意评定结果。"
    )
    row = acts.publicise(town.director, campaign=Campaign.objects.get(pk=row.pk))
    objections.ask_objection(town.head, subject=row.subjects.get(unit=town.kindergarten), text="有异议。", code="")
    asks = [ask.text for ask in look(row, town.director).asks]
    assert asks[0] == "1 件异议等待答复"
    assert asks[1].startswith("正在公示")
    assert seen.sheet == sheet


def test_the_year_before_shows_who_moved(town):
    version = published(town, GOVERNMENT)
    rules = Rules(publicity_days=0)
    old, _ = deciding(town, version=version, rules=rules, title="2025年督导评估")
    acts.record_decision(
        town.director, campaign=old, held_on=timezone.localdate(), attendees="李主任", text="同意评定结果。"
    )
    Campaign.objects.filter(pk=old.pk).update(year=2025)
    acts.publish_campaign(town.director, campaign=Campaign.objects.get(pk=old.pk))
    new, _ = deciding(town, version=version, rules=rules)
    seen = look(new, town.director)
    assert seen.compares_years
    assert seen.against == "比2025年"
    assert [line.against for line in seen.lines] == ["0", "0", "0"]
    assert not seen.movers
    assert seen.figures[0].compare.startswith("2025年 ")


def test_a_system_of_levels_counts_them(town):
    row, _ = deciding(town)
    seen = look(row, town.director)
    assert not seen.lines
    assert not seen.charts
    assert seen.figures


def test_only_who_leads_it_has_the_look(town, running, leader):
    own = signed_in(leader).get(running.get_absolute_url()).content.decode()
    assert "需要决定和督促的事" in own
    assert "评审</a>" not in own, "a tab that would refuse the leader"
    below = signed_in(town.accounts["head"]).get(running.get_absolute_url()).content.decode()
    assert "需要决定和督促的事" not in below


def test_the_leaders_overview_lists_evaluations(town, running, leader, django_assert_max_num_queries):
    actor = actor_for(leader)
    with django_assert_max_num_queries(6):
        (line,) = evaluating(actor, timezone.localdate())
    assert line.title == running.title
    assert line.done_words == "0/3"
    assert line.words.startswith("自查自评到")
    assert evaluating(town.head, timezone.localdate()) == []
