"""The database itself refuses to change or take away what a provider said of a payment."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("utilities", "0001_initial"),)
    operations = (only_grows("utilities_paymentline"),)
