"""Marks by people: who was asked to review what, and what they gave; from the office's desk, from a review, from a visit."""

from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import ScopedQuerySet
from dudao.core.history import track
from dudao.evaluations.models.subjects import Subject
from dudao.visits.models import SiteVisit

COUNTY = "county"
"""The source of the marks that counties give (县评), the same in every indicator system."""

SEATS = {1: "第一评审", 2: "第二评审", 3: "裁定"}
"""What a reviewer is called by the place among those of a subject and source."""


class Review(models.Model):
    """One reviewer's task: one subject, marks of one source, some first-level indicators (``codes``; none: all).

    ``seat`` is the reviewer's place among those of this subject and source: 1 and 2 review independently, 3 decides where they
    differ by more than the campaign allows. A reviewer sees nobody else's marks where the campaign is blind.
    """

    SCOPE: ClassVar = ("subject__campaign__office__path", "subject__unit__path")

    class State(models.TextChoices):
        ASSIGNED = "assigned", "待评"
        DONE = "done", "已提交"
        HANDED_BACK = "handed_back", "已交回"
        REVOKED = "revoked", "已撤销"

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="reviews", verbose_name="被评单位")
    source = models.CharField("评分来源", max_length=40)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews", verbose_name="评审人"
    )
    seat = models.PositiveSmallIntegerField("评审分工", default=1)
    codes = ArrayField(models.CharField(max_length=40), verbose_name="评审范围", default=list, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.ASSIGNED)
    revision = models.PositiveIntegerField("修改次数", default=0)
    due_on = models.DateField("完成时限", null=True, blank=True)
    looked_at = models.PositiveSmallIntegerField("看过的提交次数", default=0)
    marked = models.PositiveIntegerField("已评项数", default=0)
    expected = models.PositiveIntegerField("应评项数", default=0)
    opinion = models.TextField("评审意见", max_length=4000, blank=True)
    reason = models.CharField("交回或撤销的理由", max_length=500, blank=True)
    done_at = models.DateTimeField("提交时间", null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "评审任务"
        ordering: ClassVar = ["due_on", "subject", "seat", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "source", "seat"],
                condition=Q(state__in=["assigned", "done"]),
                name="review_seat_once",
            ),
            models.UniqueConstraint(
                fields=["subject", "source", "reviewer"],
                condition=Q(state__in=["assigned", "done"]),
                name="review_reviewer_once",
            ),
            models.CheckConstraint(condition=~Q(state="done") | Q(done_at__isnull=False), name="review_done_is_dated"),
            models.CheckConstraint(
                condition=~Q(state__in=["handed_back", "revoked"]) | ~Q(reason=""), name="review_ended_has_reason"
            ),
            models.CheckConstraint(condition=Q(seat__in=[1, 2, 3]), name="review_seat"),
        ]
        indexes: ClassVar = [models.Index(fields=["reviewer", "state"], name="review_queue")]

    def __str__(self) -> str:
        return f"{self.subject} {self.seat_name}"

    @property
    def seat_name(self) -> str:
        return SEATS[self.seat]

    @property
    def place(self) -> str:
        """The office that gives it out; of marks that are the counties' (县评) the unit, whose county gives them."""
        subject = self.subject
        path: str = subject.unit.path if self.source == COUNTY else subject.campaign.office.path
        return path

    def get_absolute_url(self) -> str:
        return reverse("evaluations:review", args=[self.pk])


@track(pghistory.UpdateEvent("was", row=pghistory.Old), pghistory.DeleteEvent("was"))
class Mark(models.Model):
    """Marks given to one indicator of a subject for one source. ``cells``: by question, as typed; ``reason`` in words.

    Of a review (``review``), of a visit (``visit``), or, with neither, what was settled: by the office, the team, the decision on
    an objection. A settled mark stands before what reviewers gave. What it was before is kept by the database.
    """

    SCOPE: ClassVar = ("subject__unit__path",)

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="marks")
    source = models.CharField("评分来源", max_length=40)
    code = models.CharField("指标代码", max_length=40)
    review = models.ForeignKey(Review, models.PROTECT, null=True, blank=True, related_name="marks")
    visit = models.ForeignKey(SiteVisit, models.PROTECT, null=True, blank=True, related_name="marks")
    cells = models.JSONField("评分", default=dict)
    reason = models.CharField("理由", max_length=1000, blank=True)
    revision = models.PositiveIntegerField("修改次数", default=0)
    by = models.CharField("评分人", max_length=100)
    by_account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("评分时间", default=timezone.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "评分"
        ordering: ClassVar = ["subject", "code", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(review__isnull=True) | Q(visit__isnull=True), name="mark_from_one"),
            models.UniqueConstraint(
                fields=["review", "code"], condition=Q(review__isnull=False), name="mark_of_review_once"
            ),
            models.UniqueConstraint(
                fields=["visit", "subject", "code"], condition=Q(visit__isnull=False), name="mark_of_visit_once"
            ),
            models.UniqueConstraint(
                fields=["subject", "source", "code"],
                condition=Q(review__isnull=True, visit__isnull=True),
                name="mark_settled_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["subject", "source"], name="mark_subject_source")]

    def __str__(self) -> str:
        return f"{self.subject} {self.code}"
