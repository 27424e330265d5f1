"""Signing: what the finger draws is kept in millimetres and milliseconds, and nothing else counts as a signature."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk.flow.display import Scale
from kiosk.flow.events.applying import Inked
from kiosk.flow.events.glass import NextPressed
from kiosk.flow.views import Review, Sign
from kiosk.flow.visit import Ink
from peripherals.signature_pad import PadStatus
from tests.kiosk.screens.desk import Desk

from kiosk.screens.entry.pad import SignPad  # isort: skip
from kiosk.screens.signature import SignPage  # isort: skip
from kiosk.screens.tokens import REFERENCE  # isort: skip


@pytest.fixture
def desk() -> Iterator[Desk]:
    glass = Desk(SignPage, Sign())
    yield glass
    glass.close()


def pad_of(desk: Desk) -> SignPad:
    pad = desk.part("sign-pad")
    assert isinstance(pad, SignPad)
    return pad


def inks(desk: Desk) -> list[Ink]:
    return [event.ink for event in desk.events if isinstance(event, Inked)]


def draw(desk: Desk, *points: tuple[float, float]) -> None:
    """Draw along points that are given in pixels from the top left of the sheet."""
    pad = pad_of(desk)
    desk.touch(*((pad.x + x, pad.top - y) for x, y in points))


def test_a_stroke_is_kept_where_and_when_the_finger_went(desk: Desk) -> None:
    draw(desk, (100, 100), (200, 100), (200, 300))
    (ink,) = inks(desk)
    pad = pad_of(desk)
    assert ink.width_mm == pytest.approx(REFERENCE.mm(pad.width), abs=0.01)
    assert ink.height_mm == pytest.approx(REFERENCE.mm(pad.height), abs=0.01)
    assert [(x, y) for x, y, _ in ink.strokes[0]] == [(24.8, 24.8), (49.6, 24.8), (49.6, 74.4)]
    times = [t for _, _, t in ink.strokes[0]]
    assert times == sorted(times)
    assert times[0] == 0


def test_each_stroke_is_told_with_all_before_it(desk: Desk) -> None:
    draw(desk, (100, 100), (200, 100))
    draw(desk, (100, 200), (200, 200))
    assert [len(ink.strokes) for ink in inks(desk)] == [1, 2]
    assert inks(desk)[-1].strokes[1][0][2] > 0


def test_a_stroke_ends_at_the_edge_of_the_sheet(desk: Desk) -> None:
    draw(desk, (100, 100), (-500, 100), (100, -500))
    width, height = inks(desk)[0].width_mm, inks(desk)[0].height_mm
    assert all(0 <= x <= width and 0 <= y <= height for x, y, _ in inks(desk)[0].strokes[0])


def test_a_stroke_that_begins_beside_the_sheet_is_none(desk: Desk) -> None:
    draw(desk, (-30, 100), (300, 100))
    assert inks(desk) == []


def test_a_stroke_may_be_taken_back_and_all_of_them(desk: Desk) -> None:
    draw(desk, (100, 100), (200, 100))
    draw(desk, (100, 200), (200, 200))
    desk.press("sign-undo")
    assert len(inks(desk)[-1].strokes) == 1
    desk.press("sign-clear")
    assert inks(desk)[-1].strokes == ()
    assert desk.state.visit is not None
    assert not desk.state.visit.ink.is_enough


def test_an_empty_sheet_is_asked_for_beside_itself(desk: Desk) -> None:
    desk.press("next")
    assert desk.events == [NextPressed()]
    assert desk.state.view == Sign(asked=True)
    assert pad_of(desk)._complaint.plain == "还没有签，请在框里写上名字。"
    draw(desk, (100, 100), (110, 100))
    assert pad_of(desk)._complaint.plain == ""
    desk.press("next")
    assert pad_of(desk)._complaint.plain == "再写大一点，写完整。"


def test_a_signature_goes_on(desk: Desk) -> None:
    long_enough = Ink(200.0, 150.0, (((10.0, 10.0, 0), (60.0, 40.0, 700)),))
    assert desk.state.visit is not None
    desk.show(visit=replace(desk.state.visit, ink=long_enough))
    desk.press("next")
    assert desk.state.view == Review()


def test_a_second_finger_is_a_palm(desk: Desk) -> None:
    pad = pad_of(desk)
    pad._finger = "first"
    draw(desk, (300, 300), (400, 400))
    assert inks(desk) == []


def test_a_signature_outlives_a_change_of_size(desk: Desk) -> None:
    draw(desk, (100, 100), (700, 500))
    before = inks(desk)[-1]
    desk.stage.theme.apply(replace(desk.state.display, scale=Scale.LARGE))
    desk.show(display=replace(desk.state.display, scale=Scale.LARGE))
    assert pad_of(desk).ink == before
    assert len(inks(desk)) == 1


PEN = Ink(100.0, 60.0, (((10.0, 10.0, 0), (30.0, 30.0, 400)), ((40.0, 10.0, 900), (80.0, 20.0, 1200))), on_pad=True)


def with_pad_ink(desk: Desk) -> None:
    assert desk.state.visit is not None
    desk.show(view=Sign(pad=PadStatus.READY), visit=replace(desk.state.visit, ink=PEN))


def test_a_stroke_of_the_pad_can_be_taken_back_and_stays_the_pad_s(desk: Desk) -> None:
    with_pad_ink(desk)
    assert pad_of(desk).ink == PEN
    desk.press("sign-undo")
    assert inks(desk)[-1] == replace(PEN, strokes=PEN.strokes[:1])
    desk.press("sign-clear")
    assert inks(desk)[-1].strokes == ()
    assert not inks(desk)[-1].on_pad


def test_a_finger_on_the_glass_writes_instead_of_the_pen(desk: Desk) -> None:
    with_pad_ink(desk)
    draw(desk, (100, 100), (200, 100), (200, 300))
    ink = inks(desk)[-1]
    assert (len(ink.strokes), ink.on_pad) == (1, False)
    assert ink.width_mm == pytest.approx(REFERENCE.mm(pad_of(desk).width), abs=0.01)
