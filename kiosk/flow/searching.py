"""Looking for an item: what was typed is held while somebody looks, and nothing else; what is found is the screen's affair."""

from dataclasses import replace

from kiosk.flow.errands import Searching, SearchShown
from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnswerGiven
from kiosk.flow.events.glass import BackPressed
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, back_home, stay

TEXT = "search"
"""The name under which the screen gives what was typed."""

LONGEST = 40


def begin(token: int) -> tuple[Searching, SearchShown]:
    """Begin with nothing typed."""
    return Searching(token), SearchShown()


def on_searching(state: Kiosk, errand: Searching, event: Event) -> Step:
    """Take over what was typed so far."""
    match event:
        case AnswerGiven(field, value) if field == TEXT and isinstance(value, str):
            return replace(state, visit=replace(errand, text=value[:LONGEST])), ()
        case BackPressed():
            return back_home(state)
        case _:
            return stay(state)
