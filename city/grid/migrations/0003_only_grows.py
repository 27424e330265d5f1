"""The database itself refuses to change or take away a line of an event's history."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("grid", "0002_events"),)
    operations = (only_grows("grid_eventline"),)
