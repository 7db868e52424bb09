"""What every page is held to when a journey passes it."""

import os
from pathlib import Path

from playwright.sync_api import Page

from e2e.axe import run_axe

_SETTLED = """() => {
  const busy = '.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added';
  if (document.readyState !== 'complete' || document.querySelector(busy)) return false;
  window.completeSince ??= performance.now();
  return performance.now() - window.completeSince > 30;
}"""
"""Parts that a page fetches by itself are asked for right after it is there."""


def settled(page: Page) -> None:
    """The page is there, and so is every part of it that it fetches by itself; quicker than half a second without a request."""
    page.wait_for_load_state()
    page.wait_for_function(_SETTLED)


def look(page: Page, name: str) -> None:
    """Free of axe's violations and no wider than the window; with ``DUDAO_SHOTS=folder`` it leaves a picture there."""
    settled(page)
    # Charts are drawn when they come near the window; the picture and the check are of the whole page.
    page.evaluate("Promise.all([...document.querySelectorAll('dd-chart')].map((chart) => chart.load()))")
    if folder := os.environ.get("DUDAO_SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.evaluate("window.scrollTo(0, 0)")
        # Playwright's own way of hiding the caret is a style that the page's policy refuses.
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True, caret="initial")
    found = run_axe(page)
    assert not found, f"{name}: {found}"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name


def ask(page: Page, word: str, reason: str = "") -> None:
    """Press a button that asks first, and say yes."""
    page.get_by_role("button", name=word, exact=True).first.click()
    dialog = page.get_by_role("dialog", name=word)
    if reason:
        dialog.get_by_role("textbox").fill(reason)
    dialog.get_by_role("button", name=word, exact=True).click()
    settled(page)
