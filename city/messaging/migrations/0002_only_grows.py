"""The database itself refuses to change or take away what was done about a message."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("messaging", "0001_initial"),)
    operations = (only_grows("messaging_messageline"),)
