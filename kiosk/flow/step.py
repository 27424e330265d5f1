"""One step of the flow: the state after it and what it orders."""

from dataclasses import replace

from kiosk.flow.carried import Continuing
from kiosk.flow.desk_errands import Booking, Proving
from kiosk.flow.display import Audio
from kiosk.flow.effects import Effect, Forget, WatchPlate, WatchSlot
from kiosk.flow.errands import Errand, Fitting, Following, PaidAgain, Paying
from kiosk.flow.setting_up import SettingUp
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import Upkeep
from kiosk.flow.views import CardLeft, Fault, Home, Medium, OutOfOrder, View
from kiosk.flow.visit import Visit
from kiosk.maintenance.testing import Probe
from sync.contract.application import SOCIAL_SECURITY

Step = tuple[Kiosk, tuple[Effect, ...]]


def stay(state: Kiosk) -> Step:
    """Nothing changes; the event meant nothing here."""
    return state, ()


def show(state: Kiosk, view: View, *effects: Effect) -> Step:
    """Show another view, or the same with other facts."""
    return replace(state, view=view), effects


def with_visit(state: Kiosk, visit: Visit, view: View, *effects: Effect) -> Step:
    """Change the draft and what is shown of it."""
    return replace(state, visit=visit, view=view), effects


def resting(state: Kiosk) -> OutOfOrder | None:
    """Return what is shown while nothing can be taken, or None while all is well."""
    return next((OutOfOrder(fault) for fault in Fault if fault in state.faults), None)


def go_home(state: Kiosk) -> Step:
    """End the visit, if there is one: everything of it goes, and a card that still lies there is called back.

    Whoever listens by headphones goes on listening until the plug is out.
    A card that was read, lifted, and laid down again is found by one more look at the plate.
    """
    look: tuple[Effect, ...] = ()
    if _card_was_read(state.visit):
        look = (WatchSlot(),) if _by_social_card(state.visit) else (WatchPlate(),)
    display = replace(state.usual, audio=Audio.HEADPHONES if state.headphones else Audio.OFF)
    home = replace(state, view=resting(state) or Home(), visit=None, overlay=card_left(state), display=display, resumed=0)
    return home, (Forget(), *look)


def card_left(state: Kiosk) -> CardLeft | None:
    """Return the call to take one's card, while one is there."""
    if state.card_on_plate:
        return CardLeft()
    return CardLeft(Medium.SOCIAL) if state.card_in_slot else None


def _by_social_card(visit: Visit | Errand | Upkeep | SettingUp | None) -> bool:
    card = visit.card if isinstance(visit, Visit) else None
    return card is not None and card.reveal().card_kind == SOCIAL_SECURITY


def back_home(state: Kiosk) -> Step:
    """End the visit by going back: whoever does is still there, and keeps language, size and mode; all else goes as in `go_home`."""
    home, effects = go_home(state)
    return replace(home, display=state.display), effects


def _card_was_read(visit: Visit | Errand | Upkeep | SettingUp | None) -> bool:
    match visit:
        case Visit():
            return visit.card is not None or visit.helper is not None or bool(visit.answers)
        case Following():
            return visit.name is not None
        case Fitting():
            return bool(visit.by_card)
        case Continuing():
            return True
        case Paying():
            return visit.by_card
        case PaidAgain():
            return visit.card_read
        case Proving() | Booking():
            return visit.holder is not None
        case Upkeep():
            return any(one.probe is Probe.ID_CARD_READER for one in visit.tested)
        case _:
            return False
