"""Right of reply: who may object until when, what an answer does, how a change gets into the marks and the next sheet."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Denied
from dudao.core.models import Notice
from dudao.core.waiting import laid_out
from dudao.core.workflow import Conflict
from dudao.evaluations.models import Campaign, Mark, ScoreSheet
from dudao.evaluations.queries.sheets import replayed
from dudao.results.actions import objections as acts
from dudao.results.actions import results
from dudao.results.desk import result_piles
from dudao.results.models import Objection
from dudao.results.queries.deciding import undecided
from evaluations_town import published
from results_town import GOVERNMENT, deciding, total
from signing import signed_in


@pytest.fixture
def open_(town):
    """A publicised result: (campaign, sheet, subject)."""
    row, sheet = deciding(town, version=published(town, GOVERNMENT))
    results.record_decision(
        town.director, campaign=row, held_on=timezone.localdate(), attendees="李主任", text="同意评定结果。"
    )
    row = results.publicise(town.director, campaign=Campaign.objects.get(pk=row.pk))
    return row, sheet, row.subjects.get(unit=town.kindergarten)


def asked(town, subject, code="P1.1"):
    return acts.ask_objection(town.head, subject=subject, text="党组织活动记录齐全，见佐证第 3 页。", code=code)


def test_a_unit_objects_to_its_publicised_result_within_the_term(town, open_):
    row, _, subject = open_
    made = asked(town, subject)
    assert made.ask_by >= row.publicised_until
    assert "工作日" in made.basis
    with pytest.raises(ValidationError, match="还没有答复"):
        asked(town, subject)
    today = timezone.localdate()
    Campaign.objects.filter(pk=row.pk).update(
        publicised_on=today - timedelta(40), publicised_until=today - timedelta(30)
    )
    with pytest.raises(Denied, match="已经超过"):
        asked(town, subject, "P1.2")


def test_nobody_objects_for_another_unit_or_too_early(town, open_):
    _, _, subject = open_
    for actor in (town.private_head, town.stranger, town.expert, town.officer):
        with pytest.raises(Denied):
            acts.ask_objection(actor, subject=subject, text="我有异议。")


def test_before_any_result_is_told_there_is_nothing_to_object_to(town):
    row, _ = deciding(town, version=published(town, GOVERNMENT))
    with pytest.raises(Denied, match="还没有反馈初步意见"):
        asked(town, row.subjects.get(unit=town.kindergarten))


def test_an_objection_that_is_open_holds_publication_back(town, open_):
    row, _, subject = open_
    made = asked(town, subject)
    today = timezone.localdate()
    Campaign.objects.filter(pk=row.pk).update(
        publicised_on=today - timedelta(40), publicised_until=today - timedelta(30)
    )
    with pytest.raises(ValidationError, match="1 件异议还没有答复"):
        results.publish_campaign(town.director, campaign=Campaign.objects.get(pk=row.pk))
    acts.uphold_objection(town.officer, objection=made, revision=made.revision, answer="记录只有两次，不足四次。")
    results.publish_campaign(town.director, campaign=Campaign.objects.get(pk=row.pk))
    made.refresh_from_db()
    assert (made.state, made.answered_by) == ("upheld", "王科员")


def test_only_the_unit_withdraws(town, open_):
    made = asked(town, open_[2])
    with pytest.raises(Denied, match="由被评单位"):
        acts.withdraw_objection(town.officer, objection=made)


def test_withdrawn_it_is_settled(town, open_):
    made = acts.withdraw_objection(town.head, objection=asked(town, open_[2]))
    assert made.state == "withdrawn"
    with pytest.raises(Denied):
        acts.uphold_objection(town.officer, objection=made, revision=made.revision, answer="维持。")


def test_a_change_is_a_settled_mark_that_names_the_objection_and_a_new_sheet(town, open_):
    row, before, subject = open_
    code, key = changed_place(row, subject)
    made = asked(town, subject, code)
    done = acts.change_objection(
        town.officer, objection=made, revision=made.revision, answer="核实属实，改为 0 分。", cells={key: "0"}
    )
    assert done.state == "changed"
    mark = Mark.objects.get(subject=subject, code=code, review__isnull=True, visit__isnull=True)
    assert mark.cells[key.partition("@")[0]] == "0"
    assert f"第 {made.pk} 号" in mark.reason
    after = ScoreSheet.objects.filter(campaign=row, purpose="final").first()
    assert after.number == before.number + 1
    assert total(after.results.get(subject=subject)) < total(before.results.get(subject=subject))
    assert replayed(after).is_sound


def test_a_changed_result_wants_a_meeting_of_its_own(town, open_):
    row, _, subject = open_
    code, key = changed_place(row, subject)
    made = asked(town, subject, code)
    assert not undecided(Campaign.objects.all()).exists()
    before = publicised(town, row)
    acts.change_objection(town.officer, objection=made, revision=made.revision, answer="改为 0 分。", cells={key: "0"})
    waiting = publicised(town, row)
    assert "有变动待确认" in waiting and "有变动待确认" not in before
    assert entries(waiting) == entries(before), "what a meeting decided stays public until the next one"
    today = timezone.localdate()
    Campaign.objects.filter(pk=row.pk).update(
        publicised_on=today - timedelta(40), publicised_until=today - timedelta(30)
    )
    row = Campaign.objects.get(pk=row.pk)
    assert list(undecided(Campaign.objects.all())) == [row]
    assert [group.title for group in laid_out(result_piles(town.director)).groups() if group.total] == [
        "评定会议待登记"
    ]
    client = signed_in(town.accounts["director"])
    page = client.get(reverse("results:results", args=[row.pk])).content.decode()
    assert "需要重新登记评定会议" in page and "请重新开会或书面确认" in page
    with pytest.raises(ValidationError, match="重新登记评定会议"):
        results.publish_campaign(town.director, campaign=row)
    results.record_decision(town.director, campaign=row, held_on=today, attendees="李主任", text="同意调整。")
    assert entries(publicised(town, row)) != entries(before)
    assert [group.title for group in laid_out(result_piles(town.director)).groups() if group.total] == [
        "公示期满待公布"
    ]
    # The very same digits, computed once more, want no other meeting.
    results.make_sheet(town.officer, campaign=row, purpose="final", reason="复算。")
    assert not undecided(Campaign.objects.all()).exists()
    assert results.publish_campaign(town.director, campaign=Campaign.objects.get(pk=row.pk)).state == "published"


def publicised(town, row):
    return signed_in(town.accounts["director"]).get(reverse("results:publicity", args=[row.pk])).content.decode()


def entries(page):
    """The cells of the table, without the addresses of results."""
    return re.findall(r"<td[^>]*>(?:<a[^>]*>)?([^<]*)<", page)


def changed_place(row, subject):
    """A judged indicator that has marks: (code, key of its cell)."""
    judged = set(row.version.indicators.filter(kind="judged").values_list("code", flat=True))
    for one in acts.changeable(subject):
        column, now = one.column, str(one.now or "0")
        if column.source and column.code in judged and now.replace(".", "").isdigit() and float(now) > 0:
            return column.code, column.key
    raise AssertionError("no judged indicator")


def test_a_change_is_checked_like_every_mark(town, open_):
    row, _, subject = open_
    code, key = changed_place(row, subject)
    made = asked(town, subject, code)
    before = list(Mark.objects.filter(subject=subject).values_list("cells", flat=True))
    for cells, said in (
        ({key: "1000"}, "1000|分|范围|至"),
        ({key: "许多"}, "许多"),
        ({"X@review": "1"}, "不在可以调整"),
        ({}, "没有改动"),
    ):
        with pytest.raises(ValidationError, match=said):
            acts.change_objection(town.officer, objection=made, revision=made.revision, answer="核实。", cells=cells)
    assert list(Mark.objects.filter(subject=subject).values_list("cells", flat=True)) == before
    made.refresh_from_db()
    assert made.state == "asked"


def test_each_side_hears_of_the_other(town, open_):
    def told(who, word):
        return Notice.objects.filter(account=town.accounts[who], text__contains=word).count()

    assert told("head", "有异议的请在期限内提出") == 1
    made = asked(town, open_[2])
    assert told("officer", "提出异议") == 1
    assert told("county_officer", "提出异议") == 0
    acts.uphold_objection(town.officer, objection=made, revision=made.revision, answer="维持。")
    assert told("head", "维持原评") == 1
    assert told("private_head", "维持原评") == 0


def test_two_officers_do_not_both_answer(town, open_):
    made = asked(town, open_[2])
    acts.uphold_objection(town.officer, objection=made, revision=made.revision, answer="维持。")
    with pytest.raises((Conflict, Denied)):
        acts.uphold_objection(town.director, objection=made, revision=made.revision, answer="维持。")
    assert Objection.objects.count() == 1


def test_an_evaluated_unit_does_not_answer_itself(town, open_):
    made = asked(town, open_[2])
    with pytest.raises(Denied):
        acts.uphold_objection(town.head, objection=made, revision=made.revision, answer="维持。")
