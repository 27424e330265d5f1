"""The database itself refuses to change or take away a line of an item's history."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("packages", "0001_initial"),)
    operations = (only_grows("packages_itemline"),)
