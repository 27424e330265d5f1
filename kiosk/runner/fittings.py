"""Carries out what concerns the cabinet: lights that show the way, and what its door, plug and buttons do."""

import threading
from collections.abc import Callable

from kiosk.flow.events import Event
from kiosk.flow.events.devices import DoorSeen
from kiosk.flow.events.glass import HeadphonesPlugged
from kiosk.lane import Lane
from peripherals.deadline import Deadline
from peripherals.fittings import Contact, Fittings, FittingsStatus, Light
from peripherals.values import dataclass

_SLICE_S = 0.4
"""How long contacts are waited for in one call; no light is later than this."""

_SWITCH_WITHIN_S = 1.0
_LOOK_AGAIN_S = 1.0

BUTTONS = frozenset({Contact.HELP_BUTTON, Contact.BACK_BUTTON, Contact.NEXT_BUTTON, Contact.OK_BUTTON})


@dataclass(frozen=True, slots=True)
class Cabinet:
    """What is built around the glass. `fittings` is None where there are none.

    `speaks` says whether this terminal can: without that a plug begins nothing. `pressed` hears, on the desk's thread, of each button
    as it goes down; what it does depends on where on the page the resident is.
    """

    fittings: Fittings | None = None
    speaks: bool = False
    pressed: Callable[[Contact], None] = lambda _contact: None


class FittingsDesk:
    """One board, if there is one, and the thread that watches over it."""

    def __init__(self, cabinet: Cabinet, post: Callable[[Event], None], failed: Callable[[BaseException], None]) -> None:
        self._cabinet = cabinet
        self._post = post
        self._wanted: frozenset[Light] = frozenset()
        self._lit: frozenset[Light] | None = None  # as the board was last told; None while it has to be told anew
        self._on: frozenset[Contact] = frozenset()
        self._over = threading.Event()
        self._lane = Lane("fittings", failed).start()
        if (board := cabinet.fittings) is not None:
            self._lane.do(lambda: self._watch(board))

    def shine(self, lights: frozenset[Light]) -> None:
        """Let these lights shine and no others."""
        self._wanted = lights

    def close(self) -> None:
        """Stop working, in the dark."""
        self._wanted = frozenset()
        self._over.set()
        self._lane.close()

    def _watch(self, board: Fittings) -> None:
        while not self._over.is_set():
            self._switch(board)
            seen = board.await_change(self._on, Deadline.after(_SLICE_S))
            if seen.status is not FittingsStatus.READY:
                self._lit = None  # it comes back dark, and may have been touched meanwhile
                self._over.wait(_LOOK_AGAIN_S)
                continue
            changed, self._on = seen.on ^ self._on, seen.on
            for contact in sorted(changed):
                self._tell(contact, is_on=contact in seen.on)
        self._switch(board)

    def _switch(self, board: Fittings) -> None:
        wanted = self._wanted
        for light in Light:
            if self._lit is None or (light in wanted) != (light in self._lit):
                status = board.light(light, shines=light in wanted, deadline=Deadline.after(_SWITCH_WITHIN_S))
                if status is not FittingsStatus.READY:
                    self._lit = None
                    return
        self._lit = wanted

    def _tell(self, contact: Contact, *, is_on: bool) -> None:
        if contact is Contact.DOOR:
            self._post(DoorSeen(is_on))
        elif contact is Contact.HEADPHONES and self._cabinet.speaks:
            self._post(HeadphonesPlugged(is_on))
        elif contact in BUTTONS and is_on:
            self._cabinet.pressed(contact)
