"""An ID-card reader that is found by asking: it is known by what it answers, not by its port's name."""

import select
from collections.abc import Callable, Iterable

from drivers.health import Seen
from drivers.id_card_reader import SamIdCardReader
from drivers.sam.frames import Command
from drivers.sam_line import PortLostError
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReading, CardReadStatus, ModuleReport, PlateStatus


class RoamingIdCardReader:
    """A reader that is known by what it answers, not by its port's name, which changes with the plug it sits in.

    Args:
        ports: Names the serial ports that there are now.
        baud: The rate of the line.
    """

    def __init__(self, ports: Callable[[], Iterable[str]], baud: int = 115200) -> None:
        self._ports = ports
        self._baud = baud
        self._found: SamIdCardReader | None = None
        self._not_before = Deadline.after(0)

    def read(self, deadline: Deadline, *, newest_address: bool = False, on_card: Callable[[], None] | None = None) -> CardReading:
        """See IdCardReader.read."""
        if (reader := self._here(deadline)) is None:
            return CardReading(CardReadStatus.ABSENT, detail=_NOWHERE)
        reading = reader.read(deadline, newest_address=newest_address, on_card=on_card)
        self._leave_if(reading.status is CardReadStatus.ABSENT)
        return reading

    def plate(self, deadline: Deadline) -> PlateStatus:
        """See IdCardReader.plate."""
        if (reader := self._here(deadline)) is None:
            return PlateStatus.ABSENT
        plate = reader.plate(deadline)
        self._leave_if(plate is PlateStatus.ABSENT)
        return plate

    def module(self, deadline: Deadline) -> ModuleReport:
        """See IdCardReader.module."""
        if (reader := self._here(deadline)) is None:
            return ModuleReport(CardReadStatus.ABSENT, detail=_NOWHERE)
        report = reader.module(deadline)
        self._leave_if(report.status is CardReadStatus.ABSENT)
        return report

    def reset(self, deadline: Deadline) -> ModuleReport:
        """See IdCardReader.reset."""
        if (reader := self._here(deadline)) is None:
            return ModuleReport(CardReadStatus.ABSENT, detail=_NOWHERE)
        report = reader.reset(deadline)
        self._leave_if(report.status is CardReadStatus.ABSENT)
        return report

    def look(self, deadline: Deadline) -> Seen:
        """Ask the module how it is, looking for it where it is now."""
        if (reader := self._here(deadline)) is None:
            return Seen(CardReadStatus.ABSENT, is_fit=False, detail=_NOWHERE)
        seen = reader.look(deadline)
        self._leave_if(seen.status == CardReadStatus.ABSENT)
        return seen

    def close(self) -> None:
        """Let the port go."""
        self._leave_if(True)

    def _here(self, deadline: Deadline) -> SamIdCardReader | None:
        if self._found is None and self._not_before.is_past:
            self._found = find_reader(self._ports(), deadline, (self._baud,))
            self._not_before = Deadline.after(_SEARCH_EVERY_S)
        return self._found

    def _leave_if(self, is_gone: bool) -> None:
        if is_gone and self._found is not None:
            self._found.close()
            self._found = None


_LISTENING_S = 1.0  # how long the ports are listened to, and how long a module that answers may take to say its number
_NOWHERE = "no serial port has a security module behind it"
_SEARCH_EVERY_S = 0.6  # other devices' ports are not asked all the time


def find_reader(candidates: Iterable[str], deadline: Deadline, bauds: Iterable[int] = (115200,)) -> SamIdCardReader | None:
    """Return a reader on the first port behind which a security module says its number, whatever the port is called.

    All ports are asked side by side, one rate after the other, so that mute ones cost no time. Ports that someone else holds, that
    are no serial ports, or whose device does not answer are passed over.
    """
    ports = tuple(candidates)
    for baud in bauds:
        if deadline.is_past:
            break
        if (found := _find_at(ports, baud, deadline)) is not None:
            return found
    return None


def _find_at(ports: tuple[str, ...], baud: int, deadline: Deadline) -> SamIdCardReader | None:
    listening = deadline.sooner(_LISTENING_S)
    asked = [reader for port in ports if (reader := _asked(port, baud)) is not None]
    found = None
    while asked and found is None and not listening.is_past:
        for reader in _that_spoke(asked, listening):
            asked.remove(reader)
            if found is None and reader.module(deadline.sooner(_LISTENING_S)).status is CardReadStatus.READ:
                found = reader
            else:
                reader.close()
    for reader in asked:
        reader.close()
    return found


def _asked(port: str, baud: int) -> SamIdCardReader | None:
    reader = SamIdCardReader(port, baud)
    try:
        if reader.line.call_out(Command.STATUS):
            return reader
    except PortLostError:
        return None
    reader.close()
    return None


def _that_spoke(asked: list[SamIdCardReader], until: Deadline) -> list[SamIdCardReader]:
    """Wait for bytes, and return whose port has brought a frame or is lost, in the order of the candidates."""
    readable, _, _ = select.select([reader.line for reader in asked], [], [], until.remaining_s)
    return [reader for reader in asked if reader.line in readable and _has_frame(reader)]


def _has_frame(reader: SamIdCardReader) -> bool:
    try:
        return reader.line.has_spoken()
    except PortLostError:
        return True  # asking it properly finds that out again
