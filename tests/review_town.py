"""A city campaign over two high schools whose first indicators are reviewed by two, with points: for reviews and visits."""

from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

from dudao.demo.builders import account, unit
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.actions.reviewing import assign_reviews, save_mark
from dudao.evaluations.models import Answer, Campaign, Review, Submission
from dudao.evaluations.queries.desk import desk_of
from dudao.evaluations.rules import Rules
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for
from evaluations_town import build_town, published

CODES = ["F1.1", "F1.2", "F2.1"]
"""A level of points, four truths, a count: one of each way of marking."""
FULL = {
    "F1.1": {"F1.1": "1"},
    "F1.2": {
        "F1.2·校园独立、占地达标": "是",
        "F1.2·校舍建筑面积达标": "是",
        "F1.2·运动场地达标": "是",
        "F1.2·图书和信息化设备达标": "是",
    },
    "F2.1": {"F2.1": "0"},
}


def build(rules: Rules | None = None) -> SimpleNamespace:
    """The town with schools and a running campaign; the self-evaluations are handed in."""
    town = build_town()
    town.school = unit("平江县第一中学", Kind.SCHOOL, town.county)
    town.second_school = unit("湘阴县第一中学", Kind.SCHOOL, town.other)
    for name, person in {
        "principal": account("方校长", town.school, "school_head"),
        "near": account("李近", town.school, "expert", at=town.city),
        "fourth": account("钱督学", town.city, "city_inspector"),
    }.items():
        town.accounts[name] = person
        setattr(town, name, actor_for(person))
    day = timezone.localdate()
    made = create_campaign(
        town.director,
        office=town.city,
        title="2026年普通高中督导评估",
        year=2026,
        objects_kind="schools",
        version=published(town, "school-high-template"),
        phases=[
            PhaseGiven("self", "自查自评", day - timedelta(20), day + timedelta(1), source="self"),
            PhaseGiven("online", "网上评审", day - timedelta(5), day + timedelta(20), source="online", codes=CODES),
            PhaseGiven("onsite", "实地评估", day - timedelta(5), day + timedelta(30), source="onsite", codes=CODES),
        ],
        rules=rules or Rules(reviewers=2),
    )
    made = set_subjects(
        town.director,
        campaign=made,
        revision=made.revision,
        subjects=[SubjectGiven(town.school), SubjectGiven(town.second_school)],
    )
    town.campaign = start_campaign(town.director, campaign=made, revision=made.revision)
    for subject in town.campaign.subjects.all():
        hand_in(subject)
    town.subject = opened(town.campaign, town.school)
    return town


def opened(campaign: Campaign, at):
    return campaign.subjects.select_related("campaign__office", "campaign__version", "unit").get(unit=at)


def hand_in(subject) -> None:
    """As if the unit had answered and handed in."""
    now = timezone.now()
    for code in CODES:
        Answer.objects.update_or_create(
            subject=subject,
            code=code,
            defaults={"cells": FULL[code], "text": f"{code} 的做法和成效。", "saved_at": now, "saved_by": "方校长"},
        )
    number = Submission.objects.filter(subject=subject).count() + 1
    Submission.objects.create(
        subject=subject, number=number, content={}, digest="0" * 64, at=timezone.now(), by="方校长"
    )
    subject.state, subject.submitted_at = "submitted", timezone.now()
    subject.save(update_fields=["state", "submitted_at"])


def again(row):
    return type(row).objects.get(pk=row.pk)


def mark_all(actor, review: Review, **changed) -> None:
    """Give everything its full mark, but for what is ``changed`` (code with «_» for «.» → (cells, reason))."""
    for code in review.codes or CODES:
        cells, reason = changed.get(code.replace(".", "_"), (FULL[code], ""))
        save_mark(actor, review=review, code=code, cells=cells, reason=reason)


def desk(review: Review):
    return desk_of(review.subject, review.source, review.marks.all(), codes=review.codes)


def given_to_two(town):
    """The first school, given to two reviewers: ``town.one`` and ``town.two`` in the order of their seats."""
    assign_reviews(
        town.officer,
        campaign=town.campaign,
        source="online",
        subjects=[town.subject],
        reviewers=[town.accounts["inspector"], town.accounts["second"]],
        way="hand",
        codes=CODES,
    )
    town.one, town.two = Review.objects.order_by("seat")
