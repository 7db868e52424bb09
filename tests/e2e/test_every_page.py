"""In a real browser: every page of evaluations, draws and evidence as each role that may open it, on the desk and on the phone:
axe, no wider than the window, a title and one heading; then every form sent empty: the errors beside the fields, in Chinese.

``DUDAO_SHOTS=folder`` leaves pictures of the pages.
"""

import os
import re
from pathlib import Path

import pytest
from django.urls import get_resolver

from e2e.axe import run_axe
from e2e.conftest import DESK, PHONE
from e2e.styles import unstyled
from one_of_everything import build
from signing import signed_in
from test_consistency import route_names
from test_stranger import address

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PARTS = ("evaluations:", "visits:", "selection:", "draws:", "results:", "evidence:")
ADDRESSES = sorted(name for name in route_names(get_resolver()) if name.startswith(PARTS))
REFUSED = ("403", "404", "405", "422", "Failed to load resource")
BARE = """() => {
  const form = document.querySelector('main form.dd-form[method=post]');
  const kept = ['hidden', 'checkbox', 'radio'];
  for (const one of form.querySelectorAll('input, textarea')) if (!kept.includes(one.type)) one.value = '';
  form.noValidate = true;
  form.submit();
}"""


@pytest.fixture
def world(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return build()


def shot(page, name):
    if folder := os.environ.get("DUDAO_SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True, caret="initial")


def is_page(client, url):
    """Whether an address answers somebody with a whole page, not with a part of one or a file."""
    answer = client.get(url)
    return answer.status_code == 200 and not answer.streaming and b"<html" in answer.content


def faults_of(page):
    """What is wrong with a page that shows."""
    found = run_axe(page) + [f"{name} has lost its style" for name in unstyled(page)]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the window")
    if page.locator("h1").count() != 1:
        found.append("not one main heading")
    if not page.title().partition(" - ")[0].strip():
        found.append("no title")
    return found


def walk(page, world, who):
    """What is wrong with the pages that somebody may open."""
    found, client = [], signed_in(getattr(world, who))
    for name in ADDRESSES:
        if not is_page(client, address(world, name)):
            continue
        page.goto(page.base + address(world, name))
        shot(page, f"{who}-{name.replace(':', '-')}")
        found += [f"{who} {name}: {fault}" for fault in faults_of(page)]
    return found


@pytest.mark.parametrize("who", ["director", "own"])
def test_every_page_at_the_desk(world, page_of, live_server, who):
    page = page_of(getattr(world, who), expected=REFUSED)
    page.base = live_server.url
    assert not walk(page, world, who)


@pytest.mark.parametrize("who", ["head", "reader"])
def test_every_page_on_the_phone(world, page_of, live_server, who):
    page = page_of(getattr(world, who), PHONE, expected=REFUSED)
    page.base = live_server.url
    assert not walk(page, world, who)


def test_every_form_says_what_is_missing(world, page_of, live_server):
    """Nothing is filled in: no page breaks, and each says in Chinese what to do, beside the field and above the form."""
    page = page_of(world.director, DESK, expected=REFUSED)
    found, tried, client = [], 0, signed_in(world.director)
    for name in ADDRESSES:
        if not is_page(client, address(world, name)):
            continue
        page.goto(live_server.url + address(world, name))
        if not page.locator("main form.dd-form[method=post] .dd-required").count():
            continue
        with page.expect_navigation() as sent:
            page.evaluate(BARE)
        if sent.value.status != 422:
            found.append(f"{name}: {sent.value.status} for an empty form")
            continue
        tried += 1
        shot(page, f"empty-{name.replace(':', '-')}")
        said = page.locator("[data-error-summary]").inner_text() if page.locator("[data-error-summary]").count() else ""
        if not re.search(r"[一-鿿]", said) or re.search(r"[A-Za-z]{4,}", said):
            found.append(f"{name}: says «{said}»")
        found += [f"{name}: {fault}" for fault in faults_of(page)]
    assert not found
    assert tried > 8
