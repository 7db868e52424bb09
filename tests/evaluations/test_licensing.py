"""Kindergartens without a licence in a campaign: chosen by it, visited like others, graded only where the rules say so."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from dudao.evaluations.actions.editing import select_by_pool
from dudao.evaluations.models import Result
from dudao.evaluations.queries import pools
from dudao.evaluations.queries import visits as visiting
from dudao.evaluations.queries.licensing import registered
from dudao.evaluations.rules import Rules
from dudao.orgs.actions import register_licence
from dudao.results.actions.results import make_sheet
from dudao.results.queries import deciding
from dudao.selection.actions import draws as drawing
from dudao.selection.queries import draws
from dudao.selection.queries.draw_frames import Criteria
from evaluations_town import build_town, campaign, published
from results_town import marked
from signing import signed_in

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)


@pytest.fixture
def town(db):
    town = build_town()
    register_licence(town.director, unit=town.private, held=False, day=DAY, source="无证园排查")
    register_licence(town.director, unit=town.foreign, held=True, day=DAY, until=date(2026, 6, 30))
    return town


def names(sheet):
    return set(Result.objects.filter(sheet=sheet).values_list("subject__unit__name", flat=True))


def test_the_unlicensed_get_no_grade_and_are_waited_for_by_nobody(town):
    row = marked(town)
    row.subjects.filter(unit=town.private).update(state="open")
    assert town.private in visiting.units(town.officer), "it is visited like the others"
    ready = deciding.readiness(row)
    assert (ready.subjects, ready.unsubmitted, ready.ungraded) == (2, 0, 1)
    sheet = make_sheet(town.officer, campaign=row, purpose="final", reason="测试。")
    assert names(sheet) == {town.kindergarten.name, town.foreign.name}, "one whose licence has expired is graded"


def test_they_take_part_where_the_rules_say_so_or_once_they_have_a_licence(town):
    row = marked(town, rules=Rules(grade_unlicensed=True))
    assert deciding.readiness(row).ungraded == 0
    assert town.private.name in names(make_sheet(town.officer, campaign=row, purpose="trial"))
    other = marked(town, title="另一个项目", version=row.version)
    sheet = make_sheet(town.officer, campaign=other, purpose="final", reason="测试。")
    assert town.private.name not in names(sheet)
    register_licence(town.director, unit=town.private, held=True, day=date(2026, 9, 1), number="1号")
    other.refresh_from_db()
    assert any("重新计算" in words for words in deciding.why_not_publicise(other)), "the sheet is not of today any more"
    again = make_sheet(town.officer, campaign=other, purpose="final", reason="新园取得许可。")
    assert town.private.name in names(again)


def test_who_looks_at_the_papers_is_told_what_the_register_says(town):
    said = [registered(unit) for unit in (town.private, town.foreign, town.kindergarten)]
    assert said == ["名录登记：无证", "名录登记：证照过期", ""]


def test_objects_are_chosen_by_licence(town):
    row = campaign(town, start=False)
    for status, expected in (("none", town.private), ("expired", town.foreign), ("unknown", town.kindergarten)):
        pool = {"kinds": ["kindergarten"], "licence": status}
        row = select_by_pool(town.officer, campaign=row, revision=row.revision, pool=pool)
        assert [one.unit for one in row.subjects.select_related("unit")] == [expected]
    assert pools.pool_words(row.pool) == "幼儿园，办园许可：未登记"
    with pytest.raises(ValidationError, match="没有符合条件的单位"):
        select_by_pool(
            town.officer, campaign=row, revision=row.revision, pool={"kinds": ["kindergarten"], "licence": "held"}
        )


@pytest.mark.parametrize(("status", "who"), [("none", "private"), ("expired", "foreign"), ("unknown", "kindergarten")])
def test_a_draw_of_kindergartens_by_licence(town, status, who):
    criteria = Criteria(kinds=("kindergarten",), licence=status)
    row = drawing.create_draw(
        town.officer, office=town.city, title="无证园抽查", kind="objects", numbers="1", criteria=criteria
    )
    assert [one.unit for one in draws.members(row)] == [getattr(town, who)]
    assert Criteria.of(row.criteria) == criteria
    said = dict(draws.criteria_words(row))["办园许可"]
    assert dict(zip(row.columns[1:], draws.members(row).get().cells, strict=True))["办园许可"] == said


def test_strata_by_licence(town):
    given = {"office": town.city, "title": "抽查", "kind": "objects", "numbers": "无证=1,证照过期=1"}
    row = drawing.create_draw(town.officer, **given, strata="办园许可", criteria=Criteria(kinds=("kindergarten",)))
    assert {line.name: line.n for line in draws.lines(row)[0]} == {"无证": 1, "未登记": 0, "证照过期": 1}
    plain = drawing.create_draw(town.officer, **{**given, "numbers": "1"}, criteria=Criteria(kinds=("kindergarten",)))
    assert "办园许可" not in plain.columns, "nothing is published that the draw doesn't need"


def test_the_pages_mark_them(town):
    row = campaign(town, version=published(town))
    officer = signed_in(town.accounts["officer"])
    where = reverse("evaluations:campaign_subjects", args=[row.pk])
    page = officer.get(where).content.decode()
    assert "民办，无证，不评等次" in page and "证照过期" in page
    found = officer.get(where, {"licence": "none"}).content.decode().split("<tbody")[1]
    assert town.private.name in found and town.foreign.name not in found
    found = officer.get(where, {"licence": "unknown"}).content.decode().split("<tbody")[1]
    assert town.kindergarten.name in found and town.private.name not in found
    own = signed_in(town.accounts["private_head"]).get(row.subjects.get(unit=town.private).get_absolute_url())
    assert "登记为无证园" in own.content.decode()
    other = signed_in(town.accounts["head"]).get(row.subjects.get(unit=town.kindergarten).get_absolute_url())
    assert "登记为无证园" not in other.content.decode()
    results = officer.get(reverse("results:results", args=[row.pk])).content.decode()
    assert "1 个登记为无证的园只督导整治" in results
