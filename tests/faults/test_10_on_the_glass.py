"""Fault 10 and 13: a slip that did not come out. The number stays on the glass, a reprint is offered in the same visit, nothing is lost."""

import pytest

from kiosk.flow.effects import PrintSlip
from kiosk.flow.events.applying import ReprintPressed
from kiosk.flow.events.devices import PrinterSeen
from kiosk.flow.events.glass import NextPressed
from kiosk.flow.views import Done, Paper
from kiosk.texts import say
from peripherals.receipt_printer import PrinterStatus
from sync.contract.words import Language
from tests.kiosk.flow.test_visit import NUMBER, printed, stored
from tests.kiosk.flow.walk import Walk
from tests.kiosk.screens.desk import Desk  # sets Kivy up before its window is made

from kiosk.screens.code import Code, payload  # isort: skip
from kiosk.screens.done import DonePage  # isort: skip
from kiosk.screens.wording import grouped  # isort: skip
from tests.kiosk.screens.test_pages import texts  # isort: skip


def test_the_number_stays_on_the_glass_with_its_code_and_a_reprint_is_offered_in_the_same_visit_only() -> None:
    walk = Walk().at_review().happen(NextPressed())
    walk.happen(stored(walk), printed(walk, PrinterStatus.PAPER_OUT))
    view, visit = walk.state.view, walk.state.application
    assert isinstance(view, Done)
    assert visit is not None
    assert visit.handed_in is not None
    assert (view.paper, view.printer) == (Paper.NOT_PRINTED, PrinterStatus.PAPER_OUT)
    desk = Desk(DonePage, view)
    desk.show(visit=visit)
    said = " ".join(text.plain for text in texts(desk.page))
    assert grouped(NUMBER, 4) in said
    assert "打印纸用完了" in said
    assert NUMBER in payload(visit.handed_in)
    assert any(isinstance(part, Code) for part in desk.page.walk())
    assert "reprint" in desk.names
    desk.close()
    assert [slip.time for slip in walk.happen(ReprintPressed()).ordered(PrintSlip)] == [1, 2]
    walk.happen(printed(walk, PrinterStatus.PAPER_OUT), NextPressed(), ReprintPressed(), PrinterSeen(PrinterStatus.READY))
    assert walk.state.visit is None
    assert len(walk.ordered(PrintSlip)) == 2


@pytest.mark.parametrize("status", [status for status in PrinterStatus if not status.can_print])
def test_whatever_the_trouble_the_application_is_handed_in_and_its_words_are_its_own(status: PrinterStatus) -> None:
    walk = Walk().at_review().happen(NextPressed())
    walk.happen(stored(walk), printed(walk, status))
    assert walk.state.application is not None
    assert walk.state.application.handed_in is not None
    for language in Language:
        others = {say(f"done.printer_{other}", language) for other in PrinterStatus if other not in (status, PrinterStatus.PAPER_LOW)}
        assert say(f"done.printer_{status}", language) not in others
