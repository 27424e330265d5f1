"""Reading the community's notices: the list, and one of them whole."""

from kiosk.flow.errands import NoticeList, NoticeShown, Reading
from kiosk.flow.events import Event
from kiosk.flow.events.choosing import NoticeOpened
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, back_home, show, stay
from sync.contract.notices import Notice, notices_at


def begin(token: int) -> tuple[Reading, NoticeList]:
    """Open the list."""
    return Reading(token), NoticeList()


def on_reading(state: Kiosk, event: Event) -> Step:
    """A notice that ends while it is read stays until the reader goes on."""
    match state.view, event:
        case NoticeList(), NoticeOpened(notice) if any(notice == valid.id for valid in shown(state)):
            return show(state, NoticeShown(notice))
        case NoticeList(), BackPressed():
            return back_home(state)
        case NoticeShown(), BackPressed() | NextPressed():
            return show(state, NoticeList())
        case _:
            return stay(state)


def shown(state: Kiosk) -> tuple[Notice, ...]:
    """Return the notices that are valid now, in the order in which they are shown."""
    return notices_at(state.community.notices, state.now)
