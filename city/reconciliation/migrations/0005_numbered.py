"""The numbers that are accounted for are counted each night and kept."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("fleet", "0001_initial"), ("reconciliation", "0004_only_grows"))
    operations = (
        migrations.CreateModel(
            name="Numbered",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("install", models.CharField(max_length=64)),
                ("last", models.PositiveBigIntegerField()),
                ("received", models.PositiveBigIntegerField()),
                ("up_to", models.BigIntegerField()),
                ("terminal", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="fleet.terminal")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("terminal", "install"), name="one_count_of_an_installation")]},
        ),
    )
