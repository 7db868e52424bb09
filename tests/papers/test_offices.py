"""An office's own templates and the style of its papers: acts, pages, and what a receiver of another place sees of them."""

import io
from datetime import date, timedelta

import docx
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from dudao.core import files
from dudao.core.access import Denied
from dudao.core.documents import DOCX, read_word, text_of
from dudao.core.files import FileRefused
from dudao.core.models import Event
from dudao.core.workflow import Conflict
from dudao.papers import offices
from dudao.papers.actions.styles import set_style
from dudao.papers.actions.templates import return_to_builtin, upload_template, use_template
from dudao.papers.composing import look_of, starter
from dudao.papers.models import OfficeStyle, Template
from papers.conftest import drafted
from signing import signed_in

pytestmark = pytest.mark.django_db


def word(*paragraphs):
    document = docx.Document()
    for each in paragraphs:
        document.add_paragraph(each)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def upload(content, name="整改通知书.docx"):
    return SimpleUploadedFile(name, content, DOCX)


def own_starter(office, kind="rectification"):
    return starter(kind, look_of(office.city, timezone.localdate()))


def kept(office, content=None, *, kind="rectification", by=None, unit=None):
    content = content if content is not None else own_starter(office, kind)
    return upload_template(by or office.drafter, unit=unit or office.city, kind=kind, upload=upload(content))


# --- templates ---------------------------------------------------------------------------------------------------


def test_a_template_is_kept_but_not_used_before_somebody_says_so(office):
    made = kept(office)
    assert (made.in_use, made.missing) == (False, [])
    assert offices.templates_of(office.city, "rectification") == [made]
    assert Event.objects.filter(verb="paper.template").latest("id").data["what"] == "上传模板"


def test_papers_are_made_with_the_template_in_use_and_with_the_built_in_form_after_it(office):
    own = kept(office, word("{{ 标题 }}", "本单位的格式：{{ 发文字号 }}", "{{ 成文日期 }}"))
    assert "检查依据" in own.missing

    def words():
        paper = drafted(office, title=f"关于整改的通知{Event.objects.count()}")
        with files.opened(paper.versions.first().file) as stream:
            return text_of(read_word(stream.read()))

    assert "本单位的格式" not in words()
    use_template(office.drafter, template=own)
    assert "本单位的格式" in words()
    return_to_builtin(office.drafter, unit=office.city, kind="rectification")
    assert "本单位的格式" not in words()


def test_one_version_of_a_kind_is_in_use(office):
    first, second = kept(office), kept(office, word("{{ 标题 }}", "乙"))
    use_template(office.drafter, template=first)
    use_template(office.drafter, template=second)
    used = Template.objects.filter(in_use=True)
    assert [row.pk for row in used] == [second.pk]
    with pytest.raises(Conflict, match="已经在使用"):
        use_template(office.drafter, template=second)


def test_nothing_to_go_back_from(office):
    with pytest.raises(Conflict, match="已经在使用平台自带的格式"):
        return_to_builtin(office.drafter, unit=office.city, kind="notice")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (word("{{ 整改期线 }}"), "没有“整改期线”这项内容，是不是“整改期限”"),
        (word("{% include '/etc/passwd' %}"), "不能用 include"),
        (word("{{ 标题.__class__ }}"), "不能用|没有"),
        (word("{% for 行 in 存在问题 %}"), "没写完"),
    ],
)
def test_a_template_of_no_use_is_refused_and_nothing_is_kept(office, content, words):
    with pytest.raises(ValidationError, match=words):
        kept(office, content)
    assert not Template.objects.exists()


def test_the_same_file_is_not_kept_twice(office):
    content = own_starter(office)
    kept(office, content)
    with pytest.raises(ValidationError, match="完全相同"):
        kept(office, content)


def test_only_word_files_are_templates(office):
    with pytest.raises(FileRefused):
        upload_template(office.drafter, unit=office.city, kind="notice", upload=upload(b"%PDF-1.7 nothing", "a.docx"))


def test_an_office_keeps_only_its_own(office):
    with pytest.raises(Denied):
        kept(office, by=office.east)
    with pytest.raises(Denied):
        kept(office, by=office.head, unit=office.school)
    made = kept(office)
    with pytest.raises(Denied):
        use_template(office.east, template=made)


def test_the_pages_of_templates_lead_from_upload_to_use(office):
    client = signed_in(office.accounts["drafter"])
    assert "平台自带格式" in client.get(reverse("papers:templates")).content.decode()
    page = client.get(reverse("papers:template_kind", args=["rectification"])).content.decode()
    assert "{{ 整改期限 }}" in page
    begun = client.get(reverse("papers:template_starter", args=["rectification"]))
    assert begun["Content-Type"] == DOCX
    address = reverse("papers:template_upload", args=["rectification"])
    refused = client.post(address, {"file": upload(word("{{ 领导 }}"))})
    assert refused.status_code == 422
    assert "没有“领导”这项内容" in refused.content.decode()
    answer = client.post(address, {"file": upload(begun.content)}, follow=True)
    made = Template.objects.get()
    shown = answer.content.decode()
    assert "data:image/png;base64," in shown
    assert reverse("papers:template_use", args=[made.pk]) in shown
    filled = client.get(reverse("papers:template_word", args=[made.pk]))
    assert "示例县第一中学" in text_of(read_word(filled.content))
    assert client.get(reverse("papers:template_pdf", args=[made.pk])).content.startswith(b"%PDF")
    kept_file = client.get(reverse("papers:template_file", args=[made.pk]))
    assert b"".join(kept_file.streaming_content) == begun.content
    client.post(reverse("papers:template_use", args=[made.pk]))
    made.refresh_from_db()
    assert made.in_use
    assert "恢复自带格式" in client.get(reverse("papers:template_kind", args=["rectification"])).content.decode()
    client.post(reverse("papers:template_return", args=["rectification"]))
    made.refresh_from_db()
    assert not made.in_use


def test_another_office_doesnt_find_the_template(office):
    made = kept(office)
    client = signed_in(office.accounts["east"])
    for name in ("template", "template_file", "template_word", "template_pdf"):
        assert client.get(reverse(f"papers:{name}", args=[made.pk])).status_code == 404
    assert client.post(reverse("papers:template_use", args=[made.pk])).status_code == 404


def test_the_list_of_kinds_takes_the_same_number_of_queries(office, django_assert_max_num_queries):
    client = signed_in(office.accounts["drafter"])
    for place in range(4):
        kept(office, word("{{ 标题 }}", f"第{place}版"))
        with django_assert_max_num_queries(14):
            assert client.get(reverse("papers:templates")).status_code == 200


# --- styles ------------------------------------------------------------------------------------------------------

TODAY = date(2026, 3, 5)


@pytest.fixture
def today(office):
    return timezone.localdate()


def styled(office, **more):
    said = {
        "unit": office.city, "signature": "某市教育督导室", "masthead": "某市教育督导室文件", "code_word": "某督",
        "valid_from": timezone.localdate(),
    }  # fmt: skip
    return set_style(office.drafter, **said | more)


def test_a_style_holds_from_its_day_on(office, today):
    styled(office, valid_from=today + timedelta(days=10))
    assert look_of(office.city, today).code_word == "某政教督办"
    assert look_of(office.city, today + timedelta(days=9)).code_word == "某政教督办"
    assert look_of(office.city, today + timedelta(days=10)).code_word == "某督"
    assert Event.objects.filter(verb="paper.style").count() == 1


def test_a_style_that_has_not_begun_is_replaced(office, today):
    styled(office, valid_from=today + timedelta(days=10))
    styled(office, valid_from=today + timedelta(days=5), code_word="某督改")
    rows = OfficeStyle.objects.filter(unit=office.city).order_by("valid_from")
    assert [(row.code_word, row.valid_to) for row in rows] == [
        ("某政教督办", today + timedelta(days=5)),
        ("某督改", None),
    ]
    styled(office, valid_from=today + timedelta(days=5), code_word="某督函")
    assert look_of(office.city, today + timedelta(days=5)).code_word == "某督函"


def test_kinds_may_count_by_themselves_or_not_at_all(office, today):
    styled(office, code_words={"rectification": "某督改", "notice": ""})
    look = look_of(office.city, today)
    assert look.code_word_for("rectification") == "某督改"
    assert not look.numbers("notice")
    assert look.code_word_for("opinion") == "某督"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code_word": "某督〔2026〕"}, "机关代字“某督〔2026〕”只能是汉字"),
        ({"code_word": "  "}, "请填写“机关代字”"),
        ({"signature": ""}, "请填写“署名”"),
        ({"signature": "某" * 101}, "最多 100 个字"),
        ({"layout": {"grid": {"lines": 60}}}, "排不下"),
        ({"layout": {"margins": {"left": 95, "right": 95}}}, "版心不足"),
        ({"valid_from": TODAY - timedelta(days=400)}, "不能早于今天"),
        ({"valid_from": TODAY + timedelta(days=4000)}, "最多提前一年"),
        ({"code_words": {"notice": "abc"}}, "只能是汉字"),
    ],
)
def test_a_style_of_no_use_changes_nothing(office, change, words):
    before = list(OfficeStyle.objects.values())
    with pytest.raises(ValidationError, match=words):
        styled(office, **change)
    assert list(OfficeStyle.objects.values()) == before


def test_only_the_office_itself_sets_its_style(office):
    with pytest.raises(Denied):
        set_style(office.east, unit=office.city, signature="甲", code_word="甲", valid_from=timezone.localdate())


def page_values(client):
    """What the form of the page begins with."""
    form = client.get(reverse("papers:style_edit")).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() is not None} | {"code_words": ""}


def test_the_page_keeps_only_what_differs_from_the_standard(office, today):
    client = signed_in(office.accounts["drafter"])
    values = page_values(client) | {
        "lines": "20",
        "font_body": "仿宋",
        "code_words": "整改通知书｜某督改\n公示｜不编号",
    }
    answer = client.post(reverse("papers:style_edit"), values)
    assert answer.status_code == 302, answer.context["form"].errors
    style = offices.style_on(office.city, today)
    assert set(style.layout) == {"grid", "fonts"}
    assert style.layout["grid"] == {"lines": 20}
    assert style.layout["fonts"]["body"][0] == "仿宋"
    assert style.code_words == {"rectification": "某督改", "publicity": ""}
    shown = client.get(reverse("papers:style")).content.decode()
    assert "每页 20 行，每行 28 字（国家标准：每页 22 行，每行 28 字）" in shown
    assert "data:image/png;base64," in shown


def test_the_page_says_what_is_wrong_with_code_words(office):
    client = signed_in(office.accounts["drafter"])
    for lines, words in (("通知书｜甲", "文种“通知书”不在列表里"), ("公示｜", "没有写机关代字")):
        answer = client.post(reverse("papers:style_edit"), page_values(client) | {"code_words": lines})
        assert answer.status_code == 422
        assert words in answer.content.decode()


def test_the_sample_follows_the_form_without_writing(office):
    client = signed_in(office.accounts["drafter"])
    before = list(OfficeStyle.objects.values())
    values = page_values(client)
    shown = client.get(reverse("papers:style_preview"), values | {"code_word": "", "lines": "20"}).content.decode()
    assert shown.count("data:image/png;base64,") == 2
    refused = client.get(reverse("papers:style_preview"), values | {"lines": "60"}).content.decode()
    assert "排不下" in refused
    assert "data:image" not in refused
    assert list(OfficeStyle.objects.values()) == before
