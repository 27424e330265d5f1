"""Case numbers are looked for by their last digits: an index that reads them from behind, on PostgreSQL (SQLite's demo is small)."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_MAKE = "CREATE INDEX case_number_backwards ON onewindow_case (reverse(case_number) text_pattern_ops)"


def make(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(_MAKE)


class Migration(migrations.Migration):
    dependencies = (("onewindow", "0007_long_lists"),)
    operations = (migrations.RunPython(make),)
