"""Pages of self-evaluations: what each role sees and may do; saving by script and by plain form; constant queries."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from dudao.core import files
from dudao.demo.builders import unit
from dudao.evaluations.actions import checking
from dudao.evaluations.actions.submitting import submit_evaluation
from dudao.evaluations.models import Answer, Campaign, Figure, Remark, Subject, Submission
from dudao.evaluations.rules import Rules
from dudao.evidence.actions.library import add_file
from dudao.evidence.actions.links import attach
from dudao.evidence.models import EvidenceLink
from dudao.orgs.models import Kind
from evaluations.filling import fill_all
from evaluations_town import campaign
from signing import signed_in


@pytest.fixture
def subject(town):
    made = campaign(town, rules=Rules(check=True, self_report=False))
    return made.subjects.get(unit=town.kindergarten)


def url(name, *args):
    return reverse(f"evaluations:{name}", args=args)


def script(client, subject, **fields):
    return client.post(url("answer_save", subject.pk), fields, headers={"X-Save": "1", "HX-Request": "true"})


def test_the_unit_sees_what_is_asked_and_how_far_it_is(town, subject):
    client = signed_in(town.accounts["clerk"])
    page = client.get(url("answers")).content.decode()
    assert "2026年幼儿园办园行为督导评估" in page
    assert "0/31" in page
    page = client.get(url("subject", subject.pk)).content.decode()
    assert "填报自评" in page
    assert "重点事项" in page


def test_every_page_opens_for_the_unit_and_for_who_checks(town, subject):
    fill_all(town.clerk, subject)
    made = submit_evaluation(town.head, subject=subject, received_at=timezone.now())
    checking.remark_on(town.county_officer, subject=subject, code="F1.1", text="请写明证号。")
    for name in ("clerk", "county_officer", "director"):
        client = signed_in(town.accounts[name])
        for address in ("subject", "answer", "figures", "subject_changes", "subject_submit"):
            answer = client.get(url(address, subject.pk))
            assert answer.status_code == 200, (name, address)
        assert client.get(url("submission", made.pk)).status_code == 200
        assert client.get(url("answer_score", subject.pk) + "?at=F1.1").status_code == 200
        word = client.get(url("subject_report_word", subject.pk))
        assert word.content[:2] == b"PK"
    page = signed_in(town.accounts["county_officer"]).get(url("answer", subject.pk) + "?at=F1.1").content.decode()
    assert "请写明证号。" in page
    assert "核查意见" in page
    page = signed_in(town.accounts["clerk"]).get(url("answer", subject.pk) + "?at=F1.1").content.decode()
    assert "请写明证号。" not in page


def test_a_strangers_county_gets_404(town, subject):
    client = signed_in(town.accounts["stranger"])
    for address in ("subject", "answer", "figures", "subject_submit", "subject_changes"):
        assert client.get(url(address, subject.pk)).status_code == 404
    assert "平江县" not in client.get(url("checks")).content.decode()


def test_the_script_saves_what_changed_and_hears_the_revision(town, subject):
    client = signed_in(town.accounts["clerk"])
    answer = script(client, subject, code="F1.1", revision=0, **{"c:F1.1": "符合", "w:c:F1.1": ""})
    assert json.loads(answer.content)["revision"] == 1
    assert Answer.objects.get().cells == {"F1.1": "符合"}
    answer = script(client, subject, code="F1.1", revision=1, **{"c:F1.1": "很好"})
    assert (answer.status_code, "请从这些里选一个" in answer.content.decode()) == (422, True)
    stale = script(
        signed_in(town.accounts["head"]), subject, code="F1.1", revision=0, **{"c:F1.1": "不符合", "w:c:F1.1": ""}
    )
    words = stale.content.decode()
    assert stale.status_code == 409
    assert all(part in words for part in ("data-conflict", "周填报", 'data-theirs="符合"', "不符合"))


def test_it_works_without_script_as_well(town, subject):
    client = signed_in(town.accounts["clerk"])
    fields = {"code": "F1.1", "revision": 0, "c:F1.1": "符合", "text": "证照齐全。"}
    answer = client.post(url("answer_save", subject.pk), fields)
    assert answer.url.endswith("?at=F1.1")
    assert Answer.objects.get().text == "证照齐全。"
    client.post(url("figure_save", subject.pk), {"name": "班级数", "revision": 0, "cell": "9", "note": ""})
    assert Figure.objects.get().cell == "9"
    late = signed_in(town.accounts["head"]).post(url("answer_save", subject.pk), {**fields, "text": "另一份"})
    assert late.status_code == 409
    assert "另一份" in late.content.decode()


def test_handing_in_from_the_page(town, subject):
    client = signed_in(town.accounts["head"])
    page = client.get(url("subject_submit", subject.pk))
    assert "提交前必须补齐" in page.content.decode()
    fill_all(town.clerk, subject)
    page = client.get(url("subject_submit", subject.pk))
    form = page.context["form"]
    sent = {"form_token": form["form_token"].value(), "begun": page.context["begun"]}
    first = client.post(url("subject_submit", subject.pk), sent)
    again = client.post(url("subject_submit", subject.pk), sent)
    made = Submission.objects.get()
    assert first.url == again.url == url("submission", made.pk)
    assert made.digest in client.get(first.url).content.decode()


def test_a_signed_moment_of_another_page_counts_for_nothing(town, subject):
    from dudao.evaluations.views.answering import _begun

    client = signed_in(town.accounts["head"])
    signed = client.get(url("subject_submit", subject.pk)).context["begun"]
    assert _begun(signed, subject) is not None
    other = subject.campaign.subjects.get(unit=town.private)
    assert _begun(signed, other) is None
    assert _begun("2020-01-01", subject) is None


def test_the_county_sends_back_and_accepts(town, subject):
    fill_all(town.clerk, subject)
    submit_evaluation(town.head, subject=subject, received_at=timezone.now())
    client = signed_in(town.accounts["county_officer"])
    assert "平江县城关镇中心幼儿园" in client.get(url("checks")).content.decode()
    client.post(url("remark_new", subject.pk), {"code": "F1.1", "text": "请写明证号。"})
    assert "请写明证号。" in client.get(url("subject_return", subject.pk)).content.decode()
    client.post(url("subject_return", subject.pk), {"reason": "有一处要改。"})
    subject.refresh_from_db()
    assert subject.state == "returned"
    clerk = signed_in(town.accounts["clerk"])
    clerk.post(url("answer", subject.pk), {"remark": Remark.objects.get().pk, "reply": "已写明。"})
    page = signed_in(town.accounts["head"]).get(url("subject_submit", subject.pk))
    sent = {"form_token": page.context["form"]["form_token"].value(), "begun": page.context["begun"]}
    signed_in(town.accounts["head"]).post(url("subject_submit", subject.pk), sent)
    client.post(url("remark", Remark.objects.get().pk), {"step": "settle"})
    client.post(url("checks_accept"), {"ids": [subject.pk]})
    subject.refresh_from_db()
    assert (subject.state, Remark.objects.get().state) == ("accepted", "settled")


def test_the_lists_and_the_desk_cost_the_same_however_much_there_is(town, subject, django_assert_max_num_queries):
    fill_all(town.clerk, subject)
    client = signed_in(town.accounts["county_officer"])
    client.get(url("checks"))
    with django_assert_max_num_queries(14):
        client.get(url("checks"))
    clerk = signed_in(town.accounts["clerk"])
    clerk.get(url("answer", subject.pk))
    with django_assert_max_num_queries(26):
        clerk.get(url("answer", subject.pk))


def test_what_was_answered_the_last_time_is_shown(town, subject):
    fill_all(town.clerk, subject)
    Answer.objects.filter(subject=subject, code="F1.1").update(text="去年的说明")
    Campaign.objects.filter(pk=subject.campaign_id).update(year=2025)
    again = campaign(town, version=subject.campaign.version, title="再来一次")
    now = again.subjects.get(unit=town.kindergarten)
    page = signed_in(town.accounts["clerk"]).get(url("answer", now.pk) + "?at=F1.1").content.decode()
    assert "去年的说明" in page
    assert Subject.objects.get(pk=now.pk).filled == 0


def test_the_signed_report_is_asked_for_taken_and_handed_in(town):
    made = campaign(town, rules=Rules(check=True, self_report=True))
    subject = made.subjects.get(unit=town.kindergarten)
    fill_all(town.clerk, subject)
    client = signed_in(town.accounts["head"])
    assert "还没有上传签字盖章的自评报告" in client.get(url("subject_submit", subject.pk)).content.decode()
    scan = SimpleUploadedFile("自评报告.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", "application/pdf")
    answer = client.post(url("subject_report_new", subject.pk), {"file": scan})
    assert answer.url == subject.get_absolute_url()
    submitted = submit_evaluation(town.head, subject=subject, received_at=timezone.now())
    assert submitted.content["report"]["report"]["file"] == "自评报告.pdf"
    assert client.get(url("subject_report", subject.pk)).status_code == 200
    assert signed_in(town.accounts["stranger"]).get(url("subject_report", subject.pk)).status_code == 404


def test_evidence_is_attached_at_the_desk_while_it_is_open(town, subject):
    client = signed_in(town.accounts["clerk"])
    key = f"answer:{subject.pk}:F1.1"
    assert "添加佐证材料" in client.get(reverse("evidence:box", args=[key])).content.decode()
    assert signed_in(town.accounts["stranger"]).get(reverse("evidence:box", args=[key])).status_code == 404
    assert client.get(reverse("evidence:box", args=[f"answer:{subject.pk}:ZZ"])).status_code == 404
    fill_all(town.clerk, subject)
    submit_evaluation(town.head, subject=subject, received_at=timezone.now())
    page = client.get(reverse("evidence:box", args=[key])).content.decode()
    assert "添加佐证材料" not in page
    assert "不能再改" in page


def test_the_office_moves_a_merged_unit_to_its_successor(town, subject):
    heir = unit("平江县城关中心幼儿园", Kind.KINDERGARTEN, town.county, ownership="public")
    client = signed_in(town.accounts["director"])
    assert "转由其他单位承担" in client.get(url("subject", subject.pk)).content.decode()
    client.post(url("subject_move", subject.pk), {"unit": heir.pk, "reason": "撤并文件平教发〔2026〕12号"})
    subject.refresh_from_db()
    assert subject.unit == heir
    page = signed_in(town.accounts["head"]).get(url("subject", subject.pk))
    assert page.status_code == 404


def test_last_times_evidence_is_used_again(town, subject):
    file = files.keep(b"%PDF-1.4 licence", "application/pdf")
    version = add_file(town.head, unit=town.kindergarten, file=file, name="办园许可证.pdf").version
    attach(town.head, version=version, key=f"answer:{subject.pk}:F1.1")
    Campaign.objects.filter(pk=subject.campaign_id).update(year=2025)
    again = campaign(town, version=subject.campaign.version, title="再来一次")
    now = again.subjects.get(unit=town.kindergarten)
    client = signed_in(town.accounts["clerk"])
    assert "再引用" in client.get(url("answer", now.pk) + "?at=F1.1").content.decode()
    key = f"answer:{now.pk}:F1.1"
    client.post(reverse("evidence:box", args=[key]), {"items": version.evidence_id, "step": "attach"})
    assert EvidenceLink.objects.filter(key=key, version=version).exists()
