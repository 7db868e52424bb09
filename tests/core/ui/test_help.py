"""Help texts of pages, from the apps' ``help.md``."""

from types import SimpleNamespace

import pytest
from django.apps import apps

from dudao.core.ui import help as helping


@pytest.fixture
def an_app(tmp_path, monkeypatch):
    """Writes the help of the only app there is."""
    monkeypatch.setattr(apps, "get_app_configs", lambda: [SimpleNamespace(path=tmp_path)])
    for cached in (helping.texts, helping.page_help):
        cached.cache_clear()
    yield (tmp_path / "help.md").write_text
    for cached in (helping.texts, helping.page_help):
        cached.cache_clear()


def test_pages_share_a_text_and_others_have_none(an_app):
    an_app("For the editor.\n\n# a:one a:two\n\n## 列表\n\n点一行。\n\n# a:three\n\n- 甲\n- 乙\n")
    assert helping.page_help("a:one") == helping.page_help("a:two") == "<h2>列表</h2>\n<p>点一行。</p>\n"
    assert helping.page_help("a:three") == "<ul>\n<li>甲</li>\n<li>乙</li>\n</ul>\n"
    assert helping.page_help("a:four") == ""


def test_keys_look_like_keys_and_what_is_typed_like_code(an_app):
    an_app("# a:one\n\n按 `<` 或 `Esc`，写 `{%p endfor %}`。\n")
    assert (
        helping.page_help("a:one") == "<p>按 <kbd>&lt;</kbd> 或 <kbd>Esc</kbd>，写 <code>{%p endfor %}</code>。</p>\n"
    )


def test_html_in_a_text_is_only_text(an_app):
    an_app("# a:one\n\n<b onclick=x>粗</b>\n")
    assert "<b" not in helping.page_help("a:one")


def test_a_page_with_two_texts_is_refused(an_app):
    an_app("# a:one\n\n甲\n\n# a:two a:one\n\n乙\n")
    with pytest.raises(ValueError, match="a:one has help twice"):
        helping.texts()
