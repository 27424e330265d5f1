"""The database itself refuses to change or take away a line of a request's history."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("community", "0004_directory"),)
    operations = (only_grows("community_orderline"),)
