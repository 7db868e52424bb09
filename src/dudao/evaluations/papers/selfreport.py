"""The self-report (自评报告) as Word: what the platform knows is filled in, what only the unit can say is marked to be written.

An office's own template stands before the built-in form: that of the evaluated unit, else that of the office that evaluates.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils import timezone

from dudao.calc.expr import show_number
from dudao.calc.score import Scores
from dudao.calc.tree import Node, Tree
from dudao.core.access import SYSTEM
from dudao.core.ui.formats import date_cn
from dudao.evaluations.models import Answer, Part, Subject
from dudao.evaluations.queries.answering import (
    SELF,
    answers_of,
    asked_figures,
    blocks_filled,
    cells_of,
    evidence_of,
    figures_of,
    window_of,
)
from dudao.evaluations.queries.parts import Desk, desk_on
from dudao.evaluations.queries.systems import blocks_of, system_of
from dudao.evaluations.queries.work import Row, own_score
from dudao.papers.composing import compose, look_of
from dudao.papers.kinds import Kind
from dudao.papers.queries import template_of

_WRITE = "（请补充。）"
_MOST = 1000
"""Letters of an answer's text that the report takes over; the whole stands in the platform."""
_SIGN = f"本单位对以上自评内容和所附材料的真实性负责。负责人签字：＿＿＿＿＿＿　　日期：{'＿' * 6}"


def self_report(subject: Subject) -> bytes:
    """A .docx in the look of the unit's own papers, in the template of its office where it has one.

    Raises `ComposeError`, `DocumentError` for a template that fails.
    """
    today = timezone.localdate()
    kind = Kind.SELF_REPORT
    template = template_of(subject.unit, kind) or template_of(subject.campaign.office, kind)
    return compose(kind, values_of(subject), look=look_of(subject.unit, today), day=today, template=template)


def values_of(subject: Subject) -> dict[str, Any]:
    """The fields of a self-report, plain."""
    campaign, system = subject.campaign, system_of(subject.campaign)
    window = window_of(subject)
    codes = window.codes if window is not None else ()
    desk = desk_on(SYSTEM, subject)
    answers, figures, links, parts = answers_of(subject), figures_of(subject), evidence_of(subject), desk.parts
    blocks = blocks_filled(system, codes, {code: row.cells for code, row in answers.items()}, cells_of(figures))
    scores = own_score(subject)
    nodes = system.tree.nodes
    filled, expected = sum(block.filled for block in blocks), sum(block.expected for block in blocks)
    total = scores.sheet(SELF).total.at(0) if system.tree.root.points is not None else None
    basis = campaign.purpose or f"按照{campaign.office}“{campaign.title}”的部署和“{campaign.version}”的要求"
    divided = f"由 {len(parts)} 个成员单位分工填报，" if parts else ""
    return {
        "subject": subject.label,
        "campaign": campaign.title,
        "year": str(campaign.year),
        "basis": f"{basis.rstrip('。')}，{subject.label}开展了自查自评。{_WRITE}",
        "process": (
            f"自评共涉及 {expected} 项指标，{divided}已自评 {filled} 项，"
            f"引用佐证材料 {sum(len(found) for found in links.values())} 份。自评的组织领导、分工和审核情况：{_WRITE}"
        ),
        "total": f"{show_number(total)} 分" if total is not None else "",
        "blocks": [
            {
                "block": f"{block.node.code} {block.node.name}",
                "points": "—" if block.node.points is None else show_number(Fraction(block.node.points)),
                "result": _result(scores, block.node),
                "filled": block.words,
            }
            for block in blocks
        ],
        "said": _by_block(system.tree, answers),
        "figures": [
            {"item": line.label, "value": line.shown, "source": _source(line, desk)}
            for line in (Row(column, figures.get(column.name)) for column in asked_figures(system, codes))
            if line.value
        ],
        "evidence": [
            {
                "indicator": f"{code} {nodes[code].name}" if code in nodes else code,
                "title": str(link.version.evidence),
                "file": link.version.name,
            }
            for code, found in links.items()
            for link in found
        ],
        "members": [_member(part) for part in parts],
        "problems": [],
        "measures": [],
        "signature": _SIGN,
    }


def _by_block(tree: Tree, answers: Mapping[str, Answer]) -> list[dict[str, str]]:
    """What was written at the indicators, by first-level indicator, in the order of the document."""
    found: dict[str, list[str]] = {}
    for code, block in blocks_of(tree).items():
        if code in answers and answers[code].text:
            found.setdefault(block, []).append(f"{code} {tree.nodes[code].name}：{_short(answers[code].text)}")
    return [{"block": f"{code} {tree.nodes[code].name}", "text": "\n".join(said)} for code, said in found.items()]


def _source(line: Row, desk: Desk) -> str:
    part = desk.part_of_figure(line.column.name)
    return f"取自{line.taken}" if line.taken else f"{part.unit if part is not None else '本单位'}填报"


def _member(part: Part) -> dict[str, str]:
    handed = part.submitted_at
    return {
        "unit": str(part.unit),
        "count": str(len(part.codes)),
        "handed_in": date_cn(timezone.localtime(handed).date()) if handed is not None else "—",
    }


def _result(scores: Scores, node: Node) -> str:
    sheet = scores.sheet(SELF)
    score = sheet.nodes[node.code].row(0)
    mark = None if score.mark is None else score.mark.at(0)
    level = None if score.level is None else score.level.at(0)
    parts = [f"{show_number(mark)} 分"] if mark is not None else []
    return " ".join([*parts, *([level] if level is not None else [])]) or "待定"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _MOST else f"{words[:_MOST]}……"
