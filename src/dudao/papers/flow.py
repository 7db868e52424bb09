"""The flow of a paper and of its delivery, how their states look, and their guards: pure functions of a loaded object."""

from typing import Any

from dudao.core.access import Actor, Denied
from dudao.core.workflow import Flow, Rule, Step
from dudao.core.workflow import State as Look
from dudao.papers.models import Delivery, Paper

State = Paper.State
DRAFTING = (State.DRAFT, State.RETURNED)
ENDED = (State.WITHDRAWN, State.DISCARDED)


def _only(states: tuple[str, ...], why: str) -> Rule:
    """An act of some states only, with its own words for the others."""

    def guard(paper: Any, actor: Actor, verb: str) -> Denied | None:
        return None if paper.state in states else Denied(f"文书{paper.get_state_display()}，{why}", verb)

    return guard


def _not_the_drafter(paper: Any, actor: Actor, verb: str) -> Denied | None:
    """Four eyes: who drafted a paper doesn't check it."""
    if actor.id is not None and actor.id == paper.drafted_by_id:
        return Denied("这份文书由您本人起草，请由其他人核稿。", "paper.check")
    return None


def lacks_receivers(paper: Any) -> bool:
    """Whether somebody must still be named to whom it goes, before it can be checked."""
    return not paper.recipients and paper.kind not in {"publicity", "brief", "report", "look_back"}


def _has_receivers(paper: Any, actor: Actor, verb: str) -> Denied | None:
    if lacks_receivers(paper):
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
    Step("paper.edit", set(State), guard=_only(DRAFTING, "内容不能再改。需要修改的，请核稿人退回。")),
    Step("paper.submit", set(DRAFTING), State.SUBMITTED, guard=_has_receivers, tells=("paper.check",)),
    Step("paper.check", {State.SUBMITTED}, State.CHECKED, guard=_not_the_drafter, tells=("paper.sign",)),
    Step(
        "paper.send_back", {State.SUBMITTED, State.CHECKED}, State.RETURNED, needs_reason=True, tells=("paper.draft",)
    ),
    Step("paper.sign", {State.CHECKED}, State.SIGNED, tells=("paper.issue",)),
    Step("paper.seal", {State.SIGNED, State.ISSUED}),
    Step("paper.issue", {State.SIGNED}, State.ISSUED, guard=_sealed),
    Step("paper.remind", set(State), guard=_only((State.ISSUED,), "不用催签。")),
    Step("paper.withdraw", {State.ISSUED}, State.WITHDRAWN, needs_reason=True),
    Step(
        "paper.discard", {*DRAFTING, State.SUBMITTED, State.CHECKED, State.SIGNED}, State.DISCARDED, needs_reason=True
    ),
    # A new one after the model of this one.
    Step("paper.draft", set(State), guard=_only(ENDED, "撤回或者作废以后才能另拟一份。")),
    states={
        State.DRAFT: Look("起草中", "grey", "pencil"),
        State.RETURNED: Look("退回修改", "purple"),
        State.SUBMITTED: Look("待核稿", "amber", "clipboard-check"),
        State.CHECKED: Look("待签发", "amber", "signature"),
        State.SIGNED: Look("待印发", "blue", "send"),
        State.ISSUED: Look("已印发", "green", "file-check"),
        State.WITHDRAWN: Look("已撤回", "red", "arrow-back-up"),
        State.DISCARDED: Look("已作废", "grey", "trash"),
    },
    line=(("draft", "起草"), ("submitted", "核稿"), ("checked", "签发"), ("signed", "印发"), ("issued", "签收")),
    related=("unit", "number"),
)
"""Acts without a target keep the state."""

DELIVERY = Flow(
    Step("paper.receive", {Delivery.State.SENT}, Delivery.State.SIGNED, by=_own),
    related=("unit", "paper__unit"),
)
