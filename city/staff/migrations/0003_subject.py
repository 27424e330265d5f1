"""A line names any record that was looked at, not only a case. Renamed in place: a rebuilt table would lose its triggers on SQLite."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = (("staff", "0002_only_grows"),)
    operations = (migrations.RenameField("auditline", "case_number", "subject"),)
