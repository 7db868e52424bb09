"""What follows from looking back: rectify again, a new problem that recurs, or nothing more; and the report of a round."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from dudao.core import audit, keys
from dudao.core.access import Actor, Denied
from dudao.core.many import Done, each
from dudao.core.ui.formats import date_cn
from dudao.findings.actions import judging, making, reminders
from dudao.findings.actions.lookback import change_item, fresh_item, over
from dudao.findings.flow import FINDING
from dudao.findings.models import Finding, LookBack, LookBackItem
from dudao.findings.queries import lookback as reads
from dudao.orgs.organs import organ_of
from dudao.papers.actions import draft_paper
from dudao.papers.kinds import Kind
from dudao.papers.models import Paper
from dudao.papers.queries import signatory_of
from dudao.papers.sources import Fact, Source, register

_State = Finding.State
_Result = LookBackItem.Result
_Outcome = LookBackItem.Outcome
_JUDGED = frozenset({_State.REPORTED, _State.VERIFIED})
LOOKBACK = keys.Kind("lookback", int)
_GONE = (Paper.State.DISCARDED, Paper.State.WITHDRAWN)


def possible(row: LookBackItem) -> list[LookBackItem.Outcome]:
    """The answers that the finding's present state allows, the advised one first."""
    state = row.finding.state
    if state == _State.CLOSED:
        found = [_Outcome.REOPENED, _Outcome.RENEWED, _Outcome.KEPT]
        return found if row.result != _Result.AGAIN else [_Outcome.RENEWED, _Outcome.REOPENED, _Outcome.KEPT]
    if state in _JUDGED:
        return [_Outcome.REOPENED, _Outcome.KEPT]
    if state == _State.WAIVED:
        return [_Outcome.RENEWED, _Outcome.KEPT]
    return [_Outcome.KEPT]


def advised(row: LookBackItem) -> str:
    """The answer that follows from the result: what came back is a new problem that recurs, else it is done again."""
    return possible(row)[0]


@audit.action
def settle(
    actor: Actor, *, item: LookBackItem, outcome: str, reason: str = "", deadline: date | None = None
) -> LookBackItem:
    """The office's answer to a result that isn't good.

    ``reopened``: a crossed-off finding is opened again, a reported one sent back, until ``deadline`` (else by the office's
    terms). ``renewed``: a new draft that recurs the finding. ``kept``: nothing more than what is under way, with the reason. What
    was only said to be done becomes a clue for accountability wherever its rectification runs on.
    """
    row = fresh_item(item)
    actor.require("lookback.settle", row.round.office.path)
    denied = over(row, "lookback.settle")
    if denied is not None:
        raise denied
    if row.result not in reads.BAD:
        raise Denied("没有需要处理的核查结果。", "lookback.settle")
    if row.outcome:
        raise Denied(f"已经处理：{row.get_outcome_display()}。", "lookback.settle")
    if outcome not in possible(row):
        known = outcome in _Outcome.values
        word = _Outcome(outcome).label if known else outcome
        raise ValidationError(
            {"outcome": f"问题当前为“{row.finding.get_state_display()}”，不能选“{word}”，请重新选择。"}
        )
    if outcome == _Outcome.KEPT and not reason.strip():
        raise ValidationError({"reason": "不另处理的，请写明理由，例如“整改时限未到，继续按原时限整改”。"})
    words = f"回头看“{row.round}”{row.get_result_display()}：{row.opinion}"[:1000]
    renewed = None
    if outcome == _Outcome.REOPENED:
        if row.finding.state == _State.CLOSED:
            judging.reopen(actor, finding=row.finding, reason=words, deadline=deadline)
        else:
            judging.send_back(actor, finding=row.finding, reason=words, method=row.method, deadline=deadline)
    elif outcome == _Outcome.RENEWED:
        renewed = _renew(actor, row)
    if row.result == _Result.FALSE and outcome != _Outcome.RENEWED:
        _denounce(actor, row.finding, words)
    change_item(row, outcome=outcome, outcome_reason=reason.strip()[:300], renewed=renewed)
    audit.record(actor, "lookback.settle", row, reason=reason.strip(), result=row.get_outcome_display())
    return row


def _renew(actor: Actor, row: LookBackItem) -> Finding:
    old = row.finding
    made: Finding = making.create_finding(
        actor,
        office=old.office,
        unit=old.unit,
        description=f"{old.description}\n回头看发现：{row.opinion}"[: making.TEXT],
        source=Finding.Source.LOOK_BACK,
        source_label=str(row.round),
        source_url=row.get_absolute_url(),
        source_key=f"lookback:{row.pk}",
        indicator_code=old.indicator_code,
        indicator=old.indicator,
        severity=old.severity,
        found_on=row.visited_on,
        category=old.category,
        suggestion=old.suggestion,
        files=[(file.file, file.name) for file in row.files.filter(old=False).select_related("file")],
        demo=old.demo,
    )
    recurring: Finding = making.settle_recurrence(actor, finding=made, earlier=old)
    return recurring


def _denounce(actor: Actor, finding: Finding, words: str) -> None:
    level = Finding.Escalation.TRIGGER
    finding = Finding.objects.select_related("unit__parent", "office").get(pk=finding.pk)
    if finding.escalation < level and FINDING.why_not(finding, "finding.escalate", actor) is None:
        reminders.escalate(actor, finding=finding, reason=words, to=level)


@audit.action
def settle_all(actor: Actor, *, round: LookBack) -> list[Done[LookBackItem]]:
    """Answer to all results of a round as advised; what can't be done comes back with the reason and holds up no other."""
    waiting = list(round.items.filter(result__in=reads.BAD, outcome="").select_related("finding").order_by("pk"))

    def act(row: LookBackItem) -> None:
        outcome = advised(row)
        settle(
            actor, item=row, outcome=outcome, reason="整改还在进行，按原时限继续" if outcome == _Outcome.KEPT else ""
        )

    done = each(waiting, act)
    if all(one.refused for one in done):
        raise Denied(done[0].refused if done else "没有需要处理的核查结果。", "lookback.settle")
    return done


# --- the report ----------------------------------------------------------------------------------------------------------


def why_not_report(actor: Actor, row: LookBack) -> Denied | None:
    """Whether a 回头看报告 can be drafted now: the round is over, nothing in it changes any more."""
    denied = actor.why_not("paper.draft", row.office.path)
    if denied is not None:
        return denied
    if row.state != LookBack.State.CLOSED:
        return Denied("结束以后才能起草报告，那时数字不再变化。", "paper.draft")
    if row.paper is not None and row.paper.state not in _GONE:
        return Denied(f"已经起草了报告，当前为“{row.paper.get_state_display()}”。", "paper.draft")
    return None


def facts_of_round(pk: int) -> Sequence[Fact]:
    """The numbers of a report, as the database has them now."""
    row = LookBack.objects.select_related("office").defer("pool").filter(pk=pk).first()
    return _facts(row) if row is not None else ()


def _facts(row: LookBack) -> list[Fact]:
    _, total = reads.lines(row)
    facts = [Fact("核查数", total.looked, f"核查问题{total.looked}个")]
    if total.looked:
        facts += [
            *(Fact(f"{word}数", count, f"{said}{count}个") for word, said, count in _counted(total)),
            Fact("到位率", str(total.rate.share), f"到位率{str(total.rate).replace('.0%', '%')}"),
        ]
    if total.dropped:
        facts.append(Fact("不再核查数", total.dropped, f"不再核查{total.dropped}个"))
    if row.how == LookBack.How.DRAWN:
        pool = LookBack.objects.values_list("pool", flat=True).get(pk=row.pk)
        count = sum(len(keys) for keys in pool.values())
        facts.append(Fact("抽取范围", count, f"{count}个问题中"))
    return facts


def _counted(total: reads.Line) -> tuple[tuple[str, str, int], ...]:
    return (
        ("到位", "已整改到位", total.done),
        ("部分到位", "部分到位", total.of(_Result.PARTLY)),
        ("未整改", "未整改", total.of(_Result.NOT)),
        ("反弹", "反弹", total.again),
        ("虚假整改", "虚假整改", total.false),
    )


@audit.action
def draft_report(actor: Actor, *, round: LookBack) -> Paper:
    """Draft the 回头看报告 of a round that is over, its numbers as facts."""
    row = (
        LookBack.objects.select_for_update(of=("self",))
        .select_related("office", "paper")
        .defer("pool")
        .get(pk=round.pk)
    )
    denied = why_not_report(actor, row)
    if denied is not None:
        raise denied
    by_county, total = reads.lines(row)
    # A letter says what there is, not how often there was nothing.
    nothing = {f"{word}数" for word, _, count in _counted(total) if not count}
    facts = [fact for fact in _facts(row) if fact.name not in nothing]
    said = {fact.name: fact.text for fact in facts}
    paper: Paper = draft_paper(
        actor,
        unit=row.office,
        kind=Kind.LOOK_BACK,
        title=f"关于{row.title}情况的报告" if "回头看" in row.title else f"关于{row.title}“回头看”情况的报告",
        values={
            # To the own government, signed by name: a report goes upward (GB/T 9704-2012, 7.2.6).
            "addressees": organ_of(row.office),
            "signatory": signatory_of(row.office),
            "topic": row.title.replace("“回头看”", "").replace("回头看", "").strip() or row.title,
            "overview": _overview(row, said),
            "results": [_line(line.name, line) for line in (*by_county, *([total] if len(by_county) > 1 else []))],
            "achievements": _achievements(row, said, total),
            "recurring": _recurring(row),
            "problems": _problems(row),
            "demands": [
                "对需要重新整改的问题，由责任单位重新制定措施、限期整改，下达单位核验后销号。",
                "对反弹的问题，查明原因，完善制度，防止再次发生。",
            ],
        },
        source_label=str(row),
        source_url=row.get_absolute_url(),
        source_key=LOOKBACK.key(row.pk),
        facts=facts,
    )
    LookBack.objects.filter(pk=row.pk).update(paper=paper)
    return paper


def _overview(row: LookBack, said: dict[str, str]) -> str:
    span = f"{date_cn(row.starts_on)}至{date_cn(row.ends_on)}"
    parts = [f"根据{row.basis}，我办于{span}组织开展回头看"]
    if row.how == LookBack.How.DRAWN:
        parts += [
            f"从{said['抽取范围']}{row.get_strata_display()}随机抽取（随机种子{row.seed}）",
            f"共{said['核查数']}",
        ]
    else:
        parts += [f"共{said['核查数']}", "均由我办指定"]
    if "不再核查数" in said:
        parts.append(f"另有{said['不再核查数']}")
    return "，".join(parts) + "。"


def _achievements(row: LookBack, said: dict[str, str], total: reads.Line) -> list[str]:
    if not total.looked:
        return []
    counted = [said[f"{word}数"] for word, _, count in _counted(total) if count]
    return [f"{total.looked}个问题中，{'，'.join([*counted, said['到位率']])}。"]


def _line(name: str, line: reads.Line) -> dict[str, Any]:
    return {
        "unit": name,
        "total": str(line.looked),
        "closed": str(line.done),
        "open": str(line.unfinished),
        "recurring": str(line.again),
    }


def _recurring(row: LookBack) -> list[dict[str, str]]:
    rows = row.items.filter(result=_Result.AGAIN).select_related("finding__unit").order_by("pk")
    return [
        {
            "unit": one.finding.unit.name,
            "description": one.finding.description,
            "earlier": date_cn(one.finding.closed_on) if one.finding.closed_on else "—",
        }
        for one in rows
    ]


def _problems(row: LookBack) -> list[str]:
    bad = row.items.filter(result__in=reads.BAD).select_related("finding__unit").order_by("pk")
    return [
        f"{one.finding.unit.name}：{one.finding.title}，{one.get_result_display()}。{one.opinion}" for one in bad
    ] or ["本轮核查的问题都已整改到位。"]


def register_all() -> None:
    register(LOOKBACK, Source(facts=facts_of_round))
