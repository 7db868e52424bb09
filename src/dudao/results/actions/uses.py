"""What becomes of results: which unit used them for what; proposals to revise an indicator system, decided and carried on."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.evaluations.flow import by_office
from dudao.evaluations.models import Campaign, Subject
from dudao.frameworks.actions.versions import clone_version
from dudao.frameworks.models import Framework, FrameworkVersion
from dudao.orgs.models import Unit
from dudao.results.models import Proposal, ResultUse


@audit.action
def record_use(
    actor: Actor,
    *,
    campaign: Campaign,
    user: Unit,
    purpose: str,
    text: str,
    used_on: date,
    subject: Subject | None = None,
) -> ResultUse:
    """Note that a unit used the result (of all, or of one subject) for something on a day."""
    actor.require("result.use", campaign.office.path)
    denied = by_office(campaign, actor, "result.use")
    if denied is not None:
        raise denied
    if campaign.published_at is None:
        raise Denied(f"项目{campaign.get_state_display()}，结果公布后才能登记运用。", "result.use")
    if not user.path.startswith(campaign.office.path):
        raise ValidationError({"user": f"{user}不在{campaign.office}之下，请重新选择运用单位。"})
    if subject is not None and subject.campaign_id != campaign.pk:
        raise ValidationError({"subject": f"{subject}不是这个项目的对象，请重新选择。"})
    text = text.strip()
    if not text:
        raise ValidationError({"text": "请写明怎样运用。"})
    if used_on < timezone.localdate(campaign.published_at):
        raise ValidationError({"used_on": "日期早于结果公布，请核对。"})
    if used_on > timezone.localdate():
        raise ValidationError({"used_on": "日期晚于今天，请在运用后登记。"})
    made = ResultUse.objects.create(
        campaign=campaign,
        subject=subject,
        user=user,
        purpose=ResultUse.Purpose(purpose),
        text=text[:1000],
        used_on=used_on,
        by=actor.name,
    )
    audit.record(actor, "result.use", made, unit=str(user), kind=made.get_purpose_display())
    return made


@audit.action
def make_proposal(
    actor: Actor, *, framework: Framework, unit: Unit, text: str, code: str = "", campaign: Campaign | None = None
) -> Proposal:
    """Propose to revise an indicator system; the office that owns it decides."""
    actor.require("proposal.make", unit.path)
    if not unit.path.startswith(framework.unit.path) and not framework.unit.path.startswith(unit.path):
        raise ValidationError(f"“{framework}”不用于{unit}，不能提出修订建议。")
    text = text.strip()
    if not text:
        raise ValidationError({"text": "请写明修订建议和理由。"})
    if len(text) > 2000:
        raise ValidationError({"text": f"建议有 {len(text)} 字，最多 2000 字。"})
    if code and not FrameworkVersion.objects.filter(framework=framework, indicators__code=code).exists():
        raise ValidationError({"code": f"指标体系里没有“{code}”，请核对代码。"})
    made = Proposal.objects.create(
        framework=framework,
        campaign=campaign,
        code=code,
        text=text,
        unit=unit,
        by=actor.name,
        by_account_id=actor.id,
    )
    audit.record(actor, "proposal.make", made, item=code)
    return made


@audit.action
def decide_proposal(actor: Actor, *, proposal: Proposal, taken: bool, answer: str) -> Proposal:
    """Take a proposal up, or decline it with a reason. Until it is carried into a version it may be decided again."""
    row: Proposal = (
        Proposal.objects.select_for_update(of=("self",)).select_related("framework__unit", "unit").get(pk=proposal.pk)
    )
    actor.require("proposal.decide", row.framework.unit.path)
    if row.carried_id is not None:
        raise Denied("这条建议已经带入新版本，不能再改研究意见。", "proposal.decide")
    answer = answer.strip()
    if not taken and not answer:
        raise ValidationError({"answer": "不采纳的，请写明理由。"})
    state = Proposal.State.TAKEN if taken else Proposal.State.DECLINED
    Proposal.objects.filter(pk=row.pk).update(state=state, answer=answer[:1000], decided_at=timezone.now())
    row.state, row.answer = state, answer
    audit.record(actor, "proposal.decide", row, result=row.get_state_display())
    return row


@audit.action
def carry_proposals(actor: Actor, *, framework: Framework) -> FrameworkVersion:
    """Open the next draft of a system (a clone of its last published version, or the draft that there is) and pin the accepted
    proposals to it.
    """
    owner: Framework = Framework.objects.select_for_update(of=("self",)).select_related("unit").get(pk=framework.pk)
    actor.require("proposal.decide", owner.unit.path)
    rows = Proposal.objects.filter(framework=owner, state=Proposal.State.TAKEN, carried__isnull=True)
    count = rows.count()
    if not count:
        raise ValidationError("没有已采纳、还没带入的建议。")
    draft = FrameworkVersion.objects.filter(framework=owner, state=FrameworkVersion.State.DRAFT).first()
    if draft is None:
        last = (
            FrameworkVersion.objects.filter(framework=owner)
            .exclude(state=FrameworkVersion.State.DRAFT)
            .order_by("-number")
            .first()
        )
        if last is None:
            raise ValidationError("这个指标体系还没有发布过的版本，不能另立新版本。")
        draft = clone_version(actor, version=last)
    else:
        actor.require("framework.edit", owner.unit.path)
    rows.update(carried=draft)
    audit.record(actor, "proposal.decide", draft, what="带入修订建议", count=count)
    made: FrameworkVersion = draft
    return made
