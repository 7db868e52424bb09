"""A county with a school, its clerk and its neighbours: the world of the evidence library's tests."""

import io
from types import SimpleNamespace

import pytest

from dudao.core import files, keys
from dudao.core.access import SYSTEM
from dudao.demo.builders import actor, unit
from dudao.evidence import uses
from dudao.evidence.actions.library import add_file
from dudao.orgs.models import Kind


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    t = SimpleNamespace()
    t.city = unit("某市", Kind.CITY)
    t.county = unit("平江县", Kind.COUNTY, t.city)
    t.school = unit("示例小学", Kind.SCHOOL, t.county)
    t.garden = unit("样本幼儿园", Kind.KINDERGARTEN, t.county)
    t.clerk = actor("填报员", t.school, "school_reporter")
    t.head = actor("校长", t.school, "school_head")
    t.other = actor("园长", t.garden, "school_head")
    t.officer = actor("县办", t.county, "county_office")
    t.director = actor("主任", t.city, "city_director")
    t.inspector = actor("督学", t.county, "county_inspector")
    t.expert = actor("专家", t.city, "expert")

    def pdf(text="甲"):
        return f"%PDF-1.4\n% {text}\n1 0 obj<<>>endobj\n%%EOF\n".encode()

    def add(who=None, name="食堂许可证.pdf", text="甲", at=None, **more):
        who = who or t.clerk
        stored = files.store(io.BytesIO(pdf(text)), name)
        return add_file(who, unit=at or t.school, file=stored, name=name, **more)

    t.pdf, t.add, t.system = pdf, add, SYSTEM
    return t


@pytest.fixture
def places(monkeypatch):
    """Places that an app above would answer for, by their key: `uses.Place`, or a function of the actor."""
    found = {}

    def answer(who, rest):
        place = found.get(rest)
        return place(who) if callable(place) else place

    monkeypatch.setitem(uses.USES.given, "spot", (keys.Kind("spot", str), answer))
    return found
