"""Lights, plug and door in the visit: what shines follows from what is shown, and an open door lets nobody begin."""

from dataclasses import replace

import pytest

from kiosk.flow import advance
from kiosk.flow.display import Audio
from kiosk.flow.effects import Shine
from kiosk.flow.errands import ErrandKind
from kiosk.flow.events.choosing import ErrandChosen
from kiosk.flow.events.devices import CardAnswered, DoorSeen, PlateSeen, SlipAnswered
from kiosk.flow.events.glass import FinishPressed, GlassTouched, HeadphonesPlugged, LeaveConfirmed, NextPressed, OverlayClosed, StaffWanted
from kiosk.flow.events.terminal import ItemsLoaded, Stored, Timer, TimerFired
from kiosk.flow.lights import lights
from kiosk.flow.views import Done, Fault, Form, Home, Idle, OutOfOrder
from peripherals.fittings import Light
from peripherals.id_card_reader import CardReading, CardReadStatus, PlateStatus
from peripherals.receipt_printer import PrinterStatus, Printing
from sync.contract.names import ApplicationId, new_receipt_number
from tests.kiosk.flow.test_claiming import at_code
from tests.kiosk.flow.walk import NOW, Walk, item

APPLICATION = ApplicationId("0193582a-7b3c-7d4e-8f50-123456789abc")


def shining(walk: Walk) -> set[Light]:
    """Return what the cabinet shows after every order so far."""
    orders = walk.ordered(Shine)
    last = orders[-1] if orders else Shine(frozenset())
    assert isinstance(last, Shine)
    assert last.lights == lights(walk.state)
    return set(last.lights)


def handed_in() -> Walk:
    walk = Walk().at_review().happen(NextPressed())
    return walk.happen(Stored(walk.token, APPLICATION, new_receipt_number(), NOW))


def test_each_light_shines_while_its_device_is_wanted_and_no_longer() -> None:
    walk = Walk().at_home()
    assert shining(walk) == set()
    assert shining(walk.at_card()) == {Light.CARD}
    assert shining(walk.at_form()) == set()
    walk = Walk().at_papers()
    assert shining(walk) == {Light.CAMERA}
    assert shining(walk.take_picture().happen(NextPressed())) == set()
    walk = handed_in()
    assert isinstance(walk.state.view, Done)
    assert shining(walk) == {Light.PRINTER}
    assert shining(walk.happen(SlipAnswered(walk.token, Printing(printed=True, status=PrinterStatus.READY)))) == {Light.PRINTER}
    assert shining(walk.happen(PlateSeen(PlateStatus.EMPTY), NextPressed())) == set()


def test_a_slip_that_did_not_come_out_is_not_pointed_at() -> None:
    walk = handed_in()
    assert shining(walk.happen(SlipAnswered(walk.token, Printing(printed=False, status=PrinterStatus.PAPER_OUT)))) == set()


@pytest.mark.parametrize(("scans", "expected"), [(False, {Light.CARD}), (True, {Light.CARD, Light.SCANNER})])
def test_the_scanner_is_lit_where_there_is_one(scans: bool, expected: set[Light]) -> None:
    walk = Walk().at_home()
    walk.state = replace(walk.state, place=replace(walk.state.place, scans=scans))
    assert shining(walk.happen(ErrandChosen(ErrandKind.PROGRESS))) == expected


@pytest.mark.parametrize(("scans", "expected"), [(False, set()), (True, {Light.SCANNER})])
def test_for_an_appointment_s_code_the_scanner_is_lit_and_the_plate_is_not(scans: bool, expected: set[Light]) -> None:
    walk = at_code(scans=scans)
    assert shining(walk) == expected


def test_a_card_left_behind_is_lit_until_it_is_taken() -> None:
    walk = Walk().at_form().happen(FinishPressed(), LeaveConfirmed())
    assert shining(walk) == {Light.CARD}
    assert shining(walk.happen(PlateSeen(PlateStatus.EMPTY))) == set()


def test_help_is_lit_while_somebody_is_called() -> None:
    walk = Walk().at_home().happen(StaffWanted())
    assert shining(walk) == {Light.HELP}
    assert shining(walk.happen(OverlayClosed())) == set()


def test_no_way_out_of_a_page_leaves_its_light_on() -> None:
    for end in (FinishPressed(), LeaveConfirmed()), (TimerFired(Timer.IDLE), LeaveConfirmed()):
        walk = Walk().at_papers().happen(*end)
        assert Light.CAMERA not in shining(walk)


def test_a_plug_begins_to_speak_and_its_owner_keeps_it_through_the_next_matter() -> None:
    walk = Walk().happen(ItemsLoaded((item(),)), HeadphonesPlugged(plugged=True))
    assert isinstance(walk.state.view, Home)
    walk = walk.at_card().happen(FinishPressed(), LeaveConfirmed())
    assert (walk.state.visit, walk.state.display.audio) == (None, Audio.HEADPHONES)
    assert walk.happen(HeadphonesPlugged(plugged=False)).state.display.audio is Audio.OFF


def test_a_plug_left_behind_does_not_speak_to_nobody() -> None:
    walk = Walk().happen(ItemsLoaded((item(),)), HeadphonesPlugged(plugged=True), TimerFired(Timer.IDLE))
    assert (walk.state.view, walk.state.display.audio) == (Idle(), Audio.OFF)


def test_an_open_door_lets_nobody_begin_and_a_shut_one_everybody() -> None:
    walk = Walk().happen(ItemsLoaded((item(),)), DoorSeen(is_open=True))
    assert walk.state.view == OutOfOrder(Fault.SERVICED)
    assert walk.happen(GlassTouched()).state.view == OutOfOrder(Fault.SERVICED)
    assert walk.happen(DoorSeen(is_open=False)).state.view == Idle()


def test_a_visit_under_way_is_finished_before_the_open_door_counts() -> None:
    walk = Walk().at_form().happen(DoorSeen(is_open=True))
    assert isinstance(walk.state.view, Form)
    walk.happen(FinishPressed(), LeaveConfirmed())
    assert walk.state.view == OutOfOrder(Fault.SERVICED)


def test_worse_trouble_is_named_before_the_door() -> None:
    state = Walk().happen(ItemsLoaded(()), DoorSeen(is_open=True)).state
    assert state.view == OutOfOrder(Fault.NO_ITEMS)


def test_a_refused_card_keeps_its_light() -> None:
    walk = Walk().at_card()
    walk.happen(CardAnswered(walk.token, CardReading(CardReadStatus.CARD_MOVED)))
    _, effects = advance(walk.state, TimerFired(Timer.LOOK_AGAIN))
    assert lights(walk.state) == {Light.CARD}
    assert not any(isinstance(effect, Shine) for effect in effects)  # it does not flicker
