"""The pages of papers: lists, the paper as its office and as its receivers see it, the public page."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dudao.core import files
from dudao.core.documents import read_word, text_of
from dudao.papers import queries
from dudao.papers.actions import issuing, receiving, routing
from dudao.papers.composing import sample
from dudao.papers.forms.drafts import PaperForm
from dudao.papers.kinds import Kind
from dudao.papers.models import Number, Paper
from dudao.papers.views import verify as public
from papers.conftest import ADDRESS, checked, drafted, issued, signed
from papers.words import PNG, edited
from signing import signed_in

pytestmark = pytest.mark.django_db


def client_of(office, name):
    return signed_in(office.accounts[name])


def page(client, name, *args, **query):
    answer = client.get(reverse(f"papers:{name}", args=args), query)
    return answer.content.decode()


@pytest.fixture(autouse=True)
def _no_brake(monkeypatch):
    monkeypatch.setattr(public, "BRAKE", public.Brake("paper code", 1000))


# --- lists -----------------------------------------------------------------------------------------------------


def test_everybody_finds_what_waits_for_them(office):
    drafted(office, title="甲的草稿")
    routing.submit_paper(office.drafter, paper=drafted(office, title="待核的通知"))
    checked(office, title="待签的通知")
    signed(office, title="待印的通知")
    for who, titles in (
        ("drafter", {"甲的草稿", "待印的通知"}),
        ("checker", {"待核的通知", "待印的通知"}),
        ("director", {"待核的通知", "待签的通知", "待印的通知"}),
        ("inspector", set()),
    ):
        found = set(
            re.findall(
                r"甲的草稿|待核的通知|待签的通知|待印的通知", page(client_of(office, who), "papers", state="mine")
            )
        )
        assert found == titles, who


def test_a_list_of_papers_takes_the_same_number_of_queries_however_long(office, django_assert_max_num_queries):
    client = client_of(office, "director")
    for count in (1, 6):
        for _ in range(count):
            issued(office, recipients=[office.school, office.second])
        for name in ("papers", "received", "register"):
            with django_assert_max_num_queries(16):
                assert client.get(reverse(f"papers:{name}")).status_code == 200


def test_lists_are_found_by_kind_year_and_words(office):
    issued(office, title="整改通知甲")
    issued(office, title="督导通知乙", kind="notice")
    client = client_of(office, "director")
    year = timezone.localdate().year
    assert "整改通知甲" not in page(client, "papers", kind="notice")
    assert "督导通知乙" in page(client, "papers", kind="notice", year=year, q=f"某政教督办〔{year}〕2号")
    assert "督导通知乙" not in page(client, "papers", numbered=0)


def test_the_register_shows_void_numbers_with_their_reason_and_is_exported(office):
    paper = routing.sign_paper(office.director, paper=checked(office))
    routing.discard_paper(office.director, paper=paper, reason="领导决定不发")
    client = client_of(office, "director")
    shown = page(client, "register")
    assert "领导决定不发" in shown and "已作废" in shown and str(paper.number) in shown
    assert f"某政教督办〔{timezone.localdate().year}〕1号，没有空号" in shown
    answer = client.post(reverse("papers:register"), {"export": "1"})
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")


def test_a_school_sees_what_it_received_and_no_register(office):
    issued(office)
    client = client_of(office, "head")
    for name in ("papers", "received"):
        shown = page(client, name)
        assert "关于三阳小学存在问题的整改通知" in shown and reverse("papers:register") not in shown


def test_a_county_sees_the_papers_of_its_schools_and_none_of_another(office):
    issued(office)
    assert "关于三阳小学" in page(client_of(office, "east"), "received")
    assert "关于三阳小学" not in page(client_of(office, "west"), "received")


# --- one paper -------------------------------------------------------------------------------------------------


def test_a_receiver_sees_what_was_issued_and_nothing_of_the_drafting(office):
    paper = issued(office, recipients=[office.school, office.second])
    client = client_of(office, "head")
    shown = page(client, "paper", paper.pk)
    assert "签收" in shown and "长寿中学" not in shown
    for word in ("起草", "核稿", "第 1 稿", "方科长", "丁科员"):
        assert word not in shown
    for name in ("edit", "upload", "compare", "seal", "preview"):
        assert client.get(reverse(f"papers:{name}", args=[paper.pk])).status_code == 404, name
    version = paper.versions.first()
    assert client.get(reverse("papers:word", args=[version.pk])).status_code == 404
    answer = client.get(reverse("papers:pdf", args=[paper.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")


def test_a_school_signs_on_the_page_once(office):
    paper = issued(office)
    delivery = paper.deliveries.get()
    client = client_of(office, "head")
    address = reverse("papers:delivery_sign", args=[delivery.pk])
    assert client.post(address)["Location"] == paper.get_absolute_url()
    assert client.post(address).status_code == 403
    assert "三阳校长" in page(client_of(office, "drafter"), "paper", paper.pk)


def test_another_school_finds_nothing(office):
    paper = issued(office)
    client = client_of(office, "second_head")
    assert client.get(paper.get_absolute_url()).status_code == 404
    assert client.get(reverse("papers:pdf", args=[paper.pk])).status_code == 404
    assert client.post(reverse("papers:delivery_sign", args=[paper.deliveries.get().pk])).status_code == 404


def typed(form, values):
    """What a browser sends for these values: tables as cells."""
    data = {}
    for field in form.said:
        value = values.get(field.name)
        if not value:
            continue
        if field.kind == "table":
            for row, cells in enumerate(value, 1):
                data |= {
                    f"v_{field.name}-{row}-{place}": cells.get(column.name, "")
                    for place, column in enumerate(field.columns)
                }
        else:
            data[f"v_{field.name}"] = form.fields[f"v_{field.name}"].prepare_value(value)
    return data


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_is_drafted_by_its_form(office, kind):
    """What the form shows of values and what it reads back are the same."""
    client = client_of(office, "drafter")
    assert client.get(reverse("papers:new_kind", args=[kind])).status_code == 200
    values = sample(kind)
    form = PaperForm(kind=kind, office=office.city, may_reach=lambda: queries.reachable(office.drafter, office.city))
    data = {"title": "试拟的文书", "recipients": [office.school.pk], "reply_days": "5"}
    data |= typed(form, values)
    answer = client.post(reverse("papers:new_kind", args=[kind]), data)
    assert answer.status_code == 302, answer.context["form"].errors
    paper = Paper.objects.get()
    for name, value in values.items():
        if name != "title" and value:
            assert paper.values[name] == value, name
    again = client.get(reverse("papers:edit", args=[paper.pk]))
    assert again.status_code == 200
    bound = again.context["form"]
    data |= {"form_token": bound["form_token"].value(), "revision": bound["revision"].value()}
    assert client.post(reverse("papers:edit", args=[paper.pk]), data).status_code == 302
    assert paper.versions.count() == 1, "nothing was changed, so there is no new version"


def test_a_table_of_a_thousand_rows_is_edited_as_text(office):
    client = client_of(office, "drafter")
    rows = [
        {"category": "安全", "description": f"第一行\n第{row}条", "standard": "", "actual": "", "due_on": ""}
        for row in range(1000)
    ]
    paper = drafted(office, values={**sample("rectification"), "problems": rows})
    shown = client.get(reverse("papers:edit", args=[paper.pk]))
    field = shown.context["form"]["v_problems"]
    assert 'name="v_problems-text"' in str(field) and "第一行⏎第999条" in str(field)
    text = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", str(field), re.S)[1]
    assert (
        field.field.clean(field.field.widget.value_from_datadict({"v_problems-text": text}, {}, "v_problems")) == rows
    )


def test_a_form_with_gaps_says_which_and_keeps_what_was_typed(office):
    client = client_of(office, "drafter")
    answer = client.post(
        reverse("papers:new_kind", args=["rectification"]),
        {"title": "整改通知", "v_problems-text": "甲\t乙\t丙\t丁\t戊\t己\n", "v_subject": "三阳小学"},
    )
    shown = answer.content.decode()
    assert answer.status_code == 422 and "第 1 行有 6 栏" in shown and "三阳小学" in shown
    assert not Paper.objects.exists()


def test_a_group_of_receivers_is_all_units_of_its_kind(office):
    client = client_of(office, "drafter")
    values = sample("brief")
    form = PaperForm(kind="brief", office=office.city, may_reach=lambda: queries.reachable(office.drafter, office.city))
    data = typed(form, values)
    answer = client.post(
        reverse("papers:new_kind", args=["brief"]),
        data | {"title": "简报", "groups": ["counties", "schools"], "recipients": [office.school.pk]},
    )
    assert answer.status_code == 302, answer.context["form"].errors
    paper = Paper.objects.get()
    assert set(paper.recipients) == {office.east_county.pk, office.west_county.pk, office.school.pk, office.second.pk}
    shown = client.get(reverse("papers:edit", args=[paper.pk])).context["form"]
    assert shown["groups"].value() == ["counties", "schools"] and shown["recipients"].value() == []
    assert shown["addressees"].value() == "三阳小学，各县市区人民政府，各学校"


def test_receivers_are_written_as_the_office_writes_them(office):
    values = {**sample("notice"), "addressees": "各有关学校"}
    said = text_of(read_word(queries.content_of(queries.latest(drafted(office, kind="notice", values=values)))))
    assert "各有关学校：" in said and "三阳小学：" not in said


def test_who_has_not_signed_is_listed_and_exported(office):
    paper = issued(office, recipients=[office.school, office.second], reply_days=3)
    receiving.receive_paper(office.head, delivery=paper.deliveries.get(unit=office.school))
    client = client_of(office, "drafter")
    shown = page(client, "receivers", paper.pk, state="sent")
    assert "长寿中学" in shown and "三阳小学</td>" not in shown
    answer = client.post(reverse("papers:receivers", args=[paper.pk]), {"export": "1"})
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert client_of(office, "head").get(reverse("papers:receivers", args=[paper.pk])).status_code == 404


def test_the_steps_go_through_the_page(office):
    paper = drafted(office)
    step = reverse("papers:step", args=[paper.pk])
    clients = {name: client_of(office, name) for name in ("drafter", "checker", "director")}
    assert clients["drafter"].post(step, {"step": "paper.submit"}).status_code == 302
    answer = clients["drafter"].post(step, {"step": "paper.check"}, follow=True)
    assert "本人起草" in answer.content.decode() and Paper.objects.get().state == "submitted"
    assert clients["checker"].post(step, {"step": "paper.check"}).status_code == 302
    assert clients["director"].post(step, {"step": "paper.sign"}).status_code == 302
    seal = reverse("papers:seal", args=[paper.pk])
    assert clients["checker"].get(seal).status_code == 200
    upload = SimpleUploadedFile("章.png", PNG)
    assert clients["checker"].post(seal, {"what": "scan", "scan-file": upload}).status_code == 302
    assert clients["checker"].post(step, {"step": "paper.issue"}).status_code == 302
    assert Paper.objects.get().state == "issued"
    assert clients["checker"].post(step, {"step": "remind"}).status_code == 302
    assert clients["director"].post(step, {"step": "paper.withdraw", "reason": "错"}).status_code == 302
    assert clients["drafter"].post(step, {"step": "replace"}).status_code == 302
    assert clients["drafter"].post(step, {"step": "nonsense"}).status_code == 404
    assert Paper.objects.count() == 2


def test_differences_are_shown_and_answered_on_the_page(office):
    paper = drafted(office)
    content = edited(queries.content_of(queries.latest(paper)), {"整改": "987 人整改"})
    client = client_of(office, "drafter")
    upload = SimpleUploadedFile("稿.docx", content)
    assert client.post(reverse("papers:upload", args=[paper.pk]), {"file": upload}).status_code == 302
    compare = reverse("papers:compare", args=[paper.pk])
    assert "987人" in client.get(compare).content.decode()
    data = {"key": "unknown:987人", "reason": "据教育年鉴"}
    assert client.post(compare, data).status_code == 403
    checker = client_of(office, "checker")
    assert checker.post(compare, data).status_code == 302
    assert "据教育年鉴" in checker.get(compare, {"part": 1}).content.decode()


def test_a_draft_can_be_previewed_as_pdf(office):
    paper = drafted(office)
    answer = client_of(office, "checker").get(reverse("papers:preview", args=[paper.pk]), {"pages": "1"})
    assert answer.content.decode().count("data:image/png;base64,") in {3, 4}
    answer = client_of(office, "checker").get(reverse("papers:preview", args=[paper.pk]))
    assert answer.content.startswith(b"%PDF-") and answer["X-Frame-Options"] == "SAMEORIGIN"


# --- anybody ---------------------------------------------------------------------------------------------------


def ask(code, client=None, **files_):
    return (client or Client()).get(reverse("papers:verify"), {"code": code})


def test_anybody_checks_a_paper_by_its_code_and_reads_nothing_personal(office):
    paper = issued(office)
    shown = ask(issuing.spaced(paper.verify_code).lower()).content.decode()
    assert paper.title in shown and str(paper.number) in shown and "有效" in shown and paper.digest in shown
    for name in ("丁科员", "方科长", "主任", "三阳校长", "示例"):
        assert name not in re.sub(r"<head>.*?</head>", "", shown, flags=re.S), name


def test_a_withdrawn_paper_says_so_and_names_what_replaces_it(office):
    paper = issuing.withdraw_paper(office.director, paper=issued(office), reason="机密的理由")
    shown = ask(paper.verify_code).content.decode()
    assert "已撤回" in shown and "目前有效" not in shown and "机密的理由" not in shown


def test_a_paper_about_persons_shows_its_kind_only(office):
    paper = issued(office, kind="talk_notice", title="关于约谈张某某的通知")
    shown = ask(paper.verify_code).content.decode()
    assert "张某某" not in shown and "约谈通知" in shown
    paper = issued(office, title="关于张某某有关问题的通报", about_person=True)
    shown = ask(paper.verify_code).content.decode()
    assert "张某某" not in shown and "整改通知书" in shown


@pytest.mark.parametrize("code", ["AAAA-BBBB-CCCC-DDDD", "短", "' OR 1=1 --", "０" * 60])
def test_an_unknown_code_finds_nothing(office, code):
    issued(office)
    answer = ask(code)
    assert answer.status_code == 404 and "没有查到" in answer.content.decode()


def test_a_paper_not_issued_has_no_public_page(office):
    signed(office)
    assert queries.paper_of_code("") is None


def test_a_file_at_hand_is_compared_byte_by_byte(office):
    paper = routing.sign_paper(office.director, paper=checked(office))
    issuing.add_scan(office.checker, paper=paper, upload=SimpleUploadedFile("章.png", PNG))
    paper = Paper.objects.get(pk=issuing.issue_paper(office.checker, paper=paper, address=ADDRESS).pk)
    with files.opened(paper.pdf) as stream:
        pdf = stream.read()
    for content, words in (
        (pdf, "与印发的 PDF 完全一致"),
        (PNG, "盖章扫描件完全一致"),
        (pdf + b" ", "与印发的文件不一致"),
    ):
        upload = SimpleUploadedFile("手中.pdf", content)
        answer = Client().post(reverse("papers:verify"), {"code": paper.verify_code, "file": upload})
        assert words in answer.content.decode()
    assert Client().post(reverse("papers:verify"), {"code": paper.verify_code}).status_code == 422


def test_the_public_page_is_no_page_for_machines(office, monkeypatch):
    monkeypatch.setattr(public, "BRAKE", public.Brake("paper code", 3))
    answers = [ask("AAAABBBBCCCCDDDD").status_code for _ in range(5)]
    assert answers == [404, 404, 404, 429, 429]


def test_a_unit_that_signed_is_not_asked_again(office):
    paper = issued(office)
    receiving.receive_paper(office.head, delivery=paper.deliveries.get())
    assert reverse("papers:delivery_sign", args=[paper.deliveries.get().pk]) not in page(
        client_of(office, "head"), "paper", paper.pk
    )
    assert Number.objects.count() == 1


def test_the_workbench_names_what_is_to_be_signed_and_what_waits(office):
    issued(office, reply_days=3)
    routing.submit_paper(office.drafter, paper=drafted(office, title="待核的通知"))
    home = reverse("dashboards:home")
    head = client_of(office, "head").get(home).content.decode()
    assert "待签收的文书" in head and "关于三阳小学存在问题的整改通知" in head and "待办的文书" not in head
    checker = client_of(office, "checker").get(home).content.decode()
    assert "待办的文书" in checker and "待核的通知" in checker and "待签收的文书" not in checker


def test_the_search_finds_papers_by_title_and_by_number(office):
    paper = issued(office)
    found = reverse("dashboards:search")
    for text in ("三阳小学 整改", str(paper.number), str(paper.number).replace("〔", "[").replace("〕", "]")):
        assert paper.get_absolute_url() in client_of(office, "head").get(found, {"q": text}).content.decode(), text
        assert paper.get_absolute_url() not in client_of(office, "west").get(found, {"q": text}).content.decode()
