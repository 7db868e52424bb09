"""A review task and a visit of one county's campaign, for `one_of_everything`."""

from datetime import timedelta

from django.utils import timezone

from dudao.demo.builders import account
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.actions.reviewing import assign_reviews
from dudao.evaluations.actions.visits import begin, notify, plan_visit
from dudao.evaluations.models import Subject
from dudao.people.queries import actor_for
from dudao.visits.actions import add_file


def add_review(w, own, secret, stored):
    """``w.review_campaign``, ``w.review_subject``, ``w.review``, ``w.visit`` (the team is on site), ``w.visit_photo``."""
    day = timezone.localdate()
    version = w.kindergartens
    made = create_campaign(
        own,
        office=w.county,
        title=f"{secret}评审项目",
        year=2026,
        objects_kind="schools",
        version=version,
        phases=[
            PhaseGiven("online", "网上评审", day, day + timedelta(20), source="online", codes=["F1"]),
            PhaseGiven("onsite", "实地评估", day, day + timedelta(20), source="onsite", codes=["F1"]),
        ],
    )
    made = set_subjects(own, campaign=made, revision=made.revision, subjects=[SubjectGiven(w.school)])
    w.review_campaign = start_campaign(own, campaign=made, revision=made.revision)
    w.review_subject = Subject.objects.select_related("unit").get(campaign=made)
    team = [account(f"{secret}督学{number}", w.county, "county_inspector") for number in range(3)]
    w.review = assign_reviews(
        own,
        campaign=w.review_campaign,
        source="online",
        subjects=[w.review_subject],
        reviewers=team[:1],
        codes=["F1"],
    )[0]
    w.visit = plan_visit(
        own,
        office=w.county,
        unit=w.school,
        subjects=[w.review_subject],
        members=team,
        leader=team[0],
        from_on=day,
        until_on=day,
        agenda=f"{secret}日程",
    )
    notify(own, visit=w.visit)
    leader = actor_for(team[0])
    w.visit = begin(leader, visit=w.visit)
    w.visit_photo = add_file(leader, visit=w.visit, file=stored, name=f"{secret}照片.txt")
