"""The library of a merged unit goes to the unit that goes on in its place."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import SYSTEM, Denied
from dudao.core.models import Event, Notice
from dudao.demo.builders import account, actor, unit
from dudao.evidence.actions.following import follow_merger
from dudao.evidence.actions.links import attach
from dudao.evidence.jobs import follow_mergers
from dudao.evidence.models import Evidence, EvidenceLink, EvidenceVersion
from dudao.evidence.queries.library import listed
from dudao.evidence.queries.mergers import mergers_due
from dudao.orgs.actions import merge_units
from dudao.orgs.models import Kind
from dudao.people.models import Account
from signing import signed_in

pytestmark = pytest.mark.django_db

DAY = timezone.localdate


@pytest.fixture
def merged(town):
    """示例小学 keeps three items, one of them used, and is merged into 中心小学, which has one of the files already."""
    town.centre = unit("中心小学", Kind.SCHOOL, town.county)
    town.person = account("中心填报", town.centre, "school_reporter")
    town.keeper = actor("中心校长", town.centre, "school_head")
    town.add(name="食堂许可证.pdf", text="甲")
    used = town.add(name="消防验收.pdf", text="乙").version
    town.add(name="同一文件.pdf", text="丙")
    town.add(town.keeper, name="也有的.pdf", text="丙", at=town.centre)
    attach(town.clerk, version=used, key="note:12:A1", label="评估 A1", url="/x/")
    merge_units(town.officer, sources=[town.school], target=town.centre, day=DAY(), reason="布局调整")
    town.school.refresh_from_db()
    return town


def test_in_the_night_the_library_follows_with_its_origin(merged):
    follow_mergers()
    rows = Evidence.objects.filter(unit=merged.centre)
    assert set(rows.values_list("title", "origin__name")) == {
        ("食堂许可证", "示例小学"),
        ("消防验收", "示例小学"),
        ("也有的", None),
    }
    assert all(version.unit_id == row.unit_id for row in rows for version in row.versions.all())
    assert EvidenceLink.objects.get().unit == merged.school, "what the old school handed in stays its own"
    assert {row.title for row in listed(merged.keeper)} == {"食堂许可证", "消防验收", "也有的"}
    event = Event.objects.get(verb="evidence.follow")
    assert event.data == {"source": "示例小学", "count": 2, "same": 1}
    assert "示例小学已并入，它的 2 份佐证材料转入本单位资料库" in Notice.objects.get(account=merged.person).text
    follow_mergers()
    assert Event.objects.filter(verb="evidence.follow").count() == 1
    page = signed_in(merged.person).get(reverse("evidence:items")).content.decode()
    assert "来自示例小学" in page


def test_a_chain_of_mergers_leads_to_its_end(town):
    second = unit("第二小学", Kind.SCHOOL, town.county)
    third = unit("第三小学", Kind.SCHOOL, town.county)
    town.add()
    merge_units(town.officer, sources=[town.school], target=second, day=DAY() - timedelta(2), reason="布局调整")
    merge_units(town.officer, sources=[second], target=third, day=DAY(), reason="布局调整")
    assert list(mergers_due(DAY() - timedelta(3))) == []
    assert list(mergers_due(DAY())) == [(town.school, third)]


def test_only_who_may_merge_lets_a_library_follow(merged):
    with pytest.raises(Denied):
        follow_merger(merged.keeper, source=merged.school, target=merged.centre)
    assert follow_merger(merged.officer, source=merged.school, target=merged.centre) == 2
    with pytest.raises(ValidationError, match="没有可以转入"):
        follow_merger(SYSTEM, source=merged.school, target=merged.centre)


def test_who_kept_it_is_told_where_it_is(merged):
    follow_mergers()
    Evidence.objects.filter(unit=merged.school).update(state="withdrawn", withdrawn_on=DAY())
    clerk = signed_in(Account.objects.get(pk=merged.clerk.id))
    assert "随单位合并" not in clerk.get(reverse("evidence:items")).content.decode(), "one item stayed behind"
    EvidenceLink.objects.filter(version__unit=merged.school).delete()
    Evidence.objects.filter(unit=merged.school).update(current=None)
    EvidenceVersion.objects.filter(unit=merged.school).delete()
    Evidence.objects.filter(unit=merged.school).delete()
    said = clerk.get(reverse("evidence:items")).content.decode()
    assert "资料库随单位合并转入“中心小学”" in said and "传上来" not in said
    assert "传上来" not in clerk.get(reverse("evidence:add"), follow=True).content.decode()
