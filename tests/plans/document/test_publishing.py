"""From draft to published plan: what bars it, the freeze in code and in the database, amendments, draft tasks."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from dudao.core.access import Denied
from dudao.demo.builders import unit
from dudao.orgs.models import Kind
from dudao.plans.actions.document import (
    PointChange,
    amend_plan,
    check_point,
    decide_guess,
    discard_plan,
    draft_tasks,
    edit_plan,
    edit_point,
    import_plan,
    publish_plan,
    resolve_remark,
)
from dudao.plans.actions.tasks import discard_task
from dudao.plans.flow import PLAN
from dudao.plans.models import Amendment, Guess, Item, Point, Remark, Section, Task, WorkPlan
from dudao.plans.queries.document import effective_points, plan_of
from dudao.plans.queries.suggestions import recipients_suggested
from plans.document.conftest import TEXT, point


def looked_through(actor, plan):
    """Every check decided, every point checked."""
    for remark in Remark.objects.filter(plan=plan, level="check", state="open"):
        resolve_remark(actor, remark=remark, how="keep")
    for row in Point.objects.filter(section__plan=plan).select_related("section"):
        check_point(actor, point=row, revision=row.revision)
    return plan


@pytest.fixture
def published(city, draft):
    looked_through(city.officer, draft)
    return publish_plan(city.director, plan=draft)


def test_what_has_to_be_looked_at_bars_publication(city, draft):
    with pytest.raises(Denied, match="条提示需要核对"):
        publish_plan(city.director, plan=draft)
    looked_through(city.officer, draft)
    edit_plan(city.officer, plan=draft, revision=0, title="")
    with pytest.raises(Denied, match="标题"):
        publish_plan(city.director, plan=draft)
    edit_plan(city.officer, plan=draft, revision=1, title="要点")
    second = point(draft, "2")
    edit_point(city.officer, point=second, revision=second.revision, title="", text="")
    with pytest.raises(Denied, match="1 条要点既没有标题也没有内容"):
        publish_plan(city.director, plan=draft)


def test_the_buttons_know_what_the_action_refuses(city, draft):
    found = plan_of(city.director, draft.pk)
    assert PLAN.why_not(found, "plan.publish", city.director) is not None
    assert PLAN.why_not(found, "plan.discard", city.director) is None


def test_the_officer_prepares_and_the_director_publishes(city, draft):
    looked_through(city.officer, draft)
    with pytest.raises(Denied):
        publish_plan(city.officer, plan=draft)
    assert publish_plan(city.director, plan=draft).published_at is not None


def test_a_published_plan_refuses_every_edit(city, published):
    first = point(published, "1")
    attempts = [
        lambda: edit_point(city.officer, point=first, revision=first.revision, text="改。"),
        lambda: edit_plan(city.officer, plan=published, revision=published.revision, title="改"),
        lambda: decide_guess(city.officer, guess=first.guesses.first(), state="rejected"),
        lambda: resolve_remark(city.officer, remark=published.remarks.first(), how="reopen"),
        lambda: discard_plan(city.director, plan=published, reason="不要了"),
    ]
    for attempt in attempts:
        with pytest.raises(Denied):
            attempt()


@pytest.mark.parametrize(
    "write",
    [
        lambda plan: Section.objects.filter(plan=plan).update(title="改"),
        lambda plan: Point.objects.filter(section__plan=plan).update(text="改"),
        lambda plan: Item.objects.filter(point__section__plan=plan).delete(),
        lambda plan: Guess.objects.filter(point__section__plan=plan).update(state="rejected"),
        lambda plan: Remark.objects.filter(plan=plan).update(state="open"),
        lambda plan: Section.objects.create(plan=plan, position=9, title="新的部分"),
        lambda plan: WorkPlan.objects.filter(pk=plan.pk).update(title="改"),
        lambda plan: WorkPlan.objects.filter(pk=plan.pk).update(state="draft", published_at=None),
        lambda plan: plan.delete(),
    ],
)
def test_the_database_freezes_a_published_plan(published, write):
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        write(published)


def test_a_row_cannot_leave_a_published_plan(city, published):
    other = import_plan(city.officer, unit=city.city, text=TEXT)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Point.objects.filter(section__plan=published).update(section=other.sections.first())


def test_a_discarded_draft_keeps_its_reason_and_is_read_only(city, draft):
    with pytest.raises(Denied, match="理由"):
        discard_plan(city.director, plan=draft, reason=" ")
    discard_plan(city.director, plan=draft, reason="导错了文件")
    with pytest.raises(Denied, match="已作废"):
        edit_plan(city.officer, plan=draft, revision=0, title="改")


def test_amendments_are_numbered_and_leave_the_original(city, published):
    first, fifth = point(published, "1"), point(published, "5")
    changes = [PointChange(first, title="落实改革任务"), PointChange(fifth, dropped=True)]
    amend_plan(city.officer, plan=published, reason="省里调整了任务", changes=changes)
    amend_plan(city.officer, plan=published, reason="再改", changes=[PointChange(first, text="新的内容。")])
    rows = {row.point.number: row for row in effective_points(published)}
    assert (rows["1"].title, rows["1"].text, rows["1"].amended) == ("落实改革任务", "新的内容。", 2)
    assert (rows["5"].dropped, rows["2"].amended) == (True, 0)
    first.refresh_from_db()
    assert first.title == "落实改革任务清单"
    assert list(published.amendments.values_list("number", flat=True)) == [1, 1, 2]
    with pytest.raises(ValidationError, match="已经在第 1 次修订中删除"):
        amend_plan(city.officer, plan=published, reason="再改", changes=[PointChange(fifth, title="改")])


def test_an_amendment_needs_reason_change_and_a_published_plan(city, draft):
    first = point(draft, "1")
    with pytest.raises(Denied):
        amend_plan(city.officer, plan=draft, reason="改", changes=[PointChange(first, title="改")])
    looked_through(city.officer, draft)
    plan = publish_plan(city.director, plan=draft)
    with pytest.raises(ValidationError, match="理由"):
        amend_plan(city.officer, plan=plan, reason="", changes=[PointChange(first, title="改")])
    with pytest.raises(ValidationError, match="没有任何改动"):
        amend_plan(city.officer, plan=plan, reason="改", changes=[PointChange(first, title=first.title)])


def test_an_amendment_is_never_changed(city, published):
    amend_plan(city.officer, plan=published, reason="改", changes=[PointChange(point(published, "1"), title="新")])
    for write in (lambda: Amendment.objects.update(reason="别的"), lambda: Amendment.objects.all().delete()):
        with pytest.raises(IntegrityError, match="amendment"), transaction.atomic():
            write()


def test_tasks_are_made_once_of_what_was_accepted(city, published):
    office = unit("市督导办", Kind.OFFICE, city.city)
    made = draft_tasks(city.officer, plan=published, deadline=date(2026, 12, 31))
    by_code = {task.code: task for task in Task.objects.filter(plan=published)}
    assert sorted(by_code) == ["1-1", "1-2", "1-3", "2-1", "3-1", "3-2", "4-1", "4-2", "5-1"]
    assert len(made) == 9
    assert by_code["1-1"].deadline == date(2026, 6, 30)
    assert by_code["2-1"].deadline == date(2026, 12, 31)
    assert (by_code["1-2"].target_direction, by_code["1-2"].target_low, by_code["1-2"].target_unit) == ("ge", 3, "名")
    assert by_code["1-1"].title == "逐项核查改革清单"
    assert {task.lead for task in by_code.values()} == {office}
    with pytest.raises(Denied, match="没有新建"):
        draft_tasks(city.officer, plan=published)
    discard_task(city.officer, task=by_code["1-3"])
    with pytest.raises(Denied, match="没有新建"):
        draft_tasks(city.officer, plan=published)


def test_lead_and_partners_are_the_units_that_the_text_says(city):
    unit("市督导办", Kind.OFFICE, city.city)
    audit, housing = (unit(name, Kind.DEPARTMENT, city.city) for name in ("市审计局", "市住房和城乡建设局"))
    text = (
        "2026年教育督导工作要点\n1. 保障经费。按时拨付工作经费（配合单位：市住建局；牵头单位：市审计局）。\n"
        "2. 核定编制。核定督学编制（牵头单位：市委编办；配合单位：市审计局）。\n"
    )
    plan = import_plan(city.officer, unit=city.city, text=text)
    looked_through(city.officer, plan)
    tasks = {row.code: row for row in draft_tasks(city.officer, plan=publish_plan(city.director, plan=plan))}
    first, second = tasks["1-1"], tasks["2-1"]
    assert (first.lead, list(first.partners.all())) == (audit, [housing])
    assert (second.lead.kind, list(second.partners.all())) == (Kind.OFFICE, [audit])  # no such unit in the register
    assert Guess.objects.filter(point__number="2", sort="actor", label="市委编办（承办）").exists()


def test_a_rejected_guess_tells_a_task_nothing(city, draft):
    guess = Guess.objects.get(point=point(draft, "1"), sort="target")
    decide_guess(city.officer, guess=guess, state="rejected")
    looked_through(city.officer, draft)
    plan = publish_plan(city.director, plan=draft)
    draft_tasks(city.officer, plan=plan)
    assert Task.objects.get(plan=plan, code="1-2").target_low is None


def test_a_dropped_point_gets_no_task_and_a_changed_one_its_new_words(city, published):
    amend_plan(
        city.officer,
        plan=published,
        reason="调整",
        changes=[
            PointChange(point(published, "1"), dropped=True),
            PointChange(point(published, "2"), title="完善制度"),
        ],
    )
    draft_tasks(city.officer, plan=published)
    assert not Task.objects.filter(plan=published, point__number="1").exists()
    assert Task.objects.get(plan=published, point__number="2").title == "完善制度"


def test_a_draft_plan_makes_no_tasks(city, draft):
    with pytest.raises(Denied, match="发布以后"):
        draft_tasks(city.officer, plan=draft)


def test_the_freeze_holds_under_the_session_of_the_platform(published):
    """The triggers hang on the tables, not on the model: plain SQL is refused as well."""
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE plans_point SET title = 'x'")


def test_counties_that_the_text_names_are_proposed_as_recipients(city, published):
    draft_tasks(city.officer, plan=published, deadline=date(2026, 12, 31))
    tasks = {task.code: task for task in Task.objects.filter(plan=published).select_related("plan__unit")}
    today = timezone.localdate()
    assert recipients_suggested(tasks["1-2"], today)["counties"] == [city.pingjiang, city.xiangyin]
    assert recipients_suggested(tasks["5-1"], today)["counties"] == []
    tasks["5-1"].partners.set([city.finance])
    assert recipients_suggested(tasks["5-1"], today)["members"] == [city.finance]
