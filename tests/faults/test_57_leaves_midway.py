"""Fault 57: somebody leaves in the middle. A question after a minute, home half a minute later, and the draft is gone."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.flow.effects import CloseCamera, Forget, SetTimer, StopReading
from kiosk.flow.events.applying import CapturePressed
from kiosk.flow.events.devices import PictureTaken, PlateSeen
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.patience import COUNTDOWN_S, PATIENCE_S
from kiosk.flow.views import StillThere
from peripherals.document_camera import PaperHint, PaperView, Picture
from peripherals.id_card_reader import PlateStatus
from tests.kiosk.flow.walk import Walk

WAYS: dict[str, Callable[[Walk], Walk]] = {
    "card": Walk.at_card, "form": Walk.at_form, "papers": Walk.at_papers, "signature": Walk.at_signature, "review": Walk.at_review,
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_question_then_home_and_nothing_is_left(way: str) -> None:
    walk = WAYS[way](Walk())
    assert [effect.after_s for effect in walk.ordered(SetTimer) if effect.timer is Timer.IDLE][-1] == PATIENCE_S
    walk.happen(TimerFired(Timer.IDLE))
    assert walk.state.overlay == StillThere(COUNTDOWN_S)
    assert PATIENCE_S + COUNTDOWN_S == 90
    for _ in range(COUNTDOWN_S):
        walk.happen(TimerFired(Timer.COUNTDOWN))
    assert walk.ordered(Forget)
    walk.happen(PlateSeen(PlateStatus.EMPTY))
    assert walk.state == replace(Walk().at_home().state, visits=1), "the terminal is as if nobody had been there"


@pytest.mark.parametrize(("way", "stops"), [("card", StopReading), ("papers", CloseCamera)])
def test_the_device_of_the_page_is_stopped(way: str, stops: type) -> None:
    walk = WAYS[way](Walk())
    walk.effects.clear()
    walk.happen(TimerFired(Timer.IDLE), *[TimerFired(Timer.COUNTDOWN)] * COUNTDOWN_S)
    assert len(walk.ordered(stops)) == 1


def test_a_camera_that_goes_while_a_picture_is_taken_keeps_nobody_for_ever() -> None:
    walk = Walk().at_papers().happen(TimerFired(Timer.STEADY))
    walk.happen(CapturePressed(), PictureTaken(walk.token, Picture(PaperView(PaperHint.CAMERA_ABSENT))))
    walk.happen(TimerFired(Timer.IDLE))
    assert isinstance(walk.state.overlay, StillThere)
