"""Rows that are copied into a table are the rows that Django would have inserted, and a refused one leaves none of them."""

from collections.abc import Callable

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from city import here
from city.onewindow.copying import COPIED_FROM, made_and_written, next_keys, write_rows
from city.onewindow.models import Attachment, Case, Event, SealedBody
from city.onewindow.states import Kind, State
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
    cases = made(COPIED_FROM)
    Case.objects.bulk_create(cases)
    inserted = stored()
    Case.objects.all().delete()
    with CaptureQueriesContext(connection) as asked:
        write_rows(cases)
    assert not [query for query in asked if "INSERT" in query["sql"]]
    assert stored() == inserted
    assert inserted[0]["masked_name"] == AWKWARD
    write_rows([SealedBody(case=case, body=bytes(range(256))) for case in cases])
    assert {bytes(one.body) for one in SealedBody.objects.all()} == {bytes(range(256))}


def test_what_was_copied_can_be_changed_like_any_row(made: Made) -> None:
    cases = made(COPIED_FROM)
    write_rows(cases)
    cases[0].masked_name = "样**"
    cases[0].save()
    assert Case.objects.get(pk=1).masked_name == "样**"
    assert Case.objects.count() == COPIED_FROM


@pytest.mark.parametrize("count", [1, COPIED_FROM])
def test_one_row_that_the_table_refuses_leaves_none(made: Made, count: int) -> None:
    write_rows(made(count))
    again = made(count + 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        write_rows(again)
    assert Case.objects.count() == count


@pytest.mark.parametrize("count", [1, COPIED_FROM, 40])
def test_rows_that_are_made_while_they_are_written_are_those_that_were_made(made: Made, count: int) -> None:
    cases = made_and_written(Case, iter(made(count)), count)
    assert [case.pk for case in cases] == list(range(1, count + 1))
    assert Case.objects.in_bulk() == {case.pk: case for case in cases}


@pytest.mark.parametrize("count", [1, COPIED_FROM])
def test_a_number_that_is_too_large_for_its_column_is_refused_and_never_cut(made: Made, count: int) -> None:
    cases = made_and_written(Case, made(count), count)
    with pytest.raises(DataError), transaction.atomic():
        write_rows([Attachment(case=case, place=70_000, digest="0" * 64, size_bytes=1) for case in cases])
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("count", [1, COPIED_FROM])
def test_tables_are_written_together_each_in_the_way_that_fits_it(made: Made, count: int) -> None:
    cases = made_and_written(Case, made(count), count)
    keys = next_keys((Event, count))[0]
    lines = [Event(pk=key, case=case, kind=Kind.RECEIVED, detail={"terminal": AWKWARD}) for key, case in zip(keys, cases, strict=True)]
    write_rows(lines, [SealedBody(case=cases[0], body=b"\0")], [])
    assert [(line.pk, line.detail) for line in Event.objects.order_by("pk")] == [(key, {"terminal": AWKWARD}) for key in keys]
    assert all(line.at == Event.objects.get(pk=line.pk).at for line in lines)
    assert SealedBody.objects.count() == 1


def test_keys_are_given_once(made: Made) -> None:
    (cases, lines), (more,) = next_keys((Case, 3), (Event, 2)), next_keys((Case, 2))
    assert (len(cases), len(lines), len(more)) == (3, 2, 2)
    assert not set(cases) & set(more)
    assert sorted(cases + more) == cases + more
    assert made(0) == []
