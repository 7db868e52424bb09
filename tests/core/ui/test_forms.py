from datetime import date, timedelta

import pytest
from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from dudao.core import files, jobs
from dudao.core.access import SYSTEM, Denied
from dudao.core.models import KeptFile, StoredFile
from dudao.core.ui.forms import DateField, FileField, Form, PickField, PickManyField, Section, form_page, refused
from dudao.core.workflow import Conflict


class Sample(Form):
    sections = (Section("甲", ["name", "day"]),)
    name = forms.CharField(label="名称", help_text="写全称。")
    day = DateField(label="日期", required=False)
    kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), ("a", "甲")])


class Picked(Form):
    one = PickField(label="牵头", url="/pick/", objects=ContentType.objects.all, required=False)
    many = PickManyField(label="配合", url="/pick/", objects=ContentType.objects.all, required=False)


class Files(Form):
    one = FileField(label="附件", kinds=(".pdf",), max_bytes=100, required=False)
    many = FileField(label="材料", multiple=True, max_bytes=100, required=False)


@pytest.fixture
def request_(rf: RequestFactory):
    request = rf.get("/form/")
    request._messages = ()
    return request


def test_missing_fields_are_named_in_chinese():
    form = Sample({})
    assert form.errors["name"] == ["请填写“名称”。"]
    assert form.errors["kind"] == ["请选择“类别”。"]


@pytest.mark.parametrize("text", ["2026-03-05", "2026.3.5", "2026/3/5", "2026年3月5日", " 2026-3-5 "])
def test_dates_are_read_as_people_write_them(text):
    form = Sample({"name": "x", "kind": "a", "day": text})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == date(2026, 3, 5)


@pytest.mark.parametrize("text", ["2026-02-30", "昨天", "5/3/2026x"])
def test_what_is_no_day_is_refused(text):
    assert "day" in Sample({"name": "x", "kind": "a", "day": text}).errors


def test_names_that_look_alike_come_in_alike_and_passwords_as_they_are():
    class Account(Form):
        name = forms.CharField(label="姓名")
        password = forms.CharField(label="密码", widget=forms.PasswordInput)

    form = Account({"name": "\u202e王小\u200b明 ", "password": "秘\u200b密"})
    assert form.is_valid() and form.values == {"name": "王小明", "password": "秘\u200b密"}
    assert not Account({"name": "\u200b\u202e", "password": "x"}).is_valid(), (
        "nothing but what can't be seen is nothing"
    )


def test_each_form_has_a_token_of_its_own_and_gives_it_back():
    first, second = Sample(), Sample()
    assert first["form_token"].value() != second["form_token"].value()
    form = Sample({"name": "x", "kind": "a", "form_token": str(first["form_token"].value())})
    assert form.is_valid()
    assert str(form.token) == first["form_token"].value()
    assert "form_token" not in form.values


def test_fields_left_out_of_the_sections_still_appear():
    assert [(section.title, [bound.name for bound in section.fields]) for section in Sample().sectioned] == [
        ("甲", ["name", "day"]),
        ("", ["kind"]),
    ]


def test_the_page_links_errors_to_fields_and_says_so_to_screen_readers(request_):
    answer = form_page(request_, Sample({"name": ""}), title="新建", save="保存", cancel_url="/back/")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "有 2 处需要修改" in html
    assert '<a href="#id_name">名称：请填写“名称”。</a>' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert "data-errors" in html


def test_a_new_form_has_no_errors_and_a_draft_of_its_own(request_):
    html = form_page(request_, Sample(), title="新建").content.decode()
    assert 'data-key="0:/form/"' in html
    assert "data-errors" not in html
    assert "选填" in html


@pytest.mark.django_db
def test_pickers_answer_objects_and_keep_their_order():
    keys = list(ContentType.objects.order_by("-pk").values_list("pk", flat=True)[:3])
    form = Picked(QueryDict(f"one={keys[0]}&many={keys[1]}&many={keys[2]}"))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["one"].pk == keys[0]
    assert [item.pk for item in form.cleaned_data["many"]] == [keys[1], keys[2]]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["one=999999", "one=x", "many=1&many=999999", "one=1%3B"])
def test_what_may_not_be_picked_is_refused(query):
    assert "重新选择" in str(Picked(QueryDict(query)).errors)


@pytest.mark.django_db
def test_a_picker_shows_the_name_of_what_is_chosen():
    kind = ContentType.objects.first()
    html = str(Picked(initial={"one": kind, "many": [kind.pk]})["one"])
    assert f'value="{kind}"' in html
    assert f'name="one" value="{kind.pk}"' in html
    assert str(kind) in str(Picked(initial={"many": [kind.pk]})["many"])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("a.pdf", b"", "空文件"), ("a.pdf", b"x" * 101, "超过上限"), ("a.exe", b"x", "格式不对，请选 pdf 文件")],
)
def test_files_that_cannot_be_taken_are_refused_by_name(name, content, words):
    form = Files({}, MultiValueDict({"one": [SimpleUploadedFile(name, content)]}))
    assert words in str(form.errors["one"])
    assert name in str(form.errors["one"])


def test_several_files_arrive_as_a_list():
    form = Files({}, MultiValueDict({"many": [SimpleUploadedFile("a.pdf", b"1"), SimpleUploadedFile("b.pdf", b"2")]}))
    assert form.is_valid(), form.errors
    assert [item.name for item in form.cleaned_data["many"]] == ["a.pdf", "b.pdf"]
    assert Files({}, MultiValueDict()).is_valid()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Denied("您不能下达。"), "您不能下达。"),
        (Conflict(), "刚刚被他人修改"),
        (forms.ValidationError("编号重复。"), "编号重复。"),
    ],
)
def test_a_refused_action_becomes_the_forms_error(error, words):
    form = Sample({"name": "x", "kind": "a"})
    assert form.is_valid()

    def act():
        raise error

    assert refused(form, act) is None
    assert words in str(form.non_field_errors())


class Proofs(Form):
    name = forms.CharField(label="名称")
    files = FileField(label="材料", multiple=True, max_bytes=100, required=False)
    paper = FileField(label="附件", kinds=(".txt",), max_bytes=100, required=False)


@pytest.mark.django_db
def test_a_form_that_comes_back_keeps_its_files_by_token(rf, settings, tmp_path, django_user_model):
    settings.FILES_ROOT = tmp_path / "files"
    request = rf.post("/form/")
    request._messages = ()
    request.user = django_user_model(pk=7)
    request.actor = SYSTEM
    one, two = SimpleUploadedFile("照片说明.txt", "甲".encode()), SimpleUploadedFile("太大.txt", b"x" * 101)
    paper = SimpleUploadedFile("附件.txt", "乙".encode())
    form = Proofs(QueryDict(), MultiValueDict({"files": [one, two], "paper": [paper]}))
    page = form_page(request, form, title="新建").content.decode()
    kept = list(KeptFile.objects.order_by("id"))
    assert [row.name for row in kept] == ["照片说明.txt", "附件.txt"], "what can't be taken isn't kept"
    assert all(f'value="{row.token}" checked' in page for row in kept)

    again = QueryDict(mutable=True)
    again.update({"name": "甲"})
    again.setlist("files-kept", [str(kept[0].token)])
    again.setlist("paper-kept", [str(kept[1].token)])
    sent = Proofs(again, MultiValueDict())
    assert sent.is_valid(), sent.errors
    assert [(file.name, file.read()) for file in sent.cleaned_data["files"]] == [("照片说明.txt", "甲".encode())]
    assert files.store(sent.cleaned_data["paper"]) == kept[1].file, "the same bytes, stored once"
    newer = Proofs(again, MultiValueDict({"paper": [SimpleUploadedFile("新.txt", b"3")]}))
    assert newer.is_valid() and newer.cleaned_data["paper"].name == "新.txt"

    KeptFile.objects.update(at=timezone.now() - timedelta(days=2))
    jobs.purge_kept()
    late = Proofs(again, MultiValueDict())
    assert not StoredFile.objects.exists() and set(late.errors) == {"files", "paper"}
    assert "请重新选择" in late.errors["files"][0]
