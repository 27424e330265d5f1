"""Lights, door, plug and buttons on the lines of one board: bouncing contacts are waited out, a board that came back is lit again."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from drivers.health import Seen
from drivers.line_chip import BoardGoneError, LineChip, Wire, chip_at
from peripherals.deadline import Deadline
from peripherals.fittings import Contact, Contacts, FittingsStatus, Light

SETTLED_S = 0.03  # a contact that stays as it is for so long has stopped bouncing
_BOUNCES_AT_MOST_S = 0.5  # one that never does is taken as it is then
_REOPEN_AFTER_S = 0.5

T = TypeVar("T")


class LineFittings:
    """Implements `peripherals.fittings.Fittings`.

    Args:
        address: The board's (see `drivers.line_chip`).
        contacts: On which line each contact is.
        lights: On which line each light is.
    """

    def __init__(self, address: str, contacts: Mapping[Contact, Wire], lights: Mapping[Light, Wire]) -> None:
        self._address = address
        self._contacts = dict(contacts)
        self._lights = dict(lights)
        self._shining: set[Light] = set()
        self._chip: LineChip | None = None
        self._not_before = Deadline.after(0)
        self._trouble: str | None = None

    def light(self, light: Light, *, shines: bool, deadline: Deadline) -> FittingsStatus:  # noqa: ARG002 - a line is switched at once
        """See Fittings.light."""
        (self._shining.add if shines else self._shining.discard)(light)
        wire = self._lights.get(light)
        if wire is None:
            return FittingsStatus.READY
        done = self._on_board(lambda chip: chip.set(wire.offset, is_on=shines))
        return FittingsStatus.ABSENT if isinstance(done, BoardGoneError) else FittingsStatus.READY

    def contacts(self, deadline: Deadline) -> Contacts:
        """See Fittings.contacts."""
        on = self._on_board(lambda chip: self._settled(chip, deadline))
        return Contacts(FittingsStatus.ABSENT) if isinstance(on, BoardGoneError) else Contacts(FittingsStatus.READY, on)

    def await_change(self, known: frozenset[Contact], deadline: Deadline) -> Contacts:
        """See Fittings.await_change."""
        on = self._on_board(lambda chip: self._changed(chip, known, deadline))
        return Contacts(FittingsStatus.ABSENT) if isinstance(on, BoardGoneError) else Contacts(FittingsStatus.READY, on)

    def look(self, deadline: Deadline) -> Seen:
        """Say whether the board is there."""
        status = self.contacts(deadline).status
        return Seen(status, status is FittingsStatus.READY, self._trouble)

    def close(self) -> None:
        """Let the lines go."""
        if self._chip is not None:
            self._chip.close()
            self._chip = None

    def _changed(self, chip: LineChip, known: frozenset[Contact], deadline: Deadline) -> frozenset[Contact]:
        while True:
            on = self._on(chip)
            if on != known and (on := self._settled(chip, deadline)) != known:
                return on
            if deadline.is_past:
                return on
            chip.wait(deadline)

    def _settled(self, chip: LineChip, deadline: Deadline) -> frozenset[Contact]:
        """Return the contacts once they stayed the same for a moment."""
        on, since = self._on(chip), Deadline.after(SETTLED_S)
        limit = deadline.sooner(_BOUNCES_AT_MOST_S)
        while not since.is_past and not limit.is_past:
            chip.wait(limit.sooner(since.remaining_s))
            if (now := self._on(chip)) != on:
                on, since = now, Deadline.after(SETTLED_S)
        return on

    def _on(self, chip: LineChip) -> frozenset[Contact]:
        values = chip.values()
        return frozenset(contact for contact, wire in self._contacts.items() if values.get(wire.offset))

    def _on_board(self, work: Callable[[LineChip], T]) -> T | BoardGoneError:
        """Do something with the board; one that was lost is opened anew, now and then, and lit as it was."""
        try:
            chip = self._chip = self._chip or self._opened()
            done = work(chip)
        except BoardGoneError as gone:
            self.close()
            self._trouble = str(gone)
            return gone
        self._trouble = None
        return done

    def _opened(self) -> LineChip:
        if not self._not_before.is_past:
            raise BoardGoneError(self._trouble or "the board is gone")
        self._not_before = Deadline.after(_REOPEN_AFTER_S)
        chip = chip_at(self._address, _named(self._contacts), _named(self._lights))
        for light in self._shining & self._lights.keys():
            chip.set(self._lights[light].offset, is_on=True)
        return chip


def _named(wires: Mapping[Contact, Wire] | Mapping[Light, Wire]) -> dict[str, Wire]:
    return {str(name): wire for name, wire in wires.items()}
