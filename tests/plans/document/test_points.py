"""Putting points and their items right: words, parting, joining, order, deletion, and two people at once."""

import pytest
from django.core.exceptions import ValidationError

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.workflow import Conflict
from dudao.plans.actions.document import (
    Stale,
    add_item,
    add_point,
    add_section,
    check_point,
    delete_item,
    delete_point,
    delete_section,
    edit_item,
    edit_plan,
    edit_point,
    edit_section,
    merge_items,
    merge_points,
    move_point,
    renumber_points,
    resplit_items,
    restore_point,
    split_item,
    split_point,
)
from dudao.plans.models import Guess, Item, Point
from plans.document.conftest import point


def numbers(plan):
    rows = Point.objects.filter(section__plan=plan).order_by("section__position", "position", "id")
    return [row.number for row in rows]


def test_items_and_guesses_follow_the_words_of_their_point(city, draft):
    first = point(draft, "1")
    text = first.text.replace("逐项核查改革清单", "对照要求逐项核对改革清单").replace("3 名", "5 名")
    edit_point(city.officer, point=first, revision=0, text=text)
    first.refresh_from_db()
    assert first.items.first().text.startswith("对照要求逐项核对")
    for item in first.items.all():
        assert first.text[item.start : item.end] == item.text
    for guess in first.guesses.filter(sort="period"):
        spot = guess.data["spots"][0]
        assert first.text[spot["start"] : spot["end"]] == guess.words
    assert first.revision == 1


def test_an_edit_remembers_old_and_new(city, draft):
    edit_point(city.officer, point=point(draft, "2"), revision=0, title="完善协调制度")
    event = audit.history(draft).first()
    assert (event.verb, event.data["old"], event.data["new"]) == (
        "plan.edit",
        {"title": "完善协调工作制度"},
        {"title": "完善协调制度"},
    )


def test_the_second_of_two_editors_gets_both_texts(city, draft):
    second = point(draft, "2")
    edit_point(city.director, point=second, revision=0, text="甲的文字。")
    with pytest.raises(Stale) as stale:
        edit_point(city.officer, point=second, revision=0, text="乙的文字。")
    assert (stale.value.mine, stale.value.theirs, stale.value.revision) == (
        {"text": "乙的文字。"},
        {"text": "甲的文字。"},
        1,
    )
    second.refresh_from_db()
    assert second.text == "甲的文字。"
    edit_point(city.officer, point=second, revision=stale.value.revision, text="乙的文字。")


def test_saving_the_same_words_twice_is_no_conflict(city, draft):
    second = point(draft, "2")
    edit_point(city.director, point=second, revision=0, text="同样的文字。")
    edit_point(city.officer, point=second, revision=0, text="同样的文字。")


def test_a_point_is_parted_at_the_cursor(city, draft):
    plan_point = point(draft, "3")
    text = plan_point.text
    offset = text.index("二是")
    tail = split_point(city.officer, point=plan_point, revision=0, offset=offset)
    plan_point.refresh_from_db()
    assert plan_point.text == text[:offset].rstrip()
    assert tail.text == text[offset:]
    assert [item.text for item in plan_point.items.all()] == ["组织样本学校参加三个学科的质量监测。"]
    moved = tail.items.get()
    assert (moved.ordinal, tail.text[moved.start : moved.end]) == (1, moved.text)
    assert numbers(draft) == ["1", "2", "3", "", "4", "5"]
    target = Guess.objects.get(point=plan_point, sort="target")
    assert target.words == "三个学科"
    assert tail.first_line == plan_point.first_line


def test_a_number_and_a_heading_behind_the_cursor_are_taken_over(city, draft):
    second = point(draft, "2")
    edit_point(city.officer, point=second, revision=0, text="先开会。3. 抓好培训。每年培训 2 次。")
    second.refresh_from_db()
    tail = split_point(city.officer, point=second, revision=1, offset=4)
    assert (tail.number, tail.label, tail.title, tail.text) == ("3", "3.", "抓好培训", "每年培训 2 次。")


@pytest.mark.parametrize("offset", [0, -3, 10_000])
def test_parting_needs_words_on_both_sides(city, draft, offset):
    with pytest.raises(ValidationError, match="前后都要有文字"):
        split_point(city.officer, point=point(draft, "2"), revision=0, offset=offset)


def test_joining_takes_over_everything_and_parting_again_gives_the_same_pieces(city, draft):
    first = point(draft, "1")
    guesses, items = first.guesses.count(), first.items.count()
    second = point(draft, "2")
    title, all_guesses = second.title, guesses + second.guesses.count()
    merge_points(city.officer, point=first, revision=0)
    first.refresh_from_db()
    assert f"\n{title}。{second.text}" in first.text
    assert (first.guesses.count(), first.items.count()) == (all_guesses, items)
    for guess in first.guesses.all():
        for spot in guess.data["spots"]:
            whole = first.text if spot["field"] == "text" else first.title
            assert whole[spot["start"] : spot["end"]] == spot["words"]
    assert numbers(draft) == ["1", "3", "4", "5"]
    tail = split_point(city.officer, point=first, revision=1, offset=first.text.index(f"{title}。"))
    assert (tail.title, tail.text) == (title, second.text)


def test_the_last_point_of_a_section_has_nothing_to_join(city, draft):
    with pytest.raises(Denied, match="后面没有要点"):
        merge_points(city.officer, point=point(draft, "2"), revision=0)


def test_a_point_moves_within_and_between_sections(city, draft):
    second = point(draft, "2")
    move_point(city.officer, point=second, revision=0, direction="up")
    assert numbers(draft) == ["2", "1", "3", "4", "5"]
    second.refresh_from_db()
    move_point(city.officer, point=second, revision=1, direction="down")
    second.refresh_from_db()
    move_point(city.officer, point=second, revision=2, direction="down")
    second.refresh_from_db()
    assert second.section.number == "二、"
    assert numbers(draft) == ["1", "2", "3", "4", "5"]
    with pytest.raises(Denied, match="最前面"):
        move_point(city.officer, point=point(draft, "1"), revision=0, direction="up")


def test_a_deleted_point_comes_back_as_it_was_once(city, draft):
    third = point(draft, "3")
    before = (third.text, third.guesses.count(), third.items.count(), third.remarks.count())
    delete_point(city.officer, point=third, revision=0)
    assert numbers(draft) == ["1", "2", "4", "5"]
    event = audit.history(draft).first()
    back = restore_point(city.officer, plan=draft, event_id=event.pk)
    assert numbers(draft) == ["1", "2", "3", "4", "5"]
    assert (back.text, back.guesses.count(), back.items.count(), back.remarks.count()) == before
    assert Guess.objects.filter(point=back, item__isnull=False).exists()
    with pytest.raises(Denied, match="已经恢复过"):
        restore_point(city.officer, plan=draft, event_id=event.pk)


def test_what_somebody_deleted_meanwhile_is_a_conflict(city, draft):
    third = point(draft, "3")
    delete_point(city.director, point=third, revision=0)
    with pytest.raises(Conflict, match="被别人删除"):
        edit_point(city.officer, point=third, revision=0, text="新的文字。")


def test_points_are_numbered_in_their_own_writing(city, draft):
    fourth = point(draft, "4")
    Point.objects.filter(pk=fourth.pk).update(label="（四）")
    delete_point(city.officer, point=point(draft, "3"), revision=0)
    renumber_points(city.officer, plan=draft)
    assert numbers(draft) == ["1", "2", "3", "4"]
    fourth.refresh_from_db()
    assert (fourth.number, fourth.label) == ("3", "（三）")


def test_to_check_a_point_accepts_what_was_still_open(city, draft):
    first = point(draft, "1")
    rejected = first.guesses.first()
    Guess.objects.filter(pk=rejected.pk).update(state="rejected")
    check_point(city.officer, point=first, revision=0)
    first.refresh_from_db()
    assert first.checked
    assert set(first.guesses.exclude(pk=rejected.pk).values_list("state", flat=True)) == {"accepted"}
    rejected.refresh_from_db()
    assert rejected.state == "rejected"
    check_point(city.officer, point=first, revision=0, checked=False)
    first.refresh_from_db()
    assert not first.checked


def test_an_item_edited_changes_the_text_it_stands_in(city, draft):
    item = point(draft, "1").items.all()[1]
    edit_item(city.officer, item=item, revision=0, text=item.text + "机构要独立设置。")
    first = point(draft, "1")
    assert "专职人员。机构要独立设置。三是" in first.text
    for row in first.items.all():
        assert first.text[row.start : row.end] == row.text
    with pytest.raises(Stale):
        edit_item(city.director, item=item, revision=0, text="别的。")


def test_items_part_and_join(city, draft):
    item = point(draft, "1").items.all()[0]
    split_item(city.officer, item=item, revision=0, offset=item.text.index("6月"))
    rows = list(point(draft, "1").items.all())
    assert [(row.ordinal, row.text[:4]) for row in rows][:2] == [(1, "逐项核查"), (2, "6月底前")]
    guess = Guess.objects.get(point=rows[0].point, sort="period")
    assert guess.item == rows[1]
    merge_items(city.officer, item=rows[0], revision=1)
    rows = list(point(draft, "1").items.all())
    assert (len(rows), rows[0].text) == (3, item.text)
    with pytest.raises(Denied, match="最后一项"):
        merge_items(city.officer, item=rows[-1], revision=2)


def test_items_come_and_go(city, draft):
    second = point(draft, "2")
    at = second.text.index("每半年")
    add_item(city.officer, point=second, revision=0, start=at, end=second.text.index("，"))
    add_item(city.officer, point=second, revision=1, text="补充一项。")
    assert [item.text for item in second.items.all()] == ["每半年召开 1 次成员单位联席会议", "补充一项。"]
    delete_item(city.officer, item=second.items.first(), revision=2)
    assert [(item.ordinal, item.text) for item in second.items.all()] == [(1, "补充一项。")]
    with pytest.raises(ValidationError, match="选中文字"):
        add_item(city.officer, point=second, revision=3, text=" ")


def test_items_are_made_anew_from_the_marks(city, draft):
    second = point(draft, "2")
    edit_point(city.officer, point=second, revision=0, text="一是每半年召开 1 次会议。二是建立制度。")
    resplit_items(city.officer, point=second, revision=1)
    assert list(Item.objects.filter(point=second).values_list("text", flat=True)) == [
        "每半年召开 1 次会议。",
        "建立制度。",
    ]


def test_plan_and_sections_have_their_own_revision(city, draft):
    edit_plan(city.officer, plan=draft, revision=0, title="新标题", year=2027)
    with pytest.raises(Stale):
        edit_plan(city.director, plan=draft, revision=0, title="另一个标题")
    with pytest.raises(ValidationError):
        edit_plan(city.officer, plan=draft, revision=1, year=1999)
    section = draft.sections.first()
    edit_section(city.officer, section=section, revision=0, title="健全机制")
    with pytest.raises(Stale):
        edit_section(city.director, section=section, revision=0, title="完善机制")


def test_sections_come_and_go_but_never_with_points(city, draft):
    made = add_section(city.officer, plan=draft, title="其他工作", number="四、")
    added = add_point(city.officer, section=made, title="做好总结")
    with pytest.raises(Denied, match="还有要点"):
        delete_section(city.officer, section=made)
    delete_point(city.officer, point=added, revision=0)
    delete_section(city.officer, section=made)
    assert draft.sections.count() == 3


def test_nobody_edits_without_the_right(city, draft):
    for person in (city.county, city.leader, city.stranger):
        with pytest.raises(Denied):
            edit_point(person, point=point(draft, "1"), revision=0, text="改。")
