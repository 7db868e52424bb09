"""A paper from its draft to its withdrawal: who may do what, in which order, and what stays for good."""

import hashlib
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dudao.core import audit, files
from dudao.core.access import Denied
from dudao.core.documents import read_word, text_of
from dudao.core.files import FileRefused
from dudao.core.keys import Kind
from dudao.core.models import Event, Notice
from dudao.core.workflow import Conflict
from dudao.orgs.models import Unit
from dudao.papers import queries, sources
from dudao.papers.actions import drafting, issuing, receiving, routing
from dudao.papers.composing import sample
from dudao.papers.models import Delivery, Number, Paper, PaperVersion
from dudao.papers.sources import Fact
from papers.conftest import ADDRESS, checked, drafted, issued, signed
from papers.words import PNG, edited

pytestmark = pytest.mark.django_db


def words(paper):
    return text_of(read_word(queries.content_of(queries.latest(paper))))


def fresh(paper):
    return Paper.objects.select_related("unit", "number").get(pk=paper.pk)


def docx(content, name="稿.docx"):
    return SimpleUploadedFile(name, content)


def came_back(paper):
    """The latest version as the next person would have edited it."""
    return edited(queries.content_of(queries.latest(paper)), {"三阳小学存在": "三阳小学所存在"})


# --- drafting --------------------------------------------------------------------------------------------------


def test_a_draft_has_its_first_version_with_room_for_number_and_day(office):
    paper = drafted(office)
    assert (paper.state, paper.versions.count(), paper.drafted_by_id) == ("draft", 1, office.drafter.id)
    assert "某政教督办〔" in words(paper) and "三阳小学" in words(paper)
    assert not hasattr(fresh(paper), "number")


def test_a_form_sent_twice_makes_one_draft(office):
    from uuid import uuid4

    token = uuid4()
    with audit.once(token):
        first = drafted(office)
    with audit.once(token):
        second = drafted(office)
    assert first.pk == second.pk and Paper.objects.count() == 1 and PaperVersion.objects.count() == 1


def test_a_county_writes_only_to_whom_it_reaches(office):
    office_unit = office.east_county
    drafted(office, by=office.east, office=office_unit, recipients=[office.second, office.city])
    with pytest.raises(ValidationError, match="湘阴县"):
        drafted(office, by=office.east, office=office_unit, recipients=[office.west_county])
    with pytest.raises(Denied):
        drafted(office, by=office.east, office=office.city)


@pytest.mark.parametrize("title", ["", " \n ", "长" * 301])
def test_a_title_that_can_not_be_one_is_refused_and_nothing_is_kept(office, title):
    with pytest.raises(ValidationError):
        drafted(office, title=title)
    assert not Paper.objects.exists()


def test_changed_words_make_a_new_version_and_the_old_ones_stay(office):
    paper = drafted(office)
    common = {"title": paper.title, "recipients": [office.school]}
    drafting.edit_paper(office.drafter, paper=paper, revision=0, values=paper.values, reply_days=5, **common)
    assert paper.versions.count() == 1, "only the time for signing changed"
    values = {**paper.values, "report_to": "送督导办 302 室"}
    drafting.edit_paper(office.drafter, paper=paper, revision=1, values=values, reply_days=5, **common)
    assert [version.number for version in paper.versions.all()] == [2, 1]
    assert "302" in words(paper)


def test_two_people_editing_one_draft_do_not_overwrite_each_other(office):
    paper = drafted(office)
    common = {"paper": paper, "revision": 0, "values": paper.values, "recipients": [office.school]}
    drafting.edit_paper(office.drafter, title="甲的标题", **common)
    with pytest.raises(Conflict):
        drafting.edit_paper(office.checker, title="乙的标题", **common)
    assert fresh(paper).title == "甲的标题"


def test_an_edited_word_file_becomes_a_version_and_the_same_bytes_do_not(office):
    paper = drafted(office)
    content = came_back(paper)
    made = drafting.upload_version(office.drafter, paper=paper, upload=docx(content))
    assert (made.number, made.is_uploaded) == (2, True)
    with pytest.raises(ValidationError, match="完全相同"):
        drafting.upload_version(office.drafter, paper=paper, upload=docx(content))
    assert paper.versions.count() == 2 and "所存在" in words(paper)


def test_files_that_are_no_use_change_nothing(office):
    paper = drafted(office)
    own = queries.content_of(queries.latest(paper))
    for upload, refusal in (
        (docx(b"MZ program"), FileRefused),
        (docx(own[:500]), FileRefused),
        (SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF"), FileRefused),
        (docx(edited(own, {"〔": "（"})), ValidationError),
    ):
        with pytest.raises(refusal):
            drafting.upload_version(office.drafter, paper=paper, upload=upload)
    assert paper.versions.count() == 1


def test_who_is_not_of_the_office_can_do_nothing_to_a_draft(office):
    paper = drafted(office)
    for actor in (office.east, office.head, office.inspector):
        for act in (
            lambda actor=actor: drafting.upload_version(actor, paper=paper, upload=docx(b"")),
            lambda actor=actor: routing.submit_paper(actor, paper=paper),
            lambda actor=actor: routing.discard_paper(actor, paper=paper, reason="试"),
        ):
            with pytest.raises(Denied):
                act()
    assert fresh(paper).state == "draft"


# --- the way through the office --------------------------------------------------------------------------------


def test_who_drafted_a_paper_does_not_check_it(office):
    paper = routing.submit_paper(office.drafter, paper=drafted(office))
    with pytest.raises(Denied, match="本人起草"):
        routing.check_paper(office.drafter, paper=paper)
    assert routing.check_paper(office.checker, paper=paper).checked_by_id == office.checker.id


def test_only_who_may_sign_signs(office):
    paper = checked(office)
    with pytest.raises(Denied):
        routing.sign_paper(office.checker, paper=paper)
    done = routing.sign_paper(office.director, paper=paper)
    assert (done.state, done.signed_by_id, str(done.number)) == (
        "signed",
        office.director.id,
        f"某政教督办〔{date.today().year}〕1号",
    )


def test_a_paper_sent_back_needs_a_reason_and_can_be_changed_again(office):
    paper = checked(office)
    with pytest.raises(Denied, match="理由"):
        routing.send_back_paper(office.director, paper=paper, reason=" ")
    with pytest.raises(Denied, match="不能再改"):
        drafting.upload_version(office.drafter, paper=paper, upload=docx(b""))
    routing.send_back_paper(office.director, paper=paper, reason="第二条没有依据")
    assert queries.last_reason(fresh(paper)) == "第二条没有依据"
    drafting.upload_version(office.drafter, paper=paper, upload=docx(came_back(paper)))
    assert routing.submit_paper(office.drafter, paper=paper).state == "submitted"


def test_those_who_act_next_are_told_in_their_own_office_only(office):
    paper = routing.submit_paper(office.east, paper=drafted(office, by=office.east, office=office.east_county))
    told = set(Notice.objects.filter(verb="paper.submit").values_list("account__name", flat=True))
    assert told == set() and paper.state == "submitted", (
        "the county's office has one person; the city's officers are not told"
    )
    routing.submit_paper(office.drafter, paper=drafted(office))
    told = set(Notice.objects.filter(verb="paper.submit").values_list("account__name", flat=True))
    assert told == {"方科长", "主任"}


def test_a_signed_paper_says_its_number_and_day_also_when_it_was_edited_by_hand(office):
    paper = drafted(office)
    drafting.upload_version(office.drafter, paper=paper, upload=docx(came_back(paper)))
    routing.submit_paper(office.drafter, paper=paper)
    routing.check_paper(office.checker, paper=paper)
    done = routing.sign_paper(office.director, paper=paper)
    day = timezone.localdate()
    said = words(done)
    assert str(done.number) in said and f"{day.year}年{day.month}月{day.day}日" in said and "所存在" in said
    assert [version.is_uploaded for version in done.versions.all()] == [True, True, False]


def test_a_second_click_does_nothing_twice(office):
    paper = checked(office)
    routing.sign_paper(office.director, paper=paper)
    with pytest.raises(Denied, match="当前状态"):
        routing.sign_paper(office.director, paper=paper)
    assert Number.objects.count() == 1
    issuing.choose_seal(office.checker, paper=paper, seal="none")
    issuing.issue_paper(office.checker, paper=paper, address=ADDRESS)
    with pytest.raises(Denied, match="当前状态"):
        issuing.issue_paper(office.checker, paper=paper, address=ADDRESS)
    assert Delivery.objects.count() == 1


def test_a_paper_to_a_unit_that_has_ended_goes_nowhere(office):
    paper = drafted(office)
    Unit.objects.filter(pk=office.school.pk).update(valid_to=timezone.localdate())
    with pytest.raises(Denied, match="三阳小学”已经撤销"):
        routing.submit_paper(office.drafter, paper=paper)


def test_an_office_of_one_person_is_told_that_nobody_else_can_check(office):
    paper = drafted(office, by=office.east, office=office.east_county)
    assert queries.checkers(office.east, paper) == frozenset()
    assert queries.checkers(office.drafter, drafted(office)) == {office.checker.id, office.director.id}


# --- numbers in the paper --------------------------------------------------------------------------------------


@pytest.fixture
def counting():
    """A source whose facts a test can change."""
    facts = {}

    def now(pk):
        return [Fact(name, value, f"{value} 个问题") for name, value in facts[pk].items()]

    sources.register(Kind("counting", int), sources.Source(facts=now))
    yield facts
    del sources.SOURCES.given["counting"]


def _counted(office, facts):
    facts[7] = {"problems": 12}
    values = {**sample("rectification"), "basis": "共发现 12 个问题"}
    return drafted(office, values=values, source_key="counting:7", facts=sources.facts_now("counting:7"))


def test_a_number_that_changed_since_the_draft_stops_signing_until_it_is_renewed(office, counting):
    paper = _counted(office, counting)
    assert [item for item in queries.compare(paper) if item.blocks] == []
    counting[7] = {"problems": 13}
    routing.submit_paper(office.drafter, paper=paper)
    routing.check_paper(office.checker, paper=paper)
    with pytest.raises(Denied, match="12 个问题"):
        routing.sign_paper(office.director, paper=paper)
    assert not Number.objects.exists(), "no number was taken"
    routing.send_back_paper(office.director, paper=paper, reason="数字变了")
    drafting.renew_facts(office.drafter, paper=paper)
    assert "13个问题" in words(paper) and "12个问题" not in words(paper)
    routing.submit_paper(office.drafter, paper=paper)
    routing.check_paper(office.checker, paper=paper)
    assert routing.sign_paper(office.director, paper=paper).state == "signed"


def test_a_number_that_changed_after_signing_stops_issuing_until_it_is_answered_in_writing(office, counting):
    paper = _counted(office, counting)
    routing.submit_paper(office.drafter, paper=paper)
    routing.check_paper(office.checker, paper=paper)
    routing.sign_paper(office.director, paper=paper)
    issuing.choose_seal(office.checker, paper=paper, seal="none")
    counting[7] = {"problems": 14}
    with pytest.raises(Denied, match="14 个问题"):
        issuing.issue_paper(office.checker, paper=paper, address=ADDRESS)
    key = next(item.key for item in queries.compare(fresh(paper)) if item.blocks)
    with pytest.raises(Denied, match="本人起草"):
        drafting.acknowledge(office.drafter, paper=paper, key=key, reason="截至签发日")
    with pytest.raises(Denied, match="理由"):
        drafting.acknowledge(office.checker, paper=paper, key=key, reason=" ")
    drafting.acknowledge(office.checker, paper=paper, key=key, reason="截至签发日的数")
    counting[7] = {"problems": 15}
    with pytest.raises(Denied, match="15 个问题"):
        issuing.issue_paper(office.checker, paper=paper, address=ADDRESS)
    counting[7] = {"problems": 14}
    assert issuing.issue_paper(office.checker, paper=paper, address=ADDRESS).state == "issued"
    assert Event.objects.filter(reason="截至签发日的数").exists()


def test_what_a_person_typed_into_word_is_listed_with_its_surroundings(office):
    paper = drafted(office)
    content = edited(queries.content_of(queries.latest(paper)), {"整改": "另有 987 人整改"})
    drafting.upload_version(office.drafter, paper=paper, upload=docx(content))
    found = queries.compare(fresh(paper))
    assert [item.key for item in found] == ["unknown:987人"] and "另有" in found[0].words


# --- issuing ---------------------------------------------------------------------------------------------------


def test_an_issued_paper_is_frozen_with_digest_code_and_receivers(office):
    paper = fresh(issued(office, recipients=[office.school, office.second], reply_days=5))
    with files.opened(paper.pdf) as stream:
        pdf = stream.read()
    assert paper.digest == hashlib.sha256(pdf).hexdigest() == paper.pdf.digest
    assert pdf.startswith(b"%PDF-") and b"pdfaid" in pdf
    assert len(paper.verify_code) == 16 and set(paper.verify_code) <= set(issuing.LETTERS)
    due = timezone.localdate() + timedelta(5)
    assert [(row.unit.name, row.due_on) for row in paper.deliveries.order_by("id")] == [
        ("三阳小学", due),
        ("长寿中学", due),
    ]
    told = set(Notice.objects.filter(verb="paper.issue").values_list("account__name", flat=True))
    assert told == {"三阳校长", "长寿校长"}


def test_the_seal_comes_before_the_issue(office):
    paper = routing.sign_paper(office.director, paper=checked(office))
    with pytest.raises(Denied, match="扫描件"):
        issuing.issue_paper(office.checker, paper=paper, address=ADDRESS)
    issuing.add_scan(office.checker, paper=paper, upload=SimpleUploadedFile("章.png", PNG))
    assert issuing.issue_paper(office.checker, paper=paper, address=ADDRESS).seal == "scan"
    with pytest.raises(Denied, match="不能再换"):
        issuing.add_scan(office.checker, paper=paper, upload=SimpleUploadedFile("章.png", PNG))


def test_the_printed_pdf_can_be_sealed_and_scanned_after_the_issue_once(office):
    paper = issued(office)
    issuing.add_scan(office.checker, paper=paper, upload=SimpleUploadedFile("章.png", PNG))
    assert fresh(paper).sealed.size == len(PNG)
    with pytest.raises(Denied, match="不能再换"):
        issuing.add_scan(office.checker, paper=paper, upload=SimpleUploadedFile("章.png", PNG))


def test_a_picture_of_a_signature_is_called_one(office):
    paper = routing.sign_paper(office.director, paper=checked(office))
    issuing.add_handwriting(office.checker, paper=paper, upload=SimpleUploadedFile("名.png", PNG))
    assert "手写签名图片，不是电子签章" in words(paper)
    assert issuing.issue_paper(office.checker, paper=paper, address=ADDRESS).state == "issued"


class StampService:
    """A service that adds its mark behind the last line, as an incremental update of a PDF does."""

    name = "某市电子印章平台"

    def seal(self, pdf, *, office, title, number):
        from dudao.papers.sealing import SealRefused

        if "拒绝" in title:
            raise SealRefused("印章已过期，请联系印章管理员。")
        return pdf + f"\n% {number}".encode()


SERVICE = StampService()


def test_a_connected_seal_service_is_asked_once_and_its_answer_is_what_is_frozen(office, settings):
    settings.SEAL_SERVICE = ""
    paper = routing.sign_paper(office.director, paper=checked(office))
    with pytest.raises(Denied, match="没有接入"):
        issuing.choose_seal(office.checker, paper=paper, seal="service")
    settings.SEAL_SERVICE = f"{__name__}:SERVICE"
    issuing.choose_seal(office.checker, paper=paper, seal="service")
    done = issuing.issue_paper(office.checker, paper=paper, address=ADDRESS)
    with files.opened(done.pdf, check=True) as stream:
        assert stream.read().endswith(f"% {done.number}".encode())


def test_a_seal_service_that_refuses_leaves_the_paper_signed(office, settings):
    settings.SEAL_SERVICE = f"{__name__}:SERVICE"
    paper = routing.sign_paper(office.director, paper=checked(office, title="拒绝盖章的通知"))
    issuing.choose_seal(office.checker, paper=paper, seal="service")
    with pytest.raises(Denied, match="印章已过期"):
        issuing.issue_paper(office.checker, paper=paper, address=ADDRESS)
    assert fresh(paper).state == "signed" and not Delivery.objects.exists()


def test_an_issue_that_breaks_after_the_pdf_was_made_leaves_nothing_and_can_be_done_again(office):
    def breaks(actor, paper):
        raise ConnectionError("the power failed")

    sources.register(Kind("breaking", int), sources.Source(issued=breaks))
    try:
        paper = signed(office, source_key="breaking:1")
        with pytest.raises(ConnectionError):
            issuing.issue_paper(office.checker, paper=paper, address=ADDRESS)
        left = fresh(paper)
        assert (left.state, left.pdf_id, left.digest, left.verify_code) == ("signed", None, "", "")
        assert not Delivery.objects.exists() and not Notice.objects.filter(verb="paper.issue").exists()
    finally:
        del sources.SOURCES.given["breaking"]
    done = issuing.issue_paper(office.checker, paper=paper, address=ADDRESS)
    assert (str(done.number), done.deliveries.count()) == (str(left.number), 1)


def test_what_a_paper_was_made_from_hears_of_issue_and_signature(office):
    heard = []
    told = sources.Source(
        issued=lambda actor, paper: heard.append(("issued", actor.name, paper.source_key)),
        signed=lambda actor, delivery: heard.append(("signed", actor.name, delivery.unit.name)),
    )
    sources.register(Kind("hearing", int), told)
    try:
        paper = issued(office, source_key="hearing:3")
        receiving.receive_paper(office.head, delivery=paper.deliveries.get())
    finally:
        del sources.SOURCES.given["hearing"]
    assert heard == [("issued", "方科长", "hearing:3"), ("signed", "三阳校长", "三阳小学")]


# --- receiving -------------------------------------------------------------------------------------------------


def test_only_the_receiver_itself_signs(office):
    delivery = issued(office).deliveries.get()
    for actor in (office.east, office.director, office.second_head, office.west):
        with pytest.raises(Denied):
            receiving.receive_paper(actor, delivery=delivery)
    done = receiving.receive_paper(office.head, delivery=delivery)
    assert (done.state, done.signed_by) == ("signed", "三阳校长")
    with pytest.raises(Denied, match="当前状态"):
        receiving.receive_paper(office.head, delivery=delivery)


def test_receivers_are_reminded_once_a_day_and_the_drafter_hears_who_is_late(office):
    paper = issued(office, recipients=[office.school, office.second], reply_days=3)
    receiving.receive_paper(office.head, delivery=paper.deliveries.get(unit=office.school))
    today = timezone.localdate()
    assert receiving.remind_due(today + timedelta(1)) == 0, "two days are left"
    assert receiving.remind_due(today + timedelta(2)) == 1
    Delivery.objects.filter(state="sent").update(reminded_at=timezone.now() + timedelta(4))
    assert receiving.remind_due(today + timedelta(4)) == 0
    Delivery.objects.filter(state="sent").update(reminded_at=None)
    assert receiving.remind_due(today + timedelta(4)) == 1
    late = Notice.objects.filter(account__name="丁科员", text__contains="过期没有签收")
    assert late.count() == 1 and "长寿中学" in late.get().text
    assert set(Notice.objects.filter(text__startswith="请签收").values_list("account__name", flat=True)) == {"长寿校长"}


def test_an_office_reminds_by_hand_once_a_day(office):
    paper = issued(office)
    assert receiving.remind_receivers(office.checker, paper=paper) == 1
    with pytest.raises(Denied, match="已经催过"):
        receiving.remind_receivers(office.checker, paper=paper)
    with pytest.raises(Denied):
        receiving.remind_receivers(office.east, paper=paper)
