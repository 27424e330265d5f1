"""One device in a process of its own: it answers calls on a unix socket, and a watchdog ends it when the device hangs.

A library that never returns cannot be interrupted from Python; a process can be ended. So the kiosk talks to `drivers.remote`, this
program owns the device, and whoever started it starts it again.
"""

import contextlib
import faulthandler
import os
import selectors
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, assert_never, cast, runtime_checkable

import msgspec

from drivers.calls import (
    AnyCall,
    AskContacts,
    AskDocumentPrinter,
    AskModule,
    AskPlate,
    AskPrinter,
    AskSlot,
    AwaitContacts,
    CalibrateCamera,
    CloseCamera,
    ClosePad,
    CloseScanner,
    Kind,
    NextPoints,
    NextPreview,
    OpenCamera,
    OpenPad,
    OpenScanner,
    PrintDocument,
    PrintPlain,
    PrintReceipt,
    ReadCard,
    ReadChipCard,
    ResetModule,
    ScanCode,
    SwitchLight,
    TakePicture,
    decoded_call,
    encoded,
    is_hung_up,
    receive_frame,
    send_frame,
)
from drivers.health import Record, Seen
from drivers.tally import Tally, at_stake
from peripherals.card_reader import ChipCardReader
from peripherals.code_scanner import CodeScanner
from peripherals.deadline import Deadline
from peripherals.document_camera import DocumentCamera
from peripherals.document_printer import DocumentPrinter
from peripherals.fittings import Fittings
from peripherals.id_card_reader import IdCardReader
from peripherals.plate import PlateCamera
from peripherals.receipt_printer import ReceiptPrinter
from peripherals.secret import Secret
from peripherals.signature_pad import SignaturePad
from peripherals.unix_address import unix_address

Device = IdCardReader | ChipCardReader | ReceiptPrinter | DocumentCamera | CodeScanner | DocumentPrinter | Fittings | SignaturePad


class Watched(Protocol):
    """A device that can be looked at between calls without disturbing what it does."""

    def look(self, deadline: Deadline) -> Seen:
        """Say how it is."""


@runtime_checkable
class Heir(Protocol):
    """A device that may still answer what the process before this one asked."""

    def take_over(self, *, in_work: bool) -> None:
        """Take no answer for one's own before all of those have come or cannot come any more. `in_work`: it died in a call's middle."""


WATCHDOG_GRACE_S = 2.0
_LOOK_WITHIN_S = 1.5
_FRAME_PATIENCE_S = 2.0  # for the rest of a frame that has begun, and for a caller to take its answer
_HUNG_UP_AT_S = float("inf")


def serve(
    device: Device,
    socket_path: Path,
    *,
    mode: int = 0o600,
    watchdog_grace_s: float = WATCHDOG_GRACE_S,
    record: Record | None = None,
    listening: Callable[[], None] = lambda: None,
) -> None:
    """Answer calls to `device` for ever, one at a time; callers wait in line. `listening` is called once they can.

    Whatever the device raises ends the process, as does a call that overruns its deadline by `watchdog_grace_s`. With a `record`,
    whose device must be `Watched`, it is looked at while nobody calls, and what it does is counted.
    """
    desk = _Desk(device, watchdog_grace_s, record)
    with contextlib.closing(_listen(socket_path, mode)) as listener, selectors.DefaultSelector() as ready:
        ready.register(listener, selectors.EVENT_READ)
        listening()
        while True:
            for key, _ in ready.select(None if record is None else record.until_look_s):
                line = cast("socket.socket", key.fileobj)
                if line is listener:
                    ready.register(listener.accept()[0], selectors.EVENT_READ)
                elif not desk.answer(line):
                    ready.unregister(line)
                    line.close()
            desk.look_if_due()


def _listen(path: Path, mode: int) -> socket.socket:
    """Return a listener at `path`; a name that can be seen can be connected to, so it takes its place only when it listens."""
    coming_up = path.with_name(f".{path.name}.{os.getpid()}")
    coming_up.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    unmasked = os.umask(0o777 & ~mode)  # the name never exists with wider rights, not even for a moment
    try:
        with unix_address(coming_up) as address:
            listener.bind(address)
    finally:
        os.umask(unmasked)
    listener.listen(16)
    coming_up.replace(path)
    return listener


class _Desk:
    """One device, what it does, and the record of it."""

    def __init__(self, device: Device, grace_s: float, record: Record | None) -> None:
        self._device = device
        self._grace_s = grace_s
        self._record = record
        self._tally = Tally()
        if record is not None and record.follows_one_that_died and isinstance(device, Heir):
            device.take_over(in_work=record.follows_one_that_died_in_work)

    def look_if_due(self) -> None:
        """Look at the device when the record wants it."""
        if self._record is None or self._record.until_look_s > 0:
            return
        watched = cast("Watched", self._device)
        with self._watchdog(_LOOK_WITHIN_S):
            seen = watched.look(Deadline.after(_LOOK_WITHIN_S))
        self._record.saw(seen)
        self._record.did(self._tally.meanwhile())

    def answer(self, line: socket.socket) -> bool:
        """Take one call from `line` and answer it; False when the line is of no use any more."""
        try:
            kind, payload = receive_frame(line, Deadline.after(_FRAME_PATIENCE_S))
        except OSError:
            return False
        if kind is not Kind.CALL:
            return False
        try:
            call = decoded_call(payload)
        except msgspec.DecodeError:
            return False
        if is_hung_up(line):
            return False  # the caller has given up while it waited in line; a receipt must not come out now
        if not hasattr(self._device, _only_of_its_kind(call)):
            return _send(line, Kind.NOT_MINE, b"")
        if self._record is not None:
            self._record.owes(at_stake(call))
            self._record.works(call.remaining_s)
        with self._watchdog(call.remaining_s):
            outcome = _perform(self._device, call, line)
        if self._record is None:
            return _send(line, Kind.OUTCOME, encoded(outcome))
        more = self._tally.of(call, outcome)
        self._record.owes(more)  # the disk may take its time, and the caller should not wait for it
        is_open = _send(line, Kind.OUTCOME, encoded(outcome))
        self._record.did(more)
        return is_open

    @contextlib.contextmanager
    def _watchdog(self, within_s: float) -> Iterator[None]:
        """End this process when what is done inside overruns by the grace."""
        faulthandler.dump_traceback_later(within_s + self._grace_s, exit=True, file=sys.stderr)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _send(line: socket.socket, kind: Kind, payload: bytes) -> bool:
    try:
        send_frame(line, kind, payload, Deadline.after(_FRAME_PATIENCE_S))
    except OSError:
        return False
    return True


def _only_of_its_kind(call: AnyCall) -> str:
    """Return a method that only the device of this call has."""
    match call:
        case ReadCard() | AskPlate() | AskModule() | ResetModule():
            return "module"
        case ReadChipCard() | AskSlot():
            return "slot"
        case AskPrinter() | PrintReceipt() | PrintPlain():
            return "print"
        case OpenCamera() | NextPreview() | TakePicture() | CloseCamera():
            return "preview"
        case CalibrateCamera():
            return "calibrate"
        case OpenScanner() | ScanCode() | CloseScanner():
            return "scan"
        case AskDocumentPrinter() | PrintDocument():
            return "print_document"
        case SwitchLight() | AskContacts() | AwaitContacts():
            return "await_change"
        case OpenPad() | NextPoints() | ClosePad():
            return "points"
        case _:
            assert_never(call)


def _perform(device: Device, call: AnyCall, line: socket.socket) -> object:
    reader, printer, camera = cast("IdCardReader", device), cast("ReceiptPrinter", device), cast("DocumentCamera", device)
    chips, scanner = cast("ChipCardReader", device), cast("CodeScanner", device)
    fittings, pad = cast("Fittings", device), cast("SignaturePad", device)
    deadline = Deadline.after(call.remaining_s)
    match call:
        case ReadCard():
            waiting = Deadline.after(call.remaining_s, _clock_while_wanted(line))
            return reader.read(waiting, newest_address=call.newest_address, on_card=lambda: _tell_of_card(line))
        case AskPlate():
            return reader.plate(deadline)
        case AskModule():
            return reader.module(deadline)
        case ResetModule():
            return reader.reset(deadline)
        case ReadChipCard():
            waiting = Deadline.after(call.remaining_s, _clock_while_wanted(line))
            return chips.read(waiting, on_card=lambda: _tell_of_card(line))
        case AskSlot():
            return chips.slot(deadline)
        case AskPrinter():
            return printer.status(deadline)
        case PrintReceipt():
            return printer.print(call.receipt, deadline)
        case PrintPlain():
            return printer.print_plain(call.slip, deadline)
        case OpenCamera():
            return camera.open(deadline)
        case NextPreview():
            return camera.preview(deadline)
        case TakePicture():
            return camera.capture(deadline, insist=call.insist)
        case CalibrateCamera():
            return cast("PlateCamera", device).calibrate(deadline)
        case CloseCamera():
            camera.close()
            return None
        case OpenScanner():
            return scanner.open(deadline)
        case ScanCode():
            return scanner.scan(Deadline.after(call.remaining_s, _clock_while_wanted(line)))
        case CloseScanner():
            scanner.close()
            return None
        case AskDocumentPrinter():
            return cast("DocumentPrinter", device).status(deadline)
        case PrintDocument():
            return cast("DocumentPrinter", device).print_document(Secret(call.pdf), deadline)
        case SwitchLight():
            return fittings.light(call.light, shines=call.shines, deadline=deadline)
        case AskContacts():
            return fittings.contacts(deadline)
        case AwaitContacts():
            return fittings.await_change(call.known, Deadline.after(call.remaining_s, _clock_while_wanted(line)))
        case OpenPad():
            return pad.open(deadline)
        case NextPoints():
            return pad.points(Deadline.after(call.remaining_s, _clock_while_wanted(line)))
        case ClosePad():
            pad.close()
            return None
        case _:
            assert_never(call)


def _tell_of_card(line: socket.socket) -> None:
    _send(line, Kind.CARD_FOUND, b"")


def _clock_while_wanted(line: socket.socket) -> Callable[[], float]:
    """Return a clock that jumps past every deadline once the caller has hung up: nobody waits for that card any more."""
    return lambda: _HUNG_UP_AT_S if is_hung_up(line) else time.monotonic()
