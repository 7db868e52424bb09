"""Real transactions side by side: two of a team mark one indicator, two officers give out one unit, both hand in at once."""

import threading
import uuid

import pytest
from django.apps import apps
from django.contrib.contenttypes.management import create_contenttypes
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.workflow import Conflict
from dudao.evaluations.actions import reviewing
from dudao.evaluations.actions import visits as onsite
from dudao.evaluations.actions import visits as visiting
from dudao.evaluations.models import Mark, Review
from dudao.visits import actions as visit_acts
from dudao.visits.models import SiteVisit, VisitRecord
from review_town import CODES, FULL, again, build, mark_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    for app in apps.get_app_configs():
        create_contenttypes(app, verbosity=0)  # emptied between tests
    return build()


def at_once(*acts):
    """Run the acts at the same moment; what each answered or raised."""
    start, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            start.wait()
            answers[place] = act()
        except (Denied, Conflict, ValidationError) as refusal:
            answers[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def names(answers):
    return sorted(type(answer).__name__ for answer in answers)


def plan(town, leader="inspector"):
    return visiting.plan_visit(
        town.officer,
        office=town.city,
        unit=town.school,
        subjects=[town.subject],
        members=[town.accounts[name] for name in ("inspector", "second", "third")],
        leader=town.accounts[leader],
        from_on=timezone.localdate(),
        until_on=timezone.localdate(),
        announced=False,
    )


def test_of_two_who_mark_one_indicator_one_is_told(town):
    visit = plan(town)
    visiting.begin(town.inspector, visit=visit)

    def give(actor, level):
        return lambda: onsite.mark_on_site(
            actor, visit=visit, subject=town.subject, code="F1.1", cells={"F1.1": level}, reason="见记录。", revision=0
        )

    answers = at_once(give(town.inspector, "1"), give(town.second, "0.6"))
    assert names(answers) == ["Conflict", "Mark"] and Mark.objects.count() == 1
    key = uuid.uuid4()

    def note():
        return visit_acts.save_record(town.third, visit=visit, key=key, kind="tour", title="看实验室")

    first, second = at_once(note, note)
    assert first == second and VisitRecord.objects.count() == 1


def test_two_plans_of_one_unit_are_one_visit(town):
    answers = at_once(lambda: plan(town), lambda: plan(town, "second"))
    assert names(answers) == ["SiteVisit", "ValidationError"] and SiteVisit.objects.count() == 1


def test_two_officers_give_out_one_unit_once(town):
    def give(actor, first, second):
        return lambda: reviewing.assign_reviews(
            actor,
            campaign=town.campaign,
            source="online",
            subjects=[town.subject],
            reviewers=[town.accounts[first], town.accounts[second]],
            way="hand",
            codes=CODES,
        )

    answers = at_once(give(town.officer, "inspector", "second"), give(town.director, "third", "fourth"))
    assert names(answers) == ["ValidationError", "list"] and Review.objects.count() == 2


def test_both_hand_in_at_once_and_one_third_is_called(town):
    reviewing.assign_reviews(
        town.officer,
        campaign=town.campaign,
        source="online",
        subjects=list(town.campaign.subjects.select_related("unit")),
        reviewers=[town.accounts[name] for name in ("inspector", "second", "third", "fourth")],
        codes=CODES,
    )
    actor_of = {person.pk: getattr(town, name) for name, person in town.accounts.items()}
    one, two = Review.objects.filter(subject=town.subject).order_by("seat")
    mark_all(actor_of[one.reviewer_id], one, F1_1=({"F1.1": "0.6"}, "缺两次。"))
    mark_all(actor_of[two.reviewer_id], two)

    def hand_in(review):
        return lambda: reviewing.submit_review(actor_of[review.reviewer_id], review=review)

    answers = at_once(hand_in(one), hand_in(two))
    assert names(answers) == ["Review", "Review"]
    assert Review.objects.filter(subject=town.subject, seat=3).count() == 1
    assert again(one).state == again(two).state == "done"


def test_a_double_click_hands_in_once(town):
    reviewing.assign_reviews(
        town.officer,
        campaign=town.campaign,
        source="online",
        subjects=[town.subject],
        reviewers=[town.accounts["inspector"], town.accounts["second"]],
        way="hand",
        codes=CODES,
    )
    review = Review.objects.get(reviewer=town.accounts["inspector"])
    mark_all(town.inspector, review)
    token = uuid.uuid4()

    def hand_in():
        with audit.once(token):
            return reviewing.submit_review(town.inspector, review=review)

    first, second = at_once(hand_in, hand_in)
    assert first == second and again(review).state == "done"
    assert {mark.code for mark in Mark.objects.filter(review=review)} == set(FULL)
