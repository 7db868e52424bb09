"""Findings by the hundred thousand: the ledger as a file, against xlsxwriter alone; the list as a county sees it, under load."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import xlsxwriter
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import pages
from bench.report import heading, row
from dudao.demo.city import City
from dudao.findings import ledgers
from dudao.findings.actions.ledgers import export_ledger
from dudao.findings.models import Finding
from dudao.findings.queries.ledgers import ledger_rows
from dudao.findings.queries.lights import Lights
from dudao.findings.queries.terms import terms_on
from dudao.people.queries import actor_for

FEW, SOME, MANY = 1_000, 20_000, 200_000
COUNTY = "county-430626"
PAGES = {
    "list of findings": "/findings/",
    "list, overdue": "/findings/?state=late",
    "list, serious, sorted by light": "/findings/?severity=serious&sort=light",
    "list, searched for a word": "/findings/?q=%E7%95%99%E6%A0%B7",
    "rates by county": "/findings/board/",
}

FILL = """
WITH units AS (
    SELECT school.id AS unit, county.id AS office, row_number() OVER (ORDER BY school.id) - 1 AS place, count(*) OVER () AS many
    FROM orgs_unit school JOIN orgs_unit county ON school.path LIKE county.path || '%%' AND county.kind IN ('county', 'zone')
    WHERE school.kind IN ('school', 'kindergarten', 'township')
), drawn AS (
    SELECT n, (n * 7919) %% 100 AS chance, %(today)s::date - ((n * 31) %% 700)::int AS issued
    FROM generate_series(%(first)s, %(last)s) n
), made AS (
    SELECT *, issued + 30 + (n %% 60)::int AS until, CASE
        WHEN chance < 4 THEN 'draft' WHEN chance < 8 THEN 'issued' WHEN chance < 12 THEN 'signed' WHEN chance < 27 THEN 'rectifying'
        WHEN chance < 30 THEN 'partly' WHEN chance < 32 THEN 'kept_on' WHEN chance < 35 THEN 'returned'
        WHEN chance < 40 THEN 'reported' WHEN chance < 43 THEN 'verified' WHEN chance < 98 THEN 'closed' ELSE 'waived' END AS state
    FROM drawn
)
INSERT INTO findings_finding (
    office_id, unit_id, code, state, revision, category, description, severity, source, source_label, source_url, source_key,
    indicator_code, indicator, found_on, suggestion, leader, person, phone, measures, target, first_deadline, deadline,
    deadline_basis, term_working, term_start, finished_on, escalation, progress, standing, remark, looked_back, facts, created_at,
    issued_at, signed_at, reported_at, verified_at, closed_on, demo)
SELECT office, unit, CASE WHEN state = 'draft' THEN '' ELSE to_char(issued, 'YYYY') || '-Q' || to_char(issued, 'Q') || '-' || n END,
    state, 3, (ARRAY['校园安全', '师资配备', '课程教学', '经费投入', '规范办学'])[1 + n %% 5],
    '第 ' || n || ' 项：食堂食品留样不足 48 小时，留样记录缺少签名，' || repeat('现场查看与台账不一致，', (n %% 4)::int),
    (ARRAY['small', 'general', 'general', 'serious', 'complex'])[1 + n %% 5], (ARRAY['visit', 'score', 'complaint'])[1 + n %% 3],
    '2026年春季开学督导', '', '', 'GP' || n %% 40, '食品安全管理', issued - 5, '配齐留样设备，落实专人登记。', '王校长', '李主任',
    '138' || lpad((n %% 100000000)::text, 8, '0'), repeat('购置留样冰箱，每餐留样不少于 125 克，专人登记、专柜存放。', 2),
    '所有餐次留样满 48 小时', until, until, '一般问题整改 30 日', false, 'receipt',
    CASE WHEN state IN ('reported', 'verified', 'closed') THEN until - 10 + (n %% 15)::int END, 0,
    CASE WHEN state IN ('reported', 'verified', 'closed') THEN 100 ELSE (n %% 90)::int END,
    '已购置冰箱两台，台账补齐，食堂人员已培训。', '', true, '[]', issued, CASE WHEN state <> 'draft' THEN issued END,
    CASE WHEN state NOT IN ('draft', 'issued') THEN issued END,
    CASE WHEN state IN ('reported', 'verified', 'closed') THEN until - 10 + (n %% 15)::int END,
    CASE WHEN state IN ('verified', 'closed') THEN until + 5 END, CASE WHEN state = 'closed' THEN until + 6 END, true
FROM made JOIN units ON units.place = made.n %% units.many
"""

LOOKS = """
INSERT INTO findings_verification (finding_id, method, passed, opinion, "on", at, by_name)
SELECT id, 'site', true, '现场查看属实，台账齐全。', finished_on, reported_at, '督学甲' FROM findings_finding
WHERE state IN ('verified', 'closed') AND id > %s
"""


def run(city: City, seconds: float) -> None:
    heading(f"Findings: {MANY:,} in the database, {COUNTY} sees those of its county")
    _fill(1, FEW)
    few = _queries(city)
    began = time.perf_counter()
    _fill(FEW + 1, MANY)
    row("written by bulk SQL", f"{time.perf_counter() - began:.1f} s")
    county = actor_for(city.login(COUNTY).account)
    row("of them the county's", f"{Finding.objects.visible_to(county, 'finding.view').count():,}")
    _export(city)
    heading(f"Queries a page, with {FEW:,} and with {MANY:,} findings")
    many = _queries(city)
    for name in PAGES:
        row(name, f"{few[name]} and {many[name]}", "constant" if few[name] == many[name] else "GROWS")
    heading(f"Pages of a county under load: {pages.CONNECTIONS} connections, {seconds:g} s each, 2 web processes")
    pages.compare(city.login(COUNTY).account, PAGES, seconds)


def _fill(first: int, last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM findings_finding")
        before = cursor.fetchone()[0]
        cursor.execute(FILL, {"today": timezone.localdate() - timedelta(1), "first": first, "last": last})
        cursor.execute(LOOKS, [before])
        # As after the database's own nightly work: counts read the index alone.
        cursor.execute("VACUUM (ANALYZE) findings_finding, findings_verification")


def _queries(city: City) -> Mapping[str, int]:
    client = Client()
    client.cookies.load(pages.cookies_of(city.login(COUNTY).account))
    counts = {}
    for name, path in PAGES.items():
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200, path
        counts[name] = len(queries)
    return counts


def _export(city: City) -> None:
    """The 整改台账 of the whole city: rows a second and growth of memory, beside xlsxwriter with the same cells alone."""
    director = actor_for(city.login("director").account)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "ledger.xlsx"
        keys = list(Finding.objects.order_by("pk").values_list("pk", flat=True))
        export_ledger(director, target=target, kind="ledger", ids=keys[:FEW])  # what is kept for the process is there
        for count in (SOME, MANY):
            with _timed() as found:
                rows = export_ledger(director, target=target, kind="ledger", ids=keys[:count])
            said = f"{rows / found['seconds']:,.0f} rows/s, {target.stat().st_size / 1e6:.0f} MB"
            row(f"ledger of {rows:,} rows", f"{found['seconds']:.1f} s", said)
            row("  growth of memory while it is written", f"{found['growth'] / 1024:.0f} MB")
        sample = _cells(director)
        with _timed() as bare:
            _bare(target, sample, rows)
        row(
            "bare: xlsxwriter, constant memory, same cells",
            f"{bare['seconds']:.1f} s",
            f"{rows / bare['seconds']:,.0f} rows/s; the ledger takes {found['seconds'] / bare['seconds']:.1f} × as long",
        )
        row("  growth of memory", f"{bare['growth'] / 1024:.0f} MB")


@contextmanager
def _timed() -> Iterator[dict[str, float]]:
    """Seconds, and by how many KiB the peak of resident memory lies above what there was before."""
    found: dict[str, float] = {}
    Path("/proc/self/clear_refs").write_text("5")  # resets the peak
    before, began = _memory("VmRSS"), time.perf_counter()
    yield found
    found["seconds"] = time.perf_counter() - began
    found["growth"] = _memory("VmHWM") - before


def _memory(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(name)


def _cells(actor: object) -> list[list[object]]:
    """A thousand rows of the ledger as plain cells."""
    ledger = ledgers.SHEETS["ledger"]
    values = ledgers.values_of(ledger, actor=actor, phones=False)
    rows = ledger_rows(actor, ledger, Lights(terms_on(timezone.localdate())))[:1000]
    return [[getattr(value, "value", value) for value in values(one).values()] for one in rows]


def _bare(target: Path, sample: list[list[object]], count: int) -> None:
    book = xlsxwriter.Workbook(str(target), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    style, day = book.add_format({"border": 1, "text_wrap": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    for number in range(count):
        for place, value in enumerate(sample[number % len(sample)]):
            if value is None or value == "":
                sheet.write_blank(number, place, None, style)
            elif isinstance(value, str):
                sheet.write_string(number, place, value, style)
            elif isinstance(value, bool | int):
                sheet.write_number(number, place, value, style)
            else:
                sheet.write_datetime(number, place, value, day)
    book.close()
