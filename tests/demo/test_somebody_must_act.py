"""Whoever must act has it on the desk: every row of the demo city that waits for somebody lies in at least one person's piles."""

from collections import defaultdict

import pytest
from django.db.models import Q
from django.utils import timezone

from dudao.dashboards.queries.todos import piles_of
from dudao.evaluations.models import Campaign, Part, Review, Subject
from dudao.findings.actions import judging
from dudao.findings.models import Extension, Finding
from dudao.findings.queries.findings import with_units
from dudao.orgs.models import Kind
from dudao.people.models import Account, Appointment
from dudao.people.queries import actor_for
from dudao.plans.models import Assignment, Task, WorkPlan
from signing import signed_in

pytestmark = pytest.mark.django_db
RUNNING = Campaign.State.RUNNING
WAITING = {
    "承办事项": Assignment.objects.filter(state__in=["issued", "working", "returned", "reported", "confirmed"]),
    "任务": Task.objects.filter(state="draft", plan__state=WorkPlan.State.PUBLISHED),
    "计划": WorkPlan.objects.filter(state=WorkPlan.State.DRAFT),
    "问题": Finding.objects.exclude(state__in=["closed", "waived"]),
    "延期": Extension.objects.filter(
        Q(state="asked"), finding__state__in=["issued", "signed", "rectifying", "partly", "kept_on", "returned"]
    ),
    "自评": Subject.objects.filter(campaign__state=RUNNING, state__in=["open", "returned", "submitted"]),
    "分工": Part.objects.filter(
        subject__campaign__state=RUNNING, subject__state="open", state__in=["open", "returned"]
    ),
    "评审": Review.objects.filter(subject__campaign__state=RUNNING, state__in=["assigned", "handed_back"]),
}


def on_desks() -> dict[type, set[int]]:
    """By table the keys of all rows that lie on anybody's desk."""
    found: dict[type, set[int]] = defaultdict(set)
    held = Appointment.objects.filter(Appointment.current(timezone.localdate())).values("account")
    for account in Account.objects.filter(is_active=True, pk__in=held):
        for pile in piles_of(actor_for(account)):
            for kind in pile.kinds:
                rows = pile.rows.prefetch_related(None).order_by().filter(kind.when)
                found[pile.rows.model].update(rows.values_list("pk", flat=True))
    return found


def nobodys(desks: dict[type, set[int]]) -> list[str]:
    return [
        f"{name} {row.pk} {row.state} {row}"
        for name, rows in WAITING.items()
        for row in rows
        if row.pk not in desks[rows.model]
    ]


def one_officer_each(city) -> None:
    """Counties and the city keep one person of the office: in the city the one who decides."""
    for unit in [*city.counties, city.city]:
        roles = ["county_office"] if unit.kind != Kind.CITY else ["city_director", "city_officer"]
        rows = Appointment.objects.filter(unit=unit, role__in=roles).order_by("role", "pk")
        Appointment.objects.filter(pk__in=[row.pk for row in rows[1:]]).delete()


def test_everything_that_waits_lies_on_somebodys_desk(city):
    assert not nobodys(on_desks())


def test_also_where_every_office_has_one_person(city):
    one_officer_each(city)
    for unit in city.counties:
        account = Appointment.objects.filter(unit=unit, role="county_office").first()
        row = with_units(Finding.objects.filter(office=unit, state="reported")).first()
        if account is not None and row is not None and row.reported_by_id != account.account_id:
            judging.verify(actor_for(account.account), finding=row, method="paper", opinion="属实")
    assert not nobodys(on_desks())


def test_an_expert_finds_the_reviews_on_the_first_page(city):
    waiting = Review.objects.filter(subject__campaign__state=RUNNING, state="assigned")
    review = waiting.filter(reviewer__appointments__role="expert").select_related("reviewer").first()
    assert review is not None, "the city has experts with something to review"
    assert not actor_for(review.reviewer).may_somewhere("assignment.view")
    page = signed_in(review.reviewer).get("/").content.decode()
    assert "网上评审待评" in page and review.subject.label in page
