"""Every workbook that the demo city gives away and takes back: brought back as it is, it says nothing new."""

import io
from functools import partial

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dudao.core import sheets
from dudao.core.imports.owned import take_own
from dudao.findings.actions.ledgers import export_ledger as export_findings
from dudao.findings.imports import LEDGER as FINDINGS
from dudao.findings.imports import NEW
from dudao.findings.models import Finding
from dudao.orgs import papers as unit_papers
from dudao.orgs.importing import plan_import
from dudao.orgs.queries import listed, today
from dudao.orgs.sheet import UNITS
from dudao.people.queries import actor_for
from dudao.plans.actions.ledger import export_ledger as export_tasks
from dudao.plans.imports import LEDGER as TASKS
from dudao.selection.models import CyclePlan
from dudao.selection.papers.cycles import read_fixes, write_cycle
from dudao.selection.queries import cycles
from dudao.stats import importing, tables
from dudao.stats.models import EliminationPlan, Return, Round
from dudao.stats.papers.sizes import read_plan, write_plan
from dudao.stats.queries.returns import of_counties, of_schools, with_units
from dudao.stats.queries.sizes import plan_view

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(city, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return actor_for(city.login("officer1").account)


def _saved(data: bytes) -> bytes:
    """As an office program saves it again."""
    target = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(data)).save(target)
    return target.getvalue()


def _both(write) -> tuple[bytes, bytes]:
    target = io.BytesIO()
    write(target)
    return target.getvalue(), _saved(target.getvalue())


@pytest.mark.parametrize("kind", ["problems", "ledger"])
def test_sheets_of_findings(city, officer, kind):
    count = Finding.objects.count()
    for data in _both(lambda target: export_findings(officer, target=target, kind=kind)):
        taken = take_own(
            officer, declared=NEW if kind == "problems" else FINDINGS, target=city.city,
            upload=SimpleUploadedFile("表.xlsx", data), name="表.xlsx",
        )  # fmt: skip
        assert taken is None, taken and (taken.counts, taken.problems[:5], taken.preview[:3])
    assert Finding.objects.count() == count > 20


def test_the_ledger_of_tasks(city, officer):
    for data in _both(lambda target: export_tasks(officer, target=target)):
        upload = SimpleUploadedFile("台账.xlsx", data)
        taken = take_own(officer, declared=TASKS, target=None, upload=upload, name="台账.xlsx")
        assert taken is None, taken and (taken.counts, taken.problems[:5], taken.preview[:3])


def test_the_sheet_of_units(city, officer):
    units = list(listed(officer, "").exclude(pk=city.city.pk))
    for data in _both(lambda target: sheets.export(UNITS, unit_papers.sheet_rows(units), target)):
        reading = sheets.read(data, UNITS, max_rows=60_000)
        plan = plan_import(city.city, reading.rows, today=today(), problems=reading.problems)
        assert not plan.problems, [str(problem) for problem in plan.problems[:5]]
        assert {str(line.outcome) for line in plan.lines} == {"same"}, [
            (line.name, line.changes) for line in plan.lines if line.changes
        ][:5]
        assert len(plan.lines) == len(units)


def test_tables_of_statistics(city, officer):
    seen = 0
    for asked in Round.objects.exclude(state=Round.State.DRAFT):
        rows = with_units(Return.objects.filter(round=asked))
        for of, table, written, judge in (
            (of_schools, tables.table_of, tables.rows_of, importing.plan_table),
            (of_counties, tables.county_table, tables.county_rows, importing.plan_counties),
        ):
            held = list(of(rows))
            if not held:
                continue
            for data in _both(partial(sheets.export, table(asked), written(asked, held))):
                reading = sheets.read(data, table(asked), max_rows=60_000)
                plan = judge(officer, asked, city.city, reading)
                assert not plan.problems, [str(problem) for problem in plan.problems[:5]]
                assert not [line.changes for line in plan.lines if line.changes]
                seen += len(plan.lines)
    assert seen > 100


def test_plans_against_large_classes(city, officer):
    plans = list(EliminationPlan.objects.all())
    assert plans
    for plan in plans:
        for data in _both(partial(write_plan, plan, plan_view(officer, plan))):
            found, problems = read_plan(data, plan)
            assert not problems, [str(problem) for problem in problems[:5]]
            for row in plan.rows.filter(pk__in=found):
                was = (row.targets, row.measures, row.responsible, row.deadline, row.note)
                now = found[row.pk]
                assert (now.targets, now.measures, now.responsible, now.deadline, now.note) == was


def test_cycles_of_inspection(city, officer):
    plans = list(CyclePlan.objects.all())
    assert plans
    for plan in plans:
        rows = list(cycles.entries(officer, plan))
        matrix = cycles.own_matrix(officer, plan)
        for data in _both(partial(write_cycle, plan, matrix, rows, [])):
            found, problems = read_fixes(data, plan)
            assert not problems, [str(problem) for problem in problems[:5]]
            for entry in rows:
                if entry.pk in found:
                    fix = found[entry.pk]
                    was = (entry.fixed_term, entry.fixed_reason, entry.not_before, entry.not_after, entry.last_visited)
                    assert (fix.term, fix.reason, fix.not_before, fix.not_after, fix.last_visited) == was
