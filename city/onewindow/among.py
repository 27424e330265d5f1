"""A condition on many values: one array on PostgreSQL, since putting hundreds into a statement takes longer than to look them up."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import UUIDField


@dataclass(frozen=True, slots=True)
class Among:
    """A condition in SQL, and the values that its marks stand for."""

    condition: str
    values: tuple[Any, ...]


def among(column: str, kind: str, wanted: Collection[object]) -> Among:
    """Return that `column`, of PostgreSQL's type `kind`, has one of these values; none of no values.

    Args:
        column: A name of our own.
        kind: uuid, text or bigint.
        wanted: Strings or numbers; UUIDs in their canonical form.
    """
    if connection.vendor == "postgresql":
        return Among(f"{column} = ANY(%s::{kind}[])", (list(wanted),))
    values = tuple(UUIDField().get_db_prep_value(one, connection) for one in wanted) if kind == "uuid" else tuple(wanted)
    return Among(f"{column} IN ({', '.join(['%s'] * len(values)) or 'NULL'})", values)
