"""The demo city's evaluations in progress: county governments last year (published) and this year, kindergartens in the middle of
their review, the townships of one county.

Campaigns, starts, submissions, reviews, the decision and the publication are the actions of people, on the days on which they would
have been. What many people would have typed (answers, numbers, marks) is written at once; it is invented and means nothing.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from dudao.core.access import Actor
from dudao.demo.drafts import on
from dudao.demo.logins import Login
from dudao.demo.trials import sample_rows
from dudao.evaluations.actions.answering import count_anew
from dudao.evaluations.actions.campaigns import start_campaign
from dudao.evaluations.actions.checking import remark_on, return_evaluation
from dudao.evaluations.actions.editing import select_by_pool, select_units
from dudao.evaluations.actions.new_campaigns import create_from_template
from dudao.evaluations.actions.reviewing import assign_reviews, submit_review
from dudao.evaluations.actions.submitting import submit_as_it_is
from dudao.evaluations.models import Answer, Campaign, Figure, Mark, Review, Subject
from dudao.evaluations.queries.systems import system_of
from dudao.evidence.actions.links import attach
from dudao.evidence.models import EvidenceVersion
from dudao.frameworks.models import FrameworkVersion
from dudao.orgs.models import Licensed, Unit
from dudao.orgs.queries import licensed
from dudao.people.queries import actor_for
from dudao.results.actions.results import make_sheet, publicise, publish_campaign, record_decision

SEED = 4306
KINDERGARTENS = SEED + 2
TOWNSHIPS_OF = "430626"
MOST_KINDERGARTENS = 30
MOST_SITES = 2
_BY = "演示数据"


@dataclass(frozen=True, slots=True)
class _People:
    """``at``: who fills in for a unit, by its path: somebody of it, else of its county."""

    director: Actor
    officer: Actor
    at: Mapping[str, Actor]
    reviewers: Sequence[Any]

    def of(self, unit: Unit) -> Actor:
        found = [path for path in self.at if unit.path.startswith(path)]
        return self.at[max(found, key=len)] if found else self.officer


def build_campaigns(city: Unit, units: Mapping[str, Unit], logins: Sequence[Login], *, now: datetime) -> list[Campaign]:
    """Those for which the city has a published system; a small city has fewer."""
    by_name = {login.account.username: login for login in logins}
    filling = {
        login.unit.path: actor_for(login.account)
        for login in logins
        if login.role in {"county_office", "township", "school_reporter"}
    }
    people = _People(
        actor_for(by_name["director"].account),
        actor_for(by_name["officer1"].account),
        filling,
        [login.account for login in logins if login.role in {"city_inspector", "expert"}],
    )
    versions = {
        row.framework.pack: row
        for row in FrameworkVersion.objects.filter(
            framework__unit=city, state=FrameworkVersion.State.PUBLISHED
        ).select_related("framework__unit")
    }
    made: list[Campaign] = []
    governments = versions.get("county-government-template")
    if governments is not None:
        made += [_last_year(city, governments, people, now), _this_year(city, governments, people, now)]
    kindergartens = versions.get("kindergarten-online-onsite-template")
    county = units.get(TOWNSHIPS_OF)
    if kindergartens is not None and county is not None:
        made += _kindergartens(city, county, kindergartens, people, now)
    townships = versions.get("township-template")
    if townships is not None and county is not None and county.path in filling:
        made += _townships(county, townships, people, now)
    return made


def _made(
    actor: Actor,
    office: Unit,
    template: str,
    version: FrameworkVersion,
    now: datetime,
    year: int,
    days: int,
    **more: Any,
) -> Campaign:
    """A campaign whose first day was so many days ago."""
    made: Campaign = create_from_template(
        actor,
        office=office,
        template=template,
        version=version,
        year=year,
        starts_on=timezone.localdate(now) - timedelta(days),
        purpose="年度教育督导工作要点",
        demo=True,
        **more,
    )
    return made


def _last_year(city: Unit, version: FrameworkVersion, people: _People, now: datetime) -> Campaign:
    with on(now, -236):
        row = _made(people.officer, city, "county-government", version, now, now.year - 1, 235)
        row = start_campaign(people.director, campaign=row, revision=row.revision)
        cells = cells_of(row, SEED)
    with on(now, -200):
        _fill(row, cells, 1.0)
    with on(now, -198):
        for subject in _subjects(row):
            submit_as_it_is(people.of(subject.unit), subject=subject)
    with on(now, -150):
        _settle(row, cells)
    with on(now, -140):
        make_sheet(
            people.director, campaign=row, purpose="final", reason="专项加分没有申报的按零分计。", title="评定得分"
        )
    with on(now, -138):
        record_decision(
            people.director,
            campaign=row,
            held_on=timezone.localdate(),
            attendees="市人民政府教育督导委员会主任、副主任，成员单位负责人",
            text="同意评定得分和等次。对得分较低的单位，由市督导办约谈主要负责人并督促整改。",
        )
    with on(now, -136):
        row = publicise(people.director, campaign=row)
    with on(now, -110):
        return publish_campaign(people.director, campaign=row)


def _this_year(city: Unit, version: FrameworkVersion, people: _People, now: datetime) -> Campaign:
    """In the middle of the self-evaluation: some have handed in, most have begun."""
    with on(now, -31):
        row = _made(people.officer, city, "county-government", version, now, now.year, 30)
        row = start_campaign(people.director, campaign=row, revision=row.revision)
    with on(now, -6):
        cells = cells_of(row, SEED + 1)
        subjects = _subjects(row)
        whole, part = subjects[: len(subjects) // 3], subjects[len(subjects) // 3 :]
        _fill(row, {one.pk: cells[one.pk] for one in whole}, 1.0)
        _fill(row, {one.pk: cells[one.pk] for one in part}, 0.6)
    with on(now, -4):
        for subject in whole:
            submit_as_it_is(people.of(subject.unit), subject=subject)
    return row


def _kindergartens(
    city: Unit, county: Unit, version: FrameworkVersion, people: _People, now: datetime
) -> list[Campaign]:
    """The self-evaluation is over; two thirds are reviewed online, those with a log-in sent back."""
    inside = Unit.objects.filter(path__startswith=county.path, kind="kindergarten")
    owned = "public" if inside.count() > MOST_KINDERGARTENS else ""
    if not inside.exists() or not people.reviewers:
        return []
    with on(now, -41):
        row = _made(people.officer, city, "kindergartens", version, now, now.year, 40, counties=[county.pk])
        if owned:
            pool = {"kinds": ["kindergarten"], "ownership": owned, "counties": [county.pk]}
            row = select_by_pool(people.officer, campaign=row, revision=row.revision, pool=pool)
            # Sites without a licence are visited too, and get no grade.
            sites = list(licensed(inside, Licensed.NONE).order_by("path")[:MOST_SITES])
            own = (
                inside.filter(path__in=list(people.at))
                .exclude(ownership=owned)
                .exclude(pk__in=[one.pk for one in sites])
            )
            row = select_units(people.officer, campaign=row, revision=row.revision, add=[*sites, *own])
        row = start_campaign(people.director, campaign=row, revision=row.revision)
    cells = cells_of(row, KINDERGARTENS)
    with on(now, -20):
        _fill(row, cells, 1.0)
        for subject in _subjects(row):
            _prove(people.of(subject.unit), subject)
    with on(now, -12):
        subjects = _subjects(row)
        for subject in subjects:
            submit_as_it_is(people.of(subject.unit), subject=subject)
    with on(now, -11):
        reviews = assign_reviews(
            people.officer,
            campaign=row,
            source="online",
            subjects=_subjects(row),
            reviewers=people.reviewers,
            due_on=timezone.localdate(now) + timedelta(14),
        )
    with on(now, -3):
        _review(reviews[: len(reviews) * 2 // 3], cells)
    _send_back(row, people, now)
    return [row]


_PROOFS = {
    "食堂食品经营许可证": "F1.3",
    "从业人员健康证明汇总": "F2.3",
    "食品安全管理制度": "F6.1",
    "消防验收备案凭证": "F6.3",
    "食堂操作间照片": "F6.3",
    "突发事件应急预案": "F6.4",
}
"""What kindergartens keep in their libraries, and which indicator it proves."""


def _prove(actor: Actor, subject: Subject) -> None:
    kept = EvidenceVersion.objects.filter(
        evidence__unit=subject.unit, evidence__title__in=_PROOFS, evidence__current=F("pk")
    ).select_related("evidence", "unit")
    for version in kept:
        attach(actor, version=version, key=f"answer:{subject.pk}:{_PROOFS[version.evidence.title]}")


def _send_back(row: Campaign, people: _People, now: datetime) -> None:
    """The kindergartens that have a log-in are asked to put something right: there is something to fill in."""
    with on(now, -2):
        for subject in _subjects(row):
            if subject.unit.path in people.at:
                remark_on(
                    people.officer,
                    subject=subject,
                    code="F6.4",
                    text="应急演练只附了预案，请补充本学期的演练记录和照片。",
                )
                return_evaluation(
                    people.officer,
                    subject=subject,
                    reason="请按评审意见补充材料后重新提交。",
                    due_on=timezone.localdate(now) + timedelta(5),
                )


def _townships(county: Unit, version: FrameworkVersion, people: _People, now: datetime) -> list[Campaign]:
    office = people.at[county.path]
    if not Unit.objects.filter(path__startswith=county.path, kind="township").exists():
        return []
    with on(now, -19):
        row = _made(office, county, "townships", version, now, now.year, 18)
        row = start_campaign(office, campaign=row, revision=row.revision)
    with on(now, -5):
        cells = cells_of(row, SEED + 3)
        subjects = _subjects(row)
        whole, part = subjects[: len(subjects) // 4], subjects[len(subjects) // 4 :]
        _fill(row, {one.pk: cells[one.pk] for one in whole}, 1.0)
        _fill(row, {one.pk: cells[one.pk] for one in part}, 0.5)
        for subject in whole:
            submit_as_it_is(people.of(subject.unit), subject=subject)
    return [row]


def _subjects(row: Campaign) -> list[Subject]:
    rows = row.subjects.select_related("unit", "campaign__office", "campaign__version").prefetch_related(
        "campaign__phases"
    )
    return list(rows.order_by("unit__path"))


def cells_of(row: Campaign, seed: int) -> dict[int, Mapping[str, Any]]:
    """Cells by key of column for each subject: «在校生数», «C3@online»."""
    subjects = _subjects(row)
    found = sample_rows(system_of(row), len(subjects), seed=seed)
    return {subject.pk: cells for subject, cells in zip(subjects, found, strict=True)}


def by_code(row: Campaign, cells: Mapping[str, Any], source: str) -> dict[str, dict[str, str]]:
    """What one source says, by indicator."""
    system = system_of(row)
    found: dict[str, dict[str, str]] = {}
    for key, cell in cells.items():
        name, _, of = key.partition("@")
        code = system.answered_by.get(name, "")
        if of == source and code and cell not in ("", None):
            found.setdefault(code, {})[name] = str(cell)
    return found


def _fill(row: Campaign, cells: Mapping[int, Mapping[str, Any]], share: float) -> None:
    """Answers and numbers of these subjects, the first ``share`` of the indicators in their order."""
    draw = random.Random(SEED)  # invented, the same every time
    order = list(system_of(row).tree.nodes)
    answers: list[Answer] = []
    figures: list[Figure] = []
    for key, given in cells.items():
        own = by_code(row, given, "self")
        until = len(order) * min(share * draw.uniform(0.7, 1.3), 1.0) if share < 1 else len(order)
        kept = {code: value for code, value in own.items() if order.index(code) < until}
        now = timezone.now()
        answers += [
            Answer(subject_id=key, code=code, cells=value, saved_at=now, saved_by=_BY) for code, value in kept.items()
        ]
        numbers = {name: cell for name, cell in given.items() if "@" not in name and cell not in ("", None)}
        figures += [
            Figure(subject_id=key, name=name, cell=str(cell), saved_at=now, saved_by=_BY)
            for place, (name, cell) in enumerate(numbers.items())
            if place < len(numbers) * min(share + 0.2, 1.0)
        ]
    Answer.objects.bulk_create(answers, batch_size=2000, ignore_conflicts=True)
    Figure.objects.bulk_create(figures, batch_size=2000, ignore_conflicts=True)
    Subject.objects.filter(pk__in=cells).update(saved_at=timezone.now(), revision=F("revision") + 1)
    count_anew(row, list(cells))


def _settle(row: Campaign, cells: Mapping[int, Mapping[str, Any]]) -> None:
    """What the office settled for every source but the subject's own."""
    marks = []
    for source in system_of(row).tree.sources:
        if source.key == "self":
            continue
        for key, given in cells.items():
            marks += [
                Mark(subject_id=key, source=source.key, code=code, cells=value, reason="核对材料后核定。", by=_BY)
                for code, value in by_code(row, given, source.key).items()
            ]
    Mark.objects.bulk_create(marks, batch_size=2000)


def _review(reviews: Sequence[Review], cells: Mapping[int, Mapping[str, Any]]) -> None:
    marks = []
    for review in reviews:
        found = by_code(review.subject.campaign, cells[review.subject_id], review.source)
        marks += [
            Mark(
                subject_id=review.subject_id,
                source=review.source,
                code=code,
                review=review,
                cells=value,
                reason="按上传材料评定。",
                by=review.reviewer.name,
                by_account=review.reviewer,
            )
            for code, value in found.items()
        ]
    Mark.objects.bulk_create(marks, batch_size=2000)
    for review in reviews:
        submit_review(actor_for(review.reviewer), review=review, opinion="材料基本齐全，重点事项需实地核实。")
