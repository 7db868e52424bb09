"""Small pictures and files beside a page: for whom may open the file, closed with it, and one link wherever there are files."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from dudao.core import files
from dudao.core.keys import Kind
from dudao.evidence import uses
from dudao.evidence.actions.library import add_file
from dudao.evidence.actions.links import attach
from dudao.evidence.models import EvidenceVersion
from dudao.evidence.uses import Place
from dudao.people.models import Account
from signing import signed_in

pytestmark = pytest.mark.django_db


def photo(size=(2400, 1800)):
    target = io.BytesIO()
    Image.new("RGB", size, "green").save(target, "JPEG")
    return target.getvalue()


@pytest.fixture
def kept(town):
    stored = files.store(io.BytesIO(photo()), "食堂.jpg")
    return add_file(town.clerk, unit=town.school, file=stored, name="食堂.jpg").version


def asked(town, who, version, size="small", **more):
    client = signed_in(Account.objects.get(pk=getattr(town, who).id))
    return client.get(reverse("evidence:picture", args=[version.pk, size]), **more)


def test_who_may_open_the_file_sees_its_picture(town, kept):
    for who in ("clerk", "head", "officer"):
        answer = asked(town, who, kept)
        assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg", who
        assert Image.open(io.BytesIO(answer.content)).size == (240, 180)
    assert asked(town, "other", kept).status_code == 404
    assert Image.open(io.BytesIO(asked(town, "clerk", kept, "large").content)).size == (1800, 1350)
    assert asked(town, "clerk", kept, "huge").status_code == 404
    assert asked(town, "clerk", kept)["Cache-Control"] == "private, no-cache"


def test_a_photo_that_the_scanner_keeps_closed_has_none(town, kept):
    EvidenceVersion.objects.filter(pk=kept.pk).update(scan="pending")
    assert asked(town, "clerk", kept).status_code == 403
    kept.refresh_from_db()
    assert kept.picture_url == ""


def test_the_right_is_asked_for_again_when_the_browser_has_it(town, kept):
    etag = asked(town, "clerk", kept)["ETag"]
    assert asked(town, "clerk", kept, headers={"If-None-Match": etag}).status_code == 304
    assert asked(town, "other", kept, headers={"If-None-Match": etag}).status_code == 404


def test_the_box_shows_files_where_they_stand(town, kept, monkeypatch):
    place = Place(town.school, "2026年评估 A2.1", "/")
    monkeypatch.setitem(uses.USES.given, "spot", (Kind("spot", str), lambda who, rest: place))
    attach(town.clerk, version=kept, key="spot:1:A2.1")
    client = signed_in(Account.objects.get(pk=town.clerk.id))
    said = client.get(reverse("evidence:box", args=["spot:1:A2.1"]), headers={"HX-Request": "true"}).content.decode()
    assert "<dd-viewer" in said and f'data-view="{kept.show_url}"' in said and kept.picture_url in said
    shown = client.get(kept.show_url, headers={"HX-Request": "true"}).content.decode()
    assert reverse("evidence:picture", args=[kept.pk, "large"]) in shown
    assert f'data-whole="{reverse("evidence:file", args=[kept.pk])}?inline"' in shown


def test_the_library_shows_photos_as_small_pictures(town, kept):
    town.add()
    client = signed_in(Account.objects.get(pk=town.clerk.id))
    said = client.get(reverse("evidence:items")).content.decode()
    assert said.count('class="dd-thumb') == 1 and kept.picture_url in said
    assert client.get(kept.picture_url).status_code == 200


def test_the_original_is_for_those_who_may_export_it(town):
    exif = Image.Exif()
    exif[0x0110] = "PHONE-X"
    target = io.BytesIO()
    Image.new("RGB", (300, 200), "green").save(target, "JPEG", exif=exif)
    version = add_file(
        town.clerk, unit=town.school, file=files.keep(target.getvalue(), "image/jpeg"), name="门.jpg"
    ).version
    url = reverse("evidence:file", args=[version.pk])

    def got(who, more=""):
        return signed_in(Account.objects.get(pk=getattr(town, who).id)).get(url + more)

    assert b"PHONE-X" not in b"".join(got("inspector").streaming_content)
    assert b"".join(got("clerk", "?original").streaming_content) == target.getvalue()
    assert got("inspector", "?original").status_code == 403
    page = signed_in(Account.objects.get(pk=town.clerk.id)).get(version.evidence.get_absolute_url())
    assert "下载原件" in page.content.decode()
