"""The one door of the flow."""

from dataclasses import replace
from typing import assert_never

from kiosk.flow import (
    booking,
    browsing,
    calling,
    continuing,
    fill,
    fitting,
    following,
    hand_in,
    helping,
    identify,
    paid_again,
    papers,
    patience,
    paying,
    proving,
    reading,
    reprints,
    searching,
    signing,
    upkeep,
)
from kiosk.flow.at_home import begin_application, begin_instead, without_visit
from kiosk.flow.carried import Continuing
from kiosk.flow.desk_errands import Booking, Proving
from kiosk.flow.device_orders import device_effects
from kiosk.flow.errands import (
    Browsing,
    ErrandView,
    Fitting,
    Following,
    PaidAgain,
    Paying,
    Reading,
    Searching,
)
from kiosk.flow.events import Event
from kiosk.flow.events.choosing import ErrandChosen, ItemChosen
from kiosk.flow.events.devices import PrinterSeen
from kiosk.flow.events.glass import BackPressed as Back
from kiosk.flow.events.glass import (
    FinishPressed,
    LeaveConfirmed,
    OverlayClosed,
    StaffWanted,
)
from kiosk.flow.facts import on_facts
from kiosk.flow.route import before
from kiosk.flow.setting_up import SettingUp, SetUpShown
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, go_home, show, stay
from kiosk.flow.technician import Upkeep, UpkeepView
from kiosk.flow.under_way import is_busy
from kiosk.flow.views import (
    Capture,
    CardLeft,
    Done,
    Eligible,
    Form,
    Guide,
    HandingIn,
    Home,
    Idle,
    LayCard,
    LeaveAsked,
    OutOfOrder,
    Review,
    Sign,
    StaffCalled,
    Whose,
)
from kiosk.flow.visit import Visit


def advance(state: Kiosk, event: Event) -> Step:
    """Return the state after `event`, and the effects to carry out, in order.

    An event that means nothing here changes nothing: a late answer of an ended visit, a second tap, a button of another page.
    """
    moved, effects = _advance(state, event)
    return moved, (*effects, *device_effects(state, moved), *patience.effects(state, moved, event))


def _advance(state: Kiosk, event: Event) -> Step:
    return (
        patience.on_event(state, event)
        or _on_printer(state, event)
        or on_facts(state, event)
        or _on_overlay(state, event)
        or _on_view(state, event)
    )


def _on_printer(state: Kiosk, event: Event) -> Step | None:
    """The printer has changed: what did not come out says why now, or is printed after all."""
    if not isinstance(event, PrinterSeen):
        return None
    known = replace(state, printer=event.status)
    if isinstance(known.view, Done):
        return hand_in.on_printer(known, known.printer)
    again = reprints.wanted(known) if known.printer.can_print else None
    return stay(known) if again is None else _on_view(replace(known, resumed=known.resumed + 1), again)


def _on_overlay(state: Kiosk, event: Event) -> Step | None:
    """Call staff, finish, and the questions that lie over a page."""
    match event:
        case StaffWanted() if state.overlay is None:
            return calling.call(state)
        case OverlayClosed() if isinstance(state.overlay, StaffCalled | LeaveAsked):
            return replace(state, overlay=None), ()
        case LeaveConfirmed() if state.overlay is not None and state.visit is not None and not is_busy(state):
            return go_home(state)
        case FinishPressed() | LeaveConfirmed() if isinstance(state.visit, Upkeep):
            return upkeep.leave(state, state.visit)
        case FinishPressed() if state.overlay is None and state.visit is not None and not is_busy(state):
            if isinstance(state.view, Guide | Done | ErrandView):  # nothing was entered that could be lost
                return go_home(state)
            return replace(state, overlay=LeaveAsked()), ()
        case FinishPressed() if state.overlay is None and isinstance(state.view, Home):
            return show(state, Idle())
        case _ if isinstance(state.overlay, CardLeft) and isinstance(event, ItemChosen | ErrandChosen):
            return stay(state)
        case _:
            return None


def _on_view(state: Kiosk, event: Event) -> Step:
    """Whatever somebody came for, its own module says what follows."""
    match state.visit:
        case None:
            token = fitting.awaits_card(state)
            return (None if token is None else fitting.on_elder_home(state, token, event)) or without_visit(state, event)
        case Visit() as visit:
            return _on_application(state, visit, event)
        case Reading():
            return reading.on_reading(state, event)
        case Following() as errand:
            return following.on_following(state, errand, event)
        case Fitting() | Searching() if isinstance(event, ItemChosen):
            return begin_application(state, event.code)
        case Fitting() as errand:
            return fitting.on_fitting(state, errand, event)
        case Searching() as errand:
            return searching.on_searching(state, errand, event)
        case Paying() as errand:
            return paying.on_paying(state, errand, event)
        case PaidAgain() as errand:
            return paid_again.on_paid_again(state, errand, event)
        case Continuing() as errand:
            return continuing.on_continuing(state, errand, event)
        case Proving() as errand:
            return proving.on_proving(state, errand, event)
        case Booking() as errand:
            return booking.on_booking(state, errand, event)
        case Browsing():
            return browsing.on_browsing(state, event)
        case Upkeep() as work:
            return upkeep.on_upkeep(state, work, event)
        case SettingUp():
            return stay(state)  # a terminal that is not one yet has a flow of its own: set_up
        case _ as never:
            assert_never(never)


def _on_application(state: Kiosk, visit: Visit, event: Event) -> Step:
    view = state.view
    if isinstance(event, Back) and visit.completes is not None and before(visit, view) is None and not is_busy(state):
        errand, notice = following.back_to_notice(visit, visit.completes)
        return replace(state, visit=errand, view=notice), ()
    if isinstance(view, ErrandView | UpkeepView | SetUpShown):
        return stay(state)  # nor is an application ever held there
    match view:
        case Guide():
            return fill.on_guide(state, visit, view, event)
        case Whose():
            return helping.on_whose(state, visit, view, event)
        case LayCard():
            return identify.on_lay_card(state, visit, view, event)
        case Eligible() if isinstance(event, ItemChosen):
            return begin_instead(state, event.code)
        case Eligible():
            return fill.on_eligible(state, visit, view, event)
        case Form():
            return fill.on_form(state, visit, view, event)
        case Capture():
            return papers.on_capture(state, visit, view, event)
        case Sign():
            return signing.on_sign(state, visit, view, event)
        case Review():
            return fill.on_review(state, visit, view, event)
        case HandingIn():
            return hand_in.on_handing_in(state, visit, view, event)
        case Done():
            return hand_in.on_done(state, visit, view, event)
        case Idle() | Home() | OutOfOrder():
            return stay(state)  # no application is ever held there
        case _:
            assert_never(view)
