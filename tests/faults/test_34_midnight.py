"""Fault 34: midnight, or a change of zone, during a visit. The number and the day on page and slip are one."""

from datetime import timedelta, timezone

from kiosk.flow.events.applying import ReprintPressed
from kiosk.flow.events.devices import SlipAnswered
from kiosk.flow.events.glass import NextPressed
from kiosk.flow.events.terminal import MinutePassed, Stored
from kiosk.flow.views import Review
from kiosk.runner.slip import slip_for
from peripherals.receipt_printer import PrinterStatus, Printing
from sync.contract.names import ApplicationId, ReceiptNumber
from tests.kiosk.flow.walk import NOW, Walk

LATE = NOW.replace(hour=23, minute=59)
NUMBER = ReceiptNumber("7F3K29QD")


def test_the_slip_printed_after_midnight_has_the_day_of_handing_in() -> None:
    walk = Walk().at_review().happen(MinutePassed(LATE), NextPressed())
    walk.happen(Stored(walk.token, ApplicationId("id"), NUMBER, LATE), MinutePassed(LATE + timedelta(minutes=1)))
    first = slip_for(walk.state.visit, walk.state.place, "zh")
    walk.happen(SlipAnswered(walk.token, Printing(printed=False, status=PrinterStatus.PAPER_OUT)), MinutePassed(LATE + timedelta(days=1)))
    walk.happen(ReprintPressed())
    again = slip_for(walk.state.visit, walk.state.place, "zh")
    assert again == first
    assert (first.number, first.handed_in_at) == (NUMBER, LATE)


def test_a_form_that_was_right_before_midnight_is_right_after_it() -> None:
    walk = Walk().at_review().happen(MinutePassed(LATE + timedelta(minutes=1)))
    draft = walk.state.visit
    walk.happen(MinutePassed((LATE + timedelta(minutes=2)).astimezone(timezone(timedelta(hours=9)))))
    assert isinstance(walk.state.view, Review)
    walk.happen(NextPressed())
    assert walk.state.visit.answers == draft.answers
    assert not isinstance(walk.state.view, Review), "it is taken"
