"""The reviewer's desk in a campaign of 2,600 subjects by 60 indicators: its pages, one mark saved, the workbook of it all."""

import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import quantiles
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import pages
from bench.bench_score import mixed_answers
from bench.evaluations import LEAVES, SUBJECTS, campaign_over, cell_of, institutions, system_tree
from bench.report import heading, row
from dudao.calc.score import System
from dudao.calc.tree import Tree
from dudao.core.models import StoredFile
from dudao.demo.city import City
from dudao.evaluations.actions.review_book import export_book
from dudao.evaluations.models import Answer, Campaign, Mark, Review, Subject
from dudao.evaluations.queries import reviewing as reads
from dudao.evidence.models import Evidence, EvidenceLink, EvidenceVersion
from dudao.people.models import Account
from dudao.people.queries import actor_for

FEW = 20
REVIEWER = "inspector"
FILES = 3
"""Files at every second indicator of a subject that is looked at."""


def run(city: City, seconds: float) -> None:
    tree = system_tree()
    leaves = [node.code for node in tree.nodes.values() if not node.children]
    heading(
        f"Review: {SUBJECTS:,} subjects by {len(leaves)} indicators, one reviewer has them all, half of each marked"
    )
    reviewer, director = city.login(REVIEWER).account, city.login("director").account
    few = _reviewed(city, tree, FEW, "评审少", reviewer)
    seen = _queries(few, reviewer, director)
    began = time.perf_counter()
    many = _reviewed(city, tree, SUBJECTS, "评审多", reviewer)
    row("written by bulk insert", f"{time.perf_counter() - began:.1f} s", f"{Mark.objects.count():,} marks")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    heading(f"Queries a page, with {FEW} and with {SUBJECTS:,} subjects")
    found = _queries(many, reviewer, director)
    for name, count in found.items():
        row(name, f"{seen[name]} and {count}", "constant" if seen[name] == count else "GROWS")
    for connections in (1, 32):
        heading(f"Pages under load: {connections} connections, {seconds:g} s each, 2 web processes")
        pages.compare(reviewer, _pages(many), seconds, connections)
        pages.compare(director, _office(many), seconds, connections)
    heading("One mark saved by the script of the page, in this process")
    _saving(many, reviewer)
    heading(f"The workbook of the review: {SUBJECTS * LEAVES * 6:,} lines")
    _book(many, actor_for(director))


def _reviewed(city: City, tree: Tree, count: int, name: str, reviewer: Account) -> Campaign:
    """A campaign under review: answers with their words, a task for each subject, marks at every second indicator, evidence."""
    director = actor_for(city.login("director").account)
    campaign = campaign_over(city, director, tree, institutions(city, count, name), f"{name}测量")
    system, now = System(tree), timezone.now()
    subjects = list(Subject.objects.filter(campaign=campaign).select_related("unit").order_by("pk"))
    Subject.objects.filter(campaign=campaign).update(state="submitted", submitted_at=now)
    tasks = Review.objects.bulk_create(
        [
            Review(subject=one, source="online", reviewer=reviewer, marked=LEAVES * 3, expected=LEAVES * 6)
            for one in subjects
        ],
        batch_size=1000,
    )
    answers, marks = [], []
    for task, given in zip(tasks, mixed_answers(tree, count), strict=True):
        by_code: dict[str, dict[str, Any]] = {}
        for question, answer in given.items():
            by_code.setdefault(system.answered_by[question], {})[question] = cell_of(answer)
        for place, (code, cells) in enumerate(by_code.items()):
            words = f"{code} 的做法：制度健全，责任到人，台账完整，每学期检查两次，问题当场整改。"
            answers.append(
                Answer(subject=task.subject, code=code, cells=cells, text=words, saved_at=now, saved_by="测量")
            )
            if place % 2 == 0:
                marks.append(
                    Mark(
                        subject=task.subject,
                        source="online",
                        code=code,
                        review=task,
                        cells=cells,
                        reason="材料不全。",
                        by=reviewer.name,
                        at=now,
                    )
                )
    Answer.objects.bulk_create(answers, batch_size=2000)
    Mark.objects.bulk_create(marks, batch_size=2000)
    _files(subjects, [node.code for node in tree.nodes.values() if not node.children])
    return campaign


def _files(subjects: Sequence[Subject], codes: Sequence[str]) -> None:
    """Evidence at every second indicator. All point at one stored file for each place: what costs is rows, not bytes."""
    stored = StoredFile.objects.bulk_create(
        [StoredFile(digest=uuid.uuid4().hex * 2, size=1000, media_type="application/pdf") for _ in range(FILES)]
    )
    now, versions, links = timezone.now(), [], []
    items = Evidence.objects.bulk_create(
        [Evidence(unit=one.unit, title=f"佐证{number}", demo=True) for one in subjects for number in range(FILES)],
        batch_size=2000,
    )
    for place, item in enumerate(items):
        file = stored[place % FILES]
        versions.append(
            EvidenceVersion(
                evidence=item,
                unit=item.unit,
                number=1,
                file=file,
                name="佐证.pdf",
                size=1000,
                media_type=file.media_type,
                uploaded_by_name="测量",
                uploaded_at=now,
            )
        )
    made = EvidenceVersion.objects.bulk_create(versions, batch_size=2000)
    for place, subject in enumerate(subjects):
        for code in codes[::2]:
            links += [
                EvidenceLink(
                    version=version,
                    key=f"answer:{subject.pk}:{code}",
                    label=code,
                    unit=subject.unit,
                    created_by_name="测量",
                    created_at=now,
                )
                for version in made[place * FILES : (place + 1) * FILES]
            ]
    EvidenceLink.objects.bulk_create(links, batch_size=5000)


def _task(campaign: Campaign) -> Review:
    found: Review = Review.objects.filter(subject__campaign=campaign).order_by("pk")[campaign.subjects.count() // 2]
    return found


def _pages(campaign: Campaign) -> Mapping[str, str]:
    task = _task(campaign)
    return {
        "the desk, an indicator with evidence": f"/evaluations/reviews/{task.pk}/?code=A1.1",
        "the desk, only what is open": f"/evaluations/reviews/{task.pk}/?only=open",
        "the reviewer's queue": f"/evaluations/reviews/?campaign={campaign.pk}",
    }


def _office(campaign: Campaign) -> Mapping[str, str]:
    part = reads.parts_of(campaign)[0].pk
    return {"the office's overview of a county": f"/evaluations/{campaign.pk}/reviewing/?part={part}"}


def _queries(campaign: Campaign, reviewer: Account, director: Account) -> dict[str, int]:
    counts = {}
    for account, wanted in ((reviewer, _pages(campaign)), (director, _office(campaign))):
        client = Client()
        client.cookies.load(pages.cookies_of(account))
        for name, path in wanted.items():
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200, path
            counts[name] = len(queries)
    return counts


def _saving(campaign: Campaign, reviewer: Account) -> None:
    """A mark after the other, each as the script of the page posts it."""
    client = Client()
    client.cookies.load(pages.cookies_of(reviewer))
    task, times = _task(campaign), []
    desk = reads.desk(reads.seen(actor_for(reviewer)).get(pk=task.pk))
    for item in desk.items[:40]:
        given = {one.name: one.quick[0].value for one in item.inputs() if one.quick}
        body = {"code": item.code, "revision": item.mark.revision if item.mark else 0, "reason": "看过材料。", **given}
        began = time.perf_counter()
        answer = client.post(f"/evaluations/reviews/{task.pk}/mark/", body, headers={"X-Save": "1"})
        times.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.content.decode()
    bare = []
    for _ in range(40):
        began = time.perf_counter()
        client.get("/bare/")
        bare.append(time.perf_counter() - began)
    ours, nothing = quantiles(times, n=20)[-1], quantiles(bare, n=20)[-1]
    row("p95", f"{ours * 1e3:.0f} ms", f"{ours / nothing:.1f} × a bare page")


def _book(campaign: Campaign, director: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "review.xlsx"
        began = time.perf_counter()
        lines = export_book(director, campaign=campaign, target=target)
        took = time.perf_counter() - began
        row("written", f"{took:.1f} s", f"{lines / took:,.0f} lines/s, {target.stat().st_size / 1e6:.0f} MB")
