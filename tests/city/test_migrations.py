"""The migrations make the tables that the models describe, and bring what was there along."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from city.onewindow.models import Case
from city.staff.models import Office
from sync.contract.item import ItemPackage
from tests.city.colleagues import person
from tests.city.terminal import Terminal
from tests.city.test_back_offices import ROUTED, Role, offices

__all__ = ["offices"]  # a fixture


@pytest.mark.django_db
def test_no_change_of_a_model_is_missing_in_the_migrations() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)  # ends with status 1 where one is


@pytest.mark.django_db
def test_cases_that_were_there_say_their_offices_after_the_change(
    offer: Callable[[ItemPackage], None], enrol: Callable[[str], Terminal], offices: dict[str, Office]
) -> None:
    offer(ROUTED)
    terminal, desk = enrol("SY-TEST-07"), person("前台员", Role.FRONT_DESK)
    terminal.item = ROUTED
    for _ in range(2):
        sealed = terminal.application()
        terminal.put(sealed)
        terminal.upload(sealed)
    first, untouched = Case.objects.order_by("pk")
    where = f"/cases/{first.case_number}"
    assert desk.send(f"{where}/accept", where, version=first.version)[0] == 302
    before = dict(Case.objects.values_list("pk", "offices"))
    assert before[first.pk] == f",{offices['street'].pk},{offices['district'].pk},"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what this test wrote is looked at now, so that tables can change
    migrate("0011_days_found")
    with connection.cursor() as cursor:
        assert "offices" not in {column.name for column in connection.introspection.get_table_description(cursor, Case._meta.db_table)}
    migrate("0012_offices_said")
    assert dict(Case.objects.values_list("pk", "offices")) == before
    assert before[untouched.pk] == ""


def migrate(to: str) -> None:
    MigrationExecutor(connection).migrate([("onewindow", to)])
