"""Rows that are copied into a table are the rows that Django would have inserted, and a refused one leaves none of them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from city import here
from city.onewindow.copying import COPIED_FROM, Model, Row, next_keys, write_rows
from city.onewindow.models import Attachment, Case, Event, SealedBody
from city.onewindow.states import Kind, State
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db

Made = Callable[[int], list[Row]]

AWKWARD = "\\\\x41\ta\nb'\"\\N龦"


@pytest.fixture
def made(terminal: Terminal) -> Made:
    """Make so many cases in memory."""
    now, today = here.now(), here.today()

    def make(count: int) -> list[Row]:
        return [
            {
                "id": place,
                "terminal_id": terminal.id,
                "application_id": UUID(int=place),
                "number": "K7M2P9X4",
                "case_number": f"2101021128{place:05}",
                "install": "样本",
                "sequence": 2**63 - place,
                "item": "sample",
                "item_version": 2**31 - 1,
                "digest": "0" * 64,
                "masked_name": AWKWARD,
                "papers_wanted": 0,
                "state": State.RECEIVED.value,
                "sealed_at": now,
                "received_at": datetime(1970, 1, 1, tzinfo=UTC),
                "completed_at": None if place % 2 else now,
                "precheck_by": today,
                "receipt": bytes(range(256)),
            }
            for place in range(1, count + 1)
        ]

    return make


def write(*tables: tuple[Model, list[Row]]) -> None:
    write_rows(*((model, rows, len(rows)) for model, rows in tables))


def stored() -> list[dict[str, object]]:
    return [{name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()} for row in Case.objects.order_by("pk").values()]


@pytest.mark.parametrize("count", [1, COPIED_FROM])
def test_rows_are_those_that_django_inserts(made: Made, count: int) -> None:
    cases = made(count)
    Case.objects.bulk_create([Case(**row) for row in cases])
    inserted = stored()
    Case.objects.all().delete()
    with CaptureQueriesContext(connection) as asked:
        write((Case, cases))
    assert len([query for query in asked if "INSERT" in query["sql"]]) == (count < COPIED_FROM)
    assert stored() == inserted
    assert inserted[0]["masked_name"] == AWKWARD
    write((SealedBody, [{"case_id": case["id"], "body": bytes(range(256))} for case in cases]))
    assert {bytes(one.body) for one in SealedBody.objects.all()} == {bytes(range(256))}


def test_what_was_copied_can_be_changed_like_any_row(made: Made) -> None:
    write((Case, made(COPIED_FROM)))
    case = Case.objects.get(pk=1)
    case.masked_name = "样**"
    case.save()
    assert Case.objects.get(pk=1).masked_name == "样**"
    assert Case.objects.count() == COPIED_FROM


@pytest.mark.parametrize("count", [1, COPIED_FROM])
def test_one_row_that_the_table_refuses_leaves_none(made: Made, count: int) -> None:
    write((Case, made(count)))
    with pytest.raises(IntegrityError), transaction.atomic():
        write((Case, made(count + 1)))
    assert Case.objects.count() == count


@pytest.mark.parametrize("count", [1, COPIED_FROM, 40])
def test_rows_that_are_made_while_they_are_written_are_those_that_were_made(made: Made, count: int) -> None:
    written: list[Row] = []

    def coming() -> Iterator[Row]:
        for case in made(count):
            written.append(case)
            yield case

    write_rows((Case, coming(), count))
    assert [case["id"] for case in written] == list(range(1, count + 1)) == [row["id"] for row in stored()]


def test_few_rows_of_several_tables_are_one_exchange(made: Made) -> None:
    cases = made(1)
    with CaptureQueriesContext(connection) as asked:
        write((Case, cases), (SealedBody, [{"case_id": 1, "body": b"\0"}]), (Attachment, []))
    assert len(asked) == 1
    assert (Case.objects.count(), SealedBody.objects.count()) == (1, 1)


@pytest.mark.parametrize("count", [1, COPIED_FROM])
@pytest.mark.parametrize("wrong", [{"place": 2**15}, {"place": 2**16}, {"size_bytes": 2**31}, {"size_bytes": 2**32 + 1}, {"place": -1}])
def test_a_number_that_does_not_fit_its_column_is_refused_and_never_cut(made: Made, count: int, wrong: dict[str, int]) -> None:
    cases = made(count)
    write((Case, cases))
    photo = {"place": 0, "digest": "0" * 64, "size_bytes": 1}
    with pytest.raises((DataError, IntegrityError)), transaction.atomic():
        write((Attachment, [{"case_id": case["id"], **photo, **wrong} for case in cases]))
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("count", [1, COPIED_FROM])
@pytest.mark.parametrize(
    "wrong", [{"masked_name": "a\0b"}, {"number": "K7M2P9X4K7"}, {"sequence": 2**63}, {"item_version": 2**31}, {"digest": None}]
)
def test_what_does_not_fit_its_column_is_refused_in_whatever_way_it_is_written(made: Made, count: int, wrong: dict[str, object]) -> None:
    with pytest.raises((DataError, IntegrityError)), transaction.atomic():
        write((Case, [{**row, **wrong} for row in made(count)]))
    assert not Case.objects.exists()


def test_a_column_that_has_to_be_told_is_asked_for(made: Made) -> None:
    with pytest.raises(KeyError, match="receipt"):
        write((Case, [{name: value for name, value in row.items() if name != "receipt"} for row in made(1)]))


@pytest.mark.parametrize("count", [1, COPIED_FROM])
def test_tables_are_written_together_each_in_the_way_that_fits_it(made: Made, count: int) -> None:
    cases = made(count)
    write((Case, cases))
    keys, now = next_keys((Event, count))[0], here.now()
    lines = [
        {"id": key, "case_id": case["id"], "at": now, "kind": Kind.RECEIVED.value, "detail": {"terminal": AWKWARD}}
        for key, case in zip(keys, cases, strict=True)
    ]
    write((Event, lines), (SealedBody, [{"case_id": 1, "body": b"\0"}]), (Attachment, []))
    assert [(line.pk, line.detail) for line in Event.objects.order_by("pk")] == [(key, {"terminal": AWKWARD}) for key in keys]
    assert {line.at for line in Event.objects.all()} == {now}
    assert SealedBody.objects.count() == 1


def test_keys_are_given_once(made: Made) -> None:
    (cases, lines), (more,) = next_keys((Case, 3), (Event, 2)), next_keys((Case, 2))
    assert (len(cases), len(lines), len(more)) == (3, 2, 2)
    assert not set(cases) & set(more)
    assert sorted(cases + more) == cases + more
    assert made(0) == []
