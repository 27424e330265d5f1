"""Every slip that did not come out is printed by itself once the printer can, twice a visit at the most, and never in the next visit."""

from collections.abc import Callable

import pytest

from kiosk.flow.effects import PrintAppointment, PrintNotice, PrintOutcome, PrintProof
from kiosk.flow.events.applying import ReprintPressed
from kiosk.flow.events.choosing import CasePaperWanted
from kiosk.flow.events.devices import PrinterSeen, SlipAnswered
from kiosk.flow.events.glass import FinishPressed, LeaveConfirmed
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.hand_in import RESUMED_AT_MOST
from peripherals.receipt_printer import PrinterStatus, Printing
from sync.contract.bills import PAYMENT
from sync.contract.question import Answered
from tests.kiosk.flow import test_booking as booking
from tests.kiosk.flow import test_following as following
from tests.kiosk.flow import test_paying as paying
from tests.kiosk.flow import test_taking_home as home
from tests.kiosk.flow.walk import Walk

NO_PAPER = Printing(printed=False, status=PrinterStatus.PAPER_OUT)


def proof() -> Walk:
    walk = paying.at_code()
    return walk.happen(TimerFired(Timer.PAYMENT), paying.told(PAYMENT, Answered(paying.PAID)))


SLIPS: dict[type, Callable[[], Walk]] = {
    PrintAppointment: lambda: booking.told(booking.sending(), booking.BOOK, booking.BOOKED),
    PrintNotice: lambda: following.listed(following.TO_CORRECT).happen(ReprintPressed()),
    PrintProof: proof,
    PrintOutcome: lambda: home.shown(pages=False).happen(CasePaperWanted()),
}
each = pytest.mark.parametrize("order", SLIPS, ids=lambda order: order.__name__)


def not_printed(order: type) -> Walk:
    walk = SLIPS[order]()
    return walk.happen(SlipAnswered(walk.token, NO_PAPER), PrinterSeen(PrinterStatus.PAPER_OUT))


@each
def test_once_there_is_paper_it_is_printed_without_anybody_asking(order: type) -> None:
    walk = not_printed(order)
    assert len(walk.ordered(order)) == 1
    walk.happen(PrinterSeen(PrinterStatus.COVER_OPEN))
    assert len(walk.ordered(order)) == 1
    walk.happen(PrinterSeen(PrinterStatus.READY))
    assert len(walk.ordered(order)) == 2
    walk.happen(SlipAnswered(walk.token, Printing(printed=True, status=PrinterStatus.READY)), PrinterSeen(PrinterStatus.PAPER_LOW))
    assert len(walk.ordered(order)) == 2, "it is out"


@each
def test_a_printer_that_jams_each_time_does_not_eat_a_roll_and_a_hand_may_still_ask(order: type) -> None:
    walk = not_printed(order)
    for _ in range(RESUMED_AT_MOST + 3):
        walk.happen(PrinterSeen(PrinterStatus.READY), SlipAnswered(walk.token, NO_PAPER), PrinterSeen(PrinterStatus.PAPER_OUT))
    assert len(walk.ordered(order)) == 1 + RESUMED_AT_MOST
    walk.happen(CasePaperWanted(on_slip=True) if order is PrintOutcome else ReprintPressed())
    assert len(walk.ordered(order)) == 2 + RESUMED_AT_MOST


@each
def test_once_home_is_shown_nothing_of_it_is_printed(order: type) -> None:
    walk = not_printed(order)
    walk.happen(FinishPressed(), LeaveConfirmed())
    assert walk.state.visit is None
    assert walk.state.resumed == 0
    walk.happen(PrinterSeen(PrinterStatus.READY), ReprintPressed(), CasePaperWanted(on_slip=True))
    assert len(walk.ordered(order)) == 1
