"""A mark in place of a signature is said to be one, on the wire and to the clerk; whoever signs after all has signed."""

from dataclasses import replace

import msgspec

from kiosk.flow.events.applying import CardSkipped, Inked, MarkMade
from kiosk.flow.events.glass import NextPressed
from kiosk.flow.views import Review, Sign
from kiosk.freeze import freeze
from sync.contract.application import Application
from sync.contract.names import TerminalId
from sync.contract.suites import new_city_key, open_sealed
from tests.kiosk.flow.walk import INK, NOW, Walk


def handed_in(walk: Walk) -> Application:
    key = new_city_key(NOW)
    sealed = freeze(walk.state.application, TerminalId("SY-TEST-0001"), "zh", NOW, key.public_key()).sealed(1, "install")
    return msgspec.json.decode(open_sealed(sealed.body, {key.key_id: key}).content, type=Application)


def test_a_mark_is_said_to_be_one() -> None:
    walk = Walk().at_signature().happen(Inked(INK), MarkMade(), NextPressed(), CardSkipped())
    assert isinstance(walk.state.view, Review)
    signature = handed_in(walk).signature
    assert signature is not None
    assert signature.is_mark


def test_whoever_writes_after_all_has_signed() -> None:
    walk = Walk().at_signature().happen(Inked(INK), MarkMade(), Inked(INK), NextPressed())
    signature = handed_in(walk).signature
    assert signature is not None
    assert not signature.is_mark


def test_a_mark_that_is_not_there_is_still_asked_for() -> None:
    walk = Walk().at_signature().happen(MarkMade(), NextPressed())
    assert walk.state.view == replace(Sign(), asked=True)
