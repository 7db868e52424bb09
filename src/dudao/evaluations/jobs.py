"""The background work of evaluations: computing and re-planning cycle plans; opinions and workbooks of whole campaigns; handing in
at night what is due, reminding in the morning of what soon will be.
"""

import tempfile
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dudao.calc.scheduling.cycle import CycleError
from dudao.calc.scheduling.cycle_model import plan_cycle
from dudao.calc.scheduling.replanning import replan
from dudao.calc.scheduling.team_model import plan_teams
from dudao.core import files, jobs
from dudao.core.jobs import JobFailed, Result, Work
from dudao.evaluations.actions import cycle_changes, result_papers, teams
from dudao.evaluations.actions import cycles as acts
from dudao.evaluations.actions.pressing import hand_in_overdue
from dudao.evaluations.actions.review_book import KEEP_DAYS, export_book
from dudao.evaluations.actions.urging import urge_all
from dudao.evaluations.models import Campaign, CyclePlan, ScoreSheet, TeamProposal
from dudao.evaluations.models import Result as Score
from dudao.evaluations.queries import cycles
from dudao.evaluations.queries.opinions import lacking
from dudao.evaluations.queries.teams import asked, task_of

OPINIONS = 50
"""Opinions that are drafted in one transaction."""


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
    proof = "已证明没有更好的排法" if solution.proved else f"与理论下界相差 {solution.quality.gap:.1%}"
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


@jobs.daily("evaluations.overdue", hour=1)
def hand_in_at_night() -> None:
    """Hand in what is there where the deadline is over, in campaigns that say so. Run again it does nothing more."""
    hand_in_overdue(timezone.localdate())


@jobs.daily("evaluations.urging", hour=8)
def morning_reminders() -> None:
    """Remind those whose self-evaluation, or part of one, is due soon or just became late."""
    urge_all(timezone.localdate())


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


@jobs.handler("evaluations.opinions")
def draft_opinions(work: Work) -> Result:
    """Draft the 督导意见书 of many units, some in each transaction. Begun again it goes on with those that have none yet."""
    rows = ScoreSheet.objects.select_related("campaign__office", "campaign__version__framework")
    sheet = rows.get(pk=work.params["sheet"])
    due_on = date.fromisoformat(work.params["due_on"])
    keys = work.params["results"]
    for begin in range(0, len(keys), OPINIONS):
        work.progress(begin, len(keys), "正在起草督导意见书")
        found = Score.objects.filter(sheet=sheet, pk__in=keys[begin : begin + OPINIONS])
        part = lacking(found.select_related("subject__unit").order_by("position"))
        if part:
            try:
                result_papers.draft_opinions(work.actor, sheet=sheet, rows=part, due_on=due_on)
            except ValidationError as problem:
                raise JobFailed("".join(problem.messages)) from problem
    work.progress(len(keys), len(keys))
    return Result(f"共 {len(keys)} 份，请核稿、签发。", url=f"{reverse('papers:papers')}?kind=opinion")


@jobs.handler("evaluations.review_book", keep_days=KEEP_DAYS)
def write_review_book(work: Work) -> Result:
    """Write the review of a campaign to a file to download. Run again it writes what then is."""
    campaign = Campaign.objects.select_related("office", "version__framework").get(pk=work.params["campaign"])
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "review.xlsx"
        try:
            lines = export_book(
                work.actor,
                campaign=campaign,
                target=target,
                progress=lambda done, total: work.progress(done, total, "正在写表"),
            )
        except ValidationError as problem:
            raise JobFailed("".join(problem.messages)) from problem
        work.progress(lines, lines, "正在保存文件")
        stored = files.keep(target, files.KINDS["xlsx"].media_type)
    return Result(f"共 {lines} 行，文件保留 {KEEP_DAYS} 天。", file=stored, name=work.params["name"])
