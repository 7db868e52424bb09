"""Pages of the online review: the reviewer's queue and desk, the office's overview and forms; who sees what; constant queries."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dudao.evaluations.actions import reviewing
from dudao.evaluations.models import Mark, Remark, Review
from review_town import CODES, build, given_to_two, mark_all
from signing import signed_in

LOW = {"F1.1": "0.6"}


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build()
    given_to_two(town)
    return town


def page(town, who, name, *args, query=""):
    return signed_in(town.accounts[who]).get(reverse(f"evaluations:{name}", args=args) + query)


def words(response):
    return response.content.decode()


def test_a_reviewer_finds_the_task_and_the_desk(town):
    assert "平江县第一中学" in words(page(town, "inspector", "reviews"))
    desk = words(page(town, "inspector", "review", town.one.pk))
    for word in (
        "党组织领导的校长负责制",
        "F1.1 的做法和成效",
        "由评估人员定档",
        "议事规则",
        "单位没有为这一项附材料",
        "较好 0.8",
    ):
        assert word in desk


def test_another_reviewer_another_county_and_the_unit_see_nothing(town):
    for who in ("second", "expert", "stranger", "county_officer", "principal"):
        assert page(town, who, "review", town.one.pk).status_code == 404, who
    assert "平江县第一中学" not in words(page(town, "expert", "reviews"))
    assert page(town, "inspector", "reviewing", town.campaign.pk).status_code == 404


def test_an_officer_who_reviews_blind_does_not_look_into_the_others_task(town):
    reviewing.revoke(town.director, review=town.two, reason="改由王科员评。")
    reviewing.assign_reviews(
        town.director,
        campaign=town.campaign,
        source="online",
        subjects=[town.subject],
        reviewers=[town.accounts["officer"]],
        way="hand",
        codes=CODES,
    )
    assert page(town, "officer", "review", town.one.pk).status_code == 403
    assert page(town, "director", "review", town.one.pk).status_code == 200
    assert "您自己也在盲评" in words(page(town, "officer", "reviewing", town.campaign.pk))


def send(town, who, name, *args, **data):
    return signed_in(town.accounts[who]).post(
        reverse(f"evaluations:{name}", args=args), data, headers={"X-Save": "1"} if data.pop("script", True) else {}
    )


def test_the_script_saves_and_hears_what_is_missing(town):
    answer = send(town, "inspector", "review_mark", town.one.pk, code="F1.1", revision="0", **{"cell-0": "0.6"})
    assert answer.status_code == 200
    told = json.loads(answer.content)
    assert (told["result"], told["lacks"], told["revision"], told["done"], told["total"]) == ("2.4", "缺理由", 1, 0, 3)
    again = send(town, "inspector", "review_mark", town.one.pk, code="F1.1", revision="0", **{"cell-0": "1"})
    assert again.status_code == 409 and "已经评过分" in words(again)
    wrong = send(town, "inspector", "review_mark", town.one.pk, code="F1.1", revision="1", **{"cell-0": "9"})
    assert wrong.status_code == 422 and "不能大于 1" in words(wrong)
    assert Mark.objects.get().cells == LOW


def test_without_a_script_the_form_leads_on(town):
    client = signed_in(town.accounts["inspector"])
    url = reverse("evaluations:review_mark", args=[town.one.pk])
    answer = client.post(url, {"code": "F1.1", "revision": "0", "cell-0": "1", "go": "next"})
    assert answer.url.endswith("?code=F1.2")
    answer = client.post(url, {"code": "F1.1", "revision": "1", "cell-0": "7", "go": "next"}, follow=True)
    assert "不能大于 1" in words(answer)


def test_a_low_mark_offers_a_finding_with_its_words(town):
    reviewing.save_mark(town.inspector, review=town.one, code="F1.1", cells=LOW, reason="会议记录缺两次。")
    desk = words(page(town, "inspector", "review", town.one.pk, query="?code=F1.1"))
    url = reverse("findings:make", args=[f"review:{town.one.pk}:F1.1"])
    assert url in desk
    made = words(signed_in(town.accounts["inspector"]).get(url))
    assert "满分" not in made and "会议记录缺两次。" in made
    assert signed_in(town.accounts["second"]).get(url).status_code == 404


def test_the_office_assigns_by_a_form_and_sees_the_matrix(town):
    form = page(town, "officer", "review_assign", town.campaign.pk)
    assert "赵督学（岳阳市）" in words(form) and "湘阴县第一中学" in words(form)
    rest = town.campaign.subjects.exclude(pk=town.subject.pk).get()
    answer = signed_in(town.accounts["officer"]).post(
        reverse("evaluations:review_assign", args=[town.campaign.pk]),
        {
            "reviewers": [town.accounts["third"].pk, town.accounts["fourth"].pk],
            "way": "draw",
            "subjects": [rest.pk],
        },
    )
    assert answer.status_code == 302 and Review.objects.filter(subject=rest).count() == 2
    board = words(page(town, "officer", "reviewing", town.campaign.pk))
    assert "赵督学" in board and "张督学" in board and "0/3" in board


def test_the_office_sees_disagreements_and_settles(town):
    mark_all(town.inspector, town.one, F1_1=(LOW, "记录不全。"))
    mark_all(town.second, town.two)
    reviewing.submit_review(town.inspector, review=town.one)
    reviewing.submit_review(town.second, review=town.two)
    board = words(page(town, "officer", "reviewing", town.campaign.pk))
    assert ("请第三人" in board and "核定" in board and "张督学偏严最多" in board) or "刘督学偏宽最多" in board
    url = f"{reverse('evaluations:review_settle', args=[town.subject.pk])}?source=online&code=F1.1"
    client = signed_in(town.accounts["officer"])
    assert "第一评审 张督学" in words(client.get(url))
    assert client.post(url, {"cell-0": "0.8", "reason": ""}).status_code == 422
    assert client.post(url, {"cell-0": "0.8", "reason": "集体研究。"}).status_code == 302
    assert Mark.objects.get(review=None).cells == {"F1.1": "0.8"}


def test_a_correction_reaches_the_office_and_may_go_back_at_once(town):
    url = f"{reverse('evaluations:review_correction', args=[town.one.pk])}?code=F1.2"
    client = signed_in(town.accounts["inspector"])
    assert "现在就退回" not in words(client.get(url))
    assert client.post(url, {"text": "产权证明看不清，请重新扫描。"}).status_code == 302
    remark = Remark.objects.get()
    assert (remark.code, remark.by, remark.state) == ("F1.2", "评审人员", "open")
    assert "产权证明看不清" in words(page(town, "officer", "reviewing", town.campaign.pk))


def test_tasks_are_given_back_and_given_to_others(town):
    client = signed_in(town.accounts["inspector"])
    step = reverse("evaluations:review_step", args=[town.one.pk])
    assert client.post(step, {"step": "review.hand_back", "reason": "亲属任教，申请回避。"}).status_code == 302
    board = words(page(town, "officer", "reviewing", town.campaign.pk))
    assert "亲属任教" in board
    officer = signed_in(town.accounts["officer"])
    url = reverse("evaluations:review_reassign", args=[town.one.pk])
    assert officer.post(url, {"reviewer": town.accounts["third"].pk}).status_code == 302
    assert Review.objects.get(pk=town.one.pk).reviewer_id == town.accounts["third"].pk


def test_the_queries_of_the_desk_do_not_grow(town, django_assert_max_num_queries):
    client = signed_in(town.accounts["inspector"])
    url = f"{reverse('evaluations:review', args=[town.one.pk])}?code=F1.1"
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    mark_all(town.inspector, town.one, F1_1=(LOW, "记录不全。"))
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few) + 2 and len(many) < 40, len(many)


def test_among_many_people_one_searches(town, monkeypatch):
    monkeypatch.setattr("dudao.evaluations.forms.reviewing.MOST_BOXES", 3)
    form = words(page(town, "officer", "review_assign", town.campaign.pk))
    url = f"{reverse('evaluations:people')}?verb=review.mark&amp;at={town.city.pk}"
    assert url in form and "赵督学（岳阳市）" not in form
    client = signed_in(town.accounts["officer"])
    found = words(client.get(url.replace("&amp;", "&") + "&q=督学"))
    assert "赵督学" in found and "孙专家" not in found
    barred = words(client.get(f"{reverse('evaluations:people')}?verb=onsite.mark&at={town.school.pk}&q=李近"))
    assert "应当回避平江县第一中学" in barred
    for who in ("inspector", "stranger", "principal"):
        answer = words(signed_in(town.accounts[who]).get(url.replace("&amp;", "&") + "&q=督学"))
        assert "赵督学" not in answer, who
    rest = town.campaign.subjects.exclude(pk=town.subject.pk).get()
    data = {
        "reviewers": [town.accounts["third"].pk, town.accounts["fourth"].pk],
        "way": "load",
        "subjects": [rest.pk],
    }
    assert client.post(reverse("evaluations:review_assign", args=[town.campaign.pk]), data).status_code == 302
    assert Review.objects.filter(subject=rest).count() == 2


def test_what_no_text_can_hold_is_refused_in_words(town):
    client = signed_in(town.accounts["inspector"])
    url = reverse("evaluations:review_mark", args=[town.one.pk])
    sent = {"code": "F1.1", "cell-0": "0.6", "reason": "粘贴\0来的", "revision": "0"}
    answer = client.post(url, sent, headers={"X-Save": "1", "HX-Request": "true"})
    assert answer.status_code == 400 and "空字符" in words(answer) and not Mark.objects.exists()
    assert client.get(f"{reverse('evaluations:reviews')}?q=%00").status_code == 400
    assert client.get("/evidence/at/answer:%00/").status_code == 400


def test_a_mark_that_cannot_be_is_named_as_its_page_names_it(town):
    client = signed_in(town.accounts["inspector"])
    url = reverse("evaluations:review_mark", args=[town.one.pk])
    answer = client.post(url, {"code": "F1.1", "cell-0": "9", "revision": "0"}, headers={"X-Save": "1"})
    assert answer.status_code == 422 and words(answer) == "“F1.1 党组织领导的校长负责制”是 9，不能大于 1。"


def test_the_page_of_a_task_that_was_handed_in_opens(town):
    mark_all(town.inspector, town.one)
    reviewing.submit_review(town.inspector, review=town.one, opinion="办学规范。")
    Review.objects.filter(pk=town.one.pk).update(due_on=timezone.localdate())
    for who in ("inspector", "officer"):
        said = words(page(town, who, "review", town.one.pk))
        assert "按期完成" in said and "办学规范" in said
