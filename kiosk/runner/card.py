"""Carries out what concerns the identity card: waiting for it, and seeing it lifted."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk.flow.events import Event
from kiosk.flow.events.devices import CardAnswered, CardFound, PlateSeen
from kiosk.lane import Lane
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReadStatus, IdCardReader, PlateStatus

_SLICE_S = 5.0
"""`give_up` cannot end a wait that is just about to begin, so none is longer than this."""

_PLATE_EVERY_S = 0.4
_PLATE_WITHIN_S = 1.5


class CounterReader(IdCardReader, Protocol):
    """A reader whose waiting can be ended from another thread."""

    def give_up(self) -> None:
        """Let a `read` under way return now."""


@dataclass(frozen=True, slots=True, eq=False)
class _Wait:
    """One wait for a card on behalf of a visit; the same visit may wait again, so waits are told apart by what they are."""

    token: int
    deadline: Deadline


class CardDesk:
    """One reader and the thread that talks to it."""

    def __init__(self, reader: CounterReader, post: Callable[[Event], None], failed: Callable[[BaseException], None]) -> None:
        self._reader = reader
        self._post = post
        self._wanted: _Wait | None = None
        self._is_reading = False
        self._turning = threading.Lock()  # of `_is_reading`, so that only a wait is given up, never a look at the plate
        self._is_watching = False
        self._plate: PlateStatus | None = None  # as last said
        self._lane = Lane("card", failed, self._look_at_plate, _PLATE_EVERY_S).start()

    def read(self, token: int, within_s: float) -> None:
        """Begin to wait for a card, on behalf of the visit `token`."""
        wait = self._wanted = _Wait(token, Deadline.after(within_s))
        self._lane.do(lambda: self._read(wait))

    def stop(self) -> None:
        """Give the waiting up; an answer that comes all the same belongs to nobody."""
        self._wanted = None
        with self._turning:
            if self._is_reading:
                self._reader.give_up()

    def watch_plate(self) -> None:
        """Say what lies on the plate, now and whenever it changes, until it is empty."""
        self._lane.do(self._begin_watching)

    def close(self) -> None:
        """Stop working."""
        self.stop()
        self._lane.close()

    def _read(self, wait: _Wait) -> None:
        while self._wanted is wait:
            self._turn(is_reading=True)
            reading = self._reader.read(wait.deadline.sooner(_SLICE_S), on_card=lambda: self._found(wait))
            self._turn(is_reading=False)
            if self._wanted is not wait:
                return
            if reading.status is not CardReadStatus.NO_CARD or wait.deadline.is_past:
                self._post(CardAnswered(wait.token, reading))
                return

    def _found(self, wait: _Wait) -> None:
        if self._wanted is wait:
            self._post(CardFound(wait.token))

    def _turn(self, *, is_reading: bool) -> None:
        with self._turning:
            self._is_reading = is_reading

    def _begin_watching(self) -> None:
        self._is_watching, self._plate = True, None
        self._look_at_plate()

    def _look_at_plate(self) -> None:
        if not self._is_watching:
            return
        seen = self._reader.plate(Deadline.after(_PLATE_WITHIN_S))
        self._is_watching = seen is PlateStatus.OCCUPIED
        if seen is not self._plate:
            self._plate = seen
            self._post(PlateSeen(seen))
