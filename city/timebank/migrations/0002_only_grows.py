"""The database itself refuses to change or take away an entry, or what once held as a limit."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("timebank", "0001_initial"),)
    operations = (only_grows("timebank_entry"), only_grows("timebank_limitline"))
