"""Signing: one page for each who signs, asked for once more when it is empty or tiny; a mark wants somebody who saw it."""

from dataclasses import replace

from kiosk.flow.effects import HoldInk
from kiosk.flow.events import Event
from kiosk.flow.events.applying import Inked, MarkMade, PadInked, SignerAway
from kiosk.flow.events.devices import PadSeen
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.route import after, before
from kiosk.flow.signers import ink_of, with_ink, without_member
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, show, stay, with_visit
from kiosk.flow.views import Review, Sign, View
from kiosk.flow.visit import Ink, Visit


def on_sign(state: Kiosk, visit: Visit, view: Sign, event: Event) -> Step:
    """Sign; an empty or tiny signature is asked for once more."""
    match event:
        case Inked(ink):
            # What the glass took back, the pad must not bring again; what is written on the glass takes the place of the pad's.
            held = (HoldInk(ink if ink.on_pad else Ink()),) if state.place.pad else ()
            return with_visit(state, with_ink(visit, view, ink), replace(view, asked=False), *held)
        case MarkMade():
            marked = with_ink(visit, view, replace(ink_of(visit, view), is_mark=True))
            return with_visit(state, replace(marked, unwitnessed=False), view)
        case PadInked(token, ink) if token == visit.token:
            return with_visit(state, with_ink(visit, view, ink), replace(view, asked=False))
        case PadSeen(token, status) if token == visit.token:
            return show(state, replace(view, pad=status))
        case SignerAway() if view.member is not None:
            return _onward(state, without_member(visit, view), view)
        case NextPressed() if not ink_of(visit, view).is_enough:
            return show(state, replace(view, asked=True))
        case NextPressed():
            return _onward(state, visit, view)
        case BackPressed():
            earlier = before(visit, view)
            return stay(state) if earlier is None else _to(state, visit, earlier)
        case _:
            return stay(state)


def _onward(state: Kiosk, visit: Visit, view: Sign) -> Step:
    return _to(state, visit, after(state, visit, view))


def _to(state: Kiosk, visit: Visit, following: View) -> Step:
    return with_visit(state, replace(visit, changing=visit.changing and not isinstance(following, Review)), following)
