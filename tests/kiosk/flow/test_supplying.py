"""What runs out, at the menu: the look, the changed roll, and a change of paper that follows the printer."""

import pytest

from kiosk.flow.effects import Effect
from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed
from kiosk.flow.events.technician import LinePrinted, PaperChangeWanted, PlaceOpened, PrinterSeen, RollChanged, SuppliesLookedAt
from kiosk.flow.technician import PaperChange, SuppliesShown, UpkeepPlace
from kiosk.flow.technician_orders import AskPrinter, LookAtSupplies, PrintLine
from kiosk.maintenance.supplies import LOW_ROLL, PaperStep, Supplies, seen_at
from peripherals.receipt_printer import PrinterStatus, Printing
from tests.kiosk.flow.test_upkeep import inside, ordered, work
from tests.kiosk.flow.walk import Walk

OPEN, OUT, READY = PrinterStatus.COVER_OPEN, PrinterStatus.PAPER_OUT, PrinterStatus.READY


def at_supplies() -> Walk:
    walk = inside()
    walk.happen(PlaceOpened(UpkeepPlace.SUPPLIES), SuppliesLookedAt(work(walk).token, Supplies(80_000, 1_000)))
    return walk


def changing() -> Walk:
    walk = at_supplies()
    walk.happen(PaperChangeWanted())
    return walk


def says(walk: Walk, status: PrinterStatus) -> tuple[Effect, ...]:
    return ordered(walk, PrinterSeen(work(walk).token, status))


def step(walk: Walk) -> PaperStep:
    assert isinstance(walk.state.view, PaperChange)
    return walk.state.view.step


def test_supplies_are_looked_at_and_a_changed_roll_is_noted() -> None:
    walk = at_supplies()
    assert work(walk).supplies == Supplies(80_000, 1_000)
    (look,) = [one for one in ordered(walk, RollChanged()) if isinstance(one, LookAtSupplies)]
    assert look.roll_changed
    walk.happen(BackPressed())
    assert not isinstance(walk.state.view, SuppliesShown)


def test_the_printer_s_own_sensors_turn_the_pages() -> None:
    walk = changing()
    assert step(walk) is PaperStep.OPEN
    assert any(isinstance(one, AskPrinter) for one in says(walk, OUT)), "it is asked again and again"
    assert step(walk) is PaperStep.OPEN
    says(walk, OPEN)
    assert step(walk) is PaperStep.TAKE_OUT
    walk.happen(NextPressed(), NextPressed())
    assert step(walk) is PaperStep.CLOSE
    says(walk, OUT)
    assert step(walk) is PaperStep.PUT_IN, "closed, and the printer sees no paper"
    orders = says(walk, READY)
    assert step(walk) is PaperStep.TEST
    assert any(isinstance(one, PrintLine) for one in orders)
    assert not any(isinstance(one, AskPrinter) for one in orders)


def test_the_roll_is_new_only_once_a_line_came_out() -> None:
    walk = changing()
    says(walk, OPEN)
    says(walk, READY)
    (again,) = [
        one
        for one in ordered(walk, LinePrinted(work(walk).token, Printing(printed=False, status=OUT)))
        if not isinstance(one, LookAtSupplies)
    ][:1]
    assert isinstance(again, AskPrinter)
    assert walk.state.view == PaperChange(PaperStep.OPEN, OUT, has_failed=True)
    says(walk, OPEN)
    says(walk, READY)
    orders = ordered(walk, LinePrinted(work(walk).token, Printing(printed=True, status=READY)))
    assert any(isinstance(one, LookAtSupplies) and one.roll_changed for one in orders)
    assert step(walk) is PaperStep.DONE
    assert says(walk, OPEN) == (), "a late answer turns nothing back"
    walk.happen(NextPressed())
    assert isinstance(walk.state.view, SuppliesShown)


def test_a_printer_that_says_nothing_is_led_by_hand() -> None:
    walk = changing()
    walk.happen(*[NextPressed()] * 3)
    assert step(walk) is PaperStep.CLOSE
    assert any(isinstance(one, PrintLine) for one in ordered(walk, NextPressed()))
    assert ordered(walk, NextPressed()) == (), "while it prints nothing else is done"


def test_who_leaves_in_the_middle_is_followed_by_no_printer() -> None:
    walk = changing()
    walk.happen(BackPressed())
    assert isinstance(walk.state.view, SuppliesShown)
    assert not any(isinstance(one, AskPrinter) for one in says(walk, OPEN))
    token = work(walk).token
    walk.happen(FinishPressed())
    assert ordered(walk, PrinterSeen(token, OPEN)) == ()


@pytest.mark.parametrize("status", list(PrinterStatus))
@pytest.mark.parametrize("at", list(PaperStep))
def test_no_word_of_the_printer_skips_the_test_line(at: PaperStep, status: PrinterStatus) -> None:
    assert seen_at(at, status) is not PaperStep.DONE or at is PaperStep.DONE


def test_a_roll_is_low_below_its_share_and_never_less_than_empty() -> None:
    assert not Supplies(80_000, 0).is_low
    assert Supplies(80_000, round(80_000 * (1 - LOW_ROLL)) + 100).is_low
    assert Supplies(80_000, 95_000).left_mm == 0
