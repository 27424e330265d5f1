"""The database itself refuses to change or take away a line of the record."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("onewindow", "0001_initial"),)
    operations = (only_grows("onewindow_event"),)
