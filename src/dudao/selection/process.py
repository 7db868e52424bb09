"""Selection as it is worked with: the acts of cycle plans and changes to them, draws, recusals, teams, each with its words."""

from collections.abc import Callable
from typing import Any, Final

from dudao.core.access import Actor
from dudao.core.process import Act, Process, as_seen
from dudao.core.ui.parts import Crumb
from dudao.selection import flow
from dudao.selection.actions import cycle_changes, draws, recusals, teams
from dudao.selection.actions import cycles as planning
from dudao.selection.forms.cycles import ReplanForm, RulesForm
from dudao.selection.forms.draws import DrawForm, HoldForm
from dudao.selection.models import CycleChange, Draw
from dudao.selection.queries import cycles as plans
from dudao.selection.queries import draws as draw_reads
from dudao.selection.queries import teams as team_reads
from dudao.selection.rules import CycleRules

Given = dict[str, Any]
ASKED: Final = "请写明理由，对方会看到。"


def _job(job: Any) -> Any:
    return job


CYCLE: Final = Process(
    "plan",
    "selection:cycle",
    flow.CYCLE,
    plans.plan,
    lists="selection:cycles",
    list_word="周期规划",
    slug="cycle_",
    acts=(
        Act("cycle.fix", icon="file-import", page="selection:cycle_import", word="导入固定学期", primary=False),
        Act(
            "cycle.edit", as_seen(planning.set_rules, "plan"), "规则已保存，重新测算后生效。", "adjustments-horizontal",
            form=RulesForm, name="rules", title="规则", save="保存规则", save_icon="device-floppy", primary=False,
            given=lambda actor, plan: {"initial": {"title": plan.title, **CycleRules.of(plan.rules).data()}},
            fits=lambda plan: plan.state in planning.OPEN,
        ),
        Act("cycle.edit", icon="table", page="selection:cycle_capacity", word="容量", primary=False),
        Act(
            "cycle.replan", as_seen(cycle_changes.replan_cycle, "plan"), icon="refresh",
            form=ReplanForm, title="重排", save="开始重排", save_icon="player-play", primary=False, to=_job,
            fits=lambda plan: not plan.changes.filter(state=CycleChange.State.PROPOSED).exists(),
            shown=lambda plan: {"outlook": plans.outlook(plan)}, template="selection/cycles/replan.html",
        ),
        Act(
            "cycle.compute", as_seen(planning.compute_cycle, "plan"), icon="player-play", to=_job,
            word=lambda plan, actor: "重新测算" if plan.levels else "开始测算", primary=lambda plan, actor: not plan.levels,
        ),
        Act(
            "cycle.approve", as_seen(planning.approve_cycle, "plan"), "已批准，按此规划执行。", "",
            ask="批准后按此规划执行，各县市区督导办可以看到本县的安排；以后的调整须写明事由。",
        ),
        Act("cycle.discard", as_seen(planning.discard_cycle, "plan"), "已作废。", "", ask=ASKED, reason="理由", danger=True),
    ),
)  # fmt: skip


def _change_trail(change: CycleChange, title: str) -> list[Crumb]:
    return [*CYCLE.crumbs(change.plan, f"第 {change.number} 次调整")]


CHANGE: Final = Process(
    "change",
    "selection:cycle_change",
    flow.CHANGE,
    plans.change,
    lists="selection:cycles",
    trail=_change_trail,
    slug="cycle_change_",
    acts=(
        Act(
            "cycle.apply", cycle_changes.apply_change, lambda change: f"已采用：{change.summary}。", "",
            ask="采用后学校的学期按此调整，原安排留在调整记录里。", to=lambda change: change.plan,
        ),
        Act(
            "cycle.drop", cycle_changes.drop_change, "没有采用，规划不变。", "",
            ask="不采用，规划保持不变；以后可以再重排。", danger=True, to=lambda change: change.plan,
        ),
    ),
)  # fmt: skip


def _draw_again(actor: Actor, draw: Draw) -> Given:
    numbers = draw.numbers.get("strata") or {}
    initial = {
        **draw.criteria,
        "title": draw.title,
        "campaign": draw.campaign_id,
        "strata": draw.strata_column,
        "size": "size" if draw.size_column else "",
        "numbers": ",".join(f"{name}={number}" for name, number in numbers.items()) or draw.numbers.get("total"),
    }
    return {"actor": actor, "kind": draw.kind, "fixed": draw.office, "initial": initial}


DRAW: Final = Process(
    "draw",
    "draws:draw",
    flow.DRAW,
    draw_reads.draw,
    lists="draws:draws",
    list_word="随机抽取",
    acts=(
        Act(
            "draw.edit", draws.change_draw, "已重新生成抽样框；仍在名单里的排除对象保留了理由。", "pencil",
            form=DrawForm, given=_draw_again, title="修改抽取", word="修改", save="重新生成抽样框",
            save_icon="device-floppy", primary=False,
        ),
        Act(
            "draw.commit", draws.commit_draw, "已固定并公开承诺。公开页的地址和核对码可以先发出去，再当众抽取。", "lock",
            word="公开承诺", hindered=lambda draw, actor: draw_reads.why_not_drawable(draw),
            ask="名单、排除和数量从此固定，平台取一个秘密的随机种子，把它们的核对码（哈希）放到公开页。之后不能再改，要改只能作废重来。",
        ),
        Act(
            "draw.draw", draws.hold_draw, "已抽取。核对后可以公布。", "player-play",
            form=HoldForm, name="hold", title="当众抽取", save="抽取",
            note=lambda draw: f"只能抽一次，抽出后不能重抽。核对码 {draw.commitment}。",
        ),
        Act(
            "draw.publish", draws.publish_draw, "已公布，任何人都能在公开页核对。", "send", word="公布",
            ask="种子、抽样框、排除的理由、抽中的名单和人工调整都会放到公开页，不用登录就能看、能核对。",
        ),
        Act(
            "draw.void", draws.void_draw, "已作废。", "ban", word="作废", danger=True, reason="作废的理由",
            ask="作废后不能恢复。已经承诺的，公开页会一直标明作废和理由。",
        ),
    ),
)  # fmt: skip


def _decide(verb: str) -> Callable[..., Any]:
    return lambda actor, row, reason="": recusals.decide_recusal(actor, row=row, verb=verb, reason=reason)


def _decided(row: Any) -> str:
    return f"已办理：{row.get_state_display()}。"


RECUSAL: Final = Process(
    "row",
    "selection:recusal",
    flow.RECUSAL,
    team_reads.recusal,
    lists="selection:recusals",
    list_word="回避申报",
    slug="recusal_",
    acts=(
        Act("recusal.approve", _decide("recusal.approve"), _decided, ""),
        Act("recusal.reject", _decide("recusal.reject"), _decided, "", ask=ASKED, reason="理由", danger=True),
        Act("recusal.end", _decide("recusal.end"), _decided, "", ask=ASKED, reason="理由", danger=True),
    ),
)

TEAMS: Final = Process(
    "row",
    "selection:team",
    flow.TEAMS,
    team_reads.proposal,
    lists="selection:teams",
    list_word="组队方案",
    slug="team_",
    acts=(
        Act(
            "team.apply", teams.apply_teams, lambda made: f"已安排 {len(made)} 次实地评估，评估组成员会收到通知。", "",
            ask="采用后按此安排实地评估，评估组成员会收到通知；缺人的不安排，请另行处理。",
        ),
        Act(
            "team.drop", teams.drop_teams, "没有采用，什么也没有安排。", "",
            ask="不采用，什么也不安排。", danger=True,
        ),
    ),
)  # fmt: skip
