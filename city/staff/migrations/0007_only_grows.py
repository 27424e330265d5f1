"""The database itself refuses to change or take away a line of an account's history."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("staff", "0006_accounts"),)
    operations = (only_grows("staff_staffline"),)
