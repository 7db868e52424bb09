"""Cycle plans: made, computed, fixed, re-planned, approved, exported and brought back; who may see and do what."""

import io
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from dudao.calc.scheduling.cycle import term_label
from dudao.core.access import Denied
from dudao.core.jobs import run_now
from dudao.core.workflow import Conflict
from dudao.demo.builders import unit
from dudao.findings.models import Finding
from dudao.orgs.actions.merging import merge_units
from dudao.orgs.actions.units import close_unit
from dudao.orgs.models import Kind, Stage
from dudao.people.queries import actor_for
from dudao.selection.actions import cycle_changes as changing
from dudao.selection.actions import cycles as acts
from dudao.selection.models import CycleChange, CyclePlan
from dudao.selection.papers.cycles import read_fixes, write_cycle
from dudao.selection.queries import cycles
from dudao.selection.rules import CycleRules, Facts, risk_of
from dudao.visits.models import SiteVisit
from signing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def schools(town):
    """Twelve primary schools in one county, eight in another; one of them private."""
    made = []
    for county, count in ((town.county, 12), (town.other, 8)):
        for index in range(count):
            school = unit(
                f"{county.name}第{index + 1}小学",
                Kind.SCHOOL,
                county,
                ownership="private" if not made else "public",
            )
            Stage.objects.create(unit=school, level=Stage.Level.PRIMARY)
            made.append(school)
    return made


@pytest.fixture
def plan(town, schools):
    return acts.create_cycle(
        town.director,
        office=town.city,
        title="2026—2031年义务教育学校综合督导规划",
        objects_kind="compulsory",
        first_term=cycles.this_term(),
        years=5,
    )


def computed(actor, plan) -> CyclePlan:
    plan.refresh_from_db()
    job = run_now(acts.compute_cycle(actor, plan=plan, revision=plan.revision))
    assert job.state == "done", job.message
    return CyclePlan.objects.select_related("office").get(pk=plan.pk)


@pytest.fixture
def solved(town, plan):
    return computed(town.director, plan)


@pytest.fixture
def approved(town, solved):
    return acts.approve_cycle(town.director, plan=solved, revision=solved.revision)


def replanned(actor, plan, reason="学校有变化", **given) -> CycleChange:
    plan.refresh_from_db()
    job = run_now(changing.replan_cycle(actor, plan=plan, revision=plan.revision, reason=reason, **given))
    assert job.state == "done", job.message
    return plan.changes.get(state="proposed")


def test_every_school_gets_one_term_evenly_and_the_proof_is_kept(town, schools, solved):
    assert solved.state == "solved"
    assert solved.is_proved
    assert len(solved.digest) == 64
    matrix = cycles.own_matrix(town.director, solved)
    assert matrix.total.schools == len(schools)
    assert [cell.planned for cell in matrix.total.cells] == [2] * 10
    assert sorted({cell.planned for cell in matrix.lines[0].cells}) == [1, 2]
    assert sum(planned for _, planned, _ in matrix.by_year) == len(schools)
    assert all(entry.why for entry in solved.entries.all())


def test_the_same_schools_give_the_same_plan(town, solved):
    before = dict(solved.entries.values_list("school_id", "term"))
    again = computed(town.director, solved)
    assert dict(again.entries.values_list("school_id", "term")) == before
    assert again.digest == solved.digest


def test_overdue_findings_bring_a_school_forward(town, schools, plan):
    Finding.objects.create(
        office=town.city,
        unit=schools[7],
        code="〔2026〕1号",
        state="rectifying",
        description="食堂留样不全",
        found_on=date(2026, 3, 1),
        deadline=date(2026, 4, 1),
        first_deadline=date(2026, 4, 1),
        issued_at=timezone.now(),
        signed_at=timezone.now(),
    )
    solved = computed(town.director, plan)
    entry = solved.entries.get(school=schools[7])
    assert entry.risk_lines[0] == "逾期未整改问题 1 个：20 分"
    assert entry.term == solved.first_term


def test_a_fixed_school_waits_until_the_plan_is_computed_again(town, solved):
    entry = solved.entries.filter(term=solved.first_term).first()
    last = solved.terms[-1]
    acts.fix_schools(town.director, plan=solved, fixes={entry.pk: acts.Fix(last, "迁建新校区")})
    solved.refresh_from_db()
    assert solved.pending == 1
    with pytest.raises(Denied, match="还有 1 所学校的固定学期没有排入"):
        acts.approve_cycle(town.director, plan=solved, revision=solved.revision)
    again = computed(town.director, solved)
    entry.refresh_from_db()
    assert (again.pending, entry.term) == (0, last)
    assert entry.why == "固定在这一学期：迁建新校区。"
    acts.fix_schools(town.director, plan=again, fixes={entry.pk: acts.Fix(None)})
    entry.refresh_from_db()
    assert (entry.fixed_term, entry.fixed_reason) == (None, "")


@pytest.mark.parametrize(
    ("fix", "words"),
    [
        (lambda plan: acts.Fix(plan.first_term - 1, "早"), "不在"),
        (lambda plan: acts.Fix(plan.first_term), "请写明"),
        (lambda plan: acts.Fix(None, "", plan.first_term + 3, plan.first_term + 1), "早于"),
        (lambda plan: acts.Fix(None, last_visited=plan.first_term), "上次督导应在"),
    ],
)
def test_a_fix_that_makes_no_sense_is_refused(town, plan, fix, words):
    with pytest.raises(ValidationError, match=words):
        acts.fix_schools(town.director, plan=plan, fixes={plan.entries.first().pk: fix(plan)})


def test_what_changed_during_the_computation_is_not_overwritten(town, plan):
    job = acts.compute_cycle(town.director, plan=plan, revision=plan.revision)
    acts.set_capacities(town.director, plan=plan, revision=plan.revision, capacity={})
    done = run_now(job)
    assert done.state == "failed"
    assert "请重新测算" in done.message


def test_too_small_capacities_are_explained(town, plan):
    key = f"{town.county.pk}:{plan.first_term}"
    capacity = {f"{town.county.pk}:{term}": 1 for term in plan.terms}
    acts.set_capacities(town.director, plan=plan, revision=plan.revision, capacity=capacity)
    solved = computed(town.director, plan)
    assert sum(unmet["amount"] for unmet in solved.unmet) == 2
    assert "平江县" in solved.unmet[0]["text"]
    assert "还差 2 所" in solved.unmet[0]["text"]
    with pytest.raises(ValidationError):
        acts.set_capacities(town.director, plan=solved, revision=solved.revision, capacity={key: -1})
    with pytest.raises(Conflict):
        acts.set_capacities(town.director, plan=solved, revision=0, capacity={})


def test_schools_that_close_merge_and_open_move_few_others(town, schools, approved):
    closing, merging, target = schools[1], schools[2], schools[3]
    close_unit(town.director, unit=closing, day=timezone.localdate(), reason="批复撤销")
    merge_units(town.director, sources=[merging], target=target, day=timezone.localdate(), reason="合并")
    fresh = unit("平江县新城小学", Kind.SCHOOL, town.county, ownership="public")
    Stage.objects.create(unit=fresh, level=Stage.Level.PRIMARY)
    earliest = min(approved.entries.filter(school__in=[merging, target]).values_list("term", flat=True))
    change = replanned(town.director, approved)
    assert {one["why"] for one in change.left} == {"已撤销", f"并入{target}"}
    assert [one["name"] for one in change.joined] == ["平江县新城小学"]
    assert len(change.moves) <= 1
    assert approved.entries.get(school=closing).left_why == ""
    changing.apply_change(town.director, change=change)
    approved.refresh_from_db()
    assert approved.entries.get(school=closing).left_why == "已撤销"
    assert approved.entries.get(school=target).term == earliest
    assert approved.entries.get(school=fresh).term in approved.terms
    assert change.summary.endswith("新增 1 所，退出 2 所")


def test_a_proposal_waits_for_a_decision_and_an_old_one_is_refused(town, approved):
    change = replanned(town.director, approved)
    assert change.moves == []
    with pytest.raises(Conflict, match="还有一次调整没有决定"):
        changing.replan_cycle(town.director, plan=approved, revision=approved.revision, reason="再来")
    acts.set_capacities(town.director, plan=approved, revision=approved.revision, capacity={})
    with pytest.raises(Conflict, match="又有改动"):
        changing.apply_change(town.director, change=change)
    changing.drop_change(town.director, change=change)
    change.refresh_from_db()
    assert change.state == "dropped"


def test_a_fixed_school_of_an_approved_plan_moves_with_a_proposal(town, approved):
    entry = approved.entries.filter(term=approved.terms[-1]).first()
    acts.fix_schools(town.director, plan=approved, fixes={entry.pk: acts.Fix(approved.terms[2], "群众反映集中")})
    change = replanned(town.director, approved, reason="群众反映集中")
    told = {one["school"]: one for one in change.moves}
    assert told[entry.school_id]["after"] == approved.terms[2]
    assert told[entry.school_id]["why"] == "按要求固定：群众反映集中。"
    changing.apply_change(town.director, change=change)
    approved.refresh_from_db()
    entry.refresh_from_db()
    assert (approved.pending, entry.term) == (0, approved.terms[2])


def test_schools_missed_in_terms_that_are_over_are_planned_anew_when_asked(town, schools):
    plan = acts.create_cycle(
        town.director,
        office=town.city,
        title="已经过了一年的规划",
        objects_kind="compulsory",
        first_term=cycles.this_term() - 2,
        years=5,
    )
    solved = computed(town.director, plan)
    kept = replanned(town.director, solved)
    assert kept.moves == []
    changing.drop_change(town.director, change=kept)
    change = replanned(town.director, solved, missed=True)
    assert {one["why"] for one in change.moves} == {"原学期已过，没有督导记录，改排到以后。"}
    assert all(one["after"] >= cycles.this_term() for one in change.moves)
    assert len(change.moves) == 4


def test_a_school_that_was_visited_stays_where_it_was_planned(town, approved):
    entry = approved.entries.filter(term=approved.terms[0]).first()
    SiteVisit.objects.create(
        office=town.city, unit=entry.school, from_on=timezone.localdate(), until_on=timezone.localdate(), state="settled",
        preliminary="无", fed_back_at=timezone.now(), conclusion="合格", settled_at=timezone.now(),
    )  # fmt: skip
    capacity = {f"{county.pk}:{approved.terms[0]}": 0 for county in (town.county, town.other)}
    acts.set_capacities(town.director, plan=approved, revision=approved.revision, capacity=capacity)
    change = replanned(town.director, approved, reason="下学期没有人手")
    assert change.result[f"{entry.school_id:010}"]["term"] == approved.terms[0]
    assert change.result[f"{entry.school_id:010}"]["why"] == "固定在这一学期：已经督导，不再变动。"
    assert [one["before"] for one in change.moves] == [approved.terms[0]]
    assert cycles.own_matrix(town.director, approved).by_year[0][2] == 1


def test_the_workbook_comes_back_with_fixed_terms(town, solved):
    matrix = cycles.own_matrix(town.director, solved)
    rows = list(cycles.entries(town.director, solved))
    target = io.BytesIO()
    write_cycle(solved, matrix, rows, [{"text": "例子"}], target)
    book = CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue()))
    assert book.sheet_names == ["分县分学期", "学校名单", "未满足的要求"]
    fixes, problems = read_fixes(target.getvalue(), solved)
    assert problems == []
    with pytest.raises(ValidationError, match="没有要保存的改动"):
        acts.fix_schools(town.director, plan=solved, fixes=fixes)
    rows[0].fixed_term, rows[0].fixed_reason = solved.terms[4], "换届后首查"
    rows[1].fixed_term, rows[1].fixed_reason = solved.first_term - 3, ""
    again = io.BytesIO()
    write_cycle(solved, matrix, rows[:1], [], again)
    fixes, problems = read_fixes(again.getvalue(), solved)
    assert fixes[rows[0].pk].term == solved.terms[4]
    assert acts.fix_schools(town.director, plan=solved, fixes=fixes, source="固定.xlsx") == 1
    wrong = io.BytesIO()
    write_cycle(solved, matrix, rows[1:2], [], wrong)
    _, problems = read_fixes(wrong.getvalue(), solved)
    assert [str(problem) for problem in problems] == [
        f"第 4 行“固定学期”{term_label(solved.first_term - 3)}不在{solved.span_words}之内",
        "第 4 行“固定理由”没有填写，固定了学期的学校必须写明理由",
    ]


def test_risk_is_a_sum_that_can_be_checked():
    rules = CycleRules()
    assert risk_of(rules, Facts(), 4053) == (25, ["没有督导过的记录：25 分"])
    points, parts = risk_of(rules, Facts(overdue=2, open=5, last_visited=4045, pupils=2400), 4053)
    assert parts == [
        "逾期未整改问题 2 个：40 分",
        "正在整改的问题 5 个：10 分",
        "距上次督导 4 年：20 分",
        "学生 2400 人，规模较大：15 分",
    ]
    assert points == 85
    assert CycleRules.of(rules.data()) == rules
    with pytest.raises(ValueError, match="不认识的规则：speed"):
        CycleRules.of({"speed": 1})


def test_counties_see_their_part_of_an_approved_plan_only(town, solved):
    assert cycles.plan(town.stranger, solved.pk) is None
    approved = acts.approve_cycle(town.director, plan=solved, revision=solved.revision)
    assert cycles.plan(town.stranger, approved.pk) is not None
    assert cycles.own_matrix(town.stranger, approved).total.schools == 8
    with pytest.raises(Denied):
        acts.fix_schools(
            town.stranger, plan=approved, fixes={approved.entries.first().pk: acts.Fix(None, last_visited=4000)}
        )


def test_an_officer_prepares_and_the_director_decides(town, plan):
    solved = computed(town.officer, plan)
    with pytest.raises(Denied):
        acts.approve_cycle(town.officer, plan=solved, revision=solved.revision)
    with pytest.raises(Denied, match="没有"):
        acts.create_cycle(
            town.head, office=town.city, title="不行", objects_kind="compulsory", first_term=4053, years=5
        )


def test_a_discarded_plan_says_why(town, solved):
    with pytest.raises(Denied, match="需要写明理由"):
        acts.discard_cycle(town.director, plan=solved, revision=solved.revision, reason=" ")
    gone = acts.discard_cycle(town.director, plan=solved, revision=solved.revision, reason="并入新一轮")
    assert gone.reason == "并入新一轮"
    with pytest.raises(Denied):
        acts.compute_cycle(town.director, plan=gone, revision=gone.revision)


def test_pages_show_the_plan_with_a_constant_number_of_queries(town, approved, client, django_assert_max_num_queries):
    signed_in(town.accounts["director"], client)
    with django_assert_max_num_queries(40):
        page = client.get(reverse("selection:cycle", args=[approved.pk])).content.decode()
    assert "已证明没有更好的排法" in page
    assert "每学年" in page
    with django_assert_max_num_queries(40):
        listed = client.get(reverse("selection:cycle_schools", args=[approved.pk])).content.decode()
    assert "民办" in listed
    entry = approved.entries.first()
    assert "风险分的构成" in client.get(entry.get_absolute_url()).content.decode()
    for name in ("cycle_rules", "cycle_capacity", "cycle_import", "cycle_replan"):
        assert client.get(reverse(f"selection:{name}", args=[approved.pk])).status_code == 200, name
    assert client.get(reverse("selection:cycles")).status_code == 200
    assert client.get(reverse("selection:cycle_new")).status_code == 200
    answer = client.post(reverse("selection:cycle_export", args=[approved.pk]))
    assert answer["Content-Type"].endswith("sheet")


def test_a_plan_is_made_by_its_pages(town, schools, client):
    signed_in(town.accounts["director"], client)
    client.post(
        reverse("selection:cycle_new"),
        {
            "office": town.city.pk,
            "title": "五年规划",
            "objects_kind": "compulsory",
            "first_term": cycles.this_term(),
            "years": "5",
            "spare": "2",
        },
    )
    plan = CyclePlan.objects.get()
    client.post(reverse("selection:cycle_step", args=[plan.pk]), {"step": "cycle.compute"})
    plan.refresh_from_db()
    run_now(plan.job)
    entry = plan.entries.order_by("term").first()
    client.post(entry.get_absolute_url(), {"term": plan.terms[-1], "reason": "迁建"})
    client.post(reverse("selection:cycle_replan", args=[plan.pk]), {"reason": "迁建"})
    plan.refresh_from_db()
    run_now(plan.job)
    change = plan.changes.get()
    page = client.get(change.get_absolute_url()).content.decode()
    assert "按要求固定：迁建" in page
    client.post(reverse("selection:cycle_change_step", args=[change.pk]), {"step": "cycle.apply"})
    client.post(reverse("selection:cycle_step", args=[plan.pk]), {"step": "cycle.approve"})
    plan.refresh_from_db()
    assert (plan.state, plan.pending) == ("approved", 0)
    data = {f"c-{town.county.pk}-{plan.first_term}": "x"}
    answer = client.post(reverse("selection:cycle_capacity", args=[plan.pk]), data)
    assert answer.status_code == 422
    assert "不是 0 到 9999 的整数" in answer.content.decode()


def test_a_reader_of_a_county_reads_one_school(town, approved, client):
    signed_in(town.accounts["county_officer"], client)
    entry = approved.entries.filter(county=town.county).first()
    page = client.get(entry.get_absolute_url()).content.decode()
    assert "排在哪一学期，为什么" in page
    assert "保存" not in page
    assert client.post(entry.get_absolute_url(), {"term": ""}).status_code == 403
    foreign = approved.entries.filter(county=town.other).first()
    assert client.get(foreign.get_absolute_url()).status_code == 404
    assert actor_for(town.accounts["county_officer"]).may_somewhere("cycle.view")


def test_a_countys_plan_is_balanced_over_its_townships(town, client):
    towns = [unit(name, Kind.TOWNSHIP, town.county) for name in ("汉昌街道", "长寿镇")]
    for place, (parent, count) in enumerate(((towns[0], 10), (towns[1], 6), (town.county, 2))):
        for number in range(count):
            school = unit(f"{place}-{number}小学", Kind.SCHOOL, parent, ownership="public")
            Stage.objects.create(unit=school, level=Stage.Level.PRIMARY)
    row = acts.create_cycle(
        town.county_officer,
        office=town.county,
        title="平江县综合督导规划",
        objects_kind="compulsory",
        first_term=cycles.this_term(),
        years=5,
    )
    solved = computed(town.county_officer, row)
    matrix = cycles.own_matrix(town.county_officer, solved)
    assert [(line.name, line.schools) for line in matrix.lines] == [("长寿镇", 6), ("汉昌街道", 10), ("平江县直属", 2)]
    assert {cell.planned for cell in matrix.lines[1].cells} == {1}
    assert {cell.planned for cell in matrix.total.cells} <= {1, 2}
    signed_in(town.accounts["county_officer"], client)
    page = client.get(solved.get_absolute_url()).content.decode()
    assert "各乡镇街道、各学期" in page and "县市区</th>" not in page
    book = client.post(reverse("selection:cycle_export", args=[solved.pk]))
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).sheet_names
    assert sheets[0] == "分乡镇分学期"
