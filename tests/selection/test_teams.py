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
from dudao.people import actions as people
from dudao.people.queries import actor_for
from dudao.selection.actions import recusals, teams
from dudao.selection.actions.travel import set_travel
from dudao.selection.demand import demand
from dudao.selection.models import RecusalDeclaration, TeamProposal
from dudao.selection.queries import teams as reads
from dudao.selection.queries.recusal import barred
from dudao.selection.queries.travel import ways_of
from dudao.visits.models import SiteVisit, VisitMember
from evaluations_town import campaign
from signing import signed_in

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


@pytest.fixture
def wanted(town):
    """Two running campaigns over the same three kindergartens, four inspectors of the city."""
    first = campaign(town)
    second = campaign(town, title="2026年幼儿园安全专项督导", version=first.version)
    town.accounts["fourth"] = account("钱督学", town.city, "city_inspector")
    town.fourth = actor_for(town.accounts["fourth"])
    return [first, second]


def proposed(town, **given) -> TeamProposal:
    span = {"from_on": TODAY(), "until_on": TODAY() + timedelta(20)}
    row = teams.propose_teams(town.officer, office=town.city, **(span | given))
    job = run_now(row.job)
    assert job.state == "done", job.message
    row.refresh_from_db()
    return row


def test_a_proposal_is_for_some_campaigns_and_counties(town, wanted):
    first, _ = wanted
    assert {key for key, _ in demand().to_visit([town.city])} == {row.pk for row in wanted}
    assert reads.places_in([town.city]) == [(town.county.pk, "平江县"), (town.other.pk, "湘阴县")]
    row = proposed(town, campaigns=[first.pk], places=[town.other.pk])
    assert [(one["name"], one["campaigns"]) for one in row.rows] == [("湘阴县第一幼儿园", [first.title])]
    assert reads.scope_words(row) == f"{first.title}；湘阴县"
    page = signed_in(town.accounts["officer"]).get(row.get_absolute_url()).content.decode()
    assert f"{first.title}；湘阴县" in page
    form = signed_in(town.accounts["officer"]).get(reverse("selection:team_new")).content.decode()
    assert first.title in form and "湘阴县" in form


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
            from_on=TODAY(),
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
    first = proposed(town, until_on=TODAY() + timedelta(10))
    teams.apply_teams(town.officer, row=first)
    span = reads.inspectors_of(town.city)
    assert set(span) == {town.accounts[name].pk for name in ("inspector", "second", "third", "fourth")}
    campaign(town, title="食品安全专项", version=wanted[0].version)
    again = proposed(town, until_on=TODAY() + timedelta(25))
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
        town.accounts[name].appointments.update(valid_to=TODAY() - timedelta(1))
    row = proposed(town)
    assert row.complete == 0
    with pytest.raises(Conflict, match="没有一次实地评估排齐了人"):
        teams.apply_teams(town.officer, row=row)
    assert teams.drop_teams(town.officer, row=row).state == "dropped"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"until_on": TODAY() - timedelta(1)}, "早于"),
        ({"until_on": TODAY() + timedelta(200)}, "不超过三个月"),
        ({"from_on": TODAY() + timedelta(60), "until_on": TODAY() + timedelta(70)}, "没有待安排"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(town, wanted, given, words):
    with pytest.raises(ValidationError, match=words):
        proposed(town, **given)


def declared(town, **given) -> RecusalDeclaration:
    told = {"account": town.accounts["inspector"], "unit": town.kindergarten, "relation": "former", "from_on": TODAY()}
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
        account=person, unit=town.private, relation="own", from_on=TODAY() - timedelta(9), until_on=TODAY() - timedelta(1),
        declared_by="甲",
    )  # fmt: skip
    assert barred(town.city, [person], [town.private], branch=False) == {}


def test_who_declares_for_whom_and_who_decides(town):
    with pytest.raises(Denied, match="只能为自己申报"):
        declared(town, actor=town.second)
    with pytest.raises(ValidationError, match="请写明是什么情形"):
        declared(town, relation="other")
    with pytest.raises(ValidationError, match="早于"):
        declared(town, until_on=TODAY() - timedelta(1))
    row = declared(town, actor=town.officer, relation="asked", detail="幼儿园申请回避")
    with pytest.raises(Denied):
        recusals.decide_recusal(town.officer, row=row, verb="recusal.approve")
    assert reads.recusal(town.inspector, row.pk) == row
    assert reads.recusal(town.second, row.pk) is None
    assert reads.recusal(town.stranger, row.pk) is None


def test_nobody_decides_on_their_own(town):
    row = RecusalDeclaration.objects.create(
        account=town.accounts["director"], unit=town.private, relation="own", from_on=TODAY(), declared_by="李主任"
    )
    with pytest.raises(Denied, match="不能认定自己的申报"):
        recusals.decide_recusal(town.director, row=row, verb="recusal.approve")


def test_pages_lead_from_declaring_to_teams(town, wanted, client):
    signed_in(town.accounts["inspector"], client)
    client.post(
        reverse("selection:recusal_new"),
        {
            "account": town.accounts["inspector"].pk,
            "unit": town.private.pk,
            "relation": "kin",
            "from_on": TODAY().isoformat(),
            "detail": "姐姐任园长",
        },
    )
    row = RecusalDeclaration.objects.get()
    assert "姐姐任园长" in client.get(reverse("selection:recusal", args=[row.pk])).content.decode()
    assert "近亲属任该单位主要负责人" in client.get(reverse("selection:recusals")).content.decode()
    assert client.get(reverse("selection:teams")).status_code == 403
    office = signed_in(town.accounts["director"])
    office.post(reverse("selection:recusal_step", args=[row.pk]), {"step": "recusal.approve"})
    row.refresh_from_db()
    assert row.state == "approved"
    office.post(
        reverse("selection:team_new"),
        {
            "office": town.city.pk,
            "from_on": TODAY().isoformat(),
            "until_on": (TODAY() + timedelta(20)).isoformat(),
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
    assert "组队方案" in office.get(reverse("selection:teams")).content.decode()
    assert office.get(reverse("selection:team_new")).status_code == 200
    office.post(reverse("selection:team_step", args=[made.pk]), {"step": "team.apply"})
    assert SiteVisit.objects.count() == 3


def needs(campaigns, *words):
    for one in campaigns:
        one.rules = {**one.rules, "specialities": list(words)}
        one.save(update_fields=["rules"])


def good_at(town, name, *words):
    people.set_specialities(town.officer, account=town.accounts[name], specialities=words)


def test_a_team_holds_what_its_campaigns_ask_for(town, wanted):
    account("郑督学", town.city, "city_inspector")
    good_at(town, "fourth", "校园安全", "教育财务")
    needs(wanted[1:], "校园安全")
    row = proposed(town)
    fourth = town.accounts["fourth"].pk
    assert row.complete == 3 and all(fourth in one["members"] for one in row.rows)
    assert all(one["specialities"] == ["校园安全"] for one in row.rows)
    teams.apply_teams(town.officer, row=row)
    duties = set(VisitMember.objects.filter(account=fourth).values_list("speciality", flat=True))
    assert duties == {"校园安全"}
    page = signed_in(town.accounts["officer"]).get(row.get_absolute_url()).content.decode()
    assert "要求专长" in page and "钱督学（" in page


def test_a_speciality_that_nobody_has_is_told_in_words(town, wanted):
    needs(wanted, "特殊教育")
    row = proposed(town)
    assert row.complete == 0
    assert "缺“特殊教育”专长的督学：名单里没有这样的人" in row.rows[0]["missing"][0]
    good_at(town, "inspector", "特殊教育")
    recusals.declare_recusal(
        town.inspector, account=town.accounts["inspector"], unit=town.kindergarten, relation="kin", from_on=TODAY()
    )
    told = next(one for one in proposed(town).rows if one["unit"] == town.kindergarten.pk)["missing"]
    assert any("名单里有 1 名，1 名须回避" in text for text in told)


def test_those_who_live_near_go_where_the_load_allows(town, wanted):
    near = account("近督学", town.county, "city_inspector")
    counties = [town.county, town.other]
    pairs = {(town.city.pk, town.county.pk): 90, (town.city.pk, town.other.pk): 30}
    assert set_travel(town.officer, office=town.city, minutes=pairs) == 2
    ways = ways_of(town.city)
    assert ways.between(town.city.path, counties[0].path) == 90 and ways.distance[counties[1].path, town.city.path] == 5
    assert ways.between(counties[0].path, counties[1].path) is None
    row = proposed(town)
    for one in row.rows:
        assert len(one["ways"]) == len(one["members"])
        assert all(way == 0 for key, way in zip(one["members"], one["ways"], strict=True) if key == near.pk)


def test_ways_are_written_as_lines(town):
    client = signed_in(town.accounts["officer"])
    address = reverse("selection:team_travel")
    city, county, other = str(town.city), str(town.county), str(town.other)
    sent = client.post(address, {"lines": f"{city} {county} 90\n{county}\t{other}\t120\n\n"})
    assert sent.status_code == 302, sent.content.decode()
    page = client.get(address).content.decode()
    assert f"{city} {county} 90\n{county} {other} 120" in page and "还有 1 对没有填写" in page
    for lines, words in (
        (f"{city} {county}", "读不出来"),
        (f"{city} 别处 5", "“别处”不在名单里"),
        (f"{city} {city} 5", "两地相同"),
        (f"{city} {county} 5\n{county} {city} 6", "重复"),
        (f"{city} {county} 999", "0 到 600 分钟"),
        (f"{city} {county} 90\n{county} {other} 120", "和原来一样"),
    ):
        refused = client.post(address, {"lines": lines})
        assert refused.status_code == 422 and words in refused.content.decode()
    with pytest.raises(Denied):
        set_travel(town.inspector, office=town.city, minutes={})


def test_an_office_writes_down_what_an_inspector_is_good_at(town):
    one = town.accounts["inspector"]
    client = signed_in(town.accounts["officer"])
    address = reverse("people:specialities", args=[one.pk])
    assert "校园安全" in client.get(address).content.decode()
    sent = client.post(address, {"known": ["校园安全", "学前教育"], "other": "心理健康、"})
    assert sent.status_code == 302
    one.refresh_from_db()
    assert one.specialities == ["学前教育", "校园安全", "心理健康"]
    assert "心理健康" in client.get(one.get_absolute_url()).content.decode()
    assert "心理健康" in client.get(address).content.decode()
    long = client.post(address, {"other": "很" * 21})
    assert long.status_code == 422 and "超过 20 个字" in long.content.decode()
    found = client.get(reverse("people:accounts"), {"speciality": "心理健康"}).content.decode()
    assert one.name in found and town.accounts["second"].name not in found
    with pytest.raises(Denied, match="只有督学"):
        people.set_specialities(town.director, account=town.accounts["officer"], specialities=["校园安全"])


def test_an_inspector_s_own_schools_are_those_one_is_responsible_for(town):
    client = signed_in(town.accounts["inspector"])
    url = reverse("selection:own_schools")
    assert "还没有登记您负责的学校" in client.get(url).content.decode()
    declared(town, relation="own")
    declared(town, unit=town.private)
    page = client.get(url).content.decode()
    assert town.kindergarten.get_absolute_url() in page and town.private.get_absolute_url() not in page
    assert url in client.get(reverse("dashboards:home")).content.decode()
    recusals.decide_recusal(
        town.director, row=RecusalDeclaration.objects.get(relation="own"), verb="recusal.reject", reason="已换人"
    )
    assert town.kindergarten.get_absolute_url() not in client.get(url).content.decode()
