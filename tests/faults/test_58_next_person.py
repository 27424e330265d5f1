"""Fault 58: the next person comes at once and presses back. Nothing from before is there, on no page and in no answer that comes late."""

import pytest

from kiosk.flow.display import Display, Scale
from kiosk.flow.events import Event
from kiosk.flow.events.applying import ConsentTicked
from kiosk.flow.events.choosing import ItemChosen
from kiosk.flow.events.devices import CameraOpened, CardAnswered, PictureTaken, PlateSeen, SlipAnswered
from kiosk.flow.events.glass import BackPressed, FinishPressed, LeaveConfirmed, NextPressed, ScaleChosen
from kiosk.flow.events.terminal import CityReceived, Stored
from kiosk.flow.views import Form, Guide, Home, LayCard
from kiosk.flow.visit import Visit
from peripherals.document_camera import PaperHint, Picture
from peripherals.id_card_reader import CardReading, CardReadStatus, PlateStatus
from peripherals.receipt_printer import PrinterStatus, Printing
from peripherals.secret import Secret
from sync.contract.names import ApplicationId, CaseNumber, ReceiptNumber
from tests.kiosk.flow.walk import CODE, GOOD, NOW, Walk, card


def left_at_review() -> Walk:
    walk = Walk().at_review().happen(ScaleChosen(Scale.LARGEST), FinishPressed(), LeaveConfirmed(), PlateSeen(PlateStatus.EMPTY))
    assert walk.state.view == Home()
    return walk


def test_back_leads_nowhere_from_home() -> None:
    walk = left_at_review()
    for _ in range(5):
        walk.happen(BackPressed())
    assert (walk.state.view, walk.state.visit, walk.state.display) == (Home(), None, Display())


def test_the_new_visit_begins_with_nothing() -> None:
    walk = left_at_review().happen(ItemChosen(CODE))
    assert walk.state.visit == Visit(2, walk.state.visit.item)
    walk.happen(BackPressed(), ItemChosen(CODE), ConsentTicked(agreed=True), NextPressed(), BackPressed())
    assert walk.state.view == Guide(agreed=True)
    assert walk.state.visit.card is None


@pytest.mark.parametrize(
    "late",
    [
        CardAnswered(1, CardReading(CardReadStatus.READ, card("样例乙", "110101199001010010"))),
        CameraOpened(1, PaperHint.GOOD),
        PictureTaken(1, Picture(GOOD, Secret(b"of the one before"), 10, 10)),
        Stored(1, ApplicationId("id"), ReceiptNumber("7F3K29QD"), NOW),
        CityReceived(1, CaseNumber("2101-1"), complete=True),
        SlipAnswered(1, Printing(printed=True, status=PrinterStatus.READY)),
    ],
    ids=lambda event: type(event).__name__,
)
@pytest.mark.parametrize("steps", range(3))
def test_an_answer_for_the_one_before_changes_nothing(late: Event, steps: int) -> None:
    walk = left_at_review().happen(*(ItemChosen(CODE), ConsentTicked(agreed=True), NextPressed())[: steps + 1])
    before = walk.state
    assert walk.happen(late).state == before


def test_the_card_of_the_new_resident_is_the_one_that_counts() -> None:
    walk = left_at_review().happen(ItemChosen(CODE), ConsentTicked(agreed=True), NextPressed())
    assert isinstance(walk.state.view, LayCard)
    walk.happen(CardAnswered(walk.token, CardReading(CardReadStatus.READ, card("样例乙", "110101199001010010"))), NextPressed())
    assert walk.state.visit.card.reveal().name == "样例乙"
    assert isinstance(walk.state.view, Form)
    assert not walk.state.visit.answers
