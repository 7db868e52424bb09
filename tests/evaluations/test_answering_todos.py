"""The workbench: the unit's to-dos about self-evaluations, and those of who checks."""

from django.utils import timezone

from dudao.core.models import Notice
from dudao.core.waiting import laid_out
from dudao.evaluations.actions import checking
from dudao.evaluations.actions.submitting import submit_evaluation
from dudao.evaluations.desk import answering_piles
from dudao.evaluations.flow import SUBJECT
from dudao.evaluations.models import Subject
from dudao.evaluations.rules import Rules
from evaluations.filling import fill_all
from evaluations_town import campaign


def titles(actor):
    return {
        group.title: [item.title for item in group.items]
        for group in laid_out(answering_piles(actor)).groups()
        if group.total
    }


def test_each_sees_what_waits_for_them(town):
    made = campaign(town, rules=Rules(check=True, self_report=False))
    subject = made.subjects.get(unit=town.kindergarten)
    assert titles(town.clerk) == {"自评待填报": [made.title]}
    assert titles(town.county_officer) == {}
    fill_all(town.clerk, subject)
    submit_evaluation(town.head, subject=subject, received_at=timezone.now())
    assert titles(town.clerk) == {}
    assert titles(town.county_officer) == {"自评待核查": [subject.label]}
    assert titles(town.stranger) == {}
    assert titles(town.director) == {}, "the county's schools are the county's to check"
    checking.return_evaluation(town.county_officer, subject=subject, reason="请补充。")
    assert titles(town.clerk) == {"自评退回修改": [made.title]}


def test_the_number_of_queries_does_not_grow(town, django_assert_max_num_queries):
    campaign(town, rules=Rules(check=True))
    with django_assert_max_num_queries(6):
        laid_out(answering_piles(town.clerk)).groups()
    with django_assert_max_num_queries(6):
        laid_out(answering_piles(town.county_officer)).groups()


def test_a_correction_goes_back_to_who_asked_for_it_also_where_nobody_checks(town):
    made = campaign(town, rules=Rules(check=False, self_report=False))
    subject = made.subjects.get(unit=town.kindergarten)
    fill_all(town.clerk, subject)
    submit_evaluation(town.head, subject=subject, received_at=timezone.now())
    subject.refresh_from_db()
    assert subject.state == "accepted"
    checking.return_evaluation(town.director, subject=subject, reason="请补充。")
    submit_evaluation(town.head, subject=subject, received_at=timezone.now())
    subject.refresh_from_db()
    assert subject.state == "submitted"
    assert titles(town.director) == {"自评待核查": [subject.label]}
    assert titles(town.county_officer) == {}, "it was the city that asked"
    assert Notice.objects.filter(account=town.director.id, text__contains="已按意见修改").count() == 1
    checking.accept_evaluation(town.director, subject=subject)
    subject.refresh_from_db()
    assert (subject.state, subject.asked_by_id) == ("accepted", None)


def test_what_an_office_of_one_hands_in_for_a_unit_is_checked_above(town):
    made = campaign(town, rules=Rules(check=True, self_report=False))
    subject = made.subjects.get(unit=town.kindergarten)
    fill_all(town.county_officer, subject)
    submit_evaluation(town.county_officer, subject=subject, received_at=timezone.now())
    assert titles(town.county_officer) == {}
    assert titles(town.director) == {"自评待核查": [subject.label]}
    denied = SUBJECT.why_not(subject_seen(subject), "evaluation.accept", town.county_officer)
    assert (
        "这份自评由您本人提交，请由" in denied.reason
        and "的另一人（没有另一人的，由上级督导机构）核查通过" in denied.reason
    )


def subject_seen(subject):
    return Subject.objects.select_related("unit__parent", "campaign__office").get(pk=subject.pk)
