"""Many new rows at once: by COPY on PostgreSQL, few of them by plain INSERTs, and in Django's own way on any other database."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any, Final, TypeVar

from django.db import connection, models
from django.db.models.fields.json import JSONField

Row = TypeVar("Row", bound=models.Model)

COPIED_FROM: Final = 4
"""COPY takes one more exchange with the server than an INSERT of one row."""

_PREPARED = (JSONField, models.UUIDField)
"""The fields whose values are not given to the driver as they stand in a row."""


@dataclass(frozen=True, slots=True)
class _Table:
    """What has to be known of a model to write its rows: found out once, since asking each field of each row takes longer than the row."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]  # for COPY in binary; none where the driver would cut an integer to its column's width instead of refusing it
    values: Callable[[models.Model], tuple[object, ...]]
    stamped: "tuple[models.Field[Any, Any], ...]"  # whose value is the moment of writing
    prepared: "tuple[tuple[int, models.Field[Any, Any]], ...]"

    @property
    def copy_statement(self) -> str:
        """COPY of any number of rows; see `types`."""
        return f"COPY {self.name} ({', '.join(self.columns)}) FROM STDIN{' (FORMAT binary)' if self.types else ''}"

    def insert_statement(self, count: int) -> str:
        """INSERT of so many rows."""
        marks = f"({', '.join(['%s'] * len(self.columns))})"
        return f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES {', '.join([marks] * count)}"  # noqa: S608  our own names

    def row(self, row: models.Model) -> Sequence[object]:
        """Return the values of one row, as the driver takes them."""
        for field in self.stamped:
            field.pre_save(row, add=True)
        if not self.prepared:
            return self.values(row)
        values = list(self.values(row))
        for place, field in self.prepared:
            values[place] = field.get_db_prep_save(values[place], connection)
        return values


def write_rows(*tables: Sequence[Row]) -> None:
    """Insert new rows, each argument into its own table, within a transaction of the caller's.

    Rows without a key are given one by the database, and do not learn it.

    Raises:
        IntegrityError, DataError: As of any insert; none of the rows is there then.
    """
    few = []
    for rows in tables:
        if len(rows) >= COPIED_FROM:
            made_and_written(type(rows[0]), rows, len(rows))
        elif rows:
            few.append((type(rows[0]), rows))
    _insert(few)


def made_and_written(model: type[Row], rows: Iterable[Row], count: int) -> list[Row]:
    """Insert `count` new rows and return them. The server takes the first ones in while the others are still made.

    Making one may not ask the database anything. It raises what `write_rows` raises.
    """
    if count < COPIED_FROM or connection.vendor != "postgresql":
        made = list(rows)
        _insert([(model, made)])
        return made
    made = []
    coming = iter(rows)
    first = next(coming)
    table = _table(model, has_key=first.pk is not None)
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(table.copy_statement) as copy:
        if table.types:
            copy.set_types(table.types)
        for row in chain((first,), coming):
            copy.write_row(table.row(row))
            made.append(row)
    _are_there(made)
    return made


def next_keys(*wanted: tuple[type[models.Model], int]) -> list[list[int]]:
    """Return so many keys for each model, in their order, for rows whose content names their key."""
    if connection.vendor != "postgresql":  # SQLite's transactions are its only writer from their first statement on
        keys = []
        for model, count in wanted:
            last: int = model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0  # noqa: SLF001
            keys.append(list(range(last + 1, last + 1 + count)))
        return keys
    each = "SELECT %s, nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
    values = [value for place, (model, count) in enumerate(wanted) for value in (place, model._meta.db_table, count)]  # noqa: SLF001
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([each] * len(wanted)), values)
        found = cursor.fetchall()
    return [sorted(key for place, key in found if place == which) for which in range(len(wanted))]


def _insert(tables: Sequence[tuple[type[models.Model], Sequence[models.Model]]]) -> None:
    """All in one exchange: Django's cursor puts the values into the text, and PostgreSQL takes several statements in one."""
    if connection.vendor != "postgresql":
        for model, rows in tables:
            model._default_manager.bulk_create(rows)  # noqa: SLF001  Django documents it
        return
    statements: list[str] = []
    values: list[Any] = []
    for model, rows in tables:
        table = _table(model, has_key=rows[0].pk is not None)
        statements.append(table.insert_statement(len(rows)))
        for row in rows:
            values.extend(table.row(row))
    if statements:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statements), values)
    for _, rows in tables:
        _are_there(rows)


def _are_there(rows: Iterable[models.Model]) -> None:
    for row in rows:  # as Django's own bulk_create leaves them
        row._state.adding = False  # noqa: SLF001
        row._state.db = connection.alias  # noqa: SLF001


@lru_cache
def _table(model: type[models.Model], *, has_key: bool) -> _Table:
    meta, name = model._meta, connection.ops.quote_name  # noqa: SLF001  Django documents it
    fields = [field for field in meta.concrete_fields if has_key or not field.primary_key]
    types = [str(field.db_type(connection)).partition("(")[0] for field in fields]
    return _Table(
        name(meta.db_table),
        tuple(name(str(field.column)) for field in fields),
        () if {"smallint", "integer"} & set(types) else tuple(types),
        attrgetter(*(field.attname for field in fields)),
        tuple(field for field in fields if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)),
        tuple((place, field) for place, field in enumerate(fields) if isinstance(field, _PREPARED)),
    )
