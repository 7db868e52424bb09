"""Guesses and remarks: a person decides."""

import pytest
from django.core.exceptions import ValidationError

from dudao.core.access import Denied
from dudao.core.workflow import Conflict
from dudao.plans.actions.document import (
    add_guess,
    change_guess,
    decide_guess,
    decide_guesses,
    edit_plan,
    edit_point,
    import_plan,
    resolve_remark,
)
from dudao.plans.meanings import meaning
from dudao.plans.models import Guess, Remark
from plans.document.conftest import point


def test_a_guess_is_accepted_and_rejected_by_one_person_at_a_time(city, draft):
    guess = Guess.objects.filter(point=point(draft, "1")).first()
    decide_guess(city.officer, guess=guess, state="accepted", was="proposed")
    with pytest.raises(Conflict, match="已采纳"):
        decide_guess(city.director, guess=guess, state="rejected", was="proposed")
    guess.refresh_from_db()
    assert guess.state == "accepted"


def test_all_of_a_sort_at_once(city, draft):
    count = decide_guesses(city.officer, plan=draft, state="accepted", sort="kind")
    assert count == Guess.objects.filter(point__section__plan=draft, sort="kind").count() > 0
    assert not Guess.objects.exclude(sort="kind").filter(state="accepted").exists()


def test_a_changed_guess_counts_as_accepted_and_says_what_it_is(city, draft):
    guess = Guess.objects.get(point=point(draft, "1"), sort="target")
    change_guess(
        city.officer,
        guess=guess,
        data={"min": 2, "max": 3, "unit": "名", "direction": "=", "subject": "专职人员", "text": ""},
    )
    guess.refresh_from_db()
    assert (guess.state, guess.by_hand, guess.label) == ("accepted", True, "专职人员：2–3名")
    assert guess.data["spots"]


def test_what_was_missed_is_added_with_its_words(city, draft):
    second = point(draft, "2")
    at = second.text.index("每半年召开 1 次")
    made = add_guess(
        city.officer,
        point=second,
        sort="period",
        data={"role": "deadline", "start": None, "end": "2026-06-30"},
        span=(at, at + 10),
    )
    assert (made.words, made.label) == ("每半年召开 1 次成", "完成时限：2026年6月30日前")


@pytest.mark.parametrize(
    ("sort", "data"),
    [
        ("target", {"min": 5, "max": 3, "unit": "名"}),
        ("target", {"min": None, "max": None, "unit": ""}),
        ("period", {"role": "deadline", "start": None, "end": None}),
        ("period", {"role": "window", "start": "2026-06-01", "end": "2026-05-01"}),
    ],
)
def test_contradictions_are_refused(city, draft, sort, data):
    with pytest.raises(ValidationError):
        add_guess(city.officer, point=point(draft, "1"), sort=sort, data=data)


def test_traditional_characters_are_put_right_everywhere_at_once(city, draft):
    for remark in Remark.objects.filter(plan=draft, code="traditional"):
        resolve_remark(city.officer, remark=remark, how="apply")
    draft.refresh_from_db()
    whole = draft.preamble + "".join(row.title for row in draft.sections.all())
    assert "督导网络" in draft.preamble
    assert not {"導", "網", "絡"} & set(whole)


def test_a_slip_is_put_right_where_it_stands_and_in_its_item(city, draft):
    remark = Remark.objects.get(plan=draft, code="slip")
    resolve_remark(city.officer, remark=remark, how="apply")
    third = point(draft, "3")
    assert "质量检测" not in third.text
    assert all("质量检测" not in item.text for item in third.items.all())
    remark.refresh_from_db()
    assert (remark.state, remark.decided_by) == ("applied", "王科")
    with pytest.raises(Conflict, match="王科"):
        resolve_remark(city.director, remark=remark, how="keep")


def test_a_slip_edited_away_by_hand_says_so(city, draft):
    third = point(draft, "3")
    edit_point(city.officer, point=third, revision=0, text=third.text.replace("质量检测", "质量监测"))
    remark = Remark.objects.get(plan=draft, code="slip")
    with pytest.raises(ValidationError, match="已经不在文中"):
        resolve_remark(city.officer, remark=remark, how="apply")
    resolve_remark(city.officer, remark=remark, how="keep")


def test_a_repeated_clause_stays_once_or_as_issued(city, draft):
    remark = Remark.objects.get(plan=draft, code="repeated")
    resolve_remark(city.officer, remark=remark, how="apply")
    assert point(draft, "4").text.count("开学条件保障情况") == 1
    resolve_remark(city.officer, remark=remark, how="reopen")
    remark.refresh_from_db()
    resolve_remark(city.officer, remark=remark, how="keep")
    fourth = point(draft, "4")
    assert fourth.text == fourth.original
    for item in fourth.items.all():
        assert fourth.text[item.start : item.end] == item.text


def test_a_remark_without_a_suggestion_can_only_be_looked_at(city):
    plan = import_plan(city.officer, unit=city.city, text="今年要抓好督学培训。还要抓好挂牌督导。")
    remark = plan.remarks.get(code="no_structure")
    with pytest.raises(Denied, match="没有可以直接采用"):
        resolve_remark(city.officer, remark=remark, how="apply")
    edit_plan(city.officer, plan=plan, revision=0, title="督学工作计划", year=2026)
    assert not plan.remarks.filter(code__in=["no_title", "no_year"], state="open").exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"text": "不少于3名", "direction": "≥", "subject": "县市区"}, "县市区：不少于3名"),
        ({"text": "85%以上", "direction": "≥"}, "85%以上"),
        ({"text": "1:5", "direction": "="}, "1:5"),
        ({"text": "", "value": 4, "unit": "名", "direction": "≤"}, "不高于4名"),
        ({"text": "", "min": 2, "max": 3, "unit": "名", "direction": "="}, "2–3名"),
    ],
)
def test_a_target_says_its_direction_once(data, words):
    assert meaning("target", data) == words


def test_a_period_says_what_it_is_for():
    deadline = {"role": "deadline", "start": None, "end": "2026-06-30", "text": "6月底前"}
    window = {"role": "window", "start": "2026-04-01", "end": "2026-06-30", "text": "第二季度"}
    assert meaning("period", deadline) == "完成时限：2026年6月30日前"
    assert meaning("period", window) == "工作时段：2026年4月1日至2026年6月30日"
    assert meaning("period", {"role": "cycle", "text": "五年一轮"}) == "周期：五年一轮"
