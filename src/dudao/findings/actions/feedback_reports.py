"""Reporting a superior's list back as one document: what was found, done, how far it is, with what result, by whom."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dudao.core import audit, keys
from dudao.core.access import Actor, Denied
from dudao.core.counts import Rate
from dudao.core.ui.formats import date_cn
from dudao.findings.models import Feedback
from dudao.findings.queries import feedback as reads
from dudao.findings.queries.lights import Lights
from dudao.findings.queries.terms import terms_on
from dudao.papers.actions import draft_paper
from dudao.papers.kinds import Kind
from dudao.papers.models import Paper
from dudao.papers.sources import Fact, Source, register

FEEDBACK = keys.Kind("feedback", int)
_GONE = (Paper.State.DISCARDED, Paper.State.WITHDRAWN, Paper.State.ISSUED)


def why_not_reply(actor: Actor, row: Feedback) -> Denied | None:
    """Whether a report can be drafted now; one that is issued may be followed by another."""
    for verb in ("feedback.report", "paper.draft"):
        denied = actor.why_not(verb, row.office.path)
        if denied is not None:
            return denied
    if row.paper is not None and row.paper.state not in _GONE:
        return Denied(f"已经起草了报告，当前为“{row.paper.get_state_display()}”。", "feedback.report")
    return None


def _board(row: Feedback) -> reads.Board:
    return reads.board(row, Lights(terms_on(timezone.localdate())))


def facts_of_feedback(pk: int) -> Sequence[Fact]:
    """The numbers of a report, as the database has them now."""
    row = Feedback.objects.select_related("office").filter(pk=pk).first()
    return _facts(_board(row)) if row is not None else ()


def _facts(board: reads.Board) -> list[Fact]:
    done, waived = board.of("done"), board.of("waived")
    running = board.total - done - waived
    counted = board.total - waived
    facts = [
        Fact("问题数", board.total, f"反馈问题{board.total}个"),
        Fact("完成数", done, f"已完成整改{done}个"),
        Fact("在改数", running, f"正在整改{running}个"),
        Fact("单位数", board.units, f"责任单位{board.units}个"),
    ]
    if waived:
        facts.append(Fact("免予整改数", waived, f"免予整改{waived}个"))
    if counted:
        rate = Rate(done, counted, "个应整改问题")
        facts.append(Fact("完成率", f"{rate.share:.6f}", f"完成率{rate}"))
    return facts


@audit.action
def draft_reply(actor: Actor, *, feedback: Feedback) -> Paper:
    """Draft the report back, its numbers as facts, every problem a row of its table."""
    rows = Feedback.objects.select_for_update(of=("self",)).select_related("office", "paper")
    row: Feedback = rows.get(pk=feedback.pk)
    denied = why_not_reply(actor, row)
    if denied is not None:
        raise denied
    board = _board(row)
    if not board.total:
        raise ValidationError("还没有登记反馈的问题，没有可以报告的内容。")
    facts = _facts(board)
    said = [fact.text for fact in facts]
    number = f"（{row.number}）" if row.number else ""
    running = [line for line in board.lines if line.state not in {"done", "waived"}]
    done = [line for line in board.lines if line.state == "done"]
    paper: Paper = draft_paper(
        actor,
        unit=row.office,
        kind=Kind.REPORT,
        title=f"关于{row.title}整改情况的报告",
        values={
            "addressees": row.addressees or row.superior,
            "topic": f"{row.title}整改",
            "overview": f"{row.superior}{date_cn(row.dated)}印发《{row.title}》{number}后，{row.office.name}逐项分解、逐项整改。"
            f"共有{said[0]}，涉及{said[3]}；{'，'.join([said[1], said[2], *said[4:]])}。具体情况见附件。",
            "achievements": [_achieved(line) for line in done] or ["各项问题正在整改，还没有全部完成的。"],
            "problems": [_running(line) for line in running] or ["反馈的问题都已经办结。"],
            "suggestions": ["对没有完成的问题继续挂号整改，完成一项、核验一项、销号一项。"]
            if running
            else ["巩固整改成果，适时开展回头看，防止反弹。"],
            "rectified": [_row(line) for line in board.lines],
        },
        recipients=reads.above_named(row.office, row.addressees or row.superior),
        source_label=str(row),
        source_url=row.get_absolute_url(),
        source_key=FEEDBACK.key(row.pk),
        facts=facts,
    )
    Feedback.objects.filter(pk=row.pk).update(paper=paper)
    audit.record(actor, "feedback.report", row, title=paper.title)
    return paper


def _row(line: reads.Line) -> dict[str, str]:
    return {
        "problem": line.item.description,
        "measures": line.measures or "—",
        "standing": line.standing or "—",
        "result": reads.WHOLE[line.state],
        "units": line.units or "—",
    }


def _achieved(line: reads.Line) -> str:
    return f"{_short(line.item.description)}：{_short(line.standing or line.measures, 200) or '已完成整改'}"


def _running(line: reads.Line) -> str:
    days = [part.deadline for part in line.parts if part.deadline is not None]
    until = f"，计划{date_cn(max(days))}前完成" if days else ""
    return f"{_short(line.item.description)}：{reads.WHOLE[line.state]}{until}"


def _short(text: str, most: int = 60) -> str:
    plain = " ".join(text.split()).rstrip("。；，")
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def reported_with_paper(actor: Actor, paper: Paper) -> None:
    """The report back was issued: the list is reported from that day on."""
    row: Any = Feedback.objects.select_for_update(of=("self",)).select_related("office").filter(paper=paper).first()
    if row is None or row.state == Feedback.State.REPORTED:
        return
    row.state, row.reported_on = Feedback.State.REPORTED, timezone.localdate()
    row.save(update_fields=["state", "reported_on"])
    audit.record(actor, "feedback.report", row, day=row.reported_on)


def register_all() -> None:
    register(FEEDBACK, Source(facts=facts_of_feedback, issued=reported_with_paper))
