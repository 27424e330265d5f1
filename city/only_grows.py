"""Tables that only grow: a trigger refuses UPDATE and DELETE, on PostgreSQL and on SQLite alike."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_REFUSAL = "a line of the record is neither changed nor taken away"


def only_grows(table: str) -> migrations.RunPython:
    """Return the migration step that makes `table` one of them."""

    def forwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _POSTGRESQL if editor.connection.vendor == "postgresql" else _SQLITE:
            editor.execute(statement.format(table=table, refusal=_REFUSAL), params=None)

    return migrations.RunPython(forwards)


def grows_only_still(table: str) -> migrations.RunPython:
    """Return the last step of a migration that changed such a table: SQLite makes it anew, and its triggers go with the old one."""

    def forwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in () if editor.connection.vendor == "postgresql" else _SQLITE:
            editor.execute(statement.format(table=table, refusal=_REFUSAL), params=None)

    return migrations.RunPython(forwards)


_POSTGRESQL = (
    """CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grows()""",
)
_SQLITE = tuple(
    f"CREATE TRIGGER {{table}}_no_{verb} BEFORE {verb} ON {{table}} BEGIN SELECT RAISE(ABORT, '{{refusal}}'); END"
    for verb in ("update", "delete")
)
