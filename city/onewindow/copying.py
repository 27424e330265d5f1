"""Many new rows at once: by COPY on PostgreSQL, few of them by plain INSERTs, and in Django's own way on any other database.

A row is a mapping from the attributes of its model (`case_id`, not `case`) to their values. Django's objects are not made: making one takes
longer than the database needs to store it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from django.db import DataError, connection, models
from django.db.models.fields.json import JSONField
from psycopg.types.json import Jsonb

Row = Mapping[str, object]
Model = type[models.Model]
Rows = tuple[Model, Iterable[Row], int]
"""A table, what is to be written into it, and how many rows those are; all of them have a key, or none."""

COPIED_FROM: Final = 4
"""COPY takes one more exchange with the server than an INSERT of one row."""

_BITS: Final = {"smallint": 15, "integer": 31, "bigint": 63}
"""What the database refuses as too large, the driver would cut without a word when it copies in binary."""


@dataclass(frozen=True, slots=True)
class _Table:
    """What has to be known of a model to write its rows: found out once, since asking each field of each row takes longer than the row."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    blank: Row
    pick: Callable[[Row], tuple[object, ...]]
    narrow: tuple[tuple[int, int], ...]  # place, and what is too large for it
    documents: tuple[int, ...]  # the places of JSON

    @property
    def copy_statement(self) -> str:
        """COPY of any number of rows."""
        return f"COPY {self.name} ({', '.join(self.columns)}) FROM STDIN (FORMAT binary)"

    def insert_statement(self, count: int) -> str:
        """INSERT of so many rows."""
        marks = f"({', '.join(['%s'] * len(self.columns))})"
        return f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES {', '.join([marks] * count)}"  # noqa: S608  our own names

    def values(self, row: Row) -> Sequence[object]:
        """Return the values of one row, as the driver takes them.

        Raises:
            DataError: One does not fit its column.
        """
        picked = self.pick({**self.blank, **row})
        for place, end in self.narrow:
            number = picked[place]
            if isinstance(number, int) and not -end <= number < end:
                raise DataError(f"{self.name}: {self.columns[place]} is too large")
        if not self.documents:
            return picked
        values = list(picked)
        for place in self.documents:
            values[place] = Jsonb(values[place])
        return values


def write_rows(*tables: Rows) -> None:
    """Insert new rows, within a transaction of the caller's. Those without a key are given one by the database.

    Of many the server takes the first ones in while the others are still made; making one may not ask the database anything.

    Raises:
        IntegrityError, DataError: As of any insert; none of the rows is there then.
    """
    few = []
    for model, rows, count in tables:
        if count >= COPIED_FROM and connection.vendor == "postgresql":
            _copy(model, iter(rows))
        elif count:
            few.append((model, list(rows)))
    _insert(few)


def next_keys(*wanted: tuple[Model, int]) -> list[list[int]]:
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


def _copy(model: Model, rows: Iterator[Row]) -> None:
    first = next(rows)
    table = _table(model, has_key="id" in first)
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(table.copy_statement) as copy:
        copy.set_types(table.types)
        for row in chain((first,), rows):
            copy.write_row(table.values(row))


def _insert(tables: Sequence[tuple[Model, Sequence[Row]]]) -> None:
    """All in one exchange: Django's cursor puts the values into the text, and PostgreSQL takes several statements in one."""
    if connection.vendor != "postgresql":
        for model, rows in tables:
            model._default_manager.bulk_create([model(**row) for row in rows])  # noqa: SLF001  Django documents it
        return
    statements: list[str] = []
    values: list[Any] = []
    for model, rows in tables:
        table = _table(model, has_key="id" in rows[0])
        statements.append(table.insert_statement(len(rows)))
        for row in rows:
            values.extend(table.values(row))
    if statements:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statements), values)


def _may_be_left_out(field: "models.Field[Any, Any]") -> bool:
    return not callable(field.default) if field.has_default() else field.null or field.blank


@lru_cache
def _table(model: Model, *, has_key: bool) -> _Table:
    """Describe a model's table. Its one column that may be left out beside those with a default is the key, `id`."""
    meta, name = model._meta, connection.ops.quote_name  # noqa: SLF001  Django documents it
    fields = [field for field in meta.concrete_fields if has_key or field.attname != "id"]
    types = [str(field.db_type(connection)).partition("(")[0] for field in fields]
    return _Table(
        name(meta.db_table),
        tuple(name(str(field.column)) for field in fields),
        tuple(types),
        {field.attname: field.get_default() for field in fields if _may_be_left_out(field)},
        itemgetter(*(field.attname for field in fields)),
        tuple((place, 1 << _BITS[kind]) for place, kind in enumerate(types) if kind in _BITS),
        tuple(place for place, field in enumerate(fields) if isinstance(field, JSONField)),
    )
