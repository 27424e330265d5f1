"""The database itself refuses to change or take away a signature."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("reconciliation", "0003_day_signed"),)
    operations = (only_grows("reconciliation_daysigned"),)
