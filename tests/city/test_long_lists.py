"""The lists of the front desk are read in the order of an index: none is sorted anew however long it is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q

from city import here
from city.onewindow.models import Case
from city.onewindow.queue import cases
from city.onewindow.states import State
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db
LONG = ("accepted", "late", "over", "overdue", "today", "waiting")
"""What grows with the city; the others are short by nature."""


@pytest.mark.parametrize("view", LONG)
def test_a_page_of_a_view_is_read_from_an_index(view: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")  # on an empty table it costs as little as an index
    found = cases(Q(pk__isnull=False), view, "", here.today()).select_related(None)[:50]
    plan = found.explain()
    assert "Sort" not in plan, plan
    assert "Index" in plan


def test_the_longest_overdue_comes_first(terminal: Terminal) -> None:
    days = (3, 9, 1)
    for late in days:
        sealed = terminal.application()
        terminal.put(sealed)
        terminal.upload(sealed)
        by = here.today() - timedelta(days=late)
        Case.objects.filter(pk=Case.objects.latest("pk").pk).update(
            state=State.ACCEPTED, decide_by=by, precheck_by=here.today() + timedelta(days=late)
        )
    shown = [case.decide_by for case in cases(Q(pk__isnull=False), "late", "", here.today())]
    assert shown == sorted(shown, key=str)
    assert len(shown) == len(days)
