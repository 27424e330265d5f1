"""The database itself refuses to change or take away what was settled."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("reconciliation", "0001_initial"),)
    operations = (only_grows("reconciliation_settled"),)
