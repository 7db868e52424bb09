"""Deadline day: institutions hand in their self-evaluations, a staircase of clerks at once until p95 breaks.

What an hour asks for is known: 2,600 institutions × (60 saves + 10 files announced, sent and attached + 2). Each step of the
staircase says how many requests a second it carried, with how many errors; afterwards every acknowledged answer and file is looked
up, and no connection may have been left inside a transaction.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.middleware.csrf import _get_new_csrf_string
from django.utils import timezone

from bench import pages
from bench.report import heading, row
from dudao.calc.expr import Kind as ItemKind
from dudao.core import files
from dudao.demo.builders import account
from dudao.demo.city import City
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.models import Answer, Campaign, Figure, Submission
from dudao.evaluations.queries.systems import asks, figures_asked, system_of
from dudao.evidence.models import EvidenceVersion
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.actions.versions import publish_version
from dudao.frameworks.models import FrameworkVersion
from dudao.orgs.models import Kind, Unit
from dudao.people.queries import actor_for

PACK = "kindergarten-online-onsite-template"
INSTITUTIONS, SAVES, FILES, SIZE = 2_600, 60, 10, 200_000
STEPS = (4, 16, 32, 64)
PATIENCE = 1.0
"""Seconds of p95 from which a step counts as broken."""
HOUR = INSTITUTIONS * (SAVES + 3 * FILES + 2) / 3600
"""Requests a second that the whole city in an hour comes to."""


def run(city: City, seconds: float = 40) -> None:
    heading(f"Deadline day: the hour of {INSTITUTIONS:,} institutions is {HOUR:.0f} requests a second")
    campaign = _campaign(city)
    plan = _plan(campaign)
    kept: list[dict[str, Any]] = []
    with pages.serving() as port, tempfile.TemporaryDirectory() as folder:
        bare = pages.measure(port, "/bare/", f"sessionid={plan[0]['session']}", 4)
        row("bare page (32 connections)", pages.shown(bare))
        for clerks in STEPS:
            found = _step(port, plan, clerks, seconds, Path(folder))
            plan = plan[len(found["kept"]) :]
            kept += found["kept"]
            if _told(clerks, found, bare) > PATIENCE or len(plan) < 2 * clerks:
                break
        left = _left_open()
    _checked(kept, left)


def _campaign(city: City) -> Campaign:
    """A campaign over institutions of the bench's own, which the city's few are too few for."""
    director = actor_for(city.login("director").account)
    version = load_pack(director, unit=city.city, name=PACK).version
    if version.state == FrameworkVersion.State.DRAFT:
        version = publish_version(director, version=version, reason="测量用。")
    county = city.counties[0]
    first = Unit.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    day = timezone.localdate()
    units = [
        Unit(
            pk=first + number,
            parent=county,
            path=f"{county.path}{first + number}.",
            depth=county.depth + 1,
            kind=Kind.KINDERGARTEN,
            name=f"测量幼儿园{number + 1}",
            valid_from=county.valid_from,
            demo=True,
        )
        for number in range(600)
    ]
    Unit.objects.bulk_create(units)
    made = create_campaign(
        director,
        office=city.city,
        title="截止日测量",
        year=day.year,
        objects_kind=Campaign.Objects.KINDERGARTENS,
        version=version,
        phases=[PhaseGiven("self", "自查自评", day - timedelta(9), day + timedelta(9), source="self")],
        demo=True,
    )
    made = set_subjects(
        director, campaign=made, revision=made.revision, subjects=[SubjectGiven(unit) for unit in units]
    )
    return start_campaign(director, campaign=made, revision=made.revision)


def _plan(campaign: Campaign) -> list[dict[str, Any]]:
    """What each clerk will do: a session, the answers to give, how many files."""
    saves = _saves(campaign)
    return [
        {
            "subject": subject.pk,
            "unit": subject.unit_id,
            "session": pages.cookies_of(account("测量员", subject.unit, "school_reporter"))[
                settings.SESSION_COOKIE_NAME
            ],
            "csrf": _get_new_csrf_string(),
            "saves": saves,
            "files": FILES,
            "size": SIZE,
        }
        for subject in campaign.subjects.select_related("unit").order_by("pk")
    ]


def _saves(campaign: Campaign) -> list[dict[str, Any]]:
    """Every question and data item once, then again with other words, until there are as many as an institution gives."""
    system = system_of(campaign)
    found: list[dict[str, Any]] = []
    for ask in asks(system, "self"):
        cells = {
            column.name: column.item.options[0] if column.item.kind is ItemKind.CHOICE else "1"
            for column in ask.columns
        }
        found.append({"code": ask.node.code, "cells": cells, "text": ""})
    found += [{"name": column.name, "cell": "12"} for column in figures_asked(system)]
    asked = len(found)
    while len(found) < SAVES:
        again = found[len(found) - asked]
        found.append({**again, "text": "已核对台账和现场，材料齐全。"} if "code" in again else {**again, "cell": "13"})
    return found


def _step(port: int, plan: Sequence[Mapping[str, Any]], clerks: int, seconds: float, folder: Path) -> dict[str, Any]:
    given, out = folder / "plan.json", folder / "out.json"
    given.write_text(json.dumps(plan))
    done = subprocess.run(
        [sys.executable, "-m", "bench.clerks", str(port), str(given), str(clerks), str(seconds), str(out)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def _told(clerks: int, found: Mapping[str, Any], bare: Mapping[str, float]) -> float:
    """Print a step; answers its p95 over all requests."""
    every = sorted(second for times in found["times"].values() for second in times)
    rate, p95 = len(every) / found["took"], _at(every, 0.95)
    handed = sum(bool(kept["submission"]) for kept in found["kept"])
    row(
        f"{clerks} clerks at once, {handed} handed in",
        f"{rate:,.0f}/s p95 {p95 * 1e3:.0f} p99 {_at(every, 0.99) * 1e3:.0f} ms",
        f"{rate / HOUR:.1f} × the hour, {bare['rate'] / rate:.1f} × bare, errors {sum(found['faults'].values())}",
    )
    for kind, times in found["times"].items():
        ordered = sorted(times)
        row(
            f"    {kind}",
            f"p95 {_at(ordered, 0.95) * 1e3:.0f} p99 {_at(ordered, 0.99) * 1e3:.0f} ms",
            f"{len(times)} times",
        )
    for fault, times in found["faults"].items():
        row(f"    error: {fault[:90]}", str(times))
    return p95


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def _left_open() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")
        return int(cursor.fetchone()[0])


def _checked(kept: Sequence[Mapping[str, Any]], left: int) -> None:
    """Everything that was acknowledged is there, byte for byte."""
    subjects = [one["subject"] for one in kept]
    answers = {
        (subject, code): (cells, text)
        for subject, code, cells, text in Answer.objects.filter(subject__in=subjects).values_list(
            "subject_id", "code", "cells", "text"
        )
    }
    figures = {
        (subject, name): cell
        for subject, name, cell in Figure.objects.filter(subject__in=subjects).values_list("subject_id", "name", "cell")
    }
    said = lost = 0
    for one in kept:
        for code, save in one["answers"].items():
            said, lost = said + 1, lost + (answers.get((one["subject"], code)) != (save["cells"], save["text"]))
        for name, save in one["figures"].items():
            said, lost = said + 1, lost + (figures.get((one["subject"], name)) != save["cell"])
    row("answers acknowledged last", f"{said:,}", f"not there, or others: {lost}")
    versions = {pk: digest for one in kept for pk, digest in one["files"].items()}
    rows = EvidenceVersion.objects.filter(pk__in=versions).select_related("file")
    there = 0
    for version in rows:
        with files.opened(version.file) as content:
            there += hashlib.sha256(content.read()).hexdigest() == versions[str(version.pk)]
    row("files acknowledged", f"{len(versions):,}", f"not there, or others: {len(versions) - there}")
    receipts = [one for one in kept if one["submission"]]
    found = Submission.objects.filter(subject__in=[one["subject"] for one in receipts]).count()
    row("handed in", f"{len(receipts):,}", f"without a receipt in the database: {len(receipts) - found}")
    row("connections left inside a transaction", str(left))
