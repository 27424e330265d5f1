"""The database itself refuses to change or take away an act."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("upkeep", "0001_initial"),)
    operations = (only_grows("upkeep_act"),)
