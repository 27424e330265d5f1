"""A reader of chip cards behind PC/SC: waits in its own loop, and survives the service, the readers and the cards coming and going."""

import time
from collections.abc import Callable
from pathlib import Path

from drivers.health import Seen
from drivers.pcsc.apdu import Transmit
from drivers.pcsc.chips import read_chip
from drivers.pcsc_service import (
    CardGoneError,
    CardHeldError,
    CardMuteError,
    PcscService,
    ReaderGoneError,
    ServiceGoneError,
    Slot,
    use_service,
)
from peripherals.card_reader import ChipReading, ChipReadStatus, SlotStatus
from peripherals.deadline import Deadline
from peripherals.values import dataclass

_WAIT_S = 0.5  # how long to wait before looking whether anybody still wants the card
_COMING_BACK_S = 1.5  # a service or a reader that is being restarted is back by then
_NOTICED_S = 1.0  # the service has noticed by then that a card was pulled
_FIRST_PAUSE_S = 0.02
_LONGEST_PAUSE_S = 0.4


class _TimeUpError(Exception):
    """The deadline passed between two of the card's answers."""


@dataclass(frozen=True, slots=True)
class _NothingYet:
    """Why there is no outcome yet: no reader at all, or no card to read in the readers that are there."""

    detail: str
    has_reader: bool = True


class PcscChipCardReader:
    """Implements `peripherals.card_reader.ChipCardReader`.

    With a name, only the reader whose name holds it is used: the service numbers readers in the order in which they came, so the
    full name of the same reader may change. Without one, a card is read in whichever reader it is put. `service` is the socket of a card
    service that is not the machine's own, one for the whole process.
    """

    def __init__(self, reader: str | None = None, service: Path | None = None) -> None:
        if service is not None:
            use_service(service)
        self._wanted = reader
        self._service = PcscService()
        self._conversation = 0  # the one in which the following was seen
        self._read_visits: dict[str, int] = {}  # by reader: the card that was read already
        self._moved: dict[str, int] = {}  # by reader: the card that was pulled while it was read

    def read(self, deadline: Deadline, *, on_card: Callable[[], None] | None = None) -> ChipReading:
        """Wait until a card is in the reader, then read it; see the protocol."""
        attempt = _Attempt(deadline, on_card)
        pause_s, patience = _FIRST_PAUSE_S, None
        while True:
            seen = self._look(attempt)
            if isinstance(seen, ChipReading):
                return seen
            if seen.has_reader:
                pause_s, patience = _FIRST_PAUSE_S, None
                if deadline.is_past:
                    return ChipReading(ChipReadStatus.NO_CARD, detail=seen.detail)
                time.sleep(min(_FIRST_PAUSE_S, deadline.remaining_s))  # a reader that flaps must not keep the machine busy
                continue
            patience = patience or deadline.sooner(_COMING_BACK_S)
            if patience.is_past or deadline.is_past:
                return ChipReading(ChipReadStatus.ABSENT, detail=seen.detail)
            time.sleep(min(pause_s, patience.remaining_s))
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def slot(self, deadline: Deadline) -> SlotStatus:
        """Say whether a card is in the reader, or in any of them when none was named."""
        if deadline.is_past:
            return SlotStatus.SILENT
        try:
            slots = self._slots()
        except (ServiceGoneError, ReaderGoneError):
            return SlotStatus.ABSENT
        if not slots:
            return SlotStatus.ABSENT
        return SlotStatus.OCCUPIED if any(slot.is_present for slot in slots.values()) else SlotStatus.EMPTY

    def look(self, deadline: Deadline) -> Seen:
        """Say whether the reader is there; with a card in it, it is as ready as without."""
        slot = self.slot(deadline)
        is_fit = slot in {SlotStatus.EMPTY, SlotStatus.OCCUPIED}
        return Seen("ready" if is_fit else slot, is_fit)

    def close(self) -> None:
        """Let the service go; the next question finds it again."""
        self._service.close()

    def _slots(self) -> dict[str, Slot]:
        slots = self._service.slots()
        self._forget_all_but(slots)
        wanted = self._wanted
        if wanted is None:
            return slots
        if wanted in slots:
            return {wanted: slots[wanted]}
        return {name: slot for name, slot in slots.items() if wanted.casefold() in name.casefold()}

    def _look(self, attempt: "_Attempt") -> ChipReading | _NothingYet:
        """Read the card that is there, or wait a little for one."""
        try:
            slots = self._slots()
            if not slots:
                return self._no_reader()
            for name, slot in slots.items():
                if slot.is_present and self._read_visits.get(name) != slot.visit:
                    return self._read_card(name, slot, attempt)
                if not slot.is_present and self._moved.get(name) == slot.visit and self._service.knock(name):
                    return _NothingYet("no card was put in")
            if not attempt.deadline.is_past:
                self._service.wait(slots, min(_WAIT_S, attempt.deadline.remaining_s))
        except ServiceGoneError as gone:
            return _NothingYet(f"nothing serves card readers: {gone}", has_reader=False)
        except ReaderGoneError as gone:
            return _NothingYet(f"the card reader is gone: {gone}", has_reader=False)
        is_left = any(slot.is_present for slot in slots.values())
        return _NothingYet("a card that was already read has not been taken out" if is_left else "no card was put in")

    def _read_card(self, name: str, slot: Slot, attempt: "_Attempt") -> ChipReading | _NothingYet:
        if slot.is_mute:
            return self._settled(name, slot, _mute())
        try:
            with self._service.card(name) as transmit:
                attempt.announce()
                reading = read_chip(slot.power_up, attempt.while_wanted(transmit))
        except CardGoneError as gone:
            reading = ChipReading(ChipReadStatus.CARD_MOVED, detail=f"the card was pulled while it was read: {gone}")
            if self._moved.get(name) != slot.visit:  # perhaps it is back, or another one, before the service counts it: try that once
                self._moved[name] = slot.visit
                return reading
        except CardMuteError:
            if self._is_gone(name, slot):
                return _NothingYet("no card was put in")
            reading = _mute()
        except CardHeldError as held:
            time.sleep(min(_LONGEST_PAUSE_S, attempt.deadline.remaining_s))
            return _NothingYet(f"another program uses the card: {held}")
        except _TimeUpError:
            reading = ChipReading(ChipReadStatus.SILENT, detail="the time was up before the card had answered everything")
        return self._settled(name, slot, reading)

    def _is_gone(self, name: str, slot: Slot) -> bool:
        """Whether the card turns out to have been pulled before: services look into some readers only now and then."""
        patience = Deadline.after(_NOTICED_S)
        while not patience.is_past:
            now = self._service.slots().get(name)
            if now is None or now.visit != slot.visit:
                return True
            self._service.wait({name: now}, patience.remaining_s)
        return False

    def _settled(self, name: str, slot: Slot, reading: ChipReading) -> ChipReading:
        self._read_visits[name] = slot.visit
        return reading

    def _forget_all_but(self, slots: dict[str, Slot]) -> None:
        """Forget what was read in readers that are gone, and all of it after the service was: what comes back counts from the beginning.

        Whoever asks first notices that, be it between two readings.
        """
        if self._conversation != self._service.conversations:
            self._conversation = self._service.conversations
            slots = {}
        for memory in (self._read_visits, self._moved):
            for name in memory.keys() - slots.keys():
                del memory[name]

    def _no_reader(self) -> _NothingYet:
        names = ", ".join(self._service.slots())
        there = f"; there is {names}" if names else ""
        called = f" called {self._wanted}" if self._wanted is not None else ""
        return _NothingYet(f"no card reader{called}{there}", has_reader=False)


class _Attempt:
    """What one call of `read` was asked for."""

    def __init__(self, deadline: Deadline, on_card: Callable[[], None] | None) -> None:
        self.deadline = deadline
        self._on_card = on_card

    def announce(self) -> None:
        """Say, the first time only, that a card is being read."""
        on_card, self._on_card = self._on_card, None
        if on_card is not None:
            on_card()

    def while_wanted(self, transmit: Transmit) -> Transmit:
        """Return `transmit`, which refuses once the deadline has passed."""

        def bounded(command: bytes) -> bytes:
            if self.deadline.is_past:
                raise _TimeUpError
            return transmit(command)

        return bounded


def _mute() -> ChipReading:
    return ChipReading(ChipReadStatus.CARD_MOVED, detail="the card says nothing: perhaps it is the wrong way round")
