"""A signature pad on a serial line."""

import select
import termios

import serial

from drivers.health import Seen
from drivers.pad_forms import PadForm, pad_form
from drivers.presence import is_present
from peripherals.deadline import Deadline
from peripherals.secret import Secret
from peripherals.signature_pad import PadPoint, PadReport, PadStatus

_LOST_PORT = (serial.SerialException, OSError, termios.error)
_PIECE_BYTES = 4096
_NONSENSE = 8  # so many things in a row that are no points are no accident of the first moment


class SerialSignaturePad:
    """Implements `peripherals.signature_pad.SignaturePad`."""

    def __init__(self, port: str, baud: int, form: str) -> None:
        """Prepare a pad; raises PadFormError when there is no such form."""
        self._port = port
        self._baud = baud
        self._form_name = form
        self._form: PadForm = pad_form(form)
        self._serial: serial.Serial | None = None
        self._nonsense = 0

    def open(self, deadline: Deadline) -> PadStatus:  # noqa: ARG002 - a port opens at once
        """See SignaturePad.open."""
        self.close()
        self._form, self._nonsense = pad_form(self._form_name), 0
        try:
            self._serial = serial.Serial(self._port, self._baud, timeout=0, write_timeout=1.0, exclusive=True)
            self._serial.reset_input_buffer()
            if self._form.begin:
                self._serial.write(self._form.begin)
        except _LOST_PORT:
            self.close()
            return PadStatus.ABSENT
        return PadStatus.READY

    def points(self, deadline: Deadline) -> PadReport:
        """See SignaturePad.points."""
        if self._serial is None and self.open(deadline) is PadStatus.ABSENT:
            return PadReport(PadStatus.ABSENT)
        points: list[PadPoint] = []
        try:
            while not points and not deadline.is_past:
                points = self._listen(deadline)
                if self._nonsense >= _NONSENSE:
                    return PadReport(PadStatus.NOT_UNDERSTOOD)
        except _LOST_PORT:
            self.close()
            return PadReport(PadStatus.ABSENT)
        return PadReport(PadStatus.READY, Secret(tuple(points)))

    def look(self, deadline: Deadline) -> Seen:
        """Say whether its port is there; a pad says nothing while nobody signs."""
        is_there = self._serial is not None or is_present(self._port, deadline)
        return Seen(PadStatus.READY if is_there else PadStatus.ABSENT, is_there)

    def close(self) -> None:
        """See SignaturePad.close."""
        port, self._serial = self._serial, None
        if port is not None:
            try:
                port.close()
            except _LOST_PORT:
                return  # it had gone by itself

    def _listen(self, deadline: Deadline) -> list[PadPoint]:
        port = self._serial
        if port is None:
            raise OSError("the port is not open")
        readable, _, _ = select.select([port.fileno()], [], [], deadline.remaining_s)
        points = []
        for found in self._form.feed(port.read(_PIECE_BYTES)) if readable else ():
            if found is None:
                self._nonsense += 1
            else:
                self._nonsense = 0
                points.append(found)
        return points
