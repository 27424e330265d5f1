"""A serial line with a SAM module at its other end: one question, one answer, and a name for whatever goes wrong between them."""

import contextlib
import errno
import os
import select
import termios
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NoReturn

import serial

from drivers.sam.frames import WIRE_BITS_PER_BYTE, Command, Damage, Reply, ReplyParser, request
from peripherals.deadline import Deadline

_LOST_PORT = (serial.SerialException, OSError, termios.error)
"""By turns what pyserial lets out when an adapter vanishes."""

_PLAIN_WORDS = {
    errno.ENOENT: "there is no such port",
    errno.ENXIO: "there is no such port",
    errno.EACCES: "this user may not open the port",
    errno.EAGAIN: "another program has the port",
    errno.EBUSY: "another program has the port",
    errno.EIO: "the port is gone",
    errno.ENODEV: "the port is gone",
}

_FIRST_BYTE_S = 1.0  # a module answers a short command well within this
_FIRST_BYTE_AGAIN_S = 2.0  # and may need this when it is still busy with the question that was given up
_FIRST_BYTE_OF_CARD_S = 3.0  # while it talks to the card's chip it may take longer
_GAP_S = 1.0  # a reply that has begun does not pause longer than this
_REPLY_S = 20.0  # and is never longer under way in all, wire time aside
_SETTLE_S = 0.15  # after a damaged frame, or one that may be late, how long another may still follow
_SILENT_S = 0.5  # asked at least this long ago without a byte since: the module is silent, whatever the deadline
_CARD_COMMANDS = frozenset({Command.READ, Command.READ_WITH_FINGERPRINT, Command.NEWEST_ADDRESS, Command.CHIP_NUMBER})
_LARGEST_REPLY_BYTES = 2321


class PortLostError(Exception):
    """The port cannot be opened, or has gone while it was in use; the text is for staff."""


class NoReply(StrEnum):
    """Why a question has no answer."""

    SILENT = "silent"  # nothing came, or half a frame and then nothing
    DAMAGED = "damaged"  # only damaged frames came
    OUT_OF_TIME = "out_of_time"  # the caller's deadline came before the module's own time was up


class SamLine:
    """Opens its port when it is first needed and again after it was lost."""

    def __init__(self, port: str, baud: int) -> None:
        self._port = port
        self._baud = baud
        self._serial: serial.Serial | None = None
        self._not_before = Deadline.after(0)
        self._is_owed_answers = False  # a question was given up, and its answer may still come
        self._called = ReplyParser()

    @property
    def baud(self) -> int:
        """The rate that the line runs at."""
        return self._baud

    def open(self) -> bool:
        """Open the port unless it is open; True when it was opened anew, so that nothing is known of the plate.

        Raises:
            PortLostError: there is no such port, or someone else has it.
        """
        if self._serial is not None:
            return False
        time.sleep(self._not_before.remaining_s)  # a port that flaps is not hammered
        self._not_before = Deadline.after(0.25)
        with _lost_port_named():
            self._serial = serial.Serial(self._port, self._baud, timeout=0, write_timeout=1.0, exclusive=True)
        self._is_owed_answers = False
        return True

    def close(self) -> None:
        """Let the port go."""
        if self._serial is not None:
            with contextlib.suppress(*_LOST_PORT):
                self._serial.close()
            self._serial = None

    def set_rate(self, baud: int) -> None:
        """Go on at another rate.

        Raises:
            PortLostError: the port is gone.
        """
        self._baud = baud
        if self._serial is not None:
            with self._losing():
                self._serial.baudrate = baud

    def ask(self, command: Command, answers: Callable[[Reply], bool], deadline: Deadline, *, again: bool = False) -> Reply | NoReply:
        """Send a command and return the reply that `answers` it; strays, such as the late answer to an earlier one, are skipped.

        Args:
            command: what to ask.
            answers: whether a reply can be this command's.
            deadline: when the caller wants to know.
            again: it was asked before, in vain: more patience is shown.

        Raises:
            PortLostError: the port is gone, and will be opened again for the next question after this.
        """
        self.open()
        with self._losing():
            port = self._live()
            port.reset_input_buffer()
            try:
                port.write(request(command))
            except serial.SerialTimeoutException:
                return NoReply.SILENT
            patience_s = _FIRST_BYTE_OF_CARD_S if command in _CARD_COMMANDS else _FIRST_BYTE_AGAIN_S if again else _FIRST_BYTE_S
            reply = self._await(answers, patience_s, deadline)
            self._is_owed_answers = not isinstance(reply, Reply)
            return reply

    def call_out(self, command: Command) -> bool:
        """Send a command and do not wait: `has_spoken` tells whether anybody answers. False when the line takes nothing.

        Raises:
            PortLostError: there is no such port, someone else has it, or it is gone.
        """
        self.open()
        with self._losing():
            port = self._live()
            port.reset_input_buffer()
            self._called, self._is_owed_answers = ReplyParser(), True
            question = request(command)
            try:
                return os.write(port.fileno(), question) == len(question)
            except BlockingIOError:
                return False

    def fileno(self) -> int:
        """Return the descriptor on which to wait for the port. Raises PortLostError when it is not open."""
        descriptor: int = self._live().fileno()
        return descriptor

    def has_spoken(self) -> bool:
        """Take what has come since `call_out`, and tell whether a frame was in it, be it damaged. Raises PortLostError."""
        with self._losing():
            found = tuple(self._called.feed(self._receive(0)))
        self._is_owed_answers &= not any(isinstance(one, Reply) for one in found)
        return bool(found)

    def _await(self, answers: Callable[[Reply], bool], patience_s: float, deadline: Deadline) -> Reply | NoReply:
        parser, damaged, answer = ReplyParser(), False, None
        last_byte_s = time.monotonic()
        whole = Deadline.after(_REPLY_S + WIRE_BITS_PER_BYTE * _LARGEST_REPLY_BYTES / self._baud)
        limit = Deadline.after(patience_s)
        while not (over := limit.is_past or deadline.is_past or whole.is_past) or parser.is_inside_frame:
            piece = b"" if over else self._receive(min(limit.remaining_s, deadline.remaining_s))
            if piece:
                last_byte_s = time.monotonic()
            elif not over:
                continue
            for found in parser.give_up() if over else parser.feed(piece):
                if isinstance(found, Damage):
                    damaged = True
                elif not answers(found):
                    limit = Deadline.after(patience_s)  # it is alive, and behind with its work
                elif not self._is_owed_answers:
                    return found
                else:
                    answer, limit = found, Deadline.after(_SETTLE_S)  # perhaps an older question's; the last one is ours
            # Noise that cannot be the start of a frame buys no time.
            if parser.is_inside_frame:
                limit = Deadline.after(_GAP_S)
            elif damaged:
                limit = Deadline.after(_SETTLE_S)
        if answer is not None:
            return answer
        if damaged:
            return NoReply.DAMAGED
        waited_out = limit.is_past or whole.is_past or time.monotonic() - last_byte_s >= _SILENT_S
        return NoReply.SILENT if waited_out else NoReply.OUT_OF_TIME

    def _receive(self, patience_s: float) -> bytes:
        """Return what has come, waiting up to `patience_s` for the first byte; empty when none came."""
        port = self._live()
        readable, _, _ = select.select([port.fileno()], [], [], patience_s)
        piece: bytes = port.read(max(1, port.in_waiting)) if readable else b""
        return piece

    def _live(self) -> serial.Serial:
        if self._serial is None:
            raise PortLostError("the port is not open")
        return self._serial

    @contextlib.contextmanager
    def _losing(self) -> Iterator[None]:
        """Close the port when it is lost inside, so that the next use opens it anew."""
        try:
            with _lost_port_named():
                yield
        except PortLostError:
            self.close()
            raise


@contextlib.contextmanager
def _lost_port_named() -> Iterator[None]:
    try:
        yield
    except _LOST_PORT as error:
        _raise_lost(error)


def _raise_lost(error: Exception) -> NoReturn:
    number = getattr(error, "errno", None) or 0
    raise PortLostError(_PLAIN_WORDS.get(number, f"{type(error).__name__}: {error}")) from error
