"""Rows by the ten thousand: PostgreSQL's COPY instead of inserts, which spend their time in building statements."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def _columns(model: type[models.Model], *, key: bool) -> list[Any]:
    return [field for field in model._meta.concrete_fields if key or not field.primary_key]


def _copy(cursor: Any, table: str, fields: Sequence[Any], rows: Iterable[models.Model]) -> None:
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([getattr(row, field.attname) for field in fields])


def insert(rows: Iterable[models.Model]) -> None:
    """Insert objects of one model. Those with keys of their own keep them; the others get theirs from the database,
    and the objects don't learn them."""
    rows = list(rows)
    if not rows:
        return
    model = type(rows[0])
    fields = _columns(model, key=rows[0].pk is not None)
    with connection.cursor() as cursor:
        _copy(cursor, connection.ops.quote_name(model._meta.db_table), fields, rows)


def update(rows: Iterable[models.Model]) -> None:
    """Write all columns of objects that exist, in one statement."""
    rows = list(rows)
    if not rows:
        return
    model = type(rows[0])
    table = connection.ops.quote_name(model._meta.db_table)
    key = connection.ops.quote_name(str(model._meta.pk.column))
    columns = [connection.ops.quote_name(str(field.column)) for field in _columns(model, key=False)]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE incoming (LIKE {table}) ON COMMIT DROP")
        _copy(cursor, "incoming", _columns(model, key=True), rows)
        setting = ", ".join(f"{column} = incoming.{column}" for column in columns)
        cursor.execute(
            f"UPDATE {table} SET {setting} FROM incoming WHERE {table}.{key} = incoming.{key}"  # noqa: S608  own names
        )
        cursor.execute("DROP TABLE incoming")


def refresh_statistics(*kinds: type[models.Model]) -> None:
    """Tell the planner at once how much larger its tables are: until the database notices by itself, it would join them
    row by row, and the next import would take minutes."""
    with connection.cursor() as cursor:
        for model in kinds:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
