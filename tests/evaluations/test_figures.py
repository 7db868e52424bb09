"""Numbers that the statistics know already are taken over with where they come from; what changed there since is told."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from dudao.core.access import SYSTEM
from dudao.evaluations.actions.answering import confirm_figures, save_figure, take_figures
from dudao.evaluations.models import Figure
from dudao.evaluations.queries.answering import window_of
from dudao.evaluations.queries.completeness import completeness_of
from dudao.evaluations.queries.parts import desk_on
from dudao.evaluations.queries.work import figure_rows
from dudao.stats.models import DataItem, Return, Round, RoundItem, Value
from evaluations_town import campaign


@pytest.fixture
def reported(town):
    """A return of the kindergarten that was handed in and says how many classes there are."""
    today = timezone.localdate()
    item = DataItem.objects.create(
        code="own_classes", name="班级数", level="school", kind="integer", unit="个", stages=["preschool"],
        valid_from=today - timedelta(400), sort_no=1,
    )  # fmt: skip
    asked = Round.objects.create(
        unit=town.city, title="2026—2027学年数据报送", year=2026, stages=["preschool"], opens_on=today - timedelta(30),
        closes_on=today, state="closed",
    )  # fmt: skip
    RoundItem.objects.create(round=asked, item=item)
    ret = Return.objects.create(round=asked, unit=town.kindergarten, state="submitted", submitted_at=timezone.now())
    Value.objects.create(ret=ret, item=item, stage="", number=Decimal(9))
    return ret


@pytest.fixture
def subject(town, reported):
    return campaign(town).subjects.get(unit=town.kindergarten)


def rows(subject):
    return {row.column.name: row for row in figure_rows(desk_on(SYSTEM, subject))}


def words(subject):
    return [gap.words for gap in completeness_of(subject, window_of(subject)).gaps if "“班级数”" in gap.words]


def test_the_start_takes_over_what_is_known_and_somebody_confirms_it(town, subject, reported):
    figure = Figure.objects.get(subject=subject)
    assert (figure.name, figure.cell, figure.taken, figure.revision) == ("班级数", "9", str(reported.round), 0)
    assert figure.taken_url == reported.get_absolute_url()
    assert rows(subject)["班级数"].is_open
    assert "还没有确认" in words(subject)[0]
    confirm_figures(town.clerk, subject=subject)
    assert not rows(subject)["班级数"].is_open
    assert words(subject) == []
    assert not Figure.objects.filter(subject__unit=town.private).exists()


def test_what_changed_in_the_return_since_is_told_and_taken_again(town, subject, reported):
    confirm_figures(town.clerk, subject=subject)
    Value.objects.filter(ret=reported).update(number=Decimal(10))
    assert rows(subject)["班级数"].is_outdated
    assert "现在统计里是 10" in words(subject)[0]
    take_figures(town.clerk, subject=subject)
    assert Figure.objects.get(subject=subject).cell == "10"
    assert words(subject) == []


def test_a_typed_number_stays_until_somebody_asks_for_the_other(town, subject):
    save_figure(town.clerk, subject=subject, name="班级数", revision=0, cell="8")
    assert Figure.objects.get(subject=subject).taken == ""
    take_figures(town.clerk, subject=subject)
    assert Figure.objects.get(subject=subject).cell == "8"
    assert rows(subject)["班级数"].known.cell == "9"
    take_figures(town.clerk, subject=subject, names=["班级数"])
    assert Figure.objects.get(subject=subject).cell == "9"


def test_a_draft_of_a_return_is_not_taken(town, reported):
    Return.objects.update(state="draft")
    made = campaign(town)
    assert not Figure.objects.filter(subject__campaign=made).exists()


def test_the_queries_do_not_grow_with_the_subjects(town, subject, django_assert_max_num_queries):
    from dudao.evaluations.queries.figures import known_of

    units = list(subject.campaign.subjects.values_list("unit_id", flat=True))
    with django_assert_max_num_queries(4):
        known_of(subject.campaign, units)
