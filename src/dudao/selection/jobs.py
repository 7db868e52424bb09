"""The background work of selection: computing and re-planning cycle plans, finding teams."""

from dudao.calc.scheduling.cycle import CycleError
from dudao.calc.scheduling.cycle_model import plan_cycle
from dudao.calc.scheduling.replanning import replan
from dudao.calc.scheduling.team_model import plan_teams
from dudao.core import jobs
from dudao.core.jobs import JobFailed, Result, Work
from dudao.selection.actions import cycle_changes, teams
from dudao.selection.actions import cycles as acts
from dudao.selection.models import CyclePlan, TeamProposal
from dudao.selection.queries import cycles
from dudao.selection.queries.teams import asked, task_of


def _plan(work: Work, verb: str) -> CyclePlan:
    found = CyclePlan.objects.select_related("office").get(pk=work.params["plan"])
    work.actor.require(verb, found.office.path)
    return found


@jobs.handler("cycle.compute")
def compute(work: Work) -> Result:
    """Read, solve, write; a plan that changed meanwhile is not overwritten."""
    plan = _plan(work, "cycle.compute")
    work.progress(0, 3, "正在读取学校、风险和容量")
    rows = list(plan.entries.filter(left_why="").select_related("school", "county"))
    try:
        cycle = cycles.problem(plan, rows)
    except CycleError as reason:
        raise JobFailed(str(reason)) from None
    work.progress(1, 3, f"正在求解：{len(rows)} 所学校，{len(plan.terms)} 个学期")
    solution = plan_cycle(cycle)
    work.progress(2, 3, "正在保存")
    acts.keep_solution(work.actor, plan=plan, revision=work.params["revision"], solution=solution)
    proof = "已证明没有更好的排法" if solution.proved else f"离证明的最好结果相差 {solution.quality.gap:.1%}"
    unmet = f"，有 {len(solution.unmet)} 项要求没能满足" if solution.unmet else ""
    return Result(f"排定 {len(rows)} 所学校，{proof}{unmet}。", url=plan.get_absolute_url())


@jobs.handler("cycle.replan")
def replan_job(work: Work) -> Result:
    plan = _plan(work, "cycle.replan")
    work.progress(0, 3, "正在核对学校的变化")
    found = cycle_changes.situation(plan, missed=work.params["missed"])
    work.progress(1, 3, f"正在求解：{len(found.entries)} 所学校")
    try:
        replanned = replan(found.cycle, found.old, found.changes)
    except CycleError as reason:
        raise JobFailed(str(reason)) from None
    work.progress(2, 3, "正在保存")
    made = cycle_changes.propose_change(
        work.actor,
        plan=plan,
        revision=work.params["revision"],
        reason=work.params["reason"],
        found=found,
        replanned=replanned,
    )
    return Result(f"{made.summary}，请查看后决定是否采用。", url=made.get_absolute_url())


@jobs.handler("teams.compute")
def find_teams(work: Work) -> Result:
    row = TeamProposal.objects.select_related("office").get(pk=work.params["proposal"])
    work.actor.require("team.create", row.office.path)
    work.progress(0, 3, "正在读取项目、督学和回避情况")
    wanted = asked(row.office, row.from_on, row.until_on, row.days, campaigns=row.campaigns, places=row.places)
    task = task_of(row, wanted)
    work.progress(1, 3, f"正在求解：{len(task.visits)} 次实地评估，{len(task.inspectors)} 名督学")
    found = plan_teams(task)
    work.progress(2, 3, "正在保存")
    made = teams.keep_teams(work.actor, row=row, wanted=wanted, found=found)
    joined = made.wants - len(made.rows)
    saved = f"，合并后少进门 {joined} 次" if joined else ""
    return Result(f"{len(made.rows)} 次实地评估，{made.complete} 次排齐{saved}。", url=made.get_absolute_url())
