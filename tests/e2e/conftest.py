"""A real browser for the tests that need one: Debian's chromium without a screen. Any error in its console fails the test."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from dudao.people.models import Account
from e2e.site import Site, running_site
from signing import signed_in

SHELL, WHOLE = "chromium-headless-shell", "chromium"
"""The same engine with and without windows; without, a page takes half the time, and a date field speaks English."""
CHROMIUM = next(filter(None, map(shutil.which, (WHOLE, SHELL) if "DUDAO_SHOTS" in os.environ else (SHELL, WHOLE))), "")
BUILT = Path(__file__).parents[2] / "src/dudao/core/ui/static/dudao/app.js"
SWITCHES = [
    "--no-sandbox", "--lang=zh-CN", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
PATIENCE = 20_000
"""Milliseconds until a browser test gives up: two tests and their servers share a small machine."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if os.environ.get("BROWSER") == "skip":
        pytest.skip("BROWSER=skip")
    if not CHROMIUM:
        pytest.fail(
            "No chromium on this machine: install it (apt-get install chromium-headless-shell), or set BROWSER=skip."
        )
    if not BUILT.exists():
        pytest.fail("The front end isn't built: run `npm ci && npm run build`.")
    # Playwright's loop runs in this thread, where Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as play:
        # Its own words (of a date field, say) follow the surroundings, not the switch; a locale that isn't installed would leave it
        # unable to open files with Chinese names.
        surroundings = {**os.environ, "LANG": "C.UTF-8", "LANGUAGE": "zh_CN"}
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=SWITCHES, env=surroundings)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page of a fresh browser; ``size`` is DESK or PHONE. Errors of any of them fail the test at its end."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(size: dict[str, int] = DESK, *, expected: tuple[str, ...] = ()) -> Page:
        context = browser.new_context(
            viewport=size, locale="zh-CN", has_touch=size["width"] < 500, reduced_motion="reduce"
        )  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()

        def note(text: str) -> None:
            if not any(part in text for part in expected):
                faults.append(text)

        page.on("console", lambda message: note(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: note(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture
def page_of(new_page: Callable[..., Page], live_server: Any) -> Callable[..., Page]:
    """A page of somebody's browser, signed in, at ``path`` if given; its ``goto_name(name, *args)`` opens an address by name."""

    def open_page(
        account: Account, size: dict[str, int] = DESK, *, path: str = "", expected: tuple[str, ...] = ()
    ) -> Page:
        page = new_page(size, expected=expected)
        cookie = signed_in(account).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page.goto_name = lambda name, *args, query="": page.goto(live_server.url + reverse(name, args=args) + query)
        if path:
            page.goto(live_server.url + path)
        return page

    return open_page


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The real server with a small demo city, worker included: for journeys that cross processes."""
    with running_site() as running:
        yield running
