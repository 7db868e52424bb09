"""The demo city's own self-evaluation, divided among departments, and two counties that prepare for recognition.

One department has been merged, one has handed in, one is at work, one was sent back. The preparation campaigns are pinned to the
statistics' runs; a newer balance run came after, which the campaign doesn't follow by itself.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from dudao.core.access import Actor
from dudao.demo.drafts import on
from dudao.demo.logins import Login
from dudao.evaluations.actions import parts as acts
from dudao.evaluations.actions.answering import count_anew, save_answer, save_figure
from dudao.evaluations.actions.campaigns import start_campaign
from dudao.evaluations.actions.new_campaigns import create_from_template
from dudao.evaluations.models import Answer, Campaign, Figure, Part, Subject
from dudao.evaluations.queries.answering import leaves_of
from dudao.evaluations.queries.systems import columns_by_code, system_of
from dudao.frameworks.models import FrameworkVersion
from dudao.orgs.models import Unit
from dudao.people.queries import actor_for
from dudao.stats.actions.balance import run_balance
from dudao.stats.models import BalanceRun

PREPARING = ("430626", "430623")
"""The counties that prepare for recognition."""

_SAID = {
    "P5.1": "全市一般公共预算教育支出、生均支出按月调度，预算安排和执行情况经市人大审查，演示内容。",
    "P5.2": "中小学教职工编制按标准核定，实行市域统筹、县级调剂，演示内容。",
    "P3.1": "印发学位供给规划，按常住人口变化每年测算学位缺口，演示内容。",
    "P3.2": "公办园学位和普惠性学位逐年增加，小区配套园治理完成移交，演示内容。",
}


def build_governments(city: Unit, units: Mapping[str, Unit], logins: Sequence[Login], *, now: datetime) -> None:
    """What there is a published system for."""
    by_name = {login.account.username: actor_for(login.account) for login in logins}
    versions = {
        row.framework.pack: row
        for row in FrameworkVersion.objects.filter(
            framework__unit=city, state=FrameworkVersion.State.PUBLISHED
        ).select_related("framework__unit")
    }
    if "county-government-template" in versions:
        _city(city, versions["county-government-template"], by_name, logins, now)
    counties = [units[code].pk for code in PREPARING if code in units]
    if counties and "excellent-balance-2017" in versions:
        _prepared(city, "excellent-balance", versions["excellent-balance-2017"], by_name, counties, now)
    if counties and "preschool-universal-2020" in versions:
        _prepared(city, "preschool-universal", versions["preschool-universal-2020"], by_name, counties, now)
    _run_again(city, by_name["officer1"], now)


def _started(
    city: Unit,
    template: str,
    version: FrameworkVersion,
    actors: Mapping[str, Actor],
    now: datetime,
    days: int,
    **more: Any,
) -> Campaign:
    with on(now, -days):
        made = create_from_template(
            actors["officer1"],
            office=city,
            template=template,
            version=version,
            year=now.year,
            starts_on=timezone.localdate(now) - timedelta(days - 1),
            purpose="年度教育督导工作要点",
            demo=True,
            **more,
        )
        started: Campaign = start_campaign(actors["director"], campaign=made, revision=made.revision)
        return started


def _city(
    city: Unit, version: FrameworkVersion, actors: Mapping[str, Actor], logins: Sequence[Login], now: datetime
) -> None:
    row = _started(city, "city-government", version, actors, now, 21)
    subject = row.subjects.select_related("unit", "campaign__office", "campaign__version__framework").get()
    officer = actors["officer1"]
    with on(now, -19):
        made = acts.assign_as_suggested(officer, subject=subject, due_on=timezone.localdate(now) + timedelta(9))
    at = {login.unit.pk: actor_for(login.account) for login in logins if login.role == "liaison"}
    staffed = [part for part in made if part.unit_id in at]
    # As suggested: the staffing office, the treasury, the education bureau. Each stands elsewhere.
    for part, (share, then) in zip(staffed, ((1.0, "merge"), (1.0, ""), (0.4, "none")), strict=False):
        with on(now, -8):
            _answer(at[part.unit_id], subject, part, share)
        if then != "none":
            with on(now, -6):
                acts.submit_part(at[part.unit_id], part=part)
        if then == "merge":
            with on(now, -4):
                acts.merge_parts(officer, subject=subject, parts=[part.pk])


def _answer(actor: Actor, subject: Subject, part: Part, share: float) -> None:
    """Type in the first ``share`` of what a department answers. Invented."""
    leaves = leaves_of(system_of(subject.campaign))
    codes = part.codes[: max(int(len(part.codes) * share), 1)]
    for place, code in enumerate(codes):
        leaf = leaves[code]
        cells = {
            column.name: column.item.options[0] if column.item.options else str(column.item.most or 1)
            for column in leaf.columns
            if column.name in leaf.needed
        }
        save_answer(
            actor, subject=subject, code=code, revision=0, cells=cells, text=_SAID.get(code, "已按要求完成，演示内容。")
        )
        for number, name in enumerate(leaf.items):
            if not Figure.objects.filter(subject=subject, name=name).exists():
                item = system_of(subject.campaign).tree.catalogue.items[name]
                cell = (
                    item.options[0] if item.options else "是" if item.kind == "truth" else str(80 + 3 * place + number)
                )
                save_figure(actor, subject=subject, name=name, revision=0, cell=cell)


def _prepared(
    city: Unit,
    template: str,
    version: FrameworkVersion,
    actors: Mapping[str, Actor],
    counties: Sequence[int],
    now: datetime,
) -> None:
    row = _started(city, template, version, actors, now, 18, counties=list(counties))
    columns = columns_by_code(system_of(row), "self")
    moment = now - timedelta(9)
    Answer.objects.bulk_create(
        Answer(
            subject=subject,
            code=code,
            cells={column.name: column.item.options[0] for column in asked if column.item.options},
            text="对照标准自评，演示内容。",
            saved_at=moment,
            saved_by="演示数据",
        )
        for subject in row.subjects.all()
        for code, asked in list(columns.items())[: len(columns) // 2]
    )
    count_anew(row, list(row.subjects.values_list("pk", flat=True)))


def _run_again(city: Unit, officer: Actor, now: datetime) -> None:
    """A second balance run of the same year, after the campaign was pinned to the first."""
    first = (
        BalanceRun.objects.filter(unit=city).select_related("round").defer("table", "results").order_by("pk").first()
    )
    if first is not None:
        with on(now, -3):
            run_balance(officer, unit=city, asked=first.round, pack=first.pack, accepted_only=first.accepted_only)
