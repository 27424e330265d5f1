"""The database itself refuses to change or take away a line of the record."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("staff", "0001_initial"),)
    operations = (only_grows("staff_auditline"),)
