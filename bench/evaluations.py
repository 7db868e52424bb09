"""A whole campaign scored: 2,600 subjects by 60 indicators, their marks in the database, against the engine on the same table
ready to use, and against a plain COPY of the same rows out and in.
"""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import cycle
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench.bench_score import AREA, RULES, WEIGHTS, mixed_answers, mixed_data
from bench.report import heading, row
from dudao.calc.score import System, outcomes
from dudao.calc.tree import Tree, from_data
from dudao.core.access import Actor
from dudao.demo.city import City
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.models import Campaign, Figure, Mark, ScoreSheet, Subject
from dudao.evaluations.queries.scoring import inputs_of
from dudao.evaluations.queries.sheets import computed, replayed
from dudao.evaluations.queries.systems import system_of
from dudao.frameworks.actions.drafts import write_tree
from dudao.frameworks.actions.versions import publish_version
from dudao.frameworks.models import Framework, FrameworkVersion
from dudao.frameworks.trees import whole_of
from dudao.orgs.models import Kind, Unit
from dudao.people.queries import actor_for
from dudao.results.actions.results import make_sheet

SUBJECTS, LEAVES = 2_600, 10
"""Ten leaves under each of six first-level indicators."""


class _Undo(Exception):
    """Ends a measurement without keeping what it wrote."""


def run(city: City) -> None:
    tree = system_tree()
    heading(
        f"Score {SUBJECTS:,} subjects by {LEAVES * len(WEIGHTS)} indicators from the database, rank, keep the sheet"
    )
    director = actor_for(city.login("director").account)
    campaign = campaign_over(city, director, tree, institutions(city, SUBJECTS, "计分学校"), "计分测量")
    marks, figures = _fill(campaign, tree)
    row("stored", f"{marks:,} marks, {figures:,} figures")
    inputs = inputs_of(campaign)
    rows = [(one.pk, one.label, inputs.cells[one.pk]) for one in inputs.subjects]
    system = system_of(campaign)
    table = inputs.table()
    assert not table.errors
    pure = _best(lambda: outcomes(table.scores()), 5)
    reading = _best(lambda: inputs_of(campaign), 3)
    scoring = _best(lambda: computed(system, campaign.system_digest, rows), 3)
    whole = _best(lambda: _made(director, campaign), 3)
    sheet = make_sheet(director, campaign=campaign, purpose="trial")
    assert all(one.agrees for one in replayed(sheet).checks), "a replay must give the same digits"
    copied = _copy(sheet)
    again = _best(lambda: replayed(sheet), 2)
    row("the engine alone, tables ready: outcomes, ranks", f"{pure * 1e3:,.0f} ms")
    row("COPY of the same rows, out of and into tables", f"{copied * 1e3:,.0f} ms")
    row("read all inputs (4 queries)", f"{reading * 1e3:,.0f} ms", f"{reading / pure:.1f} × the engine")
    row("make tables, score, rank, take digests", f"{scoring * 1e3:,.0f} ms", f"{scoring / pure:.1f} × the engine")
    row(
        "the action: read, score, rank, write a sheet",
        f"{whole * 1e3:,.0f} ms",
        f"{whole / pure:.1f} × the engine, {whole / copied:.1f} × COPY, {whole / (pure + copied):.1f} × both",
    )
    row("replay: the same again, compared text by text", f"{again * 1e3:,.0f} ms", f"{again / pure:.1f} × the engine")


def _best(function: Callable[[], object], times: int) -> float:
    found = []
    for _ in range(times):
        began = time.perf_counter()
        function()
        found.append(time.perf_counter() - began)
    return min(found)


def system_tree() -> Tree:
    rules = cycle(RULES)
    blocks = []
    for a, weight in enumerate(WEIGHTS, 1):
        leaves = [
            {"code": f"A{a}.{b}", "name": f"指标 A{a}.{b}", "points": 10, **next(rules)[0]}
            for b in range(1, LEAVES + 1)
        ]
        blocks.append(
            {"code": f"A{a}", "name": f"一级指标 {a}", "points": 10 * LEAVES, "weight": weight, "children": leaves}
        )
    return from_data(
        {
            "code": "T",
            "name": "综合督导评估（测量用）",
            "points": 100,
            "roll": "weighted",
            "indicators": blocks,
            "items": [
                {"name": "在校生数", "kind": "count", "unit": "人"},
                {"name": "教师数", "kind": "count"},
                {"name": "班数", "kind": "count"},
                {"name": "占地", "kind": "amount", "unit": "亩"},
                {"name": "城乡", "kind": "choice", "options": list(AREA)},
                {"name": "满意度", "kind": "amount", "unit": "%"},
            ],
            "grades": [
                {"name": "优秀", "total": "≥85", "ratio": "75%"},
                {"name": "良好", "total": "≥70"},
                {"name": "合格", "total": "≥55"},
                {"name": "不合格"},
            ],
        }
    )


def institutions(city: City, count: int, name: str) -> list[Unit]:
    """Institutions of the bench's own, spread over the counties."""
    first = Unit.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    units = []
    for number in range(count):
        county = city.counties[number % len(city.counties)]
        units.append(
            Unit(
                pk=first + number,
                parent=county,
                path=f"{county.path}{first + number}.",
                depth=county.depth + 1,
                kind=Kind.SCHOOL,
                name=f"{name}{number + 1}",
                valid_from=county.valid_from,
                demo=True,
            )
        )
    return Unit.objects.bulk_create(units, batch_size=1000)


def campaign_over(city: City, director: Actor, tree: Tree, units: Sequence[Unit], title: str) -> Campaign:
    """A running campaign over some institutions, by a system of its own."""
    framework = Framework.objects.create(unit=city.city, name=f"{tree.root.name}：{title}")
    version = FrameworkVersion.objects.create(framework=framework, number=1, whole=whole_of(tree))
    write_tree(version, tree)
    version = publish_version(director, version=version, reason="测量用。")
    day = timezone.localdate()
    made = create_campaign(
        director,
        office=city.city,
        title=title,
        year=day.year,
        objects_kind=Campaign.Objects.SCHOOLS,
        version=version,
        phases=[PhaseGiven("online", "网上评审", day - timedelta(9), day + timedelta(9), source="online")],
        demo=True,
    )
    subjects = [SubjectGiven(unit) for unit in units]
    made = set_subjects(director, campaign=made, revision=made.revision, subjects=subjects)
    return start_campaign(director, campaign=made, revision=made.revision)


def _fill(campaign: Campaign, tree: Tree) -> tuple[int, int]:
    """One mark an indicator that people answer, one figure an item."""
    system = System(tree)
    subjects = list(Subject.objects.filter(campaign=campaign).order_by("pk"))
    answers, data = mixed_answers(tree, SUBJECTS), mixed_data(SUBJECTS)
    marks = []
    for subject, given in zip(subjects, answers, strict=True):
        by_code: dict[str, dict[str, Any]] = {}
        for question, answer in given.items():
            by_code.setdefault(system.answered_by[question], {})[question] = cell_of(answer)
        marks += [
            Mark(subject=subject, source="online", code=code, cells=cells, by="测量") for code, cells in by_code.items()
        ]
    figures = [
        Figure(subject=subject, name=name, cell=str(value))
        for subject, values in zip(subjects, data, strict=True)
        for name, value in values.items()
    ]
    Mark.objects.bulk_create(marks, batch_size=2000)
    Figure.objects.bulk_create(figures, batch_size=2000)
    return len(marks), len(figures)


def cell_of(answer: object) -> object:
    """An answer as it is typed."""
    return ("是" if answer else "否") if isinstance(answer, bool) else str(answer)


def _made(director: Actor, campaign: Campaign) -> None:
    """The action whole, its rows thrown away afterwards."""
    try:
        with transaction.atomic():
            make_sheet(director, campaign=campaign, purpose="trial")
            raise _Undo
    except _Undo:
        return


def _copy(sheet: ScoreSheet) -> float:
    """The rows that scoring reads, copied out; the rows that it writes, copied in: what no program that does the same can save."""
    keys = "SELECT id FROM evaluations_subject WHERE campaign_id = " + str(sheet.campaign_id)
    reads = [
        f"SELECT subject_id, source, code, cells FROM evaluations_mark WHERE subject_id IN ({keys})",
        f"SELECT subject_id, name, cell FROM evaluations_figure WHERE subject_id IN ({keys})",
    ]
    found = []
    for _ in range(3):
        with transaction.atomic(), connection.cursor() as cursor:
            native: Any = cursor.cursor
            cursor.execute("CREATE TEMP TABLE bench_result (LIKE evaluations_result) ON COMMIT DROP")
            with native.copy(f"COPY (SELECT * FROM evaluations_result WHERE sheet_id = {sheet.pk}) TO STDOUT") as out:
                rows = [bytes(block) for block in out]
            began = time.perf_counter()
            for query in reads:
                with native.copy(f"COPY ({query}) TO STDOUT") as out:
                    sum(len(block) for block in out)
            with native.copy("COPY bench_result FROM STDIN") as into:
                for block in rows:
                    into.write(block)
            found.append(time.perf_counter() - began)
    return min(found)
