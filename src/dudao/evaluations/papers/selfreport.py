"""The self-report (自评报告) as Word: what the platform knows is filled in, what only the unit can say is marked to be written."""

from fractions import Fraction

from django.utils import timezone

from dudao.calc.expr import show_number
from dudao.calc.score import Scores
from dudao.calc.tree import Node
from dudao.core.documents import Form, Grid, Letter, Line, written
from dudao.core.ui.formats import date_cn
from dudao.evaluations.models import Subject
from dudao.evaluations.queries.answering import (
    SELF,
    answers_of,
    blocks_filled,
    cells_of,
    evidence_of,
    figures_of,
    window_of,
)
from dudao.evaluations.queries.systems import system_of
from dudao.evaluations.queries.work import own_score
from dudao.papers.composing.looks import look_of

__all__ = ["self_report"]

_WRITE = "（请补充。）"
_MOST = 300
"""Letters of an answer's text that the report takes over; the whole stands in the platform."""


def self_report(subject: Subject) -> bytes:
    """A .docx in the look of the unit's own papers."""
    look = look_of(subject.unit, timezone.localdate())
    campaign, system = subject.campaign, system_of(subject.campaign)
    window = window_of(subject)
    answers = answers_of(subject)
    blocks = blocks_filled(
        system,
        window.codes if window is not None else (),
        {code: row.cells for code, row in answers.items()},
        cells_of(figures_of(subject)),
    )
    scores = own_score(subject)
    files = sum(len(links) for links in evidence_of(subject).values())
    filled, expected = sum(block.filled for block in blocks), sum(block.expected for block in blocks)
    rows = [
        [
            f"{block.node.code} {block.node.name}",
            "—" if block.node.points is None else show_number(Fraction(block.node.points)),
            _result(scores, block.node),
            block.words,
        ]
        for block in blocks
    ]
    total = scores.sheet(SELF).total.at(0) if system.tree.root.points is not None else None
    said = [
        f"{code} {system.tree.nodes[code].name}：{_short(answers[code].text)}"
        for code in system.tree.nodes
        if code in answers and answers[code].text
    ]
    basis = campaign.purpose or f"按照{campaign.office}“{campaign.title}”的部署和“{campaign.version}”的要求"
    body: list[Line | Grid | Form] = [
        Line("一、基本情况与依据", 1),
        Line(f"{basis.rstrip('。')}，{subject.label}开展了自查自评。{_WRITE}"),
        Line("二、自评过程", 1),
        Line(
            f"自评共涉及 {expected} 项指标，已自评 {filled} 项，引用佐证材料 {files} 份。"
            f"自评的组织领导、分工和审核情况：{_WRITE}"
        ),
        Line("三、自评结果", 1),
        *([Line(f"自评总分 {show_number(total)} 分。")] if total is not None else []),
        Grid(
            ["指标", "分值", "自评结果", "已自评项数"],
            rows,
            widths=(4, 1, 2, 1.4),
            numeric=frozenset({1}),
        ),
        Line("四、主要成绩", 1),
        *([Line(words) for words in said] or [Line(_WRITE)]),
        Line("五、存在问题与原因", 1),
        Line(_WRITE),
        Line("六、下一步措施", 1),
        Line(_WRITE),
        Line(f"本单位对以上自评内容和所附材料的真实性负责。负责人签字：＿＿＿＿＿＿　　日期：{'＿' * 6}"),
    ]
    letter = Letter(
        title=f"{subject.label}“{campaign.title}”自评报告",
        office=look.signature,
        body=body,
        day=timezone.localdate(),
        note=f"{date_cn(timezone.localdate())}由督导平台按已填内容生成",
        together=(look.signature, subject.label),
    )
    return written(letter, look.layout)


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
