"""What follows while nobody has begun anything: choosing, and beginning what was chosen."""

from dataclasses import replace
from typing import assert_never

from kiosk.flow import (
    booking,
    browsing,
    fitting,
    following,
    paying,
    proving,
    reading,
    searching,
    upkeep,
)
from kiosk.flow.errands import (
    Errand,
    ErrandKind,
)
from kiosk.flow.events import Event
from kiosk.flow.events.choosing import CategoryOpened, ErrandChosen, ItemChosen, ShelfOpened
from kiosk.flow.events.glass import BackPressed as Back
from kiosk.flow.events.glass import (
    GlassTouched,
)
from kiosk.flow.events.technician import CornerTouched
from kiosk.flow.events.terminal import (
    Timer,
    TimerFired,
)
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, back_home, card_left, show, stay
from kiosk.flow.views import (
    Guide,
    Home,
    Idle,
    View,
)
from kiosk.flow.visit import Visit
from sync.contract.item import Door
from sync.contract.names import ItemCode


def without_visit(state: Kiosk, event: Event) -> Step:
    """Return what follows where nothing was begun yet: the idle picture, the home, its drawers and shelves."""
    match state.view, event:
        case _, CornerTouched() as touched:
            return upkeep.on_corner(state, touched)
        case _, TimerFired(Timer.KNOCK):
            return stay(replace(state, knock=()))
        case Idle(), GlassTouched() if state.items:
            return show(state, Home())
        case Idle(), GlassTouched():  # there is nothing to choose from before the items are read; the home comes with them
            return stay(replace(state, awaited=True))
        case Home(shelf=shelf), CategoryOpened(category):
            return show(state, Home(category, shelf))
        case Home(), ShelfOpened(shelf):
            return show(state, Home(shelf=shelf))
        case Home(category=None), Back():
            return show(state, Home())
        case Home(shelf=shelf), Back():
            return show(state, Home(shelf=shelf))
        case Home(), ItemChosen(code):
            return begin_application(state, code)
        case Home(), ErrandChosen(kind):
            return _begin_errand(state, kind)
        case _:
            return stay(state)


def begin_application(state: Kiosk, code: str) -> Step:
    """Begin to hand in for one item; a code that is not offered begins nothing."""
    item = next((offered for offered in state.items if offered.code == code), None)
    if item is None:
        return stay(state)
    return _begin(state, Visit(state.visits + 1, item), Guide())


def begin_instead(state: Kiosk, code: str) -> Step:
    """Leave an application that does not fit for the one that does; its resident's card is read anew."""
    cleared, effects = back_home(state)
    begun, more = without_visit(cleared, ItemChosen(ItemCode(code)))
    return begun, (*effects, *more)


def _begin_errand(state: Kiosk, kind: ErrandKind) -> Step:
    token = state.visits + 1
    match kind:
        case ErrandKind.FITTING:
            return _begin(state, *fitting.begin(token))
        case ErrandKind.SEARCH:
            return _begin(state, *searching.begin(token))
        case ErrandKind.PROGRESS:
            return _begin(state, *following.begin(token))
        case ErrandKind.APPOINTMENTS:
            return _begin(state, *booking.begin(token)) if state.community.windows else stay(state)
        case ErrandKind.PROOFS:
            return _begin(state, *proving.begin(token)) if state.community.proofs and state.place.pages else stay(state)
        case ErrandKind.REPORT:
            item = state.behind(Door.GRID)
            return stay(state) if item is None else _begin(state, Visit(token, item), Guide())
        case ErrandKind.NOTICES:
            return _begin(state, *reading.begin(token))
        case ErrandKind.SERVICES:
            return _begin(state, *browsing.begin(token))
        case ErrandKind.BILLS:
            return _begin(state, *paying.begin(token))
        case _:
            assert_never(kind)


def _begin(state: Kiosk, visit: Visit | Errand, view: View) -> Step:
    """Whatever is begun, an earlier resident's card comes off the plate first; a visit that goes on may leave its own there."""
    if state.visit is None and (left := card_left(state)) is not None:
        return replace(state, overlay=left), ()
    return replace(state, visits=visit.token, visit=visit, view=view, overlay=None), ()
