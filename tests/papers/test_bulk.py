"""One step on many papers: an event, a number, a transaction each; what is refused is told and holds up no other."""

import pytest
from django.urls import reverse

from dudao.core import jobs
from dudao.core.access import Denied
from dudao.core.models import Event, Job
from dudao.papers import queries
from dudao.papers.actions import bulk
from dudao.papers.actions.issuing import choose_seal
from dudao.papers.actions.routing import sign_paper
from dudao.papers.models import Delivery, Number, Paper
from papers.conftest import ADDRESS, checked, drafted, issued, signed
from papers.test_background import as_a_killed_worker_leaves_it, long
from signing import signed_in

pytestmark = pytest.mark.django_db


def press(office, who, act, papers):
    address = reverse("papers:bulk", args=[act])
    return signed_in(office.accounts[who]).post(address, {"ids": [paper.pk for paper in papers]}, follow=True)


def states(papers):
    return [Paper.objects.get(pk=paper.pk).state for paper in papers]


def test_drafts_are_sent_and_passed_together(office):
    papers = [drafted(office) for _ in range(3)]
    own = drafted(office, by=office.checker)
    assert "已送核 4 份" in press(office, "drafter", "submit", [*papers, own]).content.decode()
    said = press(office, "checker", "check", [*papers, own]).content.decode()
    assert "已核稿通过 3 份" in said and "没有办理 1 份" in said and "由您本人起草" in said
    assert states([*papers, own]) == ["checked"] * 3 + ["submitted"]
    assert Event.objects.filter(verb="paper.check").count() == 3


def test_many_are_signed_in_the_background_with_numbers_in_their_order(office):
    papers = [checked(office) for _ in range(3)]
    draft, much = drafted(office), checked(office, values=long())
    answer = press(office, "director", "sign", [*papers, draft, much])
    job = Job.objects.get(kind=queries.TOGETHER)
    assert answer.redirect_chain[-1][0] == job.get_absolute_url() and states(papers) == ["checked"] * 3
    assert queries.going_word(papers[0]) == "签发" and queries.going(draft) is None
    done = jobs.run_now(job)
    assert done.state == "done" and "已签发 3 份" in done.message and "没有办理 2 份" in done.message
    assert "起草中" in done.message and "单独签发" in done.message
    assert list(Number.objects.order_by("number").values_list("number", "paper")) == [
        (place, paper.pk) for place, paper in enumerate(papers, 1)
    ]
    assert Event.objects.filter(verb="paper.sign").count() == 3
    assert Event.objects.filter(verb="paper.queue").count() == 3


def test_what_can_not_be_issued_holds_up_no_other(office):
    papers = [signed(office) for _ in range(3)]
    choose_seal(office.checker, paper=papers[2], seal="scan")
    job = bulk.begin_many(office.checker, papers=papers, step="paper.issue", address=ADDRESS)
    done = jobs.run_now(job)
    assert "已印发 2 份" in done.message and "没有办理 1 份" in done.message and "盖章扫描件" in done.message
    assert states(papers) == ["issued", "issued", "signed"]
    assert Delivery.objects.count() == 2


def test_a_worker_that_begins_again_takes_no_second_number(office):
    papers = [checked(office) for _ in range(3)]
    job = bulk.begin_many(office.director, papers=papers, step="paper.sign")
    sign_paper(office.director, paper=papers[0])  # so far it had come
    done = jobs.run_now(as_a_killed_worker_leaves_it(job))
    assert "已签发 3 份" in done.message
    assert sorted(Number.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_nothing_to_do_is_said_and_starts_nothing(office):
    papers = [drafted(office)]
    assert "没有一份可以签发" in press(office, "director", "sign", papers).content.decode()
    assert "请先勾选文书" in press(office, "director", "sign", []).content.decode()
    with pytest.raises(Denied, match="没有一份可以印发"):
        bulk.begin_many(office.checker, papers=[], step="paper.issue")
    assert not Job.objects.exists()
    assert press(office, "head", "sign", papers).status_code == 403
    assert press(office, "director", "withdraw", papers).status_code == 404


def test_a_school_signs_for_many_and_for_nobody_else(office):
    papers = [issued(office, recipients=[office.school, office.second]) for _ in range(2)]
    address = reverse("papers:received_sign")
    mine = Delivery.objects.filter(unit=office.school)
    others = Delivery.objects.filter(unit=office.second)
    ids = [row.pk for row in [*mine, *others]]
    said = signed_in(office.accounts["head"]).post(address, {"ids": ids}, follow=True).content.decode()
    assert "已签收 2 份" in said
    assert set(mine.values_list("state", flat=True)) == {"signed"}
    assert set(others.values_list("state", flat=True)) == {"sent"}
    again = signed_in(office.accounts["head"]).post(address, {"ids": ids}, follow=True).content.decode()
    assert "没有办理 2 份" in again
    assert Event.objects.filter(verb="paper.receive").count() == len(papers)
    assert "请先勾选" in signed_in(office.accounts["head"]).post(address, follow=True).content.decode()
