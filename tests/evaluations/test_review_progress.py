"""How far a review is counts what applies to the unit, at the desk, in the queue and for the office."""

import pytest
from django.urls import reverse

from dudao.evaluations.actions import reviewing
from dudao.evaluations.actions.marking import count_reviews
from dudao.evaluations.models import Figure
from dudao.evaluations.queries import reviewing as reads
from review_town import build

CODES = ["F2.1", "F2.8"]
"""For all, and for boarding schools only."""


@pytest.fixture
def town(db):
    return build()


def figure(subject, cell):
    Figure.objects.update_or_create(subject=subject, name="寄宿制", defaults={"cell": cell, "saved_by": "方校长"})


def give(town):
    made = reviewing.assign_reviews(
        town.officer,
        campaign=town.campaign,
        source="online",
        subjects=list(town.campaign.subjects.select_related("unit")),
        reviewers=[town.accounts["inspector"], town.accounts["second"]],
        way="hand",
        codes=CODES,
    )
    return [row for row in made if row.subject_id == town.subject.pk]


def test_what_does_not_apply_is_not_asked_for(town):
    figure(town.subject, "否")
    row, _ = give(town)
    assert row.expected == 1
    assert {one.expected for one in reads.mine(town.inspector)} == {1, 2}, (
        "the other school has said nothing: all may apply"
    )
    item = reads.desk(row).item("F2.8")
    assert (item.applies, item.lacks, item.result) == (False, "", "不适用")
    reviewing.save_mark(town.inspector, review=row, code="F2.1", cells={"F2.1": "0"})
    row.refresh_from_db()
    assert (row.marked, row.expected) == (1, 1)
    reviewing.submit_review(town.inspector, review=row)


def test_the_desk_says_so_and_offers_no_mark(town, client):
    figure(town.subject, "否")
    row, _ = give(town)
    client.force_login(town.accounts["inspector"])
    said = client.get(reverse("evaluations:review", args=[row.pk]), {"code": "F2.8"}).content.decode()
    assert "这一项不适用" in said and "data-save=" not in said and "共 1 项" in said
    open_ = client.get(reverse("evaluations:review", args=[row.pk]), {"only": "open"}).content.decode()
    assert "F2.8" not in open_


def test_an_open_task_follows_what_the_unit_corrects(town):
    row, _ = give(town)
    assert row.expected == 2
    cells = {one.column.name: "是" for one in reads.desk(row).item("F2.8").inputs()}
    reviewing.save_mark(town.inspector, review=row, code="F2.8", cells=cells)
    row.refresh_from_db()
    assert (row.marked, row.expected) == (1, 2)
    figure(town.subject, "否")
    count_reviews(town.subject)
    row.refresh_from_db()
    assert (row.marked, row.expected) == (0, 1)
    figure(town.subject, "是")
    count_reviews(town.subject)
    row.refresh_from_db()
    assert (row.marked, row.expected) == (1, 2)
