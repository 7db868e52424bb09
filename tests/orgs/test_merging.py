"""Mergers and splits."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.workflow import Conflict
from dudao.demo import builders
from dudao.orgs import actions, queries
from dudao.orgs.models import Kind, Unit, UnitLink

DAY = date(2021, 9, 1)
WHY = "东政办〔2021〕8号"


@pytest.fixture
def second(place):
    return builders.unit("大坪小学", Kind.SCHOOL, place.town, school_type="211")


def test_schools_merge_into_one_of_them_with_what_stands_below(place, second):
    point = builders.unit("大坪教学点", Kind.TEACHING_POINT, second)
    actions.merge_units(place.east_office, sources=[second], target=place.school, day=DAY, reason=WHY)
    second.refresh_from_db()
    point.refresh_from_db()
    assert second.valid_to == DAY
    assert point.parent == place.school
    assert point.path == f"{place.school.path}{point.pk}."
    came, _ = queries.links_of(place.school)
    assert [(link.source, link.how, link.day) for link in came] == [(second, UnitLink.How.MERGED, DAY)]
    before = {node.name for node in queries.tree_as_of(DAY - timedelta(1), place.town)}
    after = {node.name for node in queries.tree_as_of(DAY, place.town)}
    assert before - after == {"大坪小学"}
    assert audit.history(second).first().data["into"]["id"] == place.school.pk


def test_schools_merge_into_a_new_one(place, second):
    made = actions.merge_units(
        place.east_office,
        sources=[place.school, second],
        new={"parent": place.town, "kind": Kind.SCHOOL, "name": "三阳乡学校", "school_type": "312"},
        day=DAY,
        reason=WHY,
    )
    assert made.valid_from == DAY
    assert {link.source.name for link in queries.links_of(made)[0]} == {"三阳乡中心小学", "大坪小学"}
    assert not Unit.objects.filter(pk__in=[place.school.pk, second.pk], valid_to__isnull=True).exists()


def test_a_township_merges_with_all_its_schools(place):
    other = builders.unit("四阳镇", Kind.TOWNSHIP, place.east)
    actions.merge_units(place.officer, sources=[place.town], target=other, day=DAY, reason=WHY)
    place.school.refresh_from_db()
    assert place.school.path == f"{other.path}{place.school.pk}."


def test_a_source_below_another_source_ends_with_it(place, second):
    point = builders.unit("三阳教学点", Kind.TEACHING_POINT, place.school)
    actions.merge_units(place.east_office, sources=[place.school, point], target=second, day=DAY, reason=WHY)
    assert set(Unit.objects.filter(valid_to=DAY)) == {place.school, point}


@pytest.mark.parametrize("what", ["itself", "below", "sort", "reason", "none", "future"])
def test_mergers_that_make_no_sense_are_refused(place, second, what):
    point = builders.unit("三阳教学点", Kind.TEACHING_POINT, place.school)
    given = {"sources": [second], "target": place.school, "day": DAY, "reason": WHY}
    given |= {
        "itself": {"sources": [place.school]},
        "below": {"sources": [place.school], "target": point},
        "sort": {"sources": [place.town]},
        "reason": {"reason": ""},
        "none": {"sources": []},
        "future": {"day": date(2999, 1, 1)},
    }[what]
    with pytest.raises(ValidationError):
        actions.merge_units(place.officer, **given)
    assert not UnitLink.objects.exists()
    assert not Unit.objects.filter(valid_to__isnull=False).exists()


def test_children_of_one_name_stop_a_merger(place, second):
    builders.unit("村教学点", Kind.TEACHING_POINT, place.school)
    builders.unit("村教学点", Kind.TEACHING_POINT, second)
    with pytest.raises(ValidationError, match="已有名称"):
        actions.merge_units(place.officer, sources=[second], target=place.school, day=DAY, reason=WHY)


def test_nobody_merges_with_another_county(place):
    other = builders.unit("西区小学", Kind.SCHOOL, place.west)
    with pytest.raises(Denied):
        actions.merge_units(place.east_office, sources=[place.school], target=other, day=DAY, reason=WHY)
    with pytest.raises(Denied):
        actions.merge_units(place.east_office, sources=[other], target=place.school, day=DAY, reason=WHY)


def test_a_school_splits_and_goes_on_or_ends(place):
    parts = actions.split_unit(
        place.east_office,
        unit=place.school,
        parts=[{"name": "三阳乡幼儿园", "kind": Kind.KINDERGARTEN, "school_type": "111"}],
        day=DAY,
        keeps=True,
        reason=WHY,
    )
    assert parts[0].parent == place.town
    place.school.refresh_from_db()
    assert place.school.valid_to is None
    both = actions.split_unit(
        place.east_office,
        unit=place.school,
        parts=[{"name": "三阳乡中心小学"}, {"name": "三阳乡第二小学"}],
        day=DAY + timedelta(1),
        keeps=False,
        reason=WHY,
    )
    place.school.refresh_from_db()
    assert place.school.valid_to == DAY + timedelta(1)
    assert {link.target for link in queries.links_of(place.school)[1]} == {parts[0], *both}
    with pytest.raises(Conflict):
        actions.split_unit(
            place.east_office, unit=place.school, parts=[{"name": "x校"}], day=DAY, keeps=True, reason=WHY
        )


def test_a_wrong_part_says_which_and_nothing_is_opened(place):
    with pytest.raises(ValidationError, match=r"第 2 个：.*不是学校类别"):
        actions.split_unit(
            place.east_office,
            unit=place.school,
            parts=[{"name": "甲小学"}, {"name": "乙小学", "institution_code": "9943000001"}],
            day=DAY,
            keeps=True,
            reason=WHY,
        )
    assert not Unit.objects.filter(name="甲小学").exists()
