"""The help behind the question mark of a page: each app's texts stand in its ``help.md``.

A heading of the first level names the pages, as ``{% url %}`` does, that show the text below it; several names share a text.
What stands before the first heading is for whoever edits the file. Keys to press are written as code: `Esc`.
"""

import re
from functools import cache
from pathlib import Path

from django.apps import apps
from django.utils.safestring import SafeString, mark_safe

LONGEST_KEY = 5
"""What is written as code and is no longer than this is a key."""


@cache
def texts() -> dict[str, str]:
    """The Markdown of each page that has help, by the page's name."""
    found: dict[str, str] = {}
    for app in apps.get_app_configs():
        file = Path(app.path, "help.md")
        if not file.exists():
            continue
        _, *sections = re.split(r"^# (.+)\n", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for names, text in zip(sections[::2], sections[1::2], strict=True):
            for name in names.split():
                if name in found:
                    raise ValueError(f"{file}: {name} has help twice")
                found[name] = text
    return found


@cache
def page_help(name: str) -> SafeString:
    """The help of the page of that name as HTML, or nothing."""
    text = texts().get(name, "")
    return mark_safe(_markdown(text)) if text else SafeString()  # noqa: S308  our own texts, HTML in them is escaped


def _markdown(text: str) -> str:
    from markdown_it import MarkdownIt  # first needed by a page, not by the start of every process

    parser = MarkdownIt("commonmark", {"html": False})
    parser.add_render_rule("code_inline", _code)
    return str(parser.render(text))


def _code(_self: object, tokens: list[object], index: int, *_rest: object) -> str:
    from markdown_it.common.utils import escapeHtml

    content = tokens[index].content  # type: ignore[attr-defined]
    tag = "kbd" if len(content) <= LONGEST_KEY else "code"
    return f"<{tag}>{escapeHtml(content)}</{tag}>"
