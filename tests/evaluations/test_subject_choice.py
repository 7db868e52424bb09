"""Whom a campaign is about: nobody yet where it is drawn or follows from what was found, by the turn of plans, by findings."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.demo.builders import unit
from dudao.evaluations.actions import editing
from dudao.evaluations.actions.new_campaigns import clone_campaign, create_from_template
from dudao.evaluations.models import Campaign
from dudao.findings.models import Finding
from dudao.orgs.models import Kind, Stage
from dudao.orgs.queries import parts_to_choose
from dudao.selection.models import CycleEntry, CyclePlan
from evaluations_town import build_town, published
from signing import signed_in

pytestmark = pytest.mark.django_db

DAY = timezone.localdate


@pytest.fixture
def town(db):
    return build_town()


def made(town, template, system):
    version = published(town, system)
    return create_from_template(
        town.officer, office=town.city, template=template, version=version, year=2026, starts_on=date(2026, 3, 1)
    )


def find(town, at, count, **more):
    given = {"office": town.city, "unit": at, "description": "消防通道堵塞。", "found_on": DAY(), "state": "issued"}
    for number in range(count):
        finding = Finding(**{**given, "code": f"{at.pk}-{number}-{more.get('state', '')}", **more})
        if finding.state == "draft":
            finding.code = ""
        finding.issued_at, finding.deadline = timezone.now(), DAY()
        finding.save()


@pytest.mark.parametrize(
    ("template", "system"),
    [("special-inspection", "school-safety-template"), ("follow-up", "county-government-template")],
)
def test_where_it_is_drawn_or_follows_from_findings_nobody_is_chosen_by_itself(town, template, system):
    row = made(town, template, system)
    assert row.subjects.count() == 0
    assert row.pool["kinds"], "the filter is there to choose by"
    again = clone_campaign(town.officer, campaign=row, year=2027, version=row.version).campaign
    assert again.subjects.count() == 0


def test_a_follow_up_goes_where_much_was_found(town):
    row = made(town, "follow-up", "county-government-template")
    find(town, town.kindergarten, 3)
    find(town, town.private, 2)
    find(town, town.foreign, 5, state="waived")
    find(town, town.foreign, 2, found_on=DAY() - timedelta(400))
    given = {"campaign": row, "revision": row.revision, "since": DAY() - timedelta(30)}
    with pytest.raises(ValidationError, match="没有哪个单位有 4 个以上"):
        editing.select_by_findings(town.officer, least=4, **given)
    row = editing.select_by_findings(town.officer, least=2, **given)
    chosen = list(row.subjects.order_by("pk").values_list("unit__name", "drawn_from"))
    assert [name for name, _ in chosen] == [town.kindergarten.name, town.private.name]
    assert chosen[0][1].endswith("以来 3 个问题")
    assert row.objects_kind == Campaign.Objects.KINDERGARTENS, "what it is about follows from whom it was given"
    row = editing.select_by_pool(town.officer, campaign=row, revision=row.revision, pool={"kinds": ["county"]})
    assert row.objects_kind == Campaign.Objects.COUNTIES


def test_the_page_leads_on_to_choosing(town):
    version = published(town, "school-safety-template")
    officer = signed_in(town.accounts["officer"])
    where = reverse("evaluations:campaign_make", args=["special-inspection"])
    sent = {"title": "突击检查", "year": 2026, "starts_on": "2026-03-01", "version": version.pk, "purpose": ""}
    answer = officer.post(where, sent)
    row = Campaign.objects.get(title="突击检查")
    assert answer.url == reverse("evaluations:campaign_choose", args=[row.pk])
    find(town, town.kindergarten, 1)
    sent = {"way": "found", "least": 1, "since": "2020-01-01"}
    assert officer.post(answer.url, sent).status_code == 302
    assert row.subjects.get().unit == town.kindergarten


def plan(town, kind, *schools):
    row = CyclePlan.objects.create(
        office=town.city,
        title=kind,
        objects_kind=kind,
        first_term=2 * 2026,
        years=5,
        state="approved",
        solved_at=timezone.now(),
        digest="0" * 64,
        approved_at=timezone.now(),
        approved_by="李主任",
    )
    for school in schools:
        CycleEntry.objects.create(plan=row, school=school, county=town.county, term=2 * 2026 + 1)
    return row


def test_a_comprehensive_inspection_takes_the_turn_of_every_plan_of_its_schools(town):
    schools = {}
    for name, level in {"平江县甲小学": "primary", "平江县乙中学": "senior", "平江县丙小学": "primary"}.items():
        schools[name] = unit(name, Kind.SCHOOL, town.county)
        Stage.objects.create(unit=schools[name], level=level)
    plan(town, "compulsory", schools["平江县甲小学"])
    plan(town, "seniors", schools["平江县乙中学"])
    row = made(town, "comprehensive-inspection", "school-compulsory-template")
    assert set(row.subjects.values_list("unit__name", flat=True)) == {"平江县甲小学", "平江县乙中学"}


def test_the_citys_own_is_not_narrowed_to_counties(town):
    assert parts_to_choose(town.city, ["city"]) == []
    assert parts_to_choose(town.city, ["county", "zone"]) == []
    assert [name for _, name in parts_to_choose(town.city, ["kindergarten"])] == ["平江县", "湘阴县"]
