"""What runs out, at the menu: a look at it, and a change of paper that goes on by what the printer itself says."""

from dataclasses import replace

from kiosk.flow.events import Event
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.technician import LinePrinted, PaperChangeWanted, PrinterSeen, RollChanged, SuppliesLookedAt
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, show, stay
from kiosk.flow.technician import Errand, PaperChange, Staff, SuppliesShown, Upkeep
from kiosk.flow.technician_orders import AskPrinter, LookAtSupplies, PrintLine
from kiosk.maintenance.supplies import PaperStep, after, seen_at


def open_supplies(state: Kiosk, work: Upkeep, staff: Staff) -> Step:
    """Show what was used."""
    return replace(state, visit=replace(work, supplies=None), view=SuppliesShown()), (LookAtSupplies(work.token, staff),)


def on_supplies(state: Kiosk, work: Upkeep, staff: Staff, event: Event) -> Step:
    """The page of supplies."""
    match event:
        case RollChanged() if work.busy is None:
            return replace(state, visit=replace(work, supplies=None)), (LookAtSupplies(work.token, staff, roll_changed=True),)
        case PaperChangeWanted() if work.busy is None:
            return replace(state, view=PaperChange()), (AskPrinter(work.token, staff),)
        case NextPressed() if work.busy is None:
            return open_supplies(state, work, staff)
        case _:
            return stay(state)


def on_paper(state: Kiosk, work: Upkeep, staff: Staff, view: PaperChange, event: Event) -> Step:
    """The change of paper: by the printer's word, or by the technician's where the printer says too little."""
    match event:
        case PrinterSeen(token, status) if token == work.token and view.step is not PaperStep.DONE:
            step = seen_at(view.step, status)
            seen = replace(view, step=step, status=status)
            if step is PaperStep.TEST and view.step is not PaperStep.TEST:
                return _test(state, work, staff, seen)
            return replace(state, view=seen), () if step is PaperStep.TEST else (AskPrinter(work.token, staff),)
        case LinePrinted(token, printing) if token == work.token and view.step is PaperStep.TEST:
            idle = replace(work, busy=None)
            if printing.printed:
                done = PaperChange(PaperStep.DONE, printing.status)
                return replace(state, visit=idle, view=done), (LookAtSupplies(work.token, staff, roll_changed=True),)
            again = PaperChange(PaperStep.OPEN, printing.status, has_failed=True)
            return replace(state, visit=idle, view=again), (AskPrinter(work.token, staff),)
        case BackPressed() if work.busy is None:
            return open_supplies(state, work, staff)
        case NextPressed() if work.busy is None and view.step is PaperStep.DONE:
            return open_supplies(state, work, staff)
        case NextPressed() if work.busy is None:
            step = after(view.step)
            on = replace(view, step=step)
            return _test(state, work, staff, on) if step is PaperStep.TEST else show(state, on)
        case _:
            return stay(state)


def _test(state: Kiosk, work: Upkeep, staff: Staff, view: PaperChange) -> Step:
    testing = replace(work, busy=Errand.PRINTING)
    return replace(state, visit=testing, view=replace(view, has_failed=False)), (PrintLine(work.token, staff),)


def on_supplies_seen(state: Kiosk, work: Upkeep, seen: SuppliesLookedAt) -> Step:
    """Take over what was used."""
    return replace(state, visit=replace(work, supplies=seen.supplies)), ()
