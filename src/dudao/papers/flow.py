"""The flow of a paper and of its delivery, with their guards: pure functions of a loaded object."""

from typing import Any

from dudao.core.access import Actor, Denied
from dudao.core.workflow import Flow, Step
from dudao.papers.models import Delivery, Paper

State = Paper.State


def _not_the_drafter(paper: Any, actor: Actor, verb: str) -> Denied | None:
    """Four eyes: who drafted a paper doesn't check it."""
    if actor.id is not None and actor.id == paper.drafted_by_id:
        return Denied("这份文书由您本人起草，请由其他人核稿。", "paper.check")
    return None


def _has_receivers(paper: Any, actor: Actor, verb: str) -> Denied | None:
    if not paper.recipients and paper.kind not in {"publicity", "brief", "report", "look_back"}:
        return Denied("还没有选择主送单位，请先补上再送核。", "paper.submit")
    return None


def _sealed(paper: Any, actor: Actor, verb: str) -> Denied | None:
    """A paper to be sealed by hand goes out with the scan of the sealed one."""
    if paper.seal == Paper.Seal.SCAN and paper.sealed_id is None:
        return Denied("还没有上传盖章扫描件。请在“用印”里打印盖章后扫描上传，或者改选“不用印”。", "paper.issue")
    return None


def _own(delivery: Any, actor: Actor, verb: str) -> Denied | None:
    """Only the receiver itself signs for a paper, not an office above it; for a paper that was withdrawn nobody."""
    if delivery.paper.state != Paper.State.ISSUED:
        return Denied(f"文书{delivery.paper.get_state_display()}，不用签收。", "paper.receive")
    if actor.everything:
        return None
    place, paper = delivery.unit.path, delivery.paper
    own = [grant for grant in actor.grants if grant.path == place and grant.covers("paper.receive", place)]
    if paper.about_person and actor.id != paper.person_id:
        own = [grant for grant in own if grant.covers("paper.personal", place)]
    if own:
        return None
    return Denied(f"只有收文单位（{delivery.unit}）自己可以签收。", "paper.receive")


PAPER = Flow(
    Step("paper.submit", {State.DRAFT, State.RETURNED}, State.SUBMITTED, guard=_has_receivers, tells=("paper.check",)),
    Step("paper.check", {State.SUBMITTED}, State.CHECKED, guard=_not_the_drafter, tells=("paper.sign",)),
    Step(
        "paper.send_back", {State.SUBMITTED, State.CHECKED}, State.RETURNED, needs_reason=True, tells=("paper.draft",)
    ),
    Step(
        "paper.sign",
        {State.CHECKED},
        State.SIGNED,
        tells=("paper.issue",),
        confirm="签发时取得发文字号。取号后不印发的，文号要写明理由作废，不再使用。",
    ),
    Step(
        "paper.issue",
        {State.SIGNED},
        State.ISSUED,
        guard=_sealed,
        confirm="印发后内容和文号不能再改，收文单位会收到通知。",
    ),
    Step(
        "paper.withdraw",
        {State.ISSUED},
        State.WITHDRAWN,
        needs_reason=True,
        danger=True,
        confirm="撤回后核验页会显示“已撤回”，收文单位会收到通知；文号不再使用。",
    ),
    Step(
        "paper.discard",
        {State.DRAFT, State.RETURNED, State.SUBMITTED, State.CHECKED, State.SIGNED},
        State.DISCARDED,
        needs_reason=True,
        danger=True,
        confirm="作废后不能恢复。已取得的文号写明理由作废，不再使用。",
    ),
)

DELIVERY = Flow(Step("paper.receive", {Delivery.State.SENT}, Delivery.State.SIGNED, by=_own))
