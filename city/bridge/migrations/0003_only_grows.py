"""The database itself refuses to change or take away a line of what was done about a trouble."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("bridge", "0002_troubles"),)
    operations = (only_grows("bridge_bridgeline"),)
