"""Accessibility by axe-core, run inside the page. WCAG 2.1 A and AA; what axe is only unsure about is left out."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def run_axe(page: Page, *, without: tuple[str, ...] = ()) -> list[str]:
    """The violations on this page, one line each: rule, what is wrong, and up to three places. Empty is good.

    The script is evaluated by the browser's debugger, which the content policy of the page doesn't hinder.
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        """async (without) => (await axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
            resultTypes: ['violations'],
            rules: Object.fromEntries(without.map((rule) => [rule, {enabled: false}])),
        })).violations""",
        list(without),
    )
    return [
        f"{item['id']} ({item['impact']}): {item['help']} — "
        + "; ".join(
            f"{' '.join(node['target'])} {node['failureSummary'].splitlines()[1].strip()}" for node in item["nodes"][:3]
        )
        for item in found
    ]
