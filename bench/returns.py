"""Importing the numbers of 50,000 schools, a sheet of 40 columns, with all its checks: against reading the bare cells, and against
PostgreSQL's COPY of the same numbers.
"""

import io
import time
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import python_calamine
import xlsxwriter
from django.db import connection, transaction

from bench.report import heading, row
from dudao.core import files, sheets
from dudao.core.access import SYSTEM
from dudao.core.imports import Plan
from dudao.core.models import SheetImport
from dudao.demo.city import City
from dudao.orgs.actions.tree import allocate_ids
from dudao.orgs.models import Kind, Stage, Unit
from dudao.stats.actions.rounds import create_round, open_round
from dudao.stats.actions.uploads import write_numbers
from dudao.stats.importing import plan_table
from dudao.stats.imports import Sort
from dudao.stats.models import CheckHit, DataItem, Round
from dudao.stats.tables import table_of

SCHOOLS, COLUMNS = 50_000, 40


class _Undo(Exception):
    pass


def run(city: City) -> None:
    heading(f"Import the numbers of {SCHOOLS:,} schools, {COLUMNS} columns")
    try:
        with transaction.atomic():
            _measure(city.city)
            raise _Undo
    except _Undo:
        pass


def _measure(city: Unit) -> None:
    asked, table = _round(city)
    workbook = _workbook(table, Unit.objects.filter(local_code__startswith="BENCH-N").order_by("pk"))
    row("Excel file", f"{len(workbook) / 1e6:.1f} MB")
    began = time.perf_counter()
    cells = python_calamine.load_workbook(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()
    bare = time.perf_counter() - began
    row("bare: the cells read by calamine", f"{bare:.1f} s", f"{len(cells) * COLUMNS:,} cells")

    began = time.perf_counter()
    reading = sheets.read(workbook, table, max_rows=60_000)
    read = time.perf_counter() - began
    assert not reading.problems, reading.problems[:3]
    row("read and typed", f"{read:.1f} s", f"{read / bare:.1f} × bare")

    began = time.perf_counter()
    plan = plan_table(SYSTEM, asked, city, reading)
    planned = time.perf_counter() - began
    assert not plan.problems, plan.problems[:3]
    row("matched with the register, changes planned", f"{planned:.1f} s", f"{planned / bare:.1f} × bare")

    changes = sum(len(line.changes) for line in plan.lines)
    copied = _copied(plan)
    row("bare: COPY of the numbers", f"{copied:.1f} s", f"{changes:,} numbers")
    taken = SheetImport.objects.create(
        kind="stats",
        target=city.pk,
        place=city.path,
        into=city.name,
        params={"round": asked.pk, "sort": Sort.TABLE},
        file=files.keep(workbook, files.KINDS["xlsx"].media_type),
        name="大表.xlsx",
        state=SheetImport.State.IMPORTING,
    )
    began = time.perf_counter()
    write_numbers(SYSTEM, asked=asked, taken=taken, plan=plan)
    written = time.perf_counter() - began
    row("written, all rules checked, every return in the log", f"{written:.1f} s", f"{written / copied:.1f} × COPY")
    found = CheckHit.objects.filter(ret__round=asked).count()
    row("what the rules found", f"{found:,}", f"{SCHOOLS / written:,.0f} schools a second")
    whole = read + planned + written
    row(
        "in all",
        f"{whole:.1f} s",
        f"{whole / (bare + copied):.1f} × reading and COPY, {SCHOOLS / whole:,.0f} schools a second",
    )


def _round(city: Unit) -> tuple[Round, sheets.Table]:
    _schools(city)
    today = date.today()
    asked = create_round(
        SYSTEM,
        unit=city,
        title="大表",
        year=today.year,
        stages=["primary", "junior"],
        opens_on=today - timedelta(1),
        closes_on=today + timedelta(30),
        items=_items(),
    )
    open_round(SYSTEM, asked=asked)
    table = table_of(asked)
    assert len(table.columns) <= COLUMNS, len(table.columns)
    return asked, table


def _items() -> list[DataItem]:
    """As many items of compulsory schools as the columns hold beside name, county, type and code."""
    found, room = [], COLUMNS - 4
    for item in DataItem.objects.exclude(level=DataItem.Level.COUNTY).order_by("sort_no", "id"):
        if {"primary", "junior"} & set(item.stages) or not item.stages:
            width = len(item.columns)
            if width <= room:
                found.append(item)
                room -= width
    return found


def _schools(city: Unit) -> None:
    keys = allocate_ids(SCHOOLS)
    began = date(2000, 1, 1)
    Unit.objects.bulk_create(
        (
            Unit(
                pk=key,
                name=f"第{place}小学",
                kind=Kind.SCHOOL,
                parent=city,
                path=f"{city.path}{key}.",
                depth=city.depth + 1,
                valid_from=began,
                school_type="211",
                local_code=f"BENCH-N{place:06d}",
            )
            for place, key in enumerate(keys, 1)
        ),
        batch_size=2000,
    )
    Stage.objects.bulk_create((Stage(unit_id=key, level="primary") for key in keys), batch_size=5000)


def _numbers(school: int) -> dict[str, int]:
    """What a primary school of 1 to 40 classes reports, by the code of the item; each fiftieth has more graduates than teachers."""
    classes = 1 + school % 40
    return {
        "pupils": 40 * classes, "classes": classes, "classes_45": classes, "band_40": classes, "largest_class": 40,
        "teachers": 2 * classes + 1, "degree": 2 * classes + 6 * (school % 50 == 0), "backbone": classes // 2,
        "arts_sports": classes // 2, "migrants": classes, "rooms": 220 * classes, "indoor": 10 * classes,
        "grounds": 340 * classes, "equipment": 9 * classes, "multimedia": classes + 1,
    }  # fmt: skip


def _workbook(table: sheets.Table, schools: Iterable[Unit]) -> bytes:
    """Primary schools; the columns of other stages stay empty, as in a real table."""
    codes = {str(pk): code for pk, code in DataItem.objects.values_list("pk", "code")}
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet(table.name)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.name)
    for number, school in enumerate(schools, 1):
        numbers = _numbers(number)
        for place, column in enumerate(table.columns):
            if column.key == "name":
                sheet.write_string(number, place, school.name)
            elif column.key == "code":
                sheet.write_string(number, place, school.local_code)
            elif column.key.endswith(("-primary", "-")):
                sheet.write_number(number, place, numbers.get(codes[column.key.partition("-")[0]], 0))
    book.close()
    return target.getvalue()


def _copied(plan: Plan) -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE bare_numbers (ret bigint, item bigint, stage text, number numeric) ON COMMIT DROP"
        )
        began = time.perf_counter()
        with cursor.copy("COPY bare_numbers FROM STDIN") as copy:
            for line in plan.lines:
                for (item, stage), (_, _, number) in line.changes.items():
                    copy.write_row((line.ret.pk, item, stage, Decimal(number)))
        return time.perf_counter() - began
