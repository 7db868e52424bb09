"""A page made of known parts isn't examined again; a fault on it is a part that isn't known."""

import pytest

from e2e import axe
from e2e.axe import run_axe

pytestmark = pytest.mark.e2e
SOUND = """<!doctype html><html lang="zh"><head><title>甲</title></head><body><main><h1>名册</h1>
<label for="a">名称</label><input id="a"><button>存</button><a href="/">返回</a><img alt="图" src="data:,"></main></body></html>"""


@pytest.fixture
def page(new_page, monkeypatch):
    monkeypatch.setattr(axe, "_seen", {})
    page = new_page(expected=("data:",))
    page.set_content(SOUND)
    assert run_axe(page) == []
    return page


def test_what_was_seen_is_not_examined_again(page):
    page.set_content(SOUND.replace("<h1>名册</h1>", "<h1>总表</h1>").replace("</main>", "<button>另存</button></main>"))
    page.evaluate("window.axe = {run() { throw new Error('examined') }}")
    assert run_axe(page) == []


@pytest.mark.parametrize(
    ("sound", "faulty", "rule"),
    [
        ("<button>存</button>", "<button></button>", "button-name"),
        ('<a href="/">返回</a>', '<a href="/"></a>', "link-name"),
        ('<label for="a">', '<label for="b">', "label"),
        ('alt="图" ', "", "image-alt"),
        ("<title>甲</title>", "<title></title>", "document-title"),
        ('<html lang="zh">', "<html>", "html-has-lang"),
        ("<h1>", '<h1 style="color: #ddd">', "color-contrast"),
        ("<body>", '<body style="background: #222">', "color-contrast"),
        ("<h1>", '<h1 role="nothing">', "aria-roles"),
        ("<main>", "<main><ul><p>一</p></ul>", "list"),
    ],
)
def test_a_fault_among_what_was_seen_is_found(page, sound, faulty, rule):
    page.set_content(SOUND.replace(sound, faulty))
    for _ in range(2):
        assert rule in " ".join(run_axe(page)), "and is found again where it is met again"
