"""Tasks as drafts and as a whole, and the handing down: what is refused, what is recorded, what two people at once get."""

import threading
import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.workflow import Conflict
from dudao.demo.builders import unit
from dudao.plans.actions.assignments import confirm, report, return_row, sign
from dudao.plans.actions.hand_down import hand_down
from dudao.plans.actions.tasks import (
    Target,
    close_task,
    create_task,
    create_tasks,
    discard_task,
    edit_task,
    merge_tasks,
    split_task,
    title_of,
    withdraw_task,
)
from dudao.plans.models import Assignment, Guess, Item, Task, WorkPlan
from dudao.plans.queries.tasks import tasks
from plans.conftest import a_row, a_task, day, fresh


def drafted(city, *guesses):
    """A plan still in draft with accepted guesses on its point (a published one is frozen)."""
    plan = WorkPlan.objects.create(unit=city.city, year=2027, title="明年要点")
    section = plan.sections.create(position=0, number="一、", title="队伍建设")
    point = section.points.create(position=0, number="14.", title="配齐督学。", text="每个责任区聘用 2-3 名兼职督学。")
    for sort, label, data in guesses:
        Guess.objects.create(point=point, sort=sort, words=label, label=label, data=data, state="accepted")
    return point


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("一是系统梳理改革进展，提出思路。", "系统梳理改革进展"),
        ("（2）按 1:5 配备督学", "按 1:5 配备督学"),
        ("3. 开展培训；总结", "开展培训"),
        ("第一，摸清底数", "摸清底数"),
        ("一是围绕本年度重大专项工作，组织开展专项督导。", "组织开展专项督导"),
        ("长" * 60, "长" * 39 + "…"),
        ("围绕本年度重大专项工作，组织开展各类专项督导。", "组织开展各类专项督导"),
        ("指导县市区根据《办法》精神，制定评估规划并启动实施。", "制定评估规划并启动实施"),
        ("围绕食品安全组织专项督导，做好整改。", "围绕食品安全组织专项督导"),
        ("根据实际情况。", "根据实际情况"),
    ],
)
def test_a_title_is_the_first_clause_without_its_mark(text, title):
    assert title_of(text) == title


def test_a_task_takes_what_accepted_guesses_tell(city):
    point = drafted(
        city,
        ("target", "2-3名", {"min": 2, "max": 3, "unit": "名", "direction": "="}),
        ("kind", "队伍建设", {"code": "team_building", "name": "队伍建设"}),
        ("period", "2027年底", {"role": "deadline", "end": "2027-12-31", "start": None}),
    )
    task = create_task(city.officer, point=point)
    assert (task.code, task.title, task.kind, task.deadline) == (
        "14-1",
        "配齐督学",
        "team_building",
        date(2027, 12, 31),
    )
    assert (task.target_low, task.target_high, task.target_direction) == (Decimal(2), Decimal(3), "between")
    bare = create_task(
        city.officer, point=point, from_guesses=False, title="另立", target=Target("1 人", Decimal(1), None, "人", "eq")
    )
    assert (bare.code, bare.kind, bare.target_unit) == ("14-2", "", "人")


def test_a_period_that_is_only_the_subject_is_no_deadline(city):
    point = drafted(city, ("period", "2026年度", {"role": "subject", "start": "2026-01-01", "end": "2026-12-31"}))
    assert create_task(city.officer, point=point).deadline is None


def test_rejected_guesses_don_t_count(city):
    point = drafted(city, ("kind", "培训", {"code": "training"}))
    Guess.objects.update(state="rejected")
    assert create_task(city.officer, point=point).kind == ""


def test_every_item_gets_one_draft_and_none_twice(city):
    made = create_tasks(city.officer, plan=city.plan)
    assert [(task.code, task.title) for task in made] == [("4-1", "按 1:5 配备督学"), ("4-2", "组织培训")]
    with pytest.raises(Denied, match="已经有任务"):
        create_tasks(city.officer, plan=city.plan)
    discard_task(city.officer, task=made[0])
    with pytest.raises(Denied, match="已经有任务"):
        create_tasks(city.officer, plan=city.plan)  # what was thrown away doesn't come back by itself


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"starts": day(50)}, "starts"),
        ({"target_direction": "ge", "target_low": None}, "target_low"),
        ({"target_low": Decimal(3), "target_direction": ""}, "target_direction"),
        ({"target_direction": "between", "target_low": Decimal(3), "target_high": Decimal(2)}, "target_high"),
    ],
)
def test_a_draft_that_contradicts_itself_is_refused_by_field(city, changes, field):
    with pytest.raises(ValidationError) as refusal:
        edit_task(city.officer, task=a_task(city), **changes)
    assert field in refusal.value.message_dict


def test_an_edit_records_old_and_new_and_only_what_changed(city):
    task = a_task(city)
    edit_task(
        city.officer,
        task=task,
        title="配备专职督学",
        deadline=task.deadline,
        lead=city.finance,
        partners=[city.finance],
    )
    data = audit.history(task).first().data
    assert data["changes"]["title"] == ["配备督学", "配备专职督学"]
    assert "deadline" not in data["changes"]
    assert data["changes"]["lead"] == [None, "市财政局"]


def test_after_hand_down_the_content_is_fixed(city):
    task = a_task(city)
    hand_down(city.officer, task=task, units=[city.pingjiang])
    with pytest.raises(Denied, match="内容不能再改"):
        edit_task(city.officer, task=task, title="改名")
    stale = Task.objects.get(pk=task.pk)
    stale.state = "draft"
    with pytest.raises(Conflict):
        edit_task(city.officer, task=stale, title="改名")


def test_split_keeps_owner_target_and_time_and_merge_undoes_it(city):
    task = a_task(city, lead=city.finance, partners=[city.finance], target=Target("2 名", Decimal(2), None, "名", "ge"))
    parts = split_task(city.officer, task=task, parts=["摸清底数。", "  ", "公开遴选，颁证。"])
    assert [part.code for part in parts] == ["4-1", "4-2"]
    second = Task.objects.get(code="4-2")
    assert (second.title, second.lead, second.target_low, second.deadline) == (
        "公开遴选",
        city.finance,
        2,
        task.deadline,
    )
    assert list(second.partners.all()) == [city.finance]
    with pytest.raises(ValidationError, match="至少要分成两段"):
        split_task(city.officer, task=second, parts=["一段"])
    merged = merge_tasks(city.officer, tasks=[second, parts[0]], title="配备督学")
    assert (merged.code, merged.title, merged.text) == ("4-1", "配备督学", "摸清底数。\n公开遴选，颁证。")
    second.refresh_from_db()
    assert second.state == "withdrawn"
    with pytest.raises(ValidationError, match="至少选择两条"):
        merge_tasks(city.officer, tasks=[merged])


def test_handing_down_needs_a_published_plan_a_deadline_and_units_below_the_office(city):
    point = drafted(city)
    unpublished = create_task(city.officer, point=point, deadline=day(30))
    with pytest.raises(Denied, match="还没有发布"):
        hand_down(city.officer, task=unpublished, units=[city.pingjiang])
    task = create_task(city.officer, point=city.point, title="无时限")
    with pytest.raises(ValidationError, match="还没有完成时限"):
        hand_down(city.officer, task=task, units=[city.pingjiang])
    task = a_task(city)
    elsewhere = unit("外市", "city")
    for wrong in (city.city, elsewhere):
        with pytest.raises(Denied, match="不在某市之下"):
            hand_down(city.officer, task=task, units=[wrong])
    with pytest.raises(ValidationError, match="至少选择一个单位"):
        hand_down(city.officer, task=task, units=[])
    for who in (city.county, city.leader, city.liaison):
        with pytest.raises(Denied):
            hand_down(who, task=task, units=[city.pingjiang])


def test_handing_down_twice_adds_only_the_missing_units(city):
    task = a_task(city)
    hand_down(city.officer, task=task, units=[city.pingjiang])
    first = Assignment.objects.get(task=task)
    hand_down(
        city.officer, task=task, units=[city.pingjiang, city.xiangyin, city.finance, city.school], deadline=day(60)
    )
    assert Assignment.objects.filter(task=task).count() == 4
    assert fresh(first).deadline == day(30)
    assert Assignment.objects.get(task=task, unit=city.finance).deadline == day(60)
    with pytest.raises(ValidationError, match="都已经下达过"):
        hand_down(city.officer, task=task, units=[city.xiangyin])
    task.refresh_from_db()
    assert task.state == "issued"


def test_hundreds_of_schools_get_their_rows_in_a_fixed_number_of_queries(city):
    counts = []
    for most in (4, 5, 300):  # the first asks once for what is kept afterwards
        schools = [unit(f"{most}号小学{number}", "school", city.xiangyin) for number in range(most)]
        task = a_task(city)
        officer = city.officer
        with CaptureQueriesContext(connection) as queries:
            hand_down(officer, task=task, units=schools)
        counts.append(len(queries))
        assert Assignment.objects.filter(task=task).count() == most
        assert (
            audit.Event.objects.filter(verb="assignment.issue", object_id__in=task.assignments.values("pk")).count()
            == most
        )
    assert counts[1] == counts[2]


def test_a_task_closes_when_all_have_finished_and_not_before(city):
    row = a_row(city)
    with pytest.raises(Denied, match="还有 1 个单位没有完成"):
        close_task(city.director, task=row.task)
    sign(city.county, row=row)
    report(city.county, row=fresh(row), text="完成。", progress=100, complete=True)
    confirm(city.officer, row=fresh(row))
    with pytest.raises(Denied):
        close_task(city.officer, task=row.task)
    assert close_task(city.director, task=row.task).state == "closed"


def test_withdrawing_a_task_takes_its_open_rows_and_says_why(city):
    row = a_row(city)
    with pytest.raises(Denied, match="需要写明理由"):
        withdraw_task(city.officer, task=row.task, reason="")
    withdraw_task(city.officer, task=row.task, reason="政策调整")
    assert fresh(row).state == "withdrawn"
    assert audit.history(row).first().reason == "政策调整"


def test_a_task_somebody_has_finished_is_not_withdrawn(city):
    row = a_row(city)
    sign(city.county, row=row)
    report(city.county, row=fresh(row), text="完成。", progress=100, complete=True)
    confirm(city.officer, row=fresh(row))
    with pytest.raises(Denied, match="已有 1 个单位确认完成"):
        withdraw_task(city.officer, task=row.task, reason="政策调整")


def test_a_recalled_unit_can_get_its_row_back(city):
    from dudao.plans.actions.assignments import recall

    row = a_row(city)
    recall(city.officer, row=row, reason="下错了")
    hand_down(city.officer, task=Task.objects.select_related("plan__unit").get(pk=row.task_id), units=[city.pingjiang])
    assert fresh(row).state == "issued"


def test_drafts_show_to_the_office_only(city):
    draft = a_task(city, lead=city.finance)
    assert list(tasks(city.officer)) == [draft]
    assert list(tasks(city.liaison)) == []
    hand_down(city.officer, task=draft, units=[city.pingjiang])
    assert list(tasks(city.liaison)) == [draft]
    assert list(tasks(city.county)) == [draft]
    assert list(tasks(city.stranger)) == []


def test_a_form_sent_twice_makes_one_task(city):
    token, made = uuid.uuid4(), []
    for _ in range(2):
        with audit.once(token):
            made.append(create_task(city.officer, point=city.point, title="一次", deadline=day(9)))
    assert made[0] == made[1]
    assert Task.objects.count() == 1


def together(*acts):
    """Run acts at the same time, each on a connection of its own; their outcomes in order."""
    outcomes: list[object] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(place, act):
        try:
            gate.wait(timeout=10)
            outcomes[place] = act() or "done"
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_confirming_and_returning_at_once_one_wins_and_the_other_is_told(city):
    row = a_row(city)
    sign(city.county, row=row)
    report(city.county, row=fresh(row), text="完成。", progress=100, complete=True)
    one, two = fresh(row), fresh(row)
    officer, director = city.officer, city.director
    outcomes = together(lambda: confirm(officer, row=one).pk, lambda: return_row(director, row=two, reason="缺材料").pk)
    lost = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(lost) == 1
    assert isinstance(lost[0], Conflict)
    decided = fresh(row)
    assert decided.state in {"confirmed", "returned"}
    verbs = {"confirmed": "assignment.confirm", "returned": "assignment.return"}
    assert audit.history(row).first().verb == verbs[decided.state]


@pytest.mark.django_db(transaction=True)
def test_two_people_of_a_county_report_at_once_and_both_reports_are_kept_or_one_is_told(city):
    row = a_row(city)
    sign(city.county, row=row)
    one, two = fresh(row), fresh(row)
    county, deputy = city.county, city.county2
    outcomes = together(
        lambda: report(county, row=one, text="甲", progress=30).number,
        lambda: report(deputy, row=two, text="乙", progress=40).number,
    )
    assert sorted(outcomes) == [1, 2]
    assert fresh(row).progress in {30, 40}


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twice_at_once_reports_once(city):
    row = a_row(city)
    sign(city.county, row=row)
    one, two = fresh(row), fresh(row)
    county, token = city.county, uuid.uuid4()

    def send(copy):
        with audit.once(token):
            return report(county, row=copy, text="完成。", progress=100, complete=True).pk

    outcomes = together(lambda: send(one), lambda: send(two))
    assert outcomes[0] == outcomes[1]
    assert row.reports.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_officers_hand_down_at_once_and_every_unit_has_one_row(city):
    task = a_task(city)
    one, two = (Task.objects.select_related("plan__unit").get(pk=task.pk) for _ in range(2))
    officer, director = city.officer, city.director
    together(
        lambda: hand_down(officer, task=one, units=[city.pingjiang, city.xiangyin]).pk,
        lambda: hand_down(director, task=two, units=[city.xiangyin, city.pingjiang, city.finance]).pk,
    )
    found = Assignment.objects.filter(task=task)
    assert found.filter(unit=city.pingjiang).count() == 1
    assert found.count() in {2, 3}


@pytest.mark.django_db(transaction=True)
def test_codes_stay_unique_when_two_make_tasks_at_once(city):
    officer, director = city.officer, city.director
    outcomes = together(
        lambda: create_task(officer, point=city.point, title="甲").code,
        lambda: create_task(director, point=city.point, title="乙").code,
    )
    assert sorted(outcomes) == ["4-1", "4-2"]


def test_an_item_of_another_point_is_refused(city):
    other = drafted(city)
    item = Item.objects.create(point=other, position=0, ordinal=1, text="一是别处的事项。")
    with pytest.raises(ValidationError, match="不属于这条要点"):
        create_task(city.officer, point=city.point, item=item)
