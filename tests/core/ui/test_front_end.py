"""What no page may do, read from the sources: inline style and script, outside addresses, icons that aren't there."""

import json
import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from dudao.core.ui.templatetags.ui import icon_names

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted(ROOT.glob("src/dudao/**/templates/**/*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "src/dudao")))
def test_templates_keep_to_the_content_policy(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text), "inline style: use a class"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "inline handler: use data-* and an element"
    assert not re.search(r"<script(?![^>]*(\bsrc=|application/json))", text), "inline script"
    assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]", text), "an address outside the platform"
    assert not re.search(r"hx-(on|vals=.js:)", text), "htmx that needs eval"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "src/dudao")))
def test_templates_name_icons_that_exist(path):
    for name in re.findall(r"{%-?\s*icon\s+[\"']([^\"']+)", path.read_text(encoding="utf-8")):
        assert name in icon_names()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "src/dudao")))
def test_templates_can_be_read(path):
    get_template(str(path).partition("/templates/")[2])


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
