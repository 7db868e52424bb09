"""Recusals that hold from their declaration, and teams found for what campaigns want: joined, dated, whole, taken over."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Denied
from dudao.core.jobs import run_now
from dudao.core.workflow import Conflict
from dudao.demo.builders import account
from dudao.evaluations.actions import recusals, teams
from dudao.evaluations.models import RecusalDeclaration, SiteVisit, TeamProposal
from dudao.evaluations.queries import teams as reads
from dudao.evaluations.queries.recusal import barred
from dudao.people.queries import actor_for
from evaluations_town import campaign
from signing import signed_in

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def wanted(town):
    """Two running campaigns over the same three kindergartens, four inspectors of the city."""
    first = campaign(town)
    second = campaign(town, title="2026年幼儿园安全专项督导", version=first.version)
    town.accounts["fourth"] = account("钱督学", town.city, "city_inspector")
    town.fourth = actor_for(town.accounts["fourth"])
    return [first, second]


def proposed(town, **given) -> TeamProposal:
    span = {"from_on": TODAY, "until_on": TODAY + timedelta(20)}
    row = teams.propose_teams(town.officer, office=town.city, **(span | given))
    job = run_now(row.job)
    assert job.state == "done", job.message
    row.refresh_from_db()
    return row


def test_one_visit_serves_both_campaigns_with_a_whole_team(town, wanted):
    row = proposed(town)
    assert (row.wants, len(row.rows), row.complete) == (6, 3, 3)
    for one in row.rows:
        assert len(one["campaigns"]) == 2
        assert len(set(one["members"])) == 3
        assert one["leader"] == one["members"][0]
    assert all(level["value"] == level["bound"] for level in row.levels)
    made = teams.apply_teams(town.officer, row=row)
    assert SiteVisit.objects.count() == 3
    assert {visit.subjects.count() for visit in made} == {2}
    assert all(visit.members.filter(leader=True).count() == 1 for visit in made)
    with pytest.raises(ValidationError, match="没有待安排的实地评估"):
        proposed(town)


def test_who_declared_a_recusal_is_not_sent_and_the_reason_is_told(town, wanted):
    for name in ("inspector", "second"):
        recusals.declare_recusal(
            getattr(town, name),
            account=town.accounts[name],
            unit=town.kindergarten,
            relation="kin",
            from_on=TODAY,
            detail="配偶任园长",
        )
    row = proposed(town)
    told = next(one for one in row.rows if one["unit"] == town.kindergarten.pk)
    assert len(told["members"]) == 2
    assert "2 名须回避" in told["missing"][0]
    assert "配偶" not in told["missing"][0]
    assert row.complete == 2
    assert len(teams.apply_teams(town.officer, row=row)) == 2


def test_a_day_already_taken_keeps_a_person_away(town, wanted):
    first = proposed(town, until_on=TODAY + timedelta(10))
    teams.apply_teams(town.officer, row=first)
    span = reads.inspectors_of(town.city)
    assert set(span) == {town.accounts[name].pk for name in ("inspector", "second", "third", "fourth")}
    campaign(town, title="食品安全专项", version=wanted[0].version)
    again = proposed(town, until_on=TODAY + timedelta(25))
    days = {
        (member, day)
        for row in (first, again)
        for one in row.rows
        for member in one["members"]
        for day in [one["from"]]
    }
    assert len(days) == sum(len(one["members"]) for row in (first, again) for one in row.rows)


def test_without_people_nothing_can_be_taken_over(town, wanted):
    for name in ("inspector", "second", "third", "fourth"):
        town.accounts[name].appointments.update(valid_to=TODAY - timedelta(1))
    row = proposed(town)
    assert row.complete == 0
    with pytest.raises(Conflict, match="没有一次实地评估排齐了人"):
        teams.apply_teams(town.officer, row=row)
    assert teams.drop_teams(town.officer, row=row).state == "dropped"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"until_on": TODAY - timedelta(1)}, "早于"),
        ({"until_on": TODAY + timedelta(200)}, "不超过三个月"),
        ({"from_on": TODAY + timedelta(60), "until_on": TODAY + timedelta(70)}, "没有待安排"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(town, wanted, given, words):
    with pytest.raises(ValidationError, match=words):
        proposed(town, **given)


def declared(town, **given) -> RecusalDeclaration:
    told = {"account": town.accounts["inspector"], "unit": town.kindergarten, "relation": "former", "from_on": TODAY}
    return recusals.declare_recusal(given.pop("actor", town.inspector), **(told | given))


def test_a_recusal_holds_until_it_is_refused(town):
    row = declared(town)
    person = town.accounts["inspector"]
    people, units = [person], [town.kindergarten, town.private]
    assert barred(town.city, people, units, branch=False) == {
        (person.pk, town.kindergarten.pk): f"已申报回避{town.kindergarten}"
    }
    with pytest.raises(ValidationError, match="已经申报过"):
        declared(town)
    recusals.decide_recusal(town.director, row=row, verb="recusal.reject", reason="十年前实习，不影响公正")
    assert barred(town.city, people, units, branch=False) == {}
    again = declared(town)
    done = recusals.decide_recusal(town.director, row=again, verb="recusal.approve")
    assert (done.state, done.decided_by) == ("approved", "李主任")
    recusals.decide_recusal(town.director, row=again, verb="recusal.end", reason="园长已调离")
    assert barred(town.city, people, units, branch=False) == {}


def test_a_recusal_ends_with_its_last_day(town):
    person = town.accounts["inspector"]
    RecusalDeclaration.objects.create(
        account=person, unit=town.private, relation="own", from_on=TODAY - timedelta(9), until_on=TODAY - timedelta(1),
        declared_by="甲",
    )  # fmt: skip
    assert barred(town.city, [person], [town.private], branch=False) == {}


def test_who_declares_for_whom_and_who_decides(town):
    with pytest.raises(Denied, match="只能为自己申报"):
        declared(town, actor=town.second)
    with pytest.raises(ValidationError, match="请写明是什么情形"):
        declared(town, relation="other")
    with pytest.raises(ValidationError, match="早于"):
        declared(town, until_on=TODAY - timedelta(1))
    row = declared(town, actor=town.officer, relation="asked", detail="幼儿园申请回避")
    with pytest.raises(Denied):
        recusals.decide_recusal(town.officer, row=row, verb="recusal.approve")
    assert reads.recusal(town.inspector, row.pk) == row
    assert reads.recusal(town.second, row.pk) is None
    assert reads.recusal(town.stranger, row.pk) is None


def test_nobody_decides_on_their_own(town):
    row = RecusalDeclaration.objects.create(
        account=town.accounts["director"], unit=town.private, relation="own", from_on=TODAY, declared_by="李主任"
    )
    with pytest.raises(Denied, match="不能认定自己的申报"):
        recusals.decide_recusal(town.director, row=row, verb="recusal.approve")


def test_pages_lead_from_declaring_to_teams(town, wanted, client):
    signed_in(town.accounts["inspector"], client)
    client.post(
        reverse("evaluations:recusal_new"),
        {
            "account": town.accounts["inspector"].pk,
            "unit": town.private.pk,
            "relation": "kin",
            "from_on": TODAY.isoformat(),
            "detail": "姐姐任园长",
        },
    )
    row = RecusalDeclaration.objects.get()
    assert "姐姐任园长" in client.get(reverse("evaluations:recusal", args=[row.pk])).content.decode()
    assert "近亲属任该单位主要负责人" in client.get(reverse("evaluations:recusals")).content.decode()
    assert client.get(reverse("evaluations:teams")).status_code == 403
    office = signed_in(town.accounts["director"])
    office.post(reverse("evaluations:recusal_step", args=[row.pk]), {"step": "recusal.approve"})
    row.refresh_from_db()
    assert row.state == "approved"
    office.post(
        reverse("evaluations:team_new"),
        {
            "office": town.city.pk,
            "from_on": TODAY.isoformat(),
            "until_on": (TODAY + timedelta(20)).isoformat(),
            "size": 3,
            "limit": 3,
            "days": 1,
            "announced": "on",
        },
    )
    made = TeamProposal.objects.get()
    run_now(made.job)
    page = office.get(made.get_absolute_url()).content.decode()
    assert "已证明没有更好的组法" in page
    assert "进一次门，查多件事" in page
    assert "组队方案" in office.get(reverse("evaluations:teams")).content.decode()
    assert office.get(reverse("evaluations:team_new")).status_code == 200
    office.post(reverse("evaluations:team_step", args=[made.pk]), {"step": "team.apply"})
    assert SiteVisit.objects.count() == 3
