"""A signature pad in the visit: the pen's ink is the signature, the glass stays in reserve, and neither brings back what was taken back."""

from dataclasses import replace

import pytest

from kiosk.flow.effects import ClosePad, HoldInk, OpenPad
from kiosk.flow.events.applying import Inked, PadInked
from kiosk.flow.events.devices import PadSeen
from kiosk.flow.events.glass import BackPressed, NextPressed, StillHerePressed
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.views import Review, Sign, StillThere
from kiosk.flow.visit import Ink
from peripherals.signature_pad import PadStatus
from tests.kiosk.flow.walk import INK, Walk

PEN = Ink(100.0, 60.0, (((10.0, 10.0, 0), (30.0, 30.0, 400), (60.0, 12.0, 900)), ((70.0, 10.0, 950), (80.0, 20.0, 1200))), on_pad=True)


def at_signature(*, pad: bool = True) -> Walk:
    walk = Walk()
    walk.state = replace(walk.state, place=replace(walk.state.place, pad=pad))
    return walk.at_signature()


def ink(walk: Walk) -> Ink:
    assert walk.state.application is not None
    return walk.state.application.ink


def test_the_pad_listens_exactly_while_its_page_is_shown() -> None:
    walk = at_signature()
    assert walk.ordered(OpenPad) == [OpenPad(walk.token, Ink())]
    walk.happen(PadSeen(walk.token, PadStatus.READY))
    assert walk.state.view == Sign(pad=PadStatus.READY)
    walk.happen(PadInked(walk.token, PEN), NextPressed())
    assert (ink(walk), walk.state.view) == (PEN, Review())
    assert len(walk.ordered(ClosePad)) == 1


def test_without_a_pad_nothing_is_ordered_of_one() -> None:
    walk = at_signature(pad=False).happen(Inked(INK))
    assert not walk.ordered(OpenPad)
    assert not walk.ordered(HoldInk)


def test_who_comes_back_goes_on_writing() -> None:
    walk = at_signature()
    walk.happen(PadInked(walk.token, PEN), BackPressed(), NextPressed())
    assert walk.ordered(OpenPad)[-1] == OpenPad(walk.token, PEN)


def test_what_the_glass_took_back_the_pad_does_not_bring_again() -> None:
    walk = at_signature().happen(PadInked(1, PEN))
    undone = replace(PEN, strokes=PEN.strokes[:1])
    walk.happen(Inked(undone))
    assert (ink(walk), walk.ordered(HoldInk)) == (undone, [HoldInk(undone)])
    walk.happen(Inked(INK))  # a finger writes instead
    assert (ink(walk), walk.ordered(HoldInk)[-1]) == (INK, HoldInk(Ink()))


def test_ink_for_another_visit_means_nothing() -> None:
    walk = at_signature()
    before = walk.state
    assert walk.happen(PadInked(walk.token + 1, PEN), PadSeen(walk.token - 1, PadStatus.ABSENT)).state == before


def test_ink_that_comes_after_the_page_has_gone_means_nothing() -> None:
    walk = at_signature().happen(Inked(INK), NextPressed())
    before = walk.state
    assert walk.happen(PadInked(walk.token, PEN)).state == before


def test_a_scratch_is_no_signature_on_a_pad_either() -> None:
    walk = at_signature()
    walk.happen(PadInked(walk.token, replace(PEN, strokes=(((1.0, 1.0, 0), (2.0, 2.0, 100)),))), NextPressed())
    assert isinstance(walk.state.view, Sign)
    assert walk.state.view.asked


@pytest.mark.parametrize("status", [PadStatus.ABSENT, PadStatus.NOT_UNDERSTOOD])
def test_a_pad_out_of_order_is_said_and_the_glass_is_signed_on(status: PadStatus) -> None:
    walk = at_signature()
    walk.happen(PadSeen(walk.token, status))
    assert walk.state.view == Sign(pad=status)
    assert walk.happen(Inked(INK), NextPressed()).state.view == Review()


def test_whoever_writes_on_the_pad_is_there() -> None:
    walk = at_signature().happen(TimerFired(Timer.IDLE))
    assert isinstance(walk.state.overlay, StillThere)
    assert walk.happen(PadInked(walk.token, PEN)).state.overlay is None
    assert walk.happen(TimerFired(Timer.IDLE), StillHerePressed()).state.overlay is None
