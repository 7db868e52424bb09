"""The papers that open a campaign: 自评通知 to those who are evaluated, 督导通知 before a team comes. One paper, all receivers.

How many units and until when go along as facts, which are counted again before the paper is issued.
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from dudao.calc.calendar import chinese_date
from dudao.calc.campaigns import PaperPlan
from dudao.core import audit, keys
from dudao.core.access import Actor, Denied
from dudao.evaluations.actions.campaigns import locked
from dudao.evaluations.flow import by_office
from dudao.evaluations.models import Campaign, Phase
from dudao.evaluations.queries.systems import system_of
from dudao.evaluations.queries.templates import template_of
from dudao.orgs.models import Unit
from dudao.papers.actions import draft_paper
from dudao.papers.kinds import Kind
from dudao.papers.models import Paper
from dudao.papers.sources import Fact, Source, register
from dudao.visits.models import VisitMember

_LEAST_INSPECTORS = 3  # 教育督导条例第十六条
CAMPAIGN_NOTICE = keys.Kind("campaign", int, str)
_GONE = (Paper.State.DISCARDED, Paper.State.WITHDRAWN)
_BASIS = "《教育督导条例》（国务院令第624号）"


def plans_of(campaign: Campaign) -> tuple[PaperPlan, ...]:
    """The papers that a campaign's template names; without a template the two usual ones."""
    pack = template_of(campaign.template)
    if pack is not None:
        return pack.papers
    return (
        PaperPlan(Kind.SELF_NOTICE, f"关于开展{campaign.title}的通知"),
        PaperPlan(Kind.NOTICE, f"关于{campaign.title}实地评估的通知"),
    )


def papers_of(campaign: Campaign) -> list[Paper]:
    """The papers made from a campaign, newest first."""
    return list(Paper.objects.filter(source_key__startswith=CAMPAIGN_NOTICE.key(campaign.pk)).order_by("-pk"))


def why_not_notice(actor: Actor, row: Campaign) -> Denied | None:
    for denied in (actor.why_not("paper.draft", row.office.path), by_office(row, actor, "campaign.edit")):
        if denied is not None:
            return denied
    if row.state not in {Campaign.State.DRAFT, Campaign.State.RUNNING}:
        return Denied(f"项目{row.get_state_display()}，不用再发通知。", "paper.draft")
    return None


def facts_of_campaign(pk: int, kind: str) -> Sequence[Fact]:
    """The numbers of the notice «campaign:12:self_notice», as they are now."""
    row = Campaign.objects.filter(pk=pk).first()
    return _facts(row, kind) if row is not None else ()


def _facts(row: Campaign, kind: str) -> list[Fact]:
    total = row.subjects.exclude(state="out").count()
    found = [Fact("对象数", total, f"{total}个单位")]
    phase = _phase(row, kind)
    if phase is not None:
        found.append(Fact("截止日期", phase.closes_on.isoformat(), chinese_date(phase.closes_on)))
    return found


def _phase(row: Campaign, kind: str) -> Phase | None:
    wanted = Phase.Kind.SELF if kind == Kind.SELF_NOTICE else Phase.Kind.ONSITE
    phase: Phase | None = row.phases.filter(kind=wanted).first()
    return phase


@audit.action
def draft_notice(actor: Actor, *, campaign: Campaign, kind: str) -> Paper:
    """Draft the notice of a kind for all subjects of a campaign; it is then checked, signed and issued like every paper."""
    row = locked(campaign)
    denied = why_not_notice(actor, row)
    if denied is not None:
        raise denied
    plan = next((one for one in plans_of(row) if one.kind == kind), None)
    if plan is None:
        raise ValidationError("这个项目没有这种通知。")
    standing = Paper.objects.filter(source_key=CAMPAIGN_NOTICE.key(row.pk, kind)).exclude(state__in=_GONE).first()
    if standing is not None:
        raise ValidationError(f"已经起草了“{standing.title}”，当前为“{standing.get_state_display()}”。")
    phase = _phase(row, kind)
    if phase is None:
        raise ValidationError("项目没有相应的阶段，请先在阶段里加上自查自评或实地评估。")
    units = list(Unit.objects.filter(evaluations__campaign=row).exclude(evaluations__state="out").distinct())
    if not units:
        raise ValidationError("还没有评估对象，请先选择对象。")
    tree = system_of(row).tree
    matters = [f"{child.name}" for child in tree.root.children]
    shared: dict[str, Any] = {
        "topic": row.title,
        "basis": [_BASIS, *(line.strip() for line in row.purpose.splitlines() if line.strip())],
        "matters": matters,
        "demands": [f"{demand.rstrip('。')}。" for demand in plan.demands],
        "contact": "",
        "copies": "",
    }
    total = f"{len(units)}个单位"
    if kind == Kind.SELF_NOTICE:
        steps = [
            f"{one.title}：{chinese_date(one.opens_on)}至{chinese_date(one.closes_on)}。" for one in row.phases.all()
        ]
        values = shared | {
            "scope": f"列入本次评估的{total}",
            "steps": steps,
            "report_points": ["自评依据和过程", "自评结果和主要成绩", "主要问题及原因", "下一步措施"],
            "due_on": phase.closes_on.isoformat(),
            "report_to": f"通过教育督导平台填报，于{chinese_date(phase.closes_on)}前提交",
        }
    else:
        values = shared | {
            "from_on": phase.opens_on.isoformat(),
            "to_on": phase.closes_on.isoformat(),
            "ways": [f"对{total}随机安排实地察看", "查阅资料", "召开师生和家长座谈会，征求公众意见"],
            "group": _group(row),
            "self_due": None,
            "materials": [],
        }
    paper: Paper = draft_paper(
        actor,
        unit=row.office,
        kind=Kind(kind),
        title=plan.title,
        values=values,
        recipients=units,
        source_label=row.title,
        source_url=row.get_absolute_url(),
        source_key=CAMPAIGN_NOTICE.key(row.pk, kind),
        facts=_facts(row, kind),
    )
    audit.record(actor, "campaign.edit", row, what=f"起草{paper.get_kind_display()}")
    return paper


def _group(row: Campaign) -> list[dict[str, str]]:
    members = VisitMember.objects.filter(visit__subjects__campaign=row).select_related("account__home")
    found = {member.account_id: member for member in members.order_by("-leader", "pk")}
    if sum(member.inspector for member in found.values()) < _LEAST_INSPECTORS:
        raise ValidationError("通知要写明督导小组，督学不少于三人。请先安排实地评估和评估组，再起草通知。")
    return [
        {
            "name": member.account.name,
            "post": f"{member.account.home or ''}{'督学' if member.inspector else '专家'}",
            "duty": "组长" if member.leader else (member.speciality or "成员"),
        }
        for member in found.values()
    ]


def register_all() -> None:
    register(CAMPAIGN_NOTICE, Source(facts=facts_of_campaign))
