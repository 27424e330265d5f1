"""The dashboard and the reconciliation ask for days, for steps at work, and for the two kinds of event that are differences."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("onewindow", "0010_routes_moved")]

    operations = [
        migrations.AddIndex(model_name="case", index=models.Index(fields=["received_at"], name="cases_by_arrival")),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=models.Q(closed_at__isnull=False), fields=["closed_at"], name="cases_by_end"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(clock_stopped_on__isnull=False), fields=["clock_stopped_on"], name="cases_that_stand"
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(kind__in=["paper_damaged", "sequence_reused"]), fields=["kind", "at"], name="events_that_differ"
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(condition=models.Q(state__in=("ready", "claimed")), fields=["office", "due_on"], name="steps_at_work"),
        ),
    ]
