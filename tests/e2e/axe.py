"""Accessibility by axe-core, run inside the page. WCAG 2.1 A and AA; what axe is only unsure about is left out.

Axe takes longer than the page it looks at, and most pages are made of what others had: it looks when a page has a kind of element
that no page without fault had before it.
"""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

KINDS = """() => {
  const said = ['role', 'type', 'tabindex', 'lang', 'scope', 'aria-hidden', 'aria-expanded', 'aria-checked', 'aria-current',
    'aria-invalid', 'aria-live', 'aria-sort', 'autocomplete'];
  const grounds = new Map();
  const ground = (node) => {
    if (!node) return 'none';
    if (!grounds.has(node)) {
      const style = getComputedStyle(node);
      const own = style.backgroundColor;
      const clear = own === 'rgba(0, 0, 0, 0)' && style.backgroundImage === 'none';
      // What is half transparent shows what lies below it.
      grounds.set(node, clear ? ground(node.parentElement) : own.startsWith('rgba')
        ? `${own} on ${ground(node.parentElement)}` : `${own} ${style.backgroundImage}`);
    }
    return grounds.get(node);
  };
  const leads = (node, name) => (node.getAttribute(name) || '').split(' ').map((id) => id && !!document.getElementById(id));
  const kind = (node) => {
    const style = getComputedStyle(node);
    return [
      node.parentElement?.tagName, node.parentElement?.getAttribute('role'), node.tagName, [...node.classList].sort(),
      node.getAttributeNames().filter((name) => !name.startsWith('data-'))
        .map((name) => node.getAttribute(name).trim() ? name : `empty ${name}`).sort(),
      said.map((name) => node.getAttribute(name)), leads(node, 'aria-labelledby'), leads(node, 'aria-describedby'),
      leads(node, 'aria-controls'), node.labels?.length, !!node.closest('label'), !!node.closest('a, button'),
      Math.min(node.textContent.trim().length, 2), !!node.querySelector('img, svg, input, a, button'), node.checkVisibility(),
      style.color, style.opacity, style.fontSize, style.fontWeight, style.textDecorationLine, ground(node),
    ].join('|');
  };
  const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
  return [
    ...new Set([...document.querySelectorAll('*')].map(kind)),
    `title ${!!document.title.trim()}`, `main ${document.querySelectorAll('main').length}`,
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `twice ${id}`),
  ];
}"""
"""What each element is to axe: its tag in its parent's, its attributes, whether it has text, a name and a label, its colours."""

_seen: dict[tuple[int, tuple[str, ...]], set[str]] = {}
"""By the window's width and the rules left out: the kinds on pages in which axe found nothing."""


def run_axe(page: Page, *, without: tuple[str, ...] = ()) -> list[str]:
    """The violations on this page, one line each: rule, what is wrong, and up to three places. Empty is good.

    The script is evaluated by the browser's debugger, which the content policy of the page doesn't hinder.
    """
    seen = _seen.setdefault(((page.viewport_size or {"width": 0})["width"], without), set())
    kinds = set(page.evaluate(KINDS))
    if kinds <= seen:
        return []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        """async (without) => (await axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
            resultTypes: ['violations'],
            rules: Object.fromEntries(without.map((rule) => [rule, {enabled: false}])),
        })).violations""",
        list(without),
    )
    if not found:
        seen |= kinds
    return [
        f"{item['id']} ({item['impact']}): {item['help']} — "
        + "; ".join(
            f"{' '.join(node['target'])} {node['failureSummary'].splitlines()[1].strip()}" for node in item["nodes"][:3]
        )
        for item in found
    ]
