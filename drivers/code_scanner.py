"""Two makes of code scanner: one on a serial line, one that is any camera."""

import errno
import os
import select
import stat
import termios
import time
import urllib.parse
from collections import deque
from pathlib import Path

import cv2
import serial

from drivers.codes import code_of, codes_in
from drivers.frame_source import Shot, source_of
from drivers.fresh_frames import FreshFrames
from drivers.health import Seen
from drivers.presence import is_present
from drivers.scanner_line import ScanParser
from peripherals.code_scanner import CodeScanner, Scan, ScanStatus
from peripherals.deadline import Deadline

BAUD = 9600  # how serial scanners leave the works; USB ones don't care

_LOST_PORT = (serial.SerialException, OSError, termios.error)  # by turns what pyserial lets out when an adapter vanishes
_REOPEN_AFTER_S = 0.25  # a port that flaps is not hammered
_LATE_S = 0.4  # a code that has begun before the deadline is waited for
_PIECE_BYTES = 4096
_TOO_LONG = Scan(ScanStatus.UNREADABLE, detail="longer than any code")
_NO_TEXT = Scan(ScanStatus.UNREADABLE, detail="neither UTF-8 nor GB18030")


class SerialCodeScanner:
    """A scanner on a serial port or a USB port that looks like one. Implements `peripherals.code_scanner.CodeScanner`.

    Whether anybody listens at the other end can't be known: a scanner says nothing until it has read a code.
    """

    def __init__(self, port: str, baud: int = BAUD, prefix: bytes = b"") -> None:
        self._port = port
        self._baud = baud
        self._prefix = prefix
        self._serial: serial.Serial | None = None
        self._parser = ScanParser()
        self._ready: deque[Scan] = deque()
        self._not_before = Deadline.after(0)

    def open(self, deadline: Deadline) -> ScanStatus:
        """See CodeScanner.open."""
        self._parser = ScanParser()
        self._ready.clear()
        try:
            if not self._connect(deadline) and self._serial is not None:
                self._serial.reset_input_buffer()
        except _LOST_PORT:
            self.close()
            return ScanStatus.ABSENT
        return ScanStatus.NO_CODE

    def scan(self, deadline: Deadline) -> Scan:
        """See CodeScanner.scan."""
        late = Deadline(deadline.at_s + _LATE_S, deadline.clock)
        try:
            self._connect(deadline)
            while not self._ready:
                self._listen((late if self._has_begun else deadline).remaining_s)
                if not self._ready and (late if self._has_begun else deadline).is_past:
                    self._parser = ScanParser()
                    return Scan(ScanStatus.NO_CODE)
        except _LOST_PORT as lost:
            self.close()
            return Scan(ScanStatus.ABSENT, detail=_plain(lost))
        return self._ready.popleft()

    def close(self) -> None:
        """Let the port go."""
        port, self._serial = self._serial, None
        self._parser = ScanParser()
        self._ready.clear()
        if port is not None:
            try:
                port.close()
            except _LOST_PORT:
                return  # it had gone by itself

    def look(self, deadline: Deadline) -> Seen:
        """Say whether its port is there; a scanner answers no questions."""
        is_there = is_present(self._port, deadline)
        return Seen("ready", is_fit=True) if is_there else Seen(ScanStatus.ABSENT, is_fit=False)

    @property
    def _has_begun(self) -> bool:
        return self._parser.flush_at_s is not None

    def _connect(self, deadline: Deadline) -> bool:
        """Open the port unless it is open; True when it was opened anew, which empties it."""
        if self._serial is not None:
            return False
        time.sleep(min(self._not_before.remaining_s, deadline.remaining_s))
        self._not_before = Deadline.after(_REOPEN_AFTER_S)
        self._serial = serial.Serial(self._port, self._baud, timeout=0, exclusive=True)
        return True

    def _listen(self, patience_s: float) -> None:
        """Take what comes until a code is whole, a pause makes it so, or patience ends."""
        port = self._serial
        if port is None:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        flush_at_s = self._parser.flush_at_s
        if flush_at_s is not None:
            patience_s = min(patience_s, max(0.0, flush_at_s - time.monotonic()))
        readable, _, _ = select.select([port.fileno()], [], [], patience_s)
        now_s = time.monotonic()
        whole = self._parser.feed(port.read(_PIECE_BYTES), now_s) if readable else self._parser.flush(now_s)
        self._ready.extend(self._scan_of(data) for data in whole)

    def _scan_of(self, data: bytes | None) -> Scan:
        if data is None:
            return _TOO_LONG
        code = code_of(data, self._prefix)
        return _NO_TEXT if code is None else Scan(ScanStatus.SCANNED, code)


def _plain(lost: Exception) -> str:
    number = getattr(lost, "errno", None)
    return os.strerror(number) if number else "the port is gone"


class CameraCodeScanner:
    """A camera that looks for codes: an MJPEG stream over http(s), a device such as /dev/video0, or a recording."""

    _LOOK_PERIOD_S = 0.1  # a hand needs longer to hold a slip still

    def __init__(self, source: str) -> None:
        cv2.setNumThreads(1)  # as for the document camera: a second thread takes its core from the screen
        self._address = source
        self._frames: FreshFrames | None = None
        self._not_before = Deadline.after(0)

    def open(self, deadline: Deadline) -> ScanStatus:
        """See CodeScanner.open."""
        if not self._connect(deadline):
            return ScanStatus.ABSENT
        return ScanStatus.NO_CODE if self._next(deadline.sooner(self._patience_s)) is not None else self._trouble()

    def scan(self, deadline: Deadline) -> Scan:
        """See CodeScanner.scan. Of several codes in the picture it is a QR code before bars, and then the one nearest to the middle."""
        if not self._connect(deadline):
            return Scan(ScanStatus.ABSENT)
        began_s = time.monotonic()
        while not deadline.is_past:
            next_look = Deadline.after(self._LOOK_PERIOD_S)
            shot = self._next(deadline.sooner(max(0.0, began_s + self._patience_s - time.monotonic())))
            frame = None if shot is None else shot.frame()
            if frame is not None:
                began_s = time.monotonic()
                if codes := codes_in(frame):
                    return Scan(ScanStatus.SCANNED, codes[0])
            elif self._frames is None or self._frames.is_gone or time.monotonic() >= began_s + self._patience_s:
                return Scan(self._trouble())
            time.sleep(min(next_look.remaining_s, deadline.remaining_s))
        return Scan(ScanStatus.NO_CODE)

    def close(self) -> None:
        """Stop the stream."""
        frames, self._frames = self._frames, None
        if frames is not None:
            frames.close()

    def look(self, deadline: Deadline) -> Seen:
        """Say whether the camera is there, without opening it."""
        is_there = (self._frames is not None and not self._frames.is_gone) or is_present(self._address, deadline)
        return Seen("ready", is_fit=True) if is_there else Seen(ScanStatus.ABSENT, is_fit=False)

    def _connect(self, deadline: Deadline) -> bool:
        if self._frames is not None and not self._frames.is_gone:
            return True
        self.close()
        time.sleep(min(self._not_before.remaining_s, deadline.remaining_s))
        self._not_before = Deadline.after(_REOPEN_AFTER_S)
        source = source_of(self._address)
        if not source.open(deadline):
            return False
        self._frames = FreshFrames(source)
        return True

    @property
    def _patience_s(self) -> float:
        return 0.0 if self._frames is None else self._frames.patience_s

    def _next(self, deadline: Deadline) -> Shot | None:
        return None if self._frames is None else self._frames.next(deadline.remaining_s)

    def _trouble(self) -> ScanStatus:
        return ScanStatus.ABSENT if self._frames is None or self._frames.is_gone else ScanStatus.STALLED


_VIDEO_DEVICES = 81  # the major number of V4L2, whatever name leads to it


def scanner_at(address: str) -> CodeScanner:
    """Return the scanner at an address: an http(s) stream, a camera of the system, a recording, or else a serial port.

    A serial port may be written as a path, or as serial:///dev/ttyUSB0?baud=115200&prefix=%5E to say more.

    Raises:
        ValueError: the address has a baud rate that does not exist.
    """
    if address.startswith(("http://", "https://")) or address.isdecimal() or _is_video(Path(address)):
        return CameraCodeScanner(address)
    if not address.startswith("serial://"):
        return SerialCodeScanner(address)
    url = urllib.parse.urlsplit(address)
    more = dict(urllib.parse.parse_qsl(url.query, encoding="latin-1"))
    baud = more.get("baud", str(BAUD))
    if baud not in map(str, serial.Serial.BAUDRATES):
        raise ValueError(f"no scanner has a baud rate of {baud}")
    return SerialCodeScanner(urllib.parse.unquote(url.path), int(baud), more.get("prefix", "").encode("latin-1"))


def _is_video(path: Path) -> bool:
    if str(path).startswith(("/dev/video", "/dev/v4l/")):
        return True
    try:
        found = path.stat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) or (stat.S_ISCHR(found.st_mode) and os.major(found.st_rdev) == _VIDEO_DEVICES)
