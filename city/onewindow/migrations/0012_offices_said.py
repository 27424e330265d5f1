"""A case says itself which offices its steps have, and indexes have all that the dashboard and the reconciliation count."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_AGGREGATE = {"postgresql": "string_agg(DISTINCT office_id::text, ',')", "sqlite": "group_concat(DISTINCT office_id)"}


def _say(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """In SQL, since a city may have a million."""
    aggregate = _AGGREGATE[editor.connection.vendor]
    editor.execute(
        f"UPDATE onewindow_case SET offices = found.said FROM (SELECT case_id, ',' || {aggregate} || ',' AS said"  # noqa: S608  our own words
        " FROM onewindow_step GROUP BY case_id) AS found WHERE found.case_id = onewindow_case.id"
    )


class Migration(migrations.Migration):
    dependencies = (("onewindow", "0011_days_found"),)
    operations = (
        migrations.AddField(model_name="case", name="offices", field=models.TextField(blank=True, default="")),
        migrations.RunPython(_say, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(state__in=[26, 30, 50], corrects=None),
                fields=["item", "state"],
                include=("id", "area", "precheck_by", "decide_by", "clock_stopped_on", "offices"),
                name="cases_at_work",
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="order_of_a_terminal"),
        migrations.AddIndex(
            model_name="case", index=models.Index(fields=["terminal", "install", "sequence"], name="order_of_installs")
        ),
        migrations.RemoveIndex(model_name="case", name="cases_by_arrival"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["received_at"], include=("id", "terminal", "state", "accepted_at"), name="arrivals_of_terminals"
            ),
        ),
        migrations.RemoveIndex(model_name="step", name="steps_at_work"),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(state__in=("ready", "claimed")),
                fields=["office", "due_on"],
                include=("id", "state", "case"),
                name="steps_of_offices_at_work",
            ),
        ),
    )
