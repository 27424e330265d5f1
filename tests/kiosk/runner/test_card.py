"""The card's desk: who waits for a card, and who no longer does."""

import threading
from collections.abc import Callable, Iterator

import pytest

from kiosk.flow.events.devices import CardAnswered, CardFound, PlateSeen
from kiosk.runner.card import CardDesk
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReading, CardReadStatus, ModuleReport, PlateStatus
from tests.kiosk.flow.walk import card
from tests.kiosk.runner.said import Said


class Plate:
    """A reader with a plate that the test lays cards on."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.status = PlateStatus.EMPTY
        self.waiting = 0
        self.waits: list[float] = []
        self.given_up = 0
        self._stops = False

    def read(self, deadline: Deadline, *, newest_address: bool = False, on_card: Callable[[], None] | None = None) -> CardReading:
        with self.changed:
            self.waiting, self._stops = self.waiting + 1, False
            self.waits.append(deadline.remaining_s)
            self.changed.notify_all()
            self.changed.wait_for(lambda: self._stops or self.status is not PlateStatus.EMPTY, deadline.remaining_s)
            self.waiting -= 1
            match self.status:
                case _ if self._stops:
                    return CardReading(CardReadStatus.NO_CARD)
                case PlateStatus.OCCUPIED:
                    if on_card is not None:
                        on_card()
                    return CardReading(CardReadStatus.READ, card())
                case PlateStatus.ABSENT:
                    return CardReading(CardReadStatus.ABSENT)
                case _:
                    return CardReading(CardReadStatus.NO_CARD)

    def plate(self, deadline: Deadline) -> PlateStatus:
        return self.status

    def module(self, deadline: Deadline) -> ModuleReport:
        return ModuleReport(CardReadStatus.READ)

    def reset(self, deadline: Deadline) -> ModuleReport:
        return self.module(deadline)

    def give_up(self) -> None:
        with self.changed:
            self.given_up += 1
            self._stops = True
            self.changed.notify_all()

    def lay(self, status: PlateStatus) -> None:
        with self.changed:
            self.status = status
            self.changed.notify_all()

    def until_waiting(self, times: int = 1) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.waits) >= times and self.waiting, 5)


@pytest.fixture
def plate() -> Plate:
    return Plate()


@pytest.fixture
def desk(plate: Plate, said: Said) -> Iterator[CardDesk]:
    desk = CardDesk(plate, said.post, said.fail)
    yield desk
    desk.close()


def test_a_card_is_found_and_then_read(desk: CardDesk, plate: Plate, said: Said) -> None:
    desk.read(7, 10)
    plate.until_waiting()
    plate.lay(PlateStatus.OCCUPIED)
    answer = said.next(CardAnswered)
    assert said.heard == [CardFound(7), answer]
    assert (answer.token, answer.reading.status) == (7, CardReadStatus.READ)


def test_a_wait_that_is_given_up_ends_at_once_and_says_nothing(desk: CardDesk, plate: Plate, said: Said) -> None:
    desk.read(1, 60)
    plate.until_waiting()
    desk.stop()
    desk.read(2, 60)
    plate.until_waiting(times=2)
    plate.lay(PlateStatus.OCCUPIED)
    assert said.next(CardAnswered).token == 2
    assert plate.given_up == 1
    assert {event.token for event in said.heard} == {2}


def test_the_same_visit_that_leaves_and_comes_back_is_answered_once(desk: CardDesk, plate: Plate, said: Said) -> None:
    for times in range(1, 4):
        desk.read(1, 60)
        plate.until_waiting(times)
        desk.stop()
    desk.read(1, 60)
    plate.until_waiting(4)
    plate.lay(PlateStatus.OCCUPIED)
    said.next(CardAnswered)
    desk.stop()
    assert said.is_silent()


def test_nobody_laying_a_card_is_said_at_the_deadline(desk: CardDesk, said: Said) -> None:
    desk.read(1, 0.05)
    assert said.next(CardAnswered).reading.status is CardReadStatus.NO_CARD


def test_a_reader_that_is_not_there_is_said_at_once(desk: CardDesk, plate: Plate, said: Said) -> None:
    plate.lay(PlateStatus.ABSENT)
    desk.read(1, 60)
    assert said.next(CardAnswered).reading.status is CardReadStatus.ABSENT


def test_no_single_wait_is_so_long_that_it_could_not_be_given_up(desk: CardDesk, plate: Plate) -> None:
    desk.read(1, 3600)
    plate.until_waiting()
    assert plate.waits[0] <= 5.0


def test_the_plate_is_watched_until_it_is_empty(desk: CardDesk, plate: Plate, said: Said) -> None:
    plate.lay(PlateStatus.OCCUPIED)
    desk.watch_plate()
    assert said.next(PlateSeen) == PlateSeen(PlateStatus.OCCUPIED)
    assert said.is_silent(), "nothing changed"
    plate.lay(PlateStatus.EMPTY)
    assert said.next(PlateSeen) == PlateSeen(PlateStatus.EMPTY)
    plate.lay(PlateStatus.OCCUPIED)
    assert said.is_silent(0.8), "it is not watched any more"


def test_giving_up_does_not_disturb_a_look_at_the_plate(desk: CardDesk, plate: Plate, said: Said) -> None:
    plate.lay(PlateStatus.OCCUPIED)
    desk.watch_plate()
    said.next(PlateSeen)
    desk.stop()
    assert plate.given_up == 0
