"""The database itself refuses to change or take away a line of an appointment's history."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("appointments", "0001_initial"),)
    operations = (only_grows("appointments_bookingline"),)
