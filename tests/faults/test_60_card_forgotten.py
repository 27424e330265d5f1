"""Fault 60: a card is forgotten on the reader. It is called back, and nobody's visit begins until it is lifted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.demo.town import Town
from kiosk.flow.effects import WatchPlate
from kiosk.flow.events.choosing import ItemChosen
from kiosk.flow.events.devices import PlateSeen
from kiosk.flow.events.glass import BackPressed, FinishPressed, LeaveConfirmed
from kiosk.flow.views import CardLeft, Home
from peripherals.id_card_reader import PlateStatus
from tests.journeys.counter import WindowlessCounter
from tests.kiosk.flow.walk import CODE, Walk


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with Town(tmp_path / "town") as running:
        yield running


def test_a_card_that_was_lifted_laid_again_and_left_is_called_back_too(town: Town) -> None:
    with WindowlessCounter(town.config) as counter:
        counter.begin()
        town.bench.do("id_card_reader", "lay", card="wang-xiaoli")
        counter.until(lambda state: state.visit.card is not None, "the card is read")
        town.bench.do("id_card_reader", "lift")
        counter.until(lambda state: not state.card_on_plate, "it is lifted")
        town.bench.do("id_card_reader", "lay", card="wang-xiaoli")
        counter.tap(FinishPressed(), LeaveConfirmed())
        counter.until(lambda state: state.overlay == CardLeft(), "the card is called back")
        counter.tap(ItemChosen(CODE))
        assert counter.state.visit is None, "nobody begins with somebody else's card on the reader"
        town.bench.do("id_card_reader", "lift")
        counter.until(lambda state: state.overlay is None, "it is lifted")
        counter.tap(ItemChosen(CODE))
        assert counter.state.visit is not None


def test_a_card_that_lies_there_at_the_end_is_called_back_at_once() -> None:
    walk = Walk().at_form().happen(FinishPressed(), LeaveConfirmed())
    assert (walk.state.view, walk.state.overlay) == (Home(), CardLeft())
    walk.happen(BackPressed(), ItemChosen(CODE))
    assert walk.state.visit is None
    assert walk.happen(PlateSeen(PlateStatus.EMPTY), ItemChosen(CODE)).state.visit is not None


def test_a_visit_without_a_card_looks_for_none() -> None:
    walk = Walk().at_card().happen(FinishPressed(), LeaveConfirmed())
    assert walk.ordered(WatchPlate) == []


def test_a_reader_that_breaks_with_a_card_on_it_does_not_lock_the_terminal() -> None:
    walk = Walk().at_form().happen(FinishPressed(), LeaveConfirmed(), PlateSeen(PlateStatus.ABSENT), ItemChosen(CODE))
    assert walk.state.visit is not None
