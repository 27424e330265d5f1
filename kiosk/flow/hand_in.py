"""From the last touch to the slip: stored first, then the city is asked, then paper, then goodbye."""

from dataclasses import replace

from kiosk.flow import continuing
from kiosk.flow.effects import AskCity, CancelTimer, PrintSlip, Rate, SetTimer
from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnotherWanted, Rated, ReprintPressed
from kiosk.flow.events.devices import SlipAnswered
from kiosk.flow.events.glass import NextPressed
from kiosk.flow.events.terminal import CityReceived, NotStored, Stored, Timer, TimerFired
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, go_home, show, stay, with_visit
from kiosk.flow.views import Done, HandingIn, HandingInStage, Paper, Review
from kiosk.flow.visit import HandedIn, Visit
from peripherals.receipt_printer import PrinterStatus

RESUMED_AT_MOST = 2
"""How often a slip that did not come out is printed again without anybody asking."""

CITY_WITHIN_S = 4.0
"""How long the slip waits, so that it can carry the city's number when the line is good."""


def on_handing_in(state: Kiosk, visit: Visit, view: HandingIn, event: Event) -> Step:
    """Seconds in which nothing can be pressed."""
    match event:
        case Stored(token, application_id, number, at, is_sure) if token == visit.token and view.stage is HandingInStage.STORING:
            stored = replace(visit, handed_in=HandedIn(application_id, number, at, time_is_sure=is_sure))
            ask = AskCity(token, application_id)
            if not state.line_up:
                return _print(state, stored, ask)
            return with_visit(state, stored, HandingIn(HandingInStage.ASKING_CITY), ask, SetTimer(Timer.CITY, CITY_WITHIN_S))
        case NotStored(token, trouble) if token == visit.token and view.stage is HandingInStage.STORING:
            return show(state, Review(trouble))
        case CityReceived(token) if token == visit.token and visit.handed_in is not None:
            return _print(state, _received(visit, visit.handed_in, event), CancelTimer(Timer.CITY))
        case TimerFired(Timer.CITY) if view.stage is HandingInStage.ASKING_CITY:
            return _print(state, visit)
        case _:
            return stay(state)


def on_done(state: Kiosk, visit: Visit, view: Done, event: Event) -> Step:
    """The slip comes out, the city may still answer, a rating may be given."""
    handed_in = visit.handed_in
    match event:
        case SlipAnswered(token, printing) if token == visit.token and view.paper is Paper.PRINTING:
            paper = Paper.PRINTED if printing.printed else Paper.NOT_PRINTED
            return show(state, replace(view, paper=paper, printer=printing.status))
        case CityReceived(token) if token == visit.token and handed_in is not None:
            return with_visit(state, _received(visit, handed_in, event), view)
        case ReprintPressed() if view.paper is not Paper.PRINTING:
            return _print_again(state, visit, view)
        case Rated(level) if view.rating is None and 1 <= level <= 5 and handed_in is not None:
            return show(state, replace(view, rating=level), Rate(handed_in.application_id, level))
        case AnotherWanted() if view.paper is not Paper.PRINTING:
            return continuing.go_on(state, visit)
        case NextPressed() if view.paper is not Paper.PRINTING:
            return go_home(state)
        case _:
            return stay(state)


def on_printer(state: Kiosk, status: PrinterStatus) -> Step:
    """The printer has changed: a slip that did not come out says why now, and is printed by itself once it can be.

    Not for ever: a printer that says it is well and jams each time would eat a roll.
    """
    visit, view = state.application, state.view
    if visit is None or not isinstance(view, Done) or view.paper is not Paper.NOT_PRINTED:
        return stay(state)
    if status.can_print and view.prints <= RESUMED_AT_MOST:
        return _print_again(state, visit, view)
    return show(state, replace(view, printer=status))


def _print_again(state: Kiosk, visit: Visit, view: Done) -> Step:
    again = replace(view, paper=Paper.PRINTING, prints=view.prints + 1)
    return show(state, again, PrintSlip(visit, state.display.language.value, again.prints))


def _print(state: Kiosk, visit: Visit, *effects: AskCity | CancelTimer) -> Step:
    return with_visit(state, visit, Done(), *effects, PrintSlip(visit, state.display.language.value))


def _received(visit: Visit, handed_in: HandedIn, event: CityReceived) -> Visit:
    return replace(visit, handed_in=replace(handed_in, case_number=event.case_number, complete=event.complete))
