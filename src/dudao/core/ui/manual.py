"""The manual as pages of the platform: the chapters of ``docs/manual``, which come with the package.

Chapters link each other and show pictures by the names of their files, as whoever reads them in the repository sees them; here
these become addresses.
"""

import importlib.resources
import re
from functools import cache
from pathlib import Path

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

FIRST = "README"
_CHAPTER = re.compile(r'href="([A-Za-z-]+)\.md(#[^"]*)?"')
_PICTURE = re.compile(r'src="([a-z0-9-]+\.png)"')


@cache
def folder() -> Path:
    """Where the chapters lie: beside the code of a package, in ``docs`` of a checkout."""
    package = Path(str(importlib.resources.files("dudao")))
    return next(place for place in (package / "manual", package.parents[1] / "docs" / "manual") if place.is_dir())


@cache
def chapter(name: str) -> tuple[str, SafeString] | None:
    """Title and text of a chapter; ``None`` where there is none of that name."""
    if not re.fullmatch(r"[A-Za-z-]+", name):
        return None
    file = folder() / f"{name}.md"
    if not file.is_file():
        return None
    title, _, text = file.read_text(encoding="utf-8").partition("\n")
    return title.removeprefix("# ").strip(), mark_safe(_html(text))  # noqa: S308  our own text, HTML in it is escaped


def picture(name: str) -> Path | None:
    file = folder() / name
    return file if re.fullmatch(r"[a-z0-9-]+\.png", name) and file.is_file() else None


def _html(text: str) -> str:
    from markdown_it import MarkdownIt  # first needed by a page, not by the start of every process

    made = str(MarkdownIt("commonmark", {"html": False}).enable("table").render(text))
    made = _CHAPTER.sub(lambda found: f'href="{address(found[1])}{found[2] or ""}"', made)
    made = _PICTURE.sub(lambda found: f'loading="lazy" src="{reverse("core:manual_picture", args=[found[1]])}"', made)
    return made.replace("<table>", '<div class="dd-scroll is-free"><table class="dd-table">').replace(
        "</table>", "</table></div>"
    )


def address(name: str) -> str:
    return reverse("core:manual") if name == FIRST else reverse("core:manual_chapter", args=[name])
