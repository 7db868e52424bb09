"""Attaching: once, by who may, while the place is open; what was handed in stays."""

import pytest
from django.core.exceptions import ValidationError

from dudao.core.access import Denied
from dudao.evidence.actions.library import withdraw
from dudao.evidence.actions.links import attach, detach, freeze, renew, thaw
from dudao.evidence.models import EvidenceLink
from dudao.evidence.queries.links import attached, attached_at, version_seen
from dudao.evidence.uses import Place

pytestmark = pytest.mark.django_db


def test_a_version_is_attached_once_and_found_by_prefix(town):
    version = town.add().version
    first = attach(town.clerk, version=version, key="note:12:A2.1", label="办园行为督导评估 A2.1", url="/x/")
    again = attach(town.clerk, version=version, key="note:12:A2.1", label="办园行为督导评估 A2.1", url="/x/")
    attach(town.clerk, version=version, key="note:120:A1", label="另一个", url="/y/")
    assert first == again
    assert [link.key for link in attached("note:12:")] == ["note:12:A2.1"]
    assert attached_at("note:12:A2.1").get().unit == town.school


def test_what_was_handed_in_is_neither_taken_off_nor_withdrawn(town):
    version = town.add().version
    link = attach(town.clerk, version=version, key="note:12:A2.1", label="评估 A2.1", url="/x/")
    assert freeze(town.clerk, prefix="note:12:", unit=town.school) == 1
    with pytest.raises(Denied, match="已随"):
        detach(town.clerk, link=link)
    with pytest.raises(Denied, match=r"评估 A2\.1"):
        withdraw(town.clerk, row=version.evidence, reason="作废")
    assert thaw(town.officer, prefix="note:12:", unit=town.school) == 1
    detach(town.clerk, link=link)
    withdraw(town.clerk, row=version.evidence, reason="作废")
    assert not EvidenceLink.objects.exists()


@pytest.mark.parametrize("prefix", ["note", "note:", "note:1", "note:1:A2", ""])
def test_a_prefix_that_names_no_object_freezes_nothing(town, prefix):
    with pytest.raises(ValueError, match="names no object"):
        freeze(town.clerk, prefix=prefix, unit=town.school)


def test_a_link_stays_with_its_version_until_it_is_renewed(town):
    first = town.add(text="甲").version
    link = attach(town.clerk, version=first, key="note:12:A1", label="评估 A1", url="/x/")
    with pytest.raises(Denied, match="已是当前版本"):
        renew(town.clerk, link=link)
    second = town.add(text="乙", row=first.evidence).version
    assert attached_at("note:12:A1").get().version == first
    assert renew(town.clerk, link=link).version == second


def test_a_place_says_itself_what_it_is_and_whether_it_is_open(town, places):
    version = town.add().version
    places["1:A"] = Place(town.school, "自评 A", "/a/")
    link = attach(town.clerk, version=version, key="spot:1:A", label="别的", url="/b/")
    assert (link.label, link.url) == ("自评 A", "/a/")
    places["1:A"] = Place(town.school, "自评 A", "/a/", closed="已提交，不能改动。")
    with pytest.raises(Denied, match="已提交"):
        attach(town.clerk, version=version, key="spot:1:A")
    with pytest.raises(Denied, match="已提交"):
        detach(town.clerk, link=link)
    with pytest.raises(Denied, match="无权查看"):
        attach(town.clerk, version=version, key="spot:2:A")


def test_who_sees_the_place_opens_its_files_without_a_right_to_the_library(town, places):
    version = town.add().version
    assert version_seen(town.expert, version.pk) is None
    places["1:A"] = lambda who: Place(town.school, "自评", "/a/") if who in {town.clerk, town.expert} else None
    attach(town.clerk, version=version, key="spot:1:A")
    assert version_seen(town.expert, version.pk) == version
    assert version_seen(town.other, version.pk) is None
    assert version_seen(town.inspector, version.pk) == version


def test_nobody_attaches_what_they_may_not_see(town):
    version = town.add().version
    with pytest.raises(Denied):
        attach(town.other, version=version, key="note:12:A1", label="评估", url="/x/", unit=town.garden)
    with pytest.raises(Denied):
        attach(town.inspector, version=version, key="note:12:A1", label="评估", url="/x/")


@pytest.mark.parametrize(
    ("key", "label"), [("", "评估"), ("note", "评估"), ("note:1:A", " "), ("note:" + "x" * 120, "评估")]
)
def test_a_link_says_where_it_leads(town, key, label):
    with pytest.raises(ValidationError):
        attach(town.clerk, version=town.add().version, key=key, label=label)
