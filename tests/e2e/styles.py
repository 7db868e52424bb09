"""Whether the stylesheet has what a page names: the build keeps only those of Tabler's rules whose names stand in our sources."""

import re
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
WHOLE = ROOT / "node_modules/@tabler/core/dist/css/tabler.css"
BUILT = ROOT / "src/dudao/core/ui/static/dudao/app.css"


@cache
def _classes(path: Path) -> frozenset[str]:
    return frozenset(re.findall(r"\.([a-zA-Z][\w-]*)", path.read_text(encoding="utf-8")))


def unstyled(page: Page) -> list[str]:
    """Classes on the page for which Tabler has rules that were not kept: a name put together from parts, most likely."""
    named = page.evaluate("[...document.querySelectorAll('[class]')].flatMap((node) => [...node.classList])")
    return sorted((set(named) & _classes(WHOLE)) - _classes(BUILT))
