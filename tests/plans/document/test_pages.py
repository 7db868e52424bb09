"""The pages of plans as documents: what they show, what a swap answers, who gets in, and how many queries they take."""

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document

from dudao.plans.actions.document import draft_tasks, edit_point, import_plan, publish_plan
from dudao.plans.actions.hand_down import hand_down
from dudao.plans.models import Guess, Point, Remark, WorkPlan
from plans.conftest import day
from plans.document.conftest import TEXT, point
from plans.document.test_publishing import looked_through

HTMX = {"HX-Request": "true", "HX-Target": "review-at"}


@pytest.fixture
def officer(client, city):
    client.force_login(city.account("officer"))
    return client


def screen(plan, at=""):
    return reverse("plans:review", args=[plan.pk]) + (f"?at={at}" if at else "")


def test_the_list_shows_plans_by_state(officer, draft):
    page = officer.get(reverse("plans:plans")).content.decode()
    assert "某市 2026 年教育督导工作要点" in page and "校对中" in page and "导入工作要点" in page


def test_pasted_words_become_a_draft(officer, city):
    answer = officer.post(reverse("plans:plan_import") + "?how=paste", {"text": TEXT, "unit": city.city.pk, "year": ""})
    plan = WorkPlan.objects.get(state="draft")
    assert answer.url == reverse("plans:review", args=[plan.pk])


def test_an_upload_becomes_a_draft_and_can_be_fetched_again(officer, city, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    file = SimpleUploadedFile("要点.txt", TEXT.encode())
    officer.post(reverse("plans:plan_import"), {"file": file, "unit": city.city.pk})
    plan = WorkPlan.objects.get(state="draft")
    source = officer.get(reverse("plans:plan_source", args=[plan.pk]))
    assert b"".join(source.streaming_content) == TEXT.encode()


def test_a_word_document_is_read_as_it_was_typed(officer, city, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    document, data = Document(), BytesIO()
    for line in filter(str.strip, TEXT.split("\n")):
        document.add_paragraph(line)
    document.save(data)
    file = SimpleUploadedFile("要点.docx", data.getvalue())
    answer = officer.post(reverse("plans:plan_import"), {"file": file, "unit": city.city.pk})
    assert answer.status_code == 302
    plan = WorkPlan.objects.get(state="draft")
    assert (plan.sections.count(), Point.objects.filter(section__plan=plan).count()) == (3, 5)


def word(name="[Content_Types].xml"):
    data = BytesIO()
    with ZipFile(data, "w") as archive:
        archive.writestr(name, "x")
        archive.writestr("xl/workbook.xml", "x")
    return data.getvalue()


ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 200


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("空.docx", b"", "空文件"),
        ("加密.docx", ENCRYPTED, "打开密码"),
        ("表格.docx", word(), "Excel"),
        ("要点.docx", TEXT.encode(), "纯文本"),
        ("截断.docx", b"PK\x03\x04\x14\x00", "损坏"),
        ("要点.pdf", b"%PDF-1.7", "格式不对"),
    ],
)
def test_a_bad_file_is_told_beside_the_field(officer, city, name, data, words):
    before = WorkPlan.objects.count()
    answer = officer.post(reverse("plans:plan_import"), {"file": SimpleUploadedFile(name, data), "unit": city.city.pk})
    assert answer.status_code == 422
    error = re.search(r'id="id_file_error">(.*?)</div>', answer.content.decode(), re.S)
    assert error and words in error.group(1)
    assert WorkPlan.objects.count() == before


def test_what_was_pasted_is_not_lost(officer, city):
    long = "督导" * 50_001
    answer = officer.post(reverse("plans:plan_import") + "?how=paste", {"text": long, "unit": city.city.pk})
    assert answer.status_code == 422
    assert long in answer.content.decode()
    empty = officer.post(reverse("plans:plan_import") + "?how=paste", {"text": "  ", "unit": city.city.pk})
    assert "粘贴进来" in empty.content.decode()


def test_a_text_without_structure_can_be_put_right(officer, city):
    officer.post(reverse("plans:plan_import") + "?how=paste", {"text": "抓好培训。抓好督导。", "unit": city.city.pk})
    plan = WorkPlan.objects.get(state="draft")
    page = officer.get(screen(plan)).content.decode()
    assert "没有找到" in page
    only = Point.objects.get(section__plan=plan)
    officer.post(reverse("plans:review_point", args=[only.pk]), {"do": "split", "revision": 0, "offset": 5})
    assert Point.objects.filter(section__plan=plan).count() == 2


def test_the_screen_shows_source_tree_piece_and_remarks(officer, draft):
    page = officer.get(screen(draft)).content.decode()
    assert 'data-line="9"' in page and "一、健全教育督導运行机制" in page
    assert "第 1 条" in page and "落实改革任务清单" in page
    assert "已校对 <b" in page and "改为“质量监测”" in page
    assert re.search(r'data-where="9:\d+:\d+', page)


def test_the_piece_after_a_swap_is_the_piece_after_a_reload(officer, draft):
    second = point(draft, "2")
    at = f"p{second.pk}"
    swap = officer.post(
        reverse("plans:review_point", args=[second.pk]),
        {"do": "save", "revision": 0, "title": "完善协调制度"},
        headers=HTMX,
    ).content.decode()
    whole = officer.get(screen(draft, at)).content.decode()

    def region(page, name, end):
        found = page[page.index(f'id="{name}"') : page.index(end, page.index(f'id="{name}"'))]
        found = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", found)
        return found.replace(' hx-swap-oob="true"', "")

    for name, end in (("review-at", "</section>\n"), ("review-tree", "</nav>"), ("review-remarks", "</section>")):
        assert region(swap, name, end) == region(whole, name, end)
    assert "完善协调制度" in swap


def test_words_are_saved_in_the_background(officer, draft):
    first = point(draft, "1")
    answer = officer.post(
        reverse("plans:review_point", args=[first.pk]),
        {"do": "save", "revision": 0, "text": first.text.replace("逐项核查", "逐条核查")},
        headers={"HX-Request": "true", "X-Save": "1"},
    ).json()
    assert answer["revision"] == 1 and re.fullmatch(r"\d\d:\d\d", answer["saved"])
    assert "逐条核查" in next(iter(answer["items"].values()))
    item = first.items.all()[2]
    answer = officer.post(
        reverse("plans:review_item", args=[item.pk]),
        {"do": "save", "revision": 1, "text": "把经费列入预算。"},
        headers={"HX-Request": "true", "X-Save": "1"},
    ).json()
    assert "三是把经费列入预算。" in answer["words"]["text"]


def test_two_editors_see_both_texts(officer, city, draft):
    first = point(draft, "1")
    edit_point(city.director, point=first, revision=0, title="主任的标题")
    sent = {"do": "save", "revision": 0, "title": "科员的标题"}
    address = reverse("plans:review_point", args=[first.pk])
    quiet = officer.post(address, sent, headers={"HX-Request": "true", "X-Save": "1"})
    assert quiet.status_code == 409
    whole = officer.post(address, sent)
    assert whole.status_code == 409
    for answer in (quiet, whole):
        page = answer.content.decode()
        assert "主任的标题" in page and "科员的标题" in page and 'data-revision="1"' in page
    assert '<input type="hidden" name="revision" value="1">' in whole.content.decode()
    first.refresh_from_db()
    assert first.title == "主任的标题"


def test_every_act_of_the_screen_works_without_a_script(officer, draft):
    def post(name, pk, **data):
        answer = officer.post(reverse(f"plans:{name}", args=[pk]), data, follow=True)
        assert answer.status_code == 200, name
        return answer

    first = point(draft, "1")
    post("review_point", first.pk, do="check", revision=0)
    assert point(draft, "1").checked
    second = point(draft, "2")
    post("review_point", second.pk, do="delete", revision=0)
    page = officer.get(screen(draft)).content.decode()
    event = re.search(r'name="event" value="(\d+)"', page).group(1)
    post("review_restore", draft.pk, event=event)
    assert Point.objects.filter(section__plan=draft, number="2").exists()
    post("review_plan", draft.pk, do="save", revision=0, title="新标题", year="2026")
    post("review_plan", draft.pk, do="add_section", at="plan")
    section = draft.sections.last()
    post("review_section", section.pk, do="save", revision=0, title="其他", number="四、")
    post("review_section", section.pk, do="add_point")
    added = Point.objects.get(section=section)
    post("review_point", added.pk, do="up", revision=0)
    post("review_plan", draft.pk, do="renumber", at="plan")
    post("review_section", section.pk, do="delete")
    assert draft.sections.count() == 3
    third = point(draft, "3")
    item = third.items.first()
    post("review_item", item.pk, do="merge", revision=third.revision)
    assert third.items.count() == 1
    guess = third.guesses.first()
    post("review_guess", guess.pk, do="accept", was="proposed")
    guess.refresh_from_db()
    assert guess.state == "accepted"
    post("review_guesses", draft.pk, sort="", at="")
    assert not Guess.objects.filter(point__section__plan=draft, state="proposed").exists()
    remark = Remark.objects.get(plan=draft, code="slip")
    post("review_remark", remark.pk, do="keep")
    remark.refresh_from_db()
    assert remark.state == "kept"


def test_a_guess_is_changed_in_its_form(officer, draft):
    guess = Guess.objects.get(point=point(draft, "1"), sort="target")
    address = reverse("plans:review_guess", args=[guess.pk])
    form = officer.get(address, headers=HTMX).content.decode()
    assert 'name="subject"' in form and "改好并采纳" in form
    wrong = officer.post(address, {"do": "change", "direction": "≥", "min": "5", "max": "3"}, headers=HTMX)
    assert "上限小于下限" in wrong.content.decode()
    officer.post(address, {"do": "change", "direction": "≥", "min": "4", "unit": "名"}, headers=HTMX)
    guess.refresh_from_db()
    assert (guess.label, guess.state) == ("不低于4名", "accepted")
    new = reverse("plans:review_guess_new", args=[guess.point_id, "period"])
    assert "补充" in officer.get(new).content.decode()
    officer.post(new, {"role": "deadline", "end": "2026-11-30"})
    assert Guess.objects.filter(point=guess.point, by_hand=True, data__end="2026-11-30").exists()


def test_a_contradiction_is_told_in_words(officer, draft):
    second = point(draft, "2")
    answer = officer.post(
        reverse("plans:review_point", args=[second.pk]), {"do": "split", "revision": 0, "offset": ""}, headers=HTMX
    )
    assert (answer.status_code, answer.content.decode()) == (
        422,
        "请把光标放在正文中间要分开的地方：前后都要有文字。",
    )
    answer = officer.post(
        reverse("plans:review_plan", args=[draft.pk]), {"do": "save", "year": "二〇二六"}, headers=HTMX
    )
    assert "请填四位数字" in answer.content.decode()


def test_publish_then_tasks_then_amend(client, city, draft):
    looked_through(city.officer, draft)
    client.force_login(city.account("director"))
    answer = client.post(reverse("plans:plan_step", args=[draft.pk]), {"step": "plan.publish"}, follow=True)
    page = answer.content.decode()
    assert "下一步：生成任务" in page and "生成 9 条任务草稿" in page
    client.post(reverse("plans:plan_tasks", args=[draft.pk]), {"deadline": "2026-12-31"})
    assert draft.tasks.count() == 9
    first = point(draft, "1")
    address = reverse("plans:plan_amend", args=[draft.pk])
    assert "修订这一条" in client.get(address).content.decode()
    wrong = client.post(f"{address}?point={first.pk}", {"title": first.title, "text": first.text, "reason": "x"})
    assert "没有任何改动" in wrong.content.decode()
    client.post(f"{address}?point={first.pk}", {"title": "新标题", "text": first.text, "reason": "上级调整"})
    page = client.get(draft.get_absolute_url()).content.decode()
    assert "新标题" in page and "第 1 次修订" in page and "上级调整" in page
    assert "看原文" in page


def test_a_county_reads_a_published_plan_it_has_a_row_of_and_no_draft(client, city, draft):
    looked_through(city.officer, draft)
    client.force_login(city.account("county"))
    assert client.get(draft.get_absolute_url()).status_code == 404
    plan = publish_plan(city.director, plan=draft)
    assert client.get(plan.get_absolute_url()).status_code == 404
    task = draft_tasks(city.officer, plan=plan, deadline=day(30))[1]
    hand_down(
        city.officer, task=type(task).objects.select_related("plan__unit").get(pk=task.pk), units=[city.pingjiang]
    )
    page = client.get(plan.get_absolute_url()).content.decode()
    assert task.title in page and reverse("plans:plan_amend", args=[plan.pk]) not in page
    assert client.get(reverse("plans:review", args=[plan.pk])).status_code == 404


def addresses(plan):
    one = Point.objects.filter(section__plan=plan).first()
    guess, item, remark = one.guesses.first(), one.items.first(), plan.remarks.first()
    return [
        ("plan", [plan.pk]),
        ("plan_step", [plan.pk]),
        ("plan_source", [plan.pk]),
        ("plan_amend", [plan.pk]),
        ("plan_tasks", [plan.pk]),
        ("review", [plan.pk]),
        ("review_plan", [plan.pk]),
        ("review_guesses", [plan.pk]),
        ("review_restore", [plan.pk]),
        ("review_section", [one.section_id]),
        ("review_point", [one.pk]),
        ("review_guess_new", [one.pk, "target"]),
        ("review_item", [item.pk]),
        ("review_guess", [guess.pk]),
        ("review_remark", [remark.pk]),
    ]


def test_strangers_find_nothing_and_readers_write_nothing(client, city, draft):
    for name, args in addresses(draft):
        address = reverse(f"plans:{name}", args=args)
        client.logout()
        assert client.get(address).status_code in {302, 405}
        assert client.post(address).status_code in {302, 405}
        for person in ("stranger", "leader", "head"):
            client.force_login(city.account(person))
            assert client.post(address, {"do": "save", "step": "plan.publish"}).status_code in {403, 404, 405}, name
            assert client.get(address).status_code in {404, 405}, (name, person)
    client.force_login(city.account("county"))
    assert client.get(reverse("plans:plan_import")).status_code == 403


def test_queries_do_not_grow_with_the_plan(officer, city, draft):
    def count(address):
        officer.get(address)
        with CaptureQueriesContext(connection) as found:
            assert officer.get(address).status_code == 200
        return len(found)

    long = "某市 2026 年教育督导工作要点\n" + "\n".join(
        f"{part}、部分{part}\n"
        + "\n".join(f"{n}. 要点{n}。一是做好督学培训 {n} 次。二是组织 3 个县市区自查自评。" for n in range(1, 21))
        for part in "一二三"
    )
    big = import_plan(city.officer, unit=city.city, text=long)
    assert Point.objects.filter(section__plan=big).count() == 60
    assert count(screen(draft)) == count(screen(big))
    few = count(reverse("plans:plans"))
    for _ in range(5):
        import_plan(city.officer, unit=city.city, text=TEXT)
    assert count(reverse("plans:plans")) == few
    for plan in (draft, big):
        looked_through(city.officer, plan)
        publish_plan(city.director, plan=plan)
    bare = count(big.get_absolute_url())
    assert count(draft.get_absolute_url()) == bare
    for plan in (draft, big):
        draft_tasks(city.officer, plan=plan)
    assert count(draft.get_absolute_url()) == count(big.get_absolute_url())
