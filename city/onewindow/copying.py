"""Many rows of one table at once: by COPY on PostgreSQL, which parses no values, as Django's own way on any other database."""

from collections.abc import Sequence
from typing import Final

from django.db import connection, models

WORTH_IT_FROM: Final = 4
"""COPY takes one more exchange with the server than an INSERT of one row."""


def write_rows(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert rows whose keys are known, within a transaction of the caller's.

    Raises:
        IntegrityError, DataError: As of any insert; none of the rows is there then.
    """
    if connection.vendor != "postgresql" or len(rows) < WORTH_IT_FROM:
        model._default_manager.bulk_create(rows)  # noqa: SLF001  Django documents it
        return
    meta = model._meta  # noqa: SLF001  Django documents it
    fields = meta.concrete_fields
    name = connection.ops.quote_name
    columns = ", ".join(name(str(field.column)) for field in fields)
    statement = f"COPY {name(meta.db_table)} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields])
    for row in rows:
        row._state.adding = False  # noqa: SLF001  as Django's own bulk_create leaves them
        row._state.db = connection.alias  # noqa: SLF001
