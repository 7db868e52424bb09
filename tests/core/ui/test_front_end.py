"""What no page may do, read from the sources: inline style and script, outside addresses, icons that aren't there."""

import json
import re

import pytest
from django.template.loader import get_template

from dudao.core.ui.templatetags.ui import icon_names
from test_consistency import ROOT, TEMPLATES, offenders, text

POLICY = {
    r"\sstyle\s*=|<style\b": "inline style: use a class",
    r"\son[a-z]+\s*=\s*[\"']": "inline handler: use data-* and an element",
    r"<script(?![^>]*(\bsrc=|application/json))": "inline script",
    r"(https?:)?//[a-z0-9-]+\.[a-z]|(src|href)=[\"'](https?:)?//": "an address outside the platform",
    r"hx-(on|vals=.js:)": "htmx that needs eval",
}
"""``script-src 'self'; style-src 'self'``: nothing inline, nothing from elsewhere."""

OPENS, CLOSES = (rf"\{{% {end}(?:if|for|with|block|card|data_grid|page_head)\b" for end in ("", "end"))


def against_the_policy(source):
    return [words for pattern, words in POLICY.items() if re.search(pattern, source)]


def laid_out_otherwise(source):
    """What djlint's linter doesn't look at; its formatter is not used (docs/adr)."""
    if not source.endswith("\n") or source.endswith("\n\n"):
        yield "end with one new line"
    # What stands between these is shown to people as it is, braces and all.
    source = re.sub(r"\{% verbatim %\}.*?\{% endverbatim %\}", "", source, flags=re.S)
    for number, line in enumerate(source.splitlines(), 1):
        if "\t" in line or line != line.rstrip():
            yield f"line {number}: tabs or spaces at the end"
        if re.search(r"\{\{[^ ]|[^ ]\}\}|\{%[^ ]|[^ ]%\}", line):
            yield f"line {number}: one space inside the braces"
    if len(re.findall(OPENS, source)) != len(re.findall(CLOSES, source)):
        yield "close each block that is opened"


def without_token(source):
    for form in re.findall(r"<form\b[^>]*>.*?</form>", source, flags=re.S):
        if re.search(r"method=[\"']post", form, flags=re.I) and "csrf_token" not in form:
            yield "a form that writes carries its token"


def without_icon(source):
    known = icon_names()
    return [f"no icon {name}" for name in re.findall(r"{%-?\s*icon\s+[\"']([^\"']+)", source) if name not in known]


@pytest.mark.parametrize("rule", [against_the_policy, laid_out_otherwise, without_token, without_icon])
def test_templates_keep_the_rules(rule):
    assert not offenders(TEMPLATES, lambda path: rule(text(path)))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (against_the_policy, '<p style="color: red">'),
        (against_the_policy, "<style>p { color: red }</style>"),
        (against_the_policy, '<a onclick="go()">'),
        (against_the_policy, "<script>go()</script>"),
        (against_the_policy, '<img src="//elsewhere/a.png">'),
        (against_the_policy, "https://elsewhere.org"),
        (against_the_policy, '<p hx-on:click="go()">'),
        (laid_out_otherwise, "<p>"),
        (laid_out_otherwise, "<p>\n\n"),
        (laid_out_otherwise, "<p> \n"),
        (laid_out_otherwise, "{{x}}\n"),
        (laid_out_otherwise, "{% if x %}\n"),
        (without_token, '<form method="post"></form>'),
        (without_icon, '{% icon "nothing-like-it" %}'),
    ],
)
def test_what_breaks_a_rule_is_found(rule, source):
    assert list(rule(source))


def test_templates_can_be_read():
    def rule(path):
        try:
            get_template(str(path).partition("/templates/")[2])
        except Exception as error:
            yield repr(error)

    assert not offenders(TEMPLATES, rule)


def test_the_lock_file_holds_no_address():
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "http" not in text
    assert "resolved" not in text
    assert json.loads(text)["packages"]


def test_the_npm_settings_name_no_host():
    text = (ROOT / ".npmrc").read_text(encoding="utf-8")
    assert "omit-lockfile-registry-resolved=true" in text
    assert "//" not in text


def test_icons_are_listed_once():
    names = (ROOT / "src/dudao/core/ui/icons.txt").read_text(encoding="utf-8").split()
    assert len(names) == len(set(names))
