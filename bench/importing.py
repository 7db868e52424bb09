"""Importing institutions from an Excel file, against PostgreSQL's COPY and Django's bulk_create of the same units."""

import io
import time

from django.db import connection, transaction

from bench.report import heading, row
from dudao.core import sheets
from dudao.core.access import SYSTEM
from dudao.demo.city import City
from dudao.demo.institutions import institution_rows
from dudao.demo.places import TOTALS
from dudao.orgs.actions import import_units
from dudao.orgs.models import Unit
from dudao.orgs.sheet import MAX_ROWS, UNITS

SIZES = (3_000, 30_000)


class _Undo(Exception):
    pass


def run(city: City, *, keep_large: bool) -> None:
    for size in SIZES:
        heading(f"Import {size:,} institutions")
        workbook = _workbook(size)
        row("Excel file", f"{len(workbook) / 1e6:.1f} MB")
        began = time.perf_counter()
        reading = sheets.read(workbook, UNITS, max_rows=MAX_ROWS)
        read = time.perf_counter() - began
        assert not reading.problems, reading.problems[:3]
        try:
            with transaction.atomic():
                began = time.perf_counter()
                made = import_units(SYSTEM, root=city.city, rows=reading.rows, demo=True, source="bench.xlsx")
                written = time.perf_counter() - began
                units = list(Unit.objects.filter(pk__in=made.units))
                bulk, copied = _bare(units)
                if size != max(SIZES) or not keep_large:
                    raise _Undo
        except _Undo:
            pass
        row("bare: COPY of the units' rows", f"{copied:.2f} s")
        row("bare: bulk_create of the units alone", f"{bulk:.2f} s")
        row("read the file", f"{read:.2f} s")
        row(
            "check and write, all tables and the log",
            f"{written:.2f} s",
            f"{written / copied:.0f} × COPY, {written / bulk:.1f} × bulk_create",
        )
        row("in all", f"{read + written:.2f} s", f"{size / (read + written):,.0f} rows/s")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _workbook(size: int) -> bytes:
    scale = size / sum(TOTALS.values())
    target = io.BytesIO()
    rows = []
    for number, made in enumerate(institution_rows(scale, seed=size), 1):
        made["local_code"] = f"BENCH-{size // 1000}-{number:06d}"
        made["name"] = f"{made['name']}（{size // 1000}）"
        rows.append(made)
    sheets.export(UNITS, rows[:size], target)
    return target.getvalue()


def _bare(units: list[Unit]) -> tuple[float, float]:
    """Seconds that the rows of the units alone take, by Django and by COPY, into an empty table of the same form."""
    columns = [field.column for field in Unit._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bare (LIKE orgs_unit INCLUDING ALL) ON COMMIT DROP")
        names = ", ".join(f'"{column}"' for column in columns)
        began = time.perf_counter()
        with cursor.copy(f"COPY bare ({names}) FROM STDIN") as copy:
            for unit in units:
                copy.write_row([getattr(unit, field.attname) for field in Unit._meta.concrete_fields])
        copied = time.perf_counter() - began
        cursor.execute("TRUNCATE bare")
        table = Unit._meta.db_table
        Unit._meta.db_table = "bare"
        try:
            began = time.perf_counter()
            Unit.objects.bulk_create(units, batch_size=2000)
            bulk = time.perf_counter() - began
        finally:
            Unit._meta.db_table = table
        cursor.execute("DROP TABLE bare")
    return bulk, copied
