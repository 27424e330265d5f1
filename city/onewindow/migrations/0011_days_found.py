"""The dashboard asks for the days on which cases arrived and ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onewindow", "0010_routes_moved")]

    operations = [
        migrations.AddIndex(model_name="case", index=models.Index(fields=["received_at"], name="cases_by_arrival")),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=models.Q(closed_at__isnull=False), fields=["closed_at"], name="cases_by_end"),
        ),
    ]
