"""How the findings of the leader's region stand: open and overdue by county, the shares crossed off and done in time."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.desk import Board, Chart, Figure
from dudao.findings.queries.board import Line, by_county
from dudao.findings.queries.lights import Lights
from dudao.findings.queries.terms import terms_on


def rectification(actor: Actor, today: date) -> Board | None:
    """Figures and a chart over what was issued; ``None`` for whoever sees no findings. A fixed number of queries."""
    if not actor.may_somewhere("finding.view"):
        return None
    lines, total = by_county(actor, Lights(terms_on(today)))
    if not total.issued:
        return Board((), (), 0)
    board = reverse("findings:board")
    figures = [
        Figure("未销号问题", total.open, "个", f"共下达 {total.issued} 个", _address()),
        Figure("逾期未整改", total.late, "个", "已过完成时限", _address(state="late"), "red" if total.late else ""),
        Figure(
            "待核验",
            total.reported,
            "个",
            "单位已报告完成",
            _address(state="reported"),
            "amber" if total.reported else "",
        ),
        Figure("待销号", total.verified, "个", "已核验", _address(state="verified"), "amber" if total.verified else ""),
        Figure("销号率", str(total.closed_rate), "", f"已销号 {total.closed_rate.said}", board),
        Figure("按期整改率", str(total.in_time_rate), "", f"按期 {total.in_time_rate.said}", board),
    ]
    chart = _by_county([line for line in lines if line.count.due])
    return Board(figures, [chart] if chart is not None else [], total.issued)


def _address(**filters: Any) -> str:
    return f"{reverse('findings:findings')}?{urlencode({'scope': 'all', **filters})}"


def _by_county(lines: list[Line]) -> Chart | None:
    """Every county with findings: crossed off, under way, overdue; titled by who is behind most."""
    if len(lines) < 2:
        return None
    lines.sort(key=lambda line: (-line.count.late, -line.count.open))
    worst = lines[0]
    if worst.count.late:
        most = [str(line.unit) for line in lines if line.count.late == worst.count.late]
        title = f"{'、'.join(most[:3])}{'等' if len(most) > 3 else ''}逾期整改最多：{worst.count.late} 个"
    else:
        title = "各单位没有逾期的问题"
    spec: Mapping[str, Any] = {
        "kind": "stack",
        "unit": "个",
        "categories": [str(line.unit) for line in lines],
        "links": [_address(under=line.unit.pk) for line in lines],
        "series": [
            {"name": "已销号", "values": [line.count.closed for line in lines], "tone": "green"},
            {"name": "整改中", "values": [line.count.open - line.count.late for line in lines], "tone": "blue"},
            {"name": "逾期", "values": [line.count.late for line in lines], "tone": "red"},
        ],
    }
    return Chart(title, spec)
