"""The database itself refuses to change or take away a line of what systems fetched, and of what was done with their entries."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("partners", "0001_initial"),)
    operations = (only_grows("partners_partnerlook"), only_grows("partners_partnerline"))
