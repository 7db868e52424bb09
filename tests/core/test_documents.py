"""Word documents from templates: filled in exactly, in a sandbox, with the fonts that Chinese offices use."""

import io
from datetime import date

import docx
import pytest
from django.utils import timezone
from docx.oxml.ns import qn

from dudao.core import documents
from dudao.core.documents import DocumentError, chinese_font, render


def template(*paragraphs, font="仿宋_GB2312"):
    document = docx.Document()
    for text in paragraphs:
        run = document.add_paragraph().add_run(text)
        chinese_font(run, font, 16)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def words(content):
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


def test_values_are_put_in_as_text_and_never_as_markup():
    content = render(
        template("{{ office }}", "{%p for item in items %}", "{{ loop.index }}. {{ item.name }}", "{%p endfor %}"),
        {"office": "某市<教育局> & 办公室 {{ 1 }}", "items": [{"name": "甲\x0b\x00县"}, {"name": "乙县"}]},
    )
    assert words(content) == ["某市<教育局> & 办公室 {{ 1 }}", "1. 甲县", "2. 乙县"]


def test_line_breaks_stay_line_breaks():
    assert words(render(template("{{ text }}"), {"text": "一\r\n二\n三"})) == ["一\n二\n三"]


def test_a_document_keeps_the_fonts_of_its_template():
    content = render(template("{{ a }}", font="方正小标宋简体"), {"a": "标题"})
    run = docx.Document(io.BytesIO(content)).paragraphs[0].runs[0]
    assert run._element.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    assert (run.font.name, run.font.size.pt, run.font.bold) == ("Times New Roman", 16, False)


def test_a_style_gets_its_font_too():
    document = docx.Document()
    chinese_font(document.styles["Normal"], "黑体", 12, bold=True)
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "黑体"
    assert fonts.get(qn("w:eastAsiaTheme")) is None


@pytest.mark.parametrize(
    ("text", "words_of_problem"),
    [
        ("{{ missing }}", "没有“missing”这项内容"),
        ("{{ a.b.c }}", "没有“b”这一栏"),
        ("{% for %}", "文书模板有误"),
        ("{{ a.__class__ }}", "不能用“__class__”"),
        ("{{ ''.__class__.__mro__ }}", "不能用“__class__”"),
        ("{{ a * 1000000 }}", r"不能用运算 \*"),
        ("{{ 9 ** 9 }}", r"不能用运算 \*\*"),
        ("{{ '%9999999d' % 1 }}", "不能用运算 %"),
        ("{{ a|center(99999999) }}", "没有“center”这个过滤器"),
        ("{{ range(10) }}", "不能用 调用函数"),
        ("{{ items.append(1) }}", "不能用 调用函数"),
        ("{% include '/etc/passwd' %}", "不能用 include"),
        ("{% import 'os' as os %}", "不能用 import"),
        ("{% macro f() %}{% endmacro %}", "不能用 macro"),
        ("{{ a ", "语句没有写完整|没写完|位置不对"),
        ("{{ a，}}", "标点请用半角|没有写完整"),
    ],
)
def test_a_template_can_do_nothing_but_fill_in(text, words_of_problem):
    with pytest.raises(DocumentError, match=words_of_problem):
        render(template(text), {"a": "甲", "items": [1]})


def test_numbers_may_be_reckoned_with():
    assert words(render(template("{{ n * 2 }} {{ 7 % 4 }}"), {"n": 3})) == ["6 3"]


def test_what_is_no_template_is_refused(tmp_path, monkeypatch):
    with pytest.raises(DocumentError, match=r"损坏或不是 \.docx 文件"):
        render(b"no zip", {})
    path = tmp_path / "a.docx"
    path.write_bytes(template("{{ a }}"))
    assert words(render(path, {"a": 1})) == ["1"]
    monkeypatch.setattr(documents.templates, "MAX_TEMPLATE", 100)
    with pytest.raises(DocumentError, match="超过"):
        render(path, {})


def test_only_plain_values_get_into_a_document():
    with pytest.raises(TypeError, match="no plain value"):
        render(template("{{ a }}"), {"a": timezone.now()})
    with pytest.raises(TypeError, match="date is no plain value"):
        render(template("{{ a }}"), {"a": [date(2026, 3, 5)]})


def test_dataclasses_are_plain_enough():
    from dudao.core.ui.parts import Crumb

    assert words(render(template("{{ a.label }}{{ b }}"), {"a": Crumb("甲", "/"), "b": None})) == ["甲None"]
