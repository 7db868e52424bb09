"""In a campaign of the city's over schools, each county gives the marks that are the counties' (县级评审), of its own schools."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Denied
from dudao.demo.builders import account, unit
from dudao.evaluations.actions import reviewing as acts
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.models import Mark, Subject
from dudao.evaluations.queries import reviewing as reads
from dudao.evaluations.queries.county_marks import away, reviewers
from dudao.evaluations.queries.desk import desk_of
from dudao.evaluations.rules import Rules
from dudao.orgs.models import Kind, Unit
from dudao.people.queries import actor_for
from evaluations_town import build_town, published
from signing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    town = build_town()
    town.school = unit("平江县启明小学", Kind.SCHOOL, town.county)
    town.second_school = unit("湘阴县城关小学", Kind.SCHOOL, town.other)
    town.accounts["near"] = account("县督学", town.county, "county_inspector")
    town.near = actor_for(town.accounts["near"])
    day = timezone.localdate()
    made = create_campaign(
        town.director,
        office=town.city,
        title="2026年义务教育学校综合督导评估",
        year=2026,
        objects_kind="schools",
        version=published(town, "school-compulsory-template"),
        phases=[
            PhaseGiven("self", "学校自评", day - timedelta(20), day + timedelta(1), source="self"),
            PhaseGiven("check", "县级评审", day - timedelta(5), day + timedelta(20), source="county"),
        ],
        rules=Rules(reviewers=0, recuse_branch=True),
    )
    given = [SubjectGiven(town.school, town.school.name), SubjectGiven(town.second_school, town.second_school.name)]
    made = set_subjects(town.director, campaign=made, revision=made.revision, subjects=given)
    town.row = start_campaign(town.director, campaign=made, revision=made.revision)
    now = timezone.now()
    town.row.subjects.update(state="accepted", submitted_at=now, accepted_at=now)
    town.subject = Subject.objects.get(campaign=town.row, unit=town.school)
    town.far = Subject.objects.get(campaign=town.row, unit=town.second_school)
    return town


def given_out(town, subjects, people, **more):
    return acts.assign_reviews(
        town.officer, campaign=town.row, source="county", subjects=subjects, reviewers=people, **more
    )


def test_the_countys_own_people_are_asked_and_nobody_of_another(town):
    near = town.accounts["near"]
    assert near in reviewers(town.row, "county", town.school)
    assert near not in reviewers(town.row, "county", town.second_school)
    assert town.accounts["officer"] not in reviewers(town.row, "county", town.school)
    assert near not in reviewers(town.row, "online", town.school), "other marks are the city's to give out"
    assert (near.pk, town.second_school.pk) in away(town.row, "county", [near], [town.school, town.second_school])
    with pytest.raises(ValidationError, match="湘阴县城关小学所在县市区"):
        given_out(town, [town.subject, town.far], [near], way="hand")
    with pytest.raises(ValidationError, match="找不到足够的评审人"):
        given_out(town, [town.subject, town.far], [near])
    assert [one.subject for one in given_out(town, [town.subject], [near])] == [town.subject]


def test_the_county_marks_at_its_desk_and_hands_in(town):
    (review,) = given_out(town, [town.subject], [town.accounts["near"]])
    assert list(reads.mine(town.near)) == [review], "it stands in their queue, though the campaign is the city's"
    assert reads.campaign_of(town.near, town.row.pk) is None, "who marks doesn't see how the others do"
    client = signed_in(town.accounts["near"])
    assert client.get(review.get_absolute_url()).status_code == 200
    assert town.row.title in client.get(reverse("evaluations:reviews")).content.decode()
    for item in desk_of(town.subject, "county", []).items:
        cells = {one.column.name: one.quick[0].value if one.quick else "1" for one in item.inputs()}
        review.refresh_from_db()
        acts.save_mark(town.near, review=review, code=item.code, cells=cells, reason="按现场材料。", revision=0)
    assert Mark.objects.filter(subject=town.subject, source="county").exists()
    done = acts.submit_review(town.near, review=review, opinion="情况属实。")
    assert done.state == "done"
    assert signed_in(town.accounts["county_officer"]).get(review.get_absolute_url()).status_code == 404


def test_who_left_the_county_is_shown_and_somebody_else_of_it_goes_on(town):
    (review,) = given_out(town, [town.subject], [town.accounts["near"]])
    assert not reads.office_reviews(town.row, "county")[0].orphan
    town.accounts["near"].appointments.update(unit=town.other)
    assert reads.office_reviews(town.row, "county")[0].left == "已离任"
    with pytest.raises(Denied):
        acts.save_mark(actor_for(town.accounts["near"]), review=review, code="A1.1", cells={}, reason="", revision=0)
    with pytest.raises(ValidationError):
        acts.reassign(town.officer, review=review, reviewer=town.accounts["officer"])
    moved = acts.reassign(town.officer, review=review, reviewer=town.accounts["county_officer"])
    assert moved.reviewer == town.accounts["county_officer"]


def test_the_office_gives_out_county_by_county(town):
    officer = signed_in(town.accounts["officer"])
    where = reverse("evaluations:review_assign", args=[town.row.pk])
    page = officer.get(where, {"source": "county"}).content.decode()
    first = Unit.objects.filter(pk__in=[town.county.pk, town.other.pk]).order_by("path").first()
    assert f"由{first.name}的评审人评本地的单位" in page
    page = officer.get(where, {"source": "county", "part": town.county.pk}).content.decode()
    assert "县督学" in page and town.school.name in page and town.second_school.name not in page
    sent = {"reviewers": town.accounts["near"].pk, "way": "load", "subjects": town.subject.pk, "seed": ""}
    assert officer.post(f"{where}?source=county&part={town.county.pk}", sent).status_code == 302
    assert reads.mine(town.near).count() == 1
