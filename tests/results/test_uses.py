"""What becomes of results: their use, papers, findings from low marks, proposals for the next version."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Denied
from dudao.core.models import Event
from dudao.evaluations.models import Campaign, Mark
from dudao.evaluations.queries.scores import MARK
from dudao.findings import sources
from dudao.findings.actions import making
from dudao.papers.queries import compare
from dudao.results.actions import result_papers, uses
from dudao.results.actions import results as acts
from dudao.results.findings import set_key_of
from dudao.results.models import Proposal
from dudao.results.queries.low_results import by_indicator, lows_of
from evaluations_town import published
from results_town import GOVERNMENT, deciding
from signing import signed_in


@pytest.fixture
def formed(town):
    return deciding(town, version=published(town, GOVERNMENT))


@pytest.fixture
def public(town, formed):
    """A published result."""
    row, sheet = formed
    acts.record_decision(
        town.director, campaign=row, held_on=timezone.localdate(), attendees="李主任", text="同意评定结果。"
    )
    acts.publicise(town.director, campaign=Campaign.objects.get(pk=row.pk))
    today = timezone.localdate()
    Campaign.objects.filter(pk=row.pk).update(
        publicised_on=today - timedelta(20), publicised_until=today - timedelta(1)
    )
    return acts.publish_campaign(town.director, campaign=Campaign.objects.get(pk=row.pk)), sheet


def test_a_published_result_is_used(town, public):
    row, _ = public
    made = uses.record_use(
        town.officer,
        campaign=row,
        user=town.county,
        purpose="award",
        text="列入年度表彰。",
        used_on=timezone.localdate(),
        subject=row.subjects.get(unit=town.kindergarten),
    )
    assert str(made) == "平江县：表彰奖励"


def test_what_is_not_published_is_not_used(town, formed):
    row, _ = formed
    with pytest.raises(Denied, match="公布后才能登记"):
        uses.record_use(
            town.officer,
            campaign=row,
            user=town.county,
            purpose="award",
            text="表彰。",
            used_on=timezone.localdate(),
        )


@pytest.mark.parametrize("days", [-3, 1])
def test_a_use_has_a_day_between_publication_and_today(town, public, days):
    with pytest.raises(ValidationError):
        uses.record_use(
            town.officer,
            campaign=public[0],
            user=town.county,
            purpose="budget",
            text="安排经费。",
            used_on=timezone.localdate() + timedelta(days),
        )


def test_every_paper_states_the_numbers_of_the_database(town, public):
    row, sheet = public
    made = [
        result_papers.draft_publicity(town.officer, campaign=row),
        result_papers.draft_circular(town.officer, campaign=row),
        result_papers.draft_report(town.officer, campaign=row),
        *result_papers.draft_opinions(
            town.officer,
            sheet=sheet,
            rows=list(sheet.results.select_related("subject__unit")[:2]),
            due_on=timezone.localdate() + timedelta(30),
        ),
    ]
    for paper in made:
        assert paper.facts
        assert [one.words for one in compare(paper) if one.blocks] == []


def test_a_paper_notices_that_the_result_changed(town, formed):
    row, _ = formed
    paper = result_papers.draft_report(town.officer, campaign=row)
    assert not [one for one in compare(paper) if one.blocks]
    subject = row.subjects.get(unit=town.private)
    Mark.objects.filter(subject=subject, code__startswith="P1").update(cells={})
    acts.make_sheet(town.officer, campaign=row, purpose="final", reason="改分。")
    assert [one for one in compare(paper) if one.blocks]


def test_low_marks_become_findings(town, formed):
    _, sheet = formed
    found = by_indicator(lows_of(sheet))
    assert found
    code, lows = next(iter(found.items()))
    origin = sources.find(town.officer, set_key_of(sheet.pk, code))
    assert origin is not None
    assert {problem.unit for problem in origin.problems} == {low.row.subject.unit for low in lows}
    one = sources.find(town.officer, MARK.key(lows[0].row.subject_id, code))
    assert one is not None
    assert one.problems[0].facts
    assert sources.find(town.stranger, set_key_of(sheet.pk, code)) is None


def test_a_finding_says_when_the_mark_it_states_was_changed(town, formed):
    _, sheet = formed
    low = next(
        low for lows in by_indicator(lows_of(sheet)).values() for low in lows if low.row.subject.unit == town.private
    )
    origin = sources.find(town.officer, MARK.key(low.row.subject_id, low.code))
    (made,) = making.create_from(
        town.officer, office=town.city, origin=origin, problems=origin.problems, severity="general"
    )
    said = made.facts[0]["text"]
    client = signed_in(town.accounts["officer"])
    pages = [made.get_absolute_url(), reverse("findings:issue", args=[made.pk])]
    assert sources.outdated(made) == [] and all("后来变了" not in client.get(page).content.decode() for page in pages)
    Mark.objects.filter(subject=low.row.subject_id, code__startswith=low.code).update(cells={})
    sentences = sources.outdated(made)
    assert said in sentences[0]
    shown = [client.get(page).content.decode() for page in pages]
    shown.append(client.post(reverse("findings:issue_many"), {"ids": [made.pk]}).content.decode())
    assert all(sentence in page for sentence in sentences for page in shown)
    made = making.edit(town.officer, finding=made, description="学生体质监测没有开展。")
    assert sources.outdated(made) == []


def test_proposals_are_decided_and_carried_into_the_next_draft(town, formed):
    row, _ = formed
    system = row.version.framework
    made = uses.make_proposal(
        town.head, framework=system, unit=town.kindergarten, code="P1.1", text="分值偏高，建议降低。", campaign=row
    )
    other = uses.make_proposal(town.county_officer, framework=system, unit=town.county, text="增加信息化指标。")
    with pytest.raises(Denied):
        uses.decide_proposal(town.county_officer, proposal=made, taken=True, answer="")
    with pytest.raises(ValidationError, match="写明理由"):
        uses.decide_proposal(town.officer, proposal=other, taken=False, answer="")
    uses.decide_proposal(town.officer, proposal=made, taken=True, answer="下一版调整。")
    uses.decide_proposal(town.officer, proposal=other, taken=False, answer="已有相近指标。")
    draft = uses.carry_proposals(town.officer, framework=system)
    assert (draft.state, draft.number) == ("draft", row.version.number + 1)
    made.refresh_from_db()
    assert made.carried == draft
    with pytest.raises(Denied, match="已经带入"):
        uses.decide_proposal(town.officer, proposal=made, taken=False, answer="不改了。")
    with pytest.raises(ValidationError, match="没有已采纳"):
        uses.carry_proposals(town.officer, framework=system)
    assert Proposal.objects.filter(carried=draft).count() == 1


def test_proposals_that_are_taken_away_leave_an_event(town, formed):
    row, _ = formed
    made = uses.make_proposal(
        town.county_officer, framework=row.version.framework, unit=town.county, text="增加信息化指标。"
    )
    answer = signed_in(town.accounts["officer"]).post(reverse("results:proposals"), {"export": "1"})
    assert answer.status_code == 200 and "spreadsheet" in answer["Content-Type"]
    event = Event.objects.get(verb="campaign.export")
    assert (event.object_id, event.data["list"], event.data["rows"]) == (made.pk, "指标修订建议", 1)


def test_a_proposal_names_an_indicator_that_there_is(town, formed):
    with pytest.raises(ValidationError, match="没有“Z9”"):
        uses.make_proposal(
            town.head,
            framework=formed[0].version.framework,
            unit=town.kindergarten,
            code="Z9",
            text="改一改。",
        )
