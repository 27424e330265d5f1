"""Rows that are copied into a table are the rows that Django would have inserted, and a refused one leaves none of them."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from city import here
from city.onewindow.copying import WORTH_IT_FROM, write_rows
from city.onewindow.models import Case, SealedBody
from city.onewindow.states import State
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db

Made = Callable[[int], list[Case]]

AWKWARD = "\\\\x41\ta\nb'\"\\N龦"


@pytest.fixture
def made(terminal: Terminal) -> Made:
    """Make so many cases in memory."""

    def make(count: int) -> list[Case]:
        return [
            Case(
                pk=place,
                terminal_id=terminal.id,
                application_id=f"00000000-0000-7000-8000-{place:012}",
                number="K7M2P9X4",
                case_number=f"2101021128{place:05}",
                install="样本",
                sequence=place,
                item="sample",
                item_version=1,
                digest="0" * 64,
                masked_name=AWKWARD,
                papers_wanted=0,
                state=State.RECEIVED,
                sealed_at=here.now(),
                received_at=here.now(),
                completed_at=None if place % 2 else here.now(),
                precheck_by=here.today(),
                receipt=bytes(range(256)),
            )
            for place in range(1, count + 1)
        ]

    return make


def stored() -> list[dict[str, object]]:
    return [{name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()} for row in Case.objects.order_by("pk").values()]


def test_copied_rows_are_those_that_an_insert_writes(made: Made) -> None:
    cases = made(WORTH_IT_FROM)
    Case.objects.bulk_create(cases)
    inserted = stored()
    Case.objects.all().delete()
    with CaptureQueriesContext(connection) as asked:
        write_rows(Case, cases)
    assert not [query for query in asked if "INSERT" in query["sql"]]
    assert stored() == inserted
    assert inserted[0]["masked_name"] == AWKWARD
    write_rows(SealedBody, [SealedBody(case=case, body=bytes(range(256))) for case in cases])
    assert {bytes(one.body) for one in SealedBody.objects.all()} == {bytes(range(256))}


def test_what_was_copied_can_be_changed_like_any_row(made: Made) -> None:
    cases = made(WORTH_IT_FROM)
    write_rows(Case, cases)
    cases[0].masked_name = "样**"
    cases[0].save()
    assert Case.objects.get(pk=1).masked_name == "样**"
    assert Case.objects.count() == WORTH_IT_FROM


@pytest.mark.parametrize("count", [1, WORTH_IT_FROM])
def test_one_row_that_the_table_refuses_leaves_none(made: Made, count: int) -> None:
    write_rows(Case, made(count))
    again = made(count + 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        write_rows(Case, again)
    assert Case.objects.count() == count
