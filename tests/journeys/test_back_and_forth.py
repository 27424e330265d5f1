"""A resident who goes back and forth faster than any device: the page that is shown is always the one that is served."""

import time

from kiosk.demo.town import Town
from kiosk.flow.events.applying import CapturePressed, RetakePressed
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.views import Capture, CaptureStage, Fault, Form, Idle, LayCard, OutOfOrder, Sign
from tests.journeys.counter import WindowlessCounter


def test_card_and_camera_serve_the_page_that_is_shown(town: Town) -> None:
    town.bench.do("document_camera", "lay", paper="tenancy-contract")
    with WindowlessCounter(town.config) as counter:
        counter.begin()
        for pause_s in (0.0, 0.3, 0.05, 0.6):
            counter.pump(pause_s)
            counter.tap(BackPressed(), NextPressed())
            assert isinstance(counter.state.view, LayCard)
        town.bench.do("id_card_reader", "lay", card="wang-xiaoli")
        began = time.monotonic()
        counter.until(lambda state: state.visit.card is not None, "the card is read, by the last of five waits")
        assert time.monotonic() - began < 4.0
        counter.fill()
        assert isinstance(counter.state.view, Capture)
        for pause_s in (0.0, 0.5, 1.5):
            counter.pump(pause_s)
            counter.tap(BackPressed())
            assert isinstance(counter.state.view, Form)
            counter.tap(NextPressed())
        counter.photograph()
        assert isinstance(counter.state.view, Sign)


def test_a_camera_that_is_pulled_out_under_the_finger_keeps_nobody_waiting(town: Town) -> None:
    town.bench.do("document_camera", "lay", paper="tenancy-contract")
    town.bench.do("id_card_reader", "lay", card="wang-xiaoli")
    with WindowlessCounter(town.config) as counter:
        counter.begin()
        counter.fill()
        counter.until(lambda state: isinstance(state.view, Capture) and state.view.stage is CaptureStage.TAKEN, "it took its own picture")
        counter.tap(RetakePressed())
        town.bench.do("document_camera", "unplug")
        counter.tap(CapturePressed())
        counter.until(
            lambda state: isinstance(state.view, Capture) and state.view.stage is CaptureStage.AIMING, "the press is answered", 15
        )
        town.bench.do("document_camera", "plug")
        counter.photograph()


def test_the_terminal_comes_up_resting_and_wakes_when_its_outbox_can_be_opened(town: Town) -> None:
    outbox = town.config.terminal.folder / "outbox"
    town.supervisor.stop()
    aside = outbox.rename(outbox.with_name("outbox-aside")) if outbox.exists() else None
    outbox.write_text("not a folder")
    with WindowlessCounter(town.config) as counter:
        counter.until(lambda state: state.view == OutOfOrder(Fault.STORAGE), "it rests")
        outbox.unlink()
        if aside is not None:
            aside.rename(outbox)
        counter.until(lambda state: state.view == Idle(), "it is there again")
