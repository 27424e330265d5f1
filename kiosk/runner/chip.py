"""Carries out what concerns chip cards: waiting for a social security card, and seeing it taken out. Where there is no reader, nothing."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from kiosk.flow.events import Event
from kiosk.flow.events.devices import ChipAnswered, ChipFound, SlotSeen
from kiosk.lane import Lane
from peripherals.card_reader import ChipCardReader, ChipReadStatus, SlotStatus
from peripherals.deadline import Deadline

_SLICE_S = 5.0
"""`give_up` cannot end a wait that is just about to begin, so none is longer than this."""

_LOOK_AGAIN_S = 2.0
_SLOT_EVERY_S = 0.4
_SLOT_WITHIN_S = 1.5
_OUT_OF_ORDER = (ChipReadStatus.ABSENT, ChipReadStatus.SILENT)


class CounterChips(ChipCardReader, Protocol):
    """A reader whose waiting can be ended from another thread."""

    def give_up(self) -> None:
        """Let a `read` under way return now."""


@dataclass(slots=True, eq=False)
class _Wait:
    """One wait for a card on behalf of a visit; the same visit may wait again, so waits are told apart by what they are."""

    token: int
    deadline: Deadline
    over: threading.Event = field(default_factory=threading.Event)


class ChipDesk:
    """One reader, if there is one, and the thread that talks to it."""

    def __init__(self, reader: CounterChips | None, post: Callable[[Event], None], failed: Callable[[BaseException], None]) -> None:
        self._reader = reader
        self._post = post
        self._wait: _Wait | None = None
        self._is_reading = False
        self._turning = threading.Lock()  # of `_is_reading`, so that only a wait is given up, never a look at the slot
        self._is_watching = False
        self._stays = False
        self._slot: SlotStatus | None = None  # as last said
        self._lane = Lane("chip", failed, self._look_at_slot, _SLOT_EVERY_S).start()

    def read(self, token: int, within_s: float) -> None:
        """Begin to wait for a card, on behalf of the visit `token`."""
        if (reader := self._reader) is None:
            return
        self._end_wait()
        wait = self._wait = _Wait(token, Deadline.after(within_s))
        self._lane.do(lambda: self._read(reader, wait))

    def stop(self) -> None:
        """Give the waiting up; an answer that comes all the same belongs to nobody."""
        self._end_wait()
        with self._turning:
            if self._is_reading and self._reader is not None:
                self._reader.give_up()

    def watch_slot(self, *, stays: bool = False) -> None:
        """Say whether a card is in the reader, now and whenever that changes, until none is; `stays`: and until `leave_slot`."""
        self._lane.do(lambda: self._begin_watching(stays=stays))

    def leave_slot(self) -> None:
        """Watch an empty reader no longer."""
        self._lane.do(self._leave)

    def close(self) -> None:
        """Stop working."""
        self.stop()
        self._lane.close()

    def _end_wait(self) -> None:
        wait, self._wait = self._wait, None
        if wait is not None:
            wait.over.set()

    def _read(self, reader: CounterChips, wait: _Wait) -> None:
        """Wait to the end. A reader that is out of order is said to be, once, and looked for again: the other card may still come."""
        said: ChipReadStatus | None = None
        while not wait.over.is_set():
            self._turn(is_reading=True)
            reading = reader.read(wait.deadline.sooner(_SLICE_S), on_card=lambda: self._found(wait))
            self._turn(is_reading=False)
            if wait.over.is_set():
                return
            if reading.status in _OUT_OF_ORDER and not wait.deadline.is_past:
                if reading.status is not said:
                    said = reading.status
                    self._post(ChipAnswered(wait.token, reading))
                wait.over.wait(_LOOK_AGAIN_S)
            elif reading.status is not ChipReadStatus.NO_CARD or wait.deadline.is_past:
                self._post(ChipAnswered(wait.token, reading))
                return

    def _found(self, wait: _Wait) -> None:
        if not wait.over.is_set():
            self._post(ChipFound(wait.token))

    def _turn(self, *, is_reading: bool) -> None:
        with self._turning:
            self._is_reading = is_reading

    def _begin_watching(self, *, stays: bool) -> None:
        self._is_watching, self._stays, self._slot = True, stays, None
        self._look_at_slot()

    def _leave(self) -> None:
        self._stays = False

    def _look_at_slot(self) -> None:
        if not self._is_watching or self._reader is None:
            return
        seen = self._reader.slot(Deadline.after(_SLOT_WITHIN_S))
        self._is_watching = self._stays or seen is SlotStatus.OCCUPIED
        if seen is not self._slot:
            self._slot = seen
            self._post(SlotSeen(seen))
