"""Whose work the platform uses, and under which licence, is handed on with it."""

import re
from importlib.metadata import distribution
from pathlib import Path

from dudao.core import about
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from signing import signed_in

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_built_into_the_pages_brings_its_notice():
    parts = {part.name: part for part in about.built_in()}
    assert {"bootstrap", "@tabler/core", "@tabler/icons", "echarts", "htmx.org", "tus-js-client"} <= parts.keys()
    assert all(part.text and part.licence and part.version for part in parts.values())
    assert "Apache ECharts" in parts["echarts"].text and "d3" in parts["echarts"].text


def test_every_locked_package_is_named_with_a_licence_and_none_is_gpl():
    parts = {re.sub(r"[-_.]+", "-", part.name).lower(): part for part in about.packages()}
    for name in (
        re.split(r"[<>=\[]", line)[0] for line in distribution("dudao").requires or () if "extra ==" not in line
    ):
        assert parts[name.lower()].licence, name
    assert {name for name, part in parts.items() if part.lesser} == {"docxtpl", "psycopg", "python-stdnum"}
    named = [part for part in parts.values() if not part.lesser]
    assert not [part for part in named if re.search(r"\bA?GPL|General Public", part.licence)]
    assert all(len(part.licence) <= 60 for part in parts.values())


def test_the_page_about_shows_both_to_whoever_has_logged_in(client, db):
    assert client.get("/about/").status_code == 302
    person = account("周科员", city := unit("岳山市", Kind.CITY), "city_officer", city)
    page = signed_in(person).get("/about/").content.decode()
    assert "Apache ECharts" in page and "psycopg" in page and "可更换" in page
