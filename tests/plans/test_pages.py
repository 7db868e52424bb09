"""The pages of tasks and rows: they open for whom they should, show what is there, and take a fixed number of queries."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.core import files
from dudao.demo.builders import unit
from dudao.evidence.actions.library import add_file
from dudao.evidence.models import EvidenceLink
from dudao.plans.actions.assignments import report, sign
from dudao.plans.actions.hand_down import hand_down
from dudao.plans.actions.lights import adopt_preset
from dudao.plans.actions.schedule import set_schedule
from dudao.plans.actions.tasks import create_tasks
from dudao.plans.models import Assignment, Task
from dudao.plans.queries.schedule import StepInput
from plans.conftest import a_row, a_task, day, fresh
from signing import signed_in


def client_of(city, name) -> Client:
    return signed_in(city.account(name))


def page(client: Client, name: str, *args, status: int = 200, **query) -> str:
    answer = client.get(reverse(f"plans:{name}", args=args), query)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


@pytest.fixture
def worked(city):
    """A task with a schedule and two rows, one of them reported on."""
    task = a_task(city, evidence_wanted="聘书", deadline=60)
    set_schedule(city.officer, task=task, steps=[StepInput("制定方案", 5), StepInput("组织实施", 10)])
    hand_down(city.officer, task=task, units=[city.pingjiang, city.xiangyin])
    row = fresh(Assignment.objects.get(task=task, unit=city.pingjiang))
    sign(city.county, row=row, leader="张县长")
    report(city.county, row=fresh(row), text="聘任 3 名。", progress=60, difficulties="编制不足")
    return fresh(row)


def test_every_page_opens_for_the_office(city, worked):
    officer = client_of(city, "officer")
    task = worked.task
    draft = a_task(city, title="另一项")
    for name, args in [
        ("tasks", ()),
        ("task", (task.pk,)),
        ("task", (draft.pk,)),
        ("task_new", (city.plan.pk,)),
        ("task_edit", (draft.pk,)),
        ("task_split", (draft.pk,)),
        ("hand_down", (draft.pk,)),
        ("hand_down_count", (draft.pk,)),
        ("schedule", (task.pk,)),
        ("assignments", ()),
        ("assignment", (worked.pk,)),
        ("row_extend", (worked.pk,)),
        ("row_mark", (worked.pk,)),
        ("matrix", ()),
        ("overview", (city.plan.pk,)),
    ]:
        page(officer, name, *args)
    page(client_of(city, "director"), "lights")


def test_the_row_page_tells_the_county_what_is_asked_and_how_it_stands(city, worked):
    said = page(client_of(city, "county"), "assignment", worked.pk)
    for words in ("配备督学", "聘任 3 名。", "编制不足", "距期限 60 天", "报送进展或完成", "聘书", "转办到学校"):
        assert words in said
    # A county judges its schools, never itself: acts that could never be done are left out.
    assert reverse("plans:row_remind", args=[worked.pk]) not in said
    assert reverse("plans:row_mark", args=[worked.pk]) not in said


def test_a_county_sees_its_own_column_and_rows_only(city, worked):
    county = client_of(city, "stranger")
    assert "平江县" not in page(county, "matrix")
    listed = page(county, "assignments", scope="all")
    assert "湘阴县" in listed
    assert "平江县" not in listed
    task = page(county, "task", worked.task_id)
    assert "湘阴县" in task
    assert "平江县" not in task


def test_a_leader_reads_and_finds_no_buttons_of_an_office(city, worked):
    officer = page(client_of(city, "officer"), "assignment", worked.pk)
    assert reverse("plans:row_remind", args=[worked.pk]) in officer
    assert reverse("plans:row_hand_on", args=[worked.pk]) not in officer
    leader = client_of(city, "leader")
    said = page(leader, "task", worked.task_id)
    assert reverse("plans:hand_down", args=[worked.task_id]) not in said
    assert reverse("plans:schedule", args=[worked.task_id]) not in said
    assert "pl-gantt-svg" in said
    row = page(leader, "assignment", worked.pk)
    assert reverse("plans:row_remind", args=[worked.pk]) not in row


def test_signing_reporting_and_confirming_through_the_pages(city):
    row = a_row(city)
    county, officer = client_of(city, "county"), client_of(city, "officer")
    signed = county.post(reverse("plans:row_sign", args=[row.pk]), {"leader": "张县长", "person": "刘主任"})
    assert signed.status_code == 302
    early = county.post(
        reverse("plans:row_report", args=[row.pk]),
        {"text": "聘了 3 名", "progress": "60", "light": "green", "complete": "on"},
    )
    assert early.status_code == 422
    assert "还没有到 100%" in early.content.decode()
    done = county.post(
        reverse("plans:row_report", args=[row.pk]),
        {"text": "全部聘任", "progress": "100", "light": "green", "complete": "on"},
    )
    assert done.status_code == 302
    officer.post(reverse("plans:row_confirm", args=[row.pk]), {"opinion": "属实", "quality": "good"})
    officer.post(reverse("plans:row_step", args=[row.pk]), {"step": "assignment.close"})
    row = fresh(row)
    assert (row.state, row.leader, row.opinion, row.quality) == ("closed", "张县长", "属实", "good")


def test_evidence_comes_in_with_the_report_and_goes_out_only_to_who_may_see_the_row(city, settings, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.FILES_ROOT = tmp_path
    row = a_row(city)
    sign(city.county, row=row)
    county = client_of(city, "county")
    bad = county.post(
        reverse("plans:row_report", args=[row.pk]),
        {"text": "进展", "progress": "10", "light": "green", "files": SimpleUploadedFile("聘书.pdf", b"MZ not a pdf")},
    )
    assert bad.status_code == 422
    good = county.post(
        reverse("plans:row_report", args=[row.pk]),
        {
            "text": "进展",
            "progress": "10",
            "light": "green",
            "files": SimpleUploadedFile("聘书.txt", "聘书内容".encode()),
        },
    )
    assert good.status_code == 302
    file = fresh(row).reports.get().evidence.get()
    address = reverse("plans:evidence", args=[file.pk])
    assert b"".join(county.get(address).streaming_content) == "聘书内容".encode()
    assert client_of(city, "officer").get(address).status_code == 200
    assert client_of(city, "stranger").get(address).status_code == 404
    assert Client().get(address).status_code in {302, 404}


def test_a_report_of_progress_is_proved_from_the_library(city, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    kept = add_file(
        city.county, unit=city.pingjiang, file=files.keep(b"%PDF-1.4 a", "application/pdf"), name="聘书.pdf"
    )
    row = a_row(city, evidence_wanted="聘书")
    sign(city.county, row=row)
    county, address = client_of(city, "county"), reverse("plans:row_report", args=[row.pk])
    assert f"{reverse('evidence:pick')}?unit={city.pingjiang.pk}" in county.get(address).content.decode()
    sent = {"text": "完成。", "progress": "100", "light": "green", "complete": "on"}
    assert county.post(address, sent).status_code == 422
    assert county.post(address, sent | {"library": [kept.version.evidence_id]}).status_code == 302
    made = fresh(row).reports.get()
    assert [(one.file, one.name) for one in made.evidence.all()] == [(kept.version.file, "聘书.pdf")]
    link = EvidenceLink.objects.get(version=kept.version)
    assert link.frozen_at is not None and (link.url, link.unit) == (row.get_absolute_url(), city.pingjiang)


def test_the_form_sent_twice_reports_once(city):
    row = a_row(city)
    sign(city.county, row=row)
    county = client_of(city, "county")
    sent = {"text": "进展", "progress": "10", "light": "green", "form_token": "6f1c1c9e-52a1-4f0e-9a34-2f1d1c6d4a55"}
    for _ in range(2):
        assert county.post(reverse("plans:row_report", args=[row.pk]), sent).status_code == 302
    assert fresh(row).reports.count() == 1


def test_handing_down_through_the_page_says_whom_it_reaches(city):
    task = a_task(city)
    officer = client_of(city, "officer")
    counties = {"counties": [city.pingjiang.pk, city.xiangyin.pk]}
    assert "下达后 2 个单位会收到通知（平江县、湘阴县）" in page(officer, "hand_down_count", task.pk, **counties)
    assert officer.post(reverse("plans:hand_down", args=[task.pk]), {"deadline": ""}).status_code == 422
    officer.post(reverse("plans:hand_down", args=[task.pk]), {**counties, "schools": "on", "kinds": ["school"]})
    assert Assignment.objects.filter(task=task).count() == 3
    assert Task.objects.get(pk=task.pk).state == "issued"


def test_a_draft_is_made_changed_split_and_merged_through_the_pages(city):
    officer = client_of(city, "officer")
    item = city.point.items.first()
    officer.post(
        reverse("plans:task_new", args=[city.plan.pk]),
        {"source": f"item-{item.pk}", "deadline": str(day(40)), "title": ""},
    )
    task = Task.objects.get()
    assert (task.title, task.code) == ("按 1:5 配备督学", "4-1")
    officer.post(reverse("plans:task_edit", args=[task.pk]), {"title": "配备专职督学", "deadline": str(day(41))})
    task.refresh_from_db()
    assert task.title == "配备专职督学"
    officer.post(reverse("plans:task_split", args=[task.pk]), {"parts": "摸清底数，报送名单。\n\n公开遴选。"})
    assert [one.title for one in Task.objects.order_by("sort_no")] == ["摸清底数", "公开遴选"]
    officer.post(reverse("plans:task_merge"), {"ids": [str(one.pk) for one in Task.objects.all()]})
    assert sorted(Task.objects.values_list("state", flat=True)) == ["draft", "withdrawn"]


def test_bulk_acts_of_the_list_tell_what_they_left(city, worked):
    officer = client_of(city, "officer")
    other = Assignment.objects.exclude(pk=worked.pk).get()
    answer = officer.post(
        reverse("plans:row_bulk", args=["remind"]), {"ids": [worked.pk, other.pk], "reason": "抓紧"}, follow=True
    )
    assert "已催办 2 项" in answer.content.decode()
    answer = officer.post(reverse("plans:row_bulk", args=["confirm"]), {"ids": [worked.pk]}, follow=True)
    assert "没有一项可以确认完成" in answer.content.decode()


def test_lists_and_matrix_take_as_many_queries_for_300_rows_as_for_3(city):
    officer = client_of(city, "officer")
    adopt_preset(city.director, unit=city.city, key="suqian", valid_from=day())
    counties = [unit(f"第{number}县", "county", city.city) for number in range(12)]
    counts = {}
    for tasks, most in ((1, 3), (25, 12)):
        for _ in range(tasks):
            hand_down(city.officer, task=a_task(city), units=counties[:most])
        last = Task.objects.last()
        for name, args in (("tasks", ()), ("task", (last.pk,)), ("assignments", ()), ("matrix", ())):
            page(officer, name, *args, per=200)
            with CaptureQueriesContext(connection) as queries:
                page(officer, name, *args, per=200)
            counts.setdefault(name, []).append(len(queries))
    assert Assignment.objects.count() == 303
    assert all(few == many for few, many in counts.values()), counts
    assert max(max(pair) for pair in counts.values()) <= 30, counts


def test_lists_filter_by_light_section_and_deadline(city, worked):
    officer = client_of(city, "officer")
    late = a_row(city, deadline=-3, starts=-30, title="逾期的事")
    said = page(officer, "assignments", light="red")
    assert "逾期的事" in said
    assert "配备督学" not in said
    assert "逾期的事" not in page(officer, "assignments", deadline_from=str(day()))
    assert "逾期的事" in page(officer, "tasks", light="red", section=city.point.section_id)
    assert "配备督学" not in page(officer, "tasks", light="red")
    assert late.pk


def test_the_swap_of_a_list_equals_the_region_of_the_page(city, worked):
    officer = client_of(city, "officer")
    address = reverse("plans:assignments")
    whole = officer.get(address).content.decode()
    part = officer.get(address, headers={"HX-Request": "true", "HX-Target": "list-rows"}).content.decode()
    table = part[part.index("<table") : part.index("</table>")]
    assert table in whole


def test_drafts_of_all_items_are_made_in_a_fixed_number_of_queries(city):
    with CaptureQueriesContext(connection) as queries:
        made = create_tasks(city.officer, plan=city.plan)
    assert [task.code for task in made] == ["4-1", "4-2"]
    assert len(queries) < 25


def test_many_drafts_are_set_and_handed_down_at_once(city):
    made = create_tasks(city.officer, plan=city.plan)
    officer = client_of(city, "officer")
    ids = {"ids": [str(task.pk) for task in made]}
    keys = {"tasks": ids["ids"]}
    first = officer.post(reverse("plans:hand_down_many"), ids).content.decode()
    assert "下达 2 项任务" in first
    to_all = {f"matrix-{task.pk}": [city.pingjiang.pk, city.xiangyin.pk] for task in made}
    undated = officer.post(reverse("plans:hand_down_many"), {**keys, **to_all})
    assert undated.status_code == 422
    for task in made:
        assert f"“{task}”：还没有完成时限" in undated.content.decode(), "every task that lacks something is named"
    nobody = officer.post(reverse("plans:hand_down_many"), {**keys, f"matrix-{made[0].pk}": [city.pingjiang.pk]})
    assert f"“{made[1]}”：还没有选择承办单位，还没有完成时限" in nobody.content.decode()
    assert not Assignment.objects.exists()
    assert "设置 2 项任务" in officer.post(reverse("plans:tasks_edit"), ids).content.decode()
    nothing = officer.post(reverse("plans:tasks_edit"), keys)
    assert "没有填写要设置的内容" in nothing.content.decode()
    officer.post(reverse("plans:tasks_edit"), {**keys, "deadline": str(day(50)), "lead": city.finance.pk})
    assert set(Task.objects.values_list("deadline", "lead")) == {(day(50), city.finance.pk)}
    first, second = made
    sent = {
        f"matrix-{first.pk}": [city.pingjiang.pk, city.xiangyin.pk, city.finance.pk],
        f"matrix-{second.pk}": [city.pingjiang.pk],
        f"matrix-{second.pk}-deadline": str(day(40)),
    }
    assert officer.post(reverse("plans:hand_down_many"), {**keys, **sent}).status_code == 302
    rows = Assignment.objects.values_list("task", "unit", "deadline")
    assert set(rows.filter(task=second)) == {(second.pk, city.pingjiang.pk, day(40))}
    assert rows.filter(task=first).count() == 3
    again = officer.post(reverse("plans:tasks_edit"), {**keys, "deadline": str(day(60))})
    assert "“4-1 按 1:5 配备督学”没有设置" in again.content.decode()
    assert client_of(city, "county").post(reverse("plans:tasks_edit"), ids).status_code == 403


def test_a_published_plan_says_what_comes_next_until_all_is_handed_down(city):
    made = create_tasks(city.officer, plan=city.plan)
    officer = client_of(city, "officer")
    assert "去下达 2 条任务" in page(officer, "plan", city.plan.pk)
    for task in made:
        sent = {"members": [city.finance.pk], "deadline": str(day(30))}
        assert officer.post(reverse("plans:hand_down", args=[task.pk]), sent).status_code == 302
    assert "下一步" not in page(officer, "plan", city.plan.pk)


def test_a_day_in_the_form_is_the_day_that_was_missing(city):
    """A draft without a deadline is handed down with the day that the form asks for, alone and among others."""
    alone, many = create_tasks(city.officer, plan=city.plan)
    officer = client_of(city, "officer")
    url = reverse("plans:hand_down", args=[alone.pk])
    assert officer.get(url).status_code == 200
    missing = officer.post(url, {"members": [city.finance.pk]})
    assert missing.status_code == 422 and "还没有完成时限，请填写" in missing.content.decode()
    assert officer.post(url, {"members": [city.finance.pk], "deadline": str(day(30))}).status_code == 302
    sent = {"tasks": [many.pk], f"matrix-{many.pk}": [city.finance.pk], f"matrix-{many.pk}-deadline": str(day(31))}
    sent[f"matrix-{many.pk}-lead"] = city.finance.pk
    assert officer.post(reverse("plans:hand_down_many"), sent).status_code == 302
    assert list(Task.objects.order_by("code").values_list("state", "deadline")) == [
        ("issued", day(30)),
        ("issued", day(31)),
    ]
    assert Task.objects.get(pk=many.pk).lead == city.finance
    page = officer.post(reverse("plans:hand_down_many"), {"ids": [many.pk]}).content.decode()
    assert f"{city.finance}已下达" in page


def test_units_of_others_in_the_matrix_are_refused_and_nothing_is_handed_down(city):
    made = create_tasks(city.officer, plan=city.plan)
    officer = client_of(city, "officer")
    sent = {"tasks": [task.pk for task in made]} | {f"matrix-{task.pk}-deadline": str(day(31)) for task in made}
    for wrong in ("999999", "x"):
        answer = officer.post(reverse("plans:hand_down_many"), {**sent, f"matrix-{made[0].pk}": [wrong]})
        assert answer.status_code == 422 and "所选的单位已经撤销或不在范围内" in answer.content.decode()
    bad = officer.post(reverse("plans:hand_down_many"), {**sent, f"matrix-{made[0].pk}-deadline": "下周"})
    assert bad.status_code == 422 and "4-1 的完成时限" in bad.content.decode()
    assert not Assignment.objects.exists()


def test_the_matrix_asks_a_fixed_number_of_queries(city):
    few = create_tasks(city.officer, plan=city.plan)
    officer = client_of(city, "officer")

    def queries(tasks):
        with CaptureQueriesContext(connection) as asked:
            assert (
                officer.post(reverse("plans:hand_down_many"), {"ids": [task.pk for task in tasks]}).status_code == 200
            )
        return len(asked)

    one = queries(few[:1])
    assert queries(few) == one


def test_a_closed_task_and_a_withdrawn_row_have_pages_too(city):
    from dudao.plans.actions.assignments import confirm, recall
    from dudao.plans.actions.tasks import close_task

    row = a_row(city)
    sign(city.county, row=row)
    report(city.county, row=fresh(row), text="完成。", progress=100, complete=True)
    confirm(city.officer, row=fresh(row))
    close_task(city.director, task=row.task)
    assert "按期完成" in page(client_of(city, "officer"), "task", row.task_id)
    assert "按期完成" in page(client_of(city, "officer"), "tasks", state="closed")
    other = a_row(city)
    recall(city.officer, row=other, reason="下错了")
    assert "不用再承办" in page(client_of(city, "county"), "assignment", other.pk)
    assert "下错了" in page(client_of(city, "county"), "assignment", other.pk)


def test_what_is_still_to_be_done_stands_before_what_is_finished(city):
    done = a_row(city, title="早已完成的事", deadline=2)
    sign(city.county, row=done)
    report(city.county, row=fresh(done), text="完成。", progress=100, complete=True)
    a_row(city, title="还要做的事", deadline=40)
    said = page(client_of(city, "county"), "assignments")
    assert said.index("还要做的事") < said.index("早已完成的事")


def test_the_wrong_moment_leads_back_with_the_reason_and_the_wrong_person_is_refused(city):
    row = a_row(city)
    officer, county = client_of(city, "officer"), client_of(city, "county")
    early = officer.post(reverse("plans:row_step", args=[row.pk]), {"step": "assignment.close"}, follow=True)
    assert "当前状态为“待签收”，不能销号" in early.content.decode()
    shown = officer.get(reverse("plans:row_confirm", args=[row.pk]), follow=True)
    assert shown.redirect_chain[-1][0] == row.get_absolute_url()
    assert "不能确认完成" in shown.content.decode()
    undone = officer.post(reverse("plans:task_step", args=[row.task_id]), {"step": "task.withdraw"}, follow=True)
    assert "需要写明理由" in undone.content.decode()
    assert county.post(reverse("plans:task_step", args=[row.task_id]), {"step": "task.withdraw"}).status_code == 403
    assert client_of(city, "leader").post(reverse("plans:row_remind", args=[row.pk])).status_code == 403
    own = county.post(reverse("plans:row_remind", args=[row.pk]), {"reason": "催自己"}, follow=True)
    assert "由某市催办" in own.content.decode()


def test_forms_say_what_this_task_wants(city):
    from decimal import Decimal

    from dudao.plans.actions.tasks import Target

    row = a_row(city, target=Target("不低于 2 名", Decimal(2), None, "名", "ge"), evidence_wanted="聘书扫描件")
    sign(city.county, row=row)
    said = page(client_of(city, "county"), "row_report", row.pk)
    for words in ("完成值（名）", "目标：不低于 2 名", "本项要求的佐证：聘书扫描件"):
        assert words in said
    draft = a_task(city, title="草稿")
    assert "下达到全部 2 个县市区" in page(client_of(city, "officer"), "hand_down", draft.pk)
    assert "不填则取所选事项的第一句" in page(client_of(city, "officer"), "task_new", city.plan.pk)
