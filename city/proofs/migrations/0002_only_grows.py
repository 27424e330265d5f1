"""The database itself refuses to change or take away a line of a certificate's history."""

from django.db import migrations

from city.only_grows import only_grows


class Migration(migrations.Migration):
    dependencies = (("proofs", "0001_initial"),)
    operations = (only_grows("proofs_proofline"),)
