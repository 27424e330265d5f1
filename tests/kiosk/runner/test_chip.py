"""The desk of chip cards, before the real card service with a virtual card in its reader."""

import queue
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.flow.events import Event
from kiosk.flow.events.devices import ChipAnswered, ChipFound, SlotSeen
from kiosk.runner.chip import ChipDesk
from peripherals.card_reader import ChipReading, ChipReadStatus, SlotStatus, SocialSecurityCard
from peripherals.deadline import Deadline
from tests.drivers.card_bench import CardBench, card_bench

PATIENCE_S = 30.0


class Patient:
    """The driver of a bench, whose waiting another thread may end: in the terminal its worker does that."""

    def __init__(self, bench: CardBench) -> None:
        self._bench = bench

    def read(self, deadline: Deadline, **asked: object) -> ChipReading:
        return self._bench.reader.read(deadline, **asked)  # type: ignore[arg-type]  # as the protocol's

    def slot(self, deadline: Deadline) -> SlotStatus:
        return self._bench.reader.slot(deadline)

    def give_up(self) -> None:
        pass


class Said:
    """A bench, the desk before it, and what it said."""

    def __init__(self, bench: CardBench) -> None:
        self.bench = bench
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.desk = ChipDesk(Patient(bench), self.events.put, _fail)

    def next(self) -> Event:
        return self.events.get(timeout=PATIENCE_S)


def _fail(error: BaseException) -> None:
    raise error


@pytest.fixture
def said(tmp_path: Path) -> Iterator[Said]:
    with card_bench(tmp_path) as bench:
        made = Said(bench)
        with closing(made.desk):
            yield made


def test_a_card_is_announced_and_read_and_watched_until_it_is_taken(said: Said) -> None:
    said.desk.read(7, 20)
    said.bench.do("insert", card="zhou-guilan")
    assert said.next() == ChipFound(7)
    answer = said.next()
    assert isinstance(answer, ChipAnswered)
    assert (answer.token, answer.reading.status) == (7, ChipReadStatus.READ)
    assert isinstance(answer.reading.card, SocialSecurityCard)
    assert "周" not in repr(answer)
    said.desk.watch_slot()
    assert said.next() == SlotSeen(SlotStatus.OCCUPIED)
    said.bench.do("remove")
    assert said.next() == SlotSeen(SlotStatus.EMPTY)


def test_an_empty_reader_is_watched_on_until_it_is_left_and_a_card_in_it_until_it_is_taken(said: Said) -> None:
    said.desk.watch_slot(stays=True)
    assert said.next() == SlotSeen(SlotStatus.EMPTY)
    said.bench.do("insert", card="zhou-guilan")
    assert said.next() == SlotSeen(SlotStatus.OCCUPIED)
    said.desk.leave_slot()
    said.bench.do("remove")
    assert said.next() == SlotSeen(SlotStatus.EMPTY)


def test_a_card_that_wants_a_pin_is_a_status(said: Said) -> None:
    said.desk.read(7, 20)
    said.bench.do("insert", card="pin")
    assert said.next() == ChipFound(7)
    answer = said.next()
    assert isinstance(answer, ChipAnswered)
    assert (answer.reading.status, answer.reading.card) == (ChipReadStatus.NEEDS_PIN, None)


def test_a_service_that_is_gone_is_said_once_and_found_again(said: Said) -> None:
    said.bench.end_service(kill=True)
    said.desk.read(7, 60)
    answer = said.next()
    assert isinstance(answer, ChipAnswered)
    assert answer.reading.status is ChipReadStatus.ABSENT
    said.bench.start_service()
    said.bench.do("insert", card="zhou-guilan")
    assert said.next() == ChipFound(7)  # and no second word of the absence


def test_the_end_of_the_patience_is_said_and_a_given_up_wait_is_nobody_s(said: Said) -> None:
    said.desk.read(7, 0.3)
    answer = said.next()
    assert isinstance(answer, ChipAnswered)
    assert answer.reading.status is ChipReadStatus.NO_CARD
    said.desk.read(8, 20)
    said.desk.stop()
    said.desk.read(9, 20)
    said.bench.do("insert", card="zhou-guilan")
    assert said.next() == ChipFound(9)


def test_without_a_reader_nothing_happens() -> None:
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    desk = ChipDesk(None, events.put, _fail)
    desk.read(7, 1)
    desk.watch_slot()
    desk.stop()
    desk.close()
    assert events.empty()
