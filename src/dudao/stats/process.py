"""Rounds, returns and plans against large classes as they are worked with: their acts, each with its words and its form."""

from typing import Any, Final

from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Actor
from dudao.core.process import Act, Process
from dudao.core.ui.parts import Crumb
from dudao.orgs.queries import roots_of
from dudao.stats import flow
from dudao.stats.actions import returns as return_acts
from dudao.stats.actions import rounds as round_acts
from dudao.stats.actions import sizes as plan_acts
from dudao.stats.forms.rounds import ExtendForm, RoundEditForm
from dudao.stats.models import DataItem, EliminationPlan, Return, Round
from dudao.stats.queries import catalogue, returns, sizes

ASKED: Final = "请写明理由，对方会看到。"


def _round_trail(asked: Round, title: str) -> list[Crumb]:
    above = [Crumb("数据报送", reverse("stats:rounds"))]
    return [*above, Crumb(asked.title, asked.get_absolute_url())] if title else above


def _edit(actor: Actor, asked: Round) -> dict[str, Any]:
    """The items of today's catalogue set by set, and those that the round holds already."""
    held = catalogue.items_of(asked)
    sets: dict[str, list[DataItem]] = {name: list(rows) for name, rows in catalogue.groups_on(asked.opens_on).items()}
    for item in held:
        if item not in sets.setdefault(item.pack, []):
            sets[item.pack].append(item)
    return {
        "asked": asked,
        "items": sets,
        "groups": catalogue.packs_words(),
        "regions": returns.counties_of(asked.unit),
        "chosen": [item.pk for item in held],
        "within": [unit.pk for unit in asked.regions.all()],
    }


def _remind(actor: Actor, asked: Round) -> int:
    place = roots_of(actor, "return.remind")[0]
    return round_acts.remind_late(actor, asked=asked, place=place, day=timezone.localdate())


def reminded(told: int) -> str:
    return f"已提醒 {told} 个单位。" if told else "没有要提醒的单位：都已报送，或今天已经提醒过。"


def _is_open(asked: Round) -> bool:
    return asked.state == Round.State.OPEN


ROUND: Final = Process(
    "asked",
    "stats:round",
    flow.ROUND,
    returns.round_seen,
    lists="stats:rounds",
    trail=_round_trail,
    slug="round_",
    acts=(
        Act(
            "return.import", icon="file-import", page="stats:import_new", word="导入",
            beside=True, fits=_is_open, primary=False,
        ),
        Act(
            "return.remind", _remind, reminded, "bell-ringing", name="remind", word="提醒未报", beside=True, fits=_is_open,
            ask="还没有报送的单位都会收到提醒；今天已经提醒过的不再重复。", primary=False,
        ),
        Act(
            "round.extend", round_acts.extend_round, lambda count: f"已延长期限，通知了 {count} 个还没有报送的单位。",
            "calendar-stats", form=ExtendForm, given=lambda actor, asked: {"regions": returns.counties_of(asked.unit)},
            title="延长报送期限", word="延长期限", save="延长期限", primary=False,
        ),
        Act(
            "round.open", round_acts.sync_round,
            lambda added: f"已补充 {added} 个填报单位。" if added else "没有新增的填报单位。", "plus",
            name="sync", word="补充单位", beside=True, fits=_is_open,
            ask="机构信息里新增的学校、幼儿园、县市区会各得到一份报表。", primary=False,
        ),
        Act(
            "round.create", icon="copy", page=lambda asked: f"{reverse('stats:round_new')}?from={asked.pk}",
            word="照此布置新学年", beside=True, fits=lambda asked: asked.state != Round.State.DRAFT, primary=False,
        ),
        Act(
            "round.edit", round_acts.edit_round, "已保存报送要求。", "pencil",
            form=RoundEditForm, given=_edit, title="修改报送要求", word="修改要求", save="保存要求", save_icon="device-floppy",
            shown=lambda asked: {"wide": True}, primary=False,
        ),
        Act(
            "round.discard", round_acts.discard_round, lambda asked: f"已删除“{asked.title}”。", "trash", word="删除",
            ask="删除后不能恢复；还没有人看到这次报送。", danger=True, gone=True,
        ),
        Act(
            "round.open", round_acts.open_round, "已开始报送，范围内的填报单位各有一份报表。", "",
            ask="开始后范围内的学校、县市区各有一份报表，并收到通知；指标不能再改。",
        ),
        Act(
            "round.close", round_acts.close_round, "本次报送已结束。", "",
            ask="结束后不能再填报，只有被退回的还可以修改。",
        ),
        Act("round.reopen", round_acts.reopen_round, "已重新开放报送。", "", ask=ASKED, reason="理由", primary=False),
    ),
)  # fmt: skip


def _return_trail(ret: Return, title: str) -> list[Crumb]:
    above = ROUND.crumbs(ret.round, str(ret.round))
    return [*above, Crumb(str(ret.unit), ret.get_absolute_url())] if title else above


def _return_stands(ret: Return) -> str:
    return f"已办理：{ret.unit}现为“{ret.get_state_display()}”。"


RETURN: Final = Process(
    "ret",
    "stats:return",
    flow.RETURN,
    returns.return_seen,
    lists="stats:rounds",
    trail=_return_trail,
    slug="return_",
    acts=(
        Act("return.accept", return_acts.accept, _return_stands, ""),
        Act(
            "return.send_back", return_acts.send_back, _return_stands, "",
            ask="退回后填报单位可以修改并重新提交，会收到您写的理由。", reason="理由", danger=True,
        ),
        Act(
            "return.lock", return_acts.lock, _return_stands, "",
            ask="锁定后任何人不能再改，只有市督导办负责人可以解除。",
        ),
        Act(
            "return.reopen", return_acts.reopen, _return_stands, "",
            ask="解除锁定后填报单位要修改并重新提交、重新审核。", reason="理由", danger=True,
        ),
    ),
)  # fmt: skip


def _plan_trail(plan: EliminationPlan, title: str) -> list[Crumb]:
    above = [Crumb("班额校额", reverse("stats:sizes")), Crumb("消除计划", reverse("stats:eliminations"))]
    return [*above, Crumb(str(plan), plan.get_absolute_url())] if title else above


def _plan_stands(plan: EliminationPlan) -> str:
    return f"已办理：{plan}现为“{plan.get_state_display()}”。"


def _suggest(actor: Actor, plan: EliminationPlan) -> tuple[EliminationPlan, int]:
    return plan, plan_acts.suggest_targets(actor, plan=plan)


def _filling(plan: EliminationPlan) -> str:
    return reverse("stats:elimination_edit", args=[plan.pk])


ELIMINATION: Final = Process(
    "plan",
    "stats:elimination",
    flow.ELIMINATION,
    sizes.plan_seen,
    lists="stats:eliminations",
    trail=_plan_trail,
    slug="elimination_",
    acts=(
        Act(
            "elimination.amend", plan_acts.amend_plan,
            lambda made: f"已开始修订：第 {made.number} 版。批准之前，原来的计划继续有效。", "pencil", word="修订计划", to=_filling,
            ask="按现在的内容另立一版修改，批准之前原计划继续有效。", reason="修订理由", primary=False,
        ),
        Act("elimination.import", icon="file-import", page="stats:elimination_import", word="导入", primary=False),
        Act("elimination.edit", icon="pencil", page="stats:elimination_edit", word="填写计划", primary=False),
        Act(
            "elimination.edit", plan_acts.refresh_plan, "已按最新的数据更新学校和现有数，填过的内容没有动。",
            name="refresh", listed=False, to=_filling,
        ),
        Act(
            "elimination.edit", _suggest, lambda done: f"已为 {done[1]} 条没有目标的按年度平均分配目标，请核对。",
            name="suggest", listed=False, to=lambda done: _filling(done[0]),
        ),
        Act(
            "elimination.submit", plan_acts.submit_plan, _plan_stands, "",
            ask="提交后不能再改，由市督导办批准或退回。",
        ),
        Act(
            "elimination.approve", plan_acts.approve_plan, _plan_stands, "",
            ask="批准后计划生效，以后每年的数据报送按它核对；原来的计划转为“已修订”。",
        ),
        Act(
            "elimination.send_back", plan_acts.send_back_plan, _plan_stands, "",
            ask="退回后县里可以修改并重新提交，会看到您写的理由。", reason="理由", danger=True,
        ),
    ),
)  # fmt: skip
