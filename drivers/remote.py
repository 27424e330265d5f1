"""The devices as the kiosk holds them: each call goes to the device's own process (see `drivers.worker`).

A worker that is dead, hung or not there becomes ABSENT or SILENT, at the call's deadline and a short grace at the latest. Nothing is
raised, and the next call finds a worker that has come back.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import msgspec

from drivers.calls import (
    AskDocumentPrinter,
    AskModule,
    AskPlate,
    AskPrinter,
    AskSlot,
    Call,
    CloseCamera,
    CloseScanner,
    Kind,
    NextPreview,
    OpenCamera,
    OpenScanner,
    PrintDocument,
    PrintReceipt,
    ReadCard,
    ReadChipCard,
    ScanCode,
    TakePicture,
    decoded,
    decoded_chip_reading,
    decoded_reading,
    encoded,
    is_hung_up,
    receive_frame,
    send_frame,
)
from peripherals.card_reader import ChipReading, ChipReadStatus, SlotStatus
from peripherals.code_scanner import Scan, ScanStatus
from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint, PaperView, Picture, Preview
from peripherals.document_printer import DocumentPrinterStatus, JobEnd, PrintedDocument
from peripherals.id_card_reader import CardReading, CardReadStatus, ModuleReport, PlateStatus
from peripherals.receipt_printer import PrinterStatus, Printing, Raster
from peripherals.secret import Secret
from peripherals.unix_address import unix_address

T = TypeVar("T")


class Trouble(StrEnum):
    """Why there is no outcome."""

    ABSENT = "absent"  # no worker, or one that died
    SILENT = "silent"  # a worker that does not answer, or answers nonsense
    GIVEN_UP = "given_up"  # `give_up` was called meanwhile


class _Line:
    """The connection to one worker, made anew when it broke; one call at a time."""

    GRACE_S = 0.5  # for an outcome that was ready at the deadline
    COMING_BACK_S = 4.0  # how long a worker that is being restarted is waited for, within the deadline
    _RETRY_S = 0.05

    def __init__(self, socket_path: Path) -> None:
        self._path = socket_path
        self._line: socket.socket | None = None
        self._given_up = False
        self._calling = threading.Lock()
        self._changing = threading.Lock()  # of the line against `give_up`

    def ask(self, call: Call, deadline: Deadline, decode: Callable[[bytes], T], on_card: Callable[[], None] | None = None) -> T | Trouble:
        """Return the outcome of `call`, or why there is none."""
        if not self._calling.acquire(timeout=deadline.remaining_s):
            return Trouble.SILENT
        self._given_up = False
        patience = Deadline(deadline.at_s + self.GRACE_S, deadline.clock)
        try:
            line = self._connected(deadline)
            if line is None:
                return Trouble.ABSENT
            now_left = msgspec.structs.replace(call, remaining_s=deadline.remaining_s)
            send_frame(line, Kind.CALL, encoded(now_left), patience)
            return self._outcome(line, patience, decode, on_card)
        except (TimeoutError, BlockingIOError):  # the latter: its queue of callers is full
            self._drop()  # or its late answer would be taken for the next one's
            return Trouble.SILENT
        except OSError:
            self._drop()
            return Trouble.GIVEN_UP if self._given_up else Trouble.ABSENT
        finally:
            self._calling.release()

    def give_up(self) -> None:
        """Let the call that another thread is waiting for come back now; does nothing when there is none."""
        with self._changing:
            if self._line is not None and self._calling.locked():
                self._given_up = True
                with contextlib.suppress(OSError):
                    self._line.shutdown(socket.SHUT_RDWR)

    def _outcome(
        self, line: socket.socket, patience: Deadline, decode: Callable[[bytes], T], on_card: Callable[[], None] | None
    ) -> T | Trouble:
        while True:
            kind, payload = receive_frame(line, patience)
            match kind:
                case Kind.CARD_FOUND:
                    if on_card is not None:
                        on_card()
                case Kind.OUTCOME:
                    try:
                        return decode(payload)
                    except msgspec.DecodeError:
                        self._drop()
                        return Trouble.SILENT
                case Kind.NOT_MINE:
                    return Trouble.ABSENT
                case Kind.CALL:
                    self._drop()
                    return Trouble.SILENT

    def _connected(self, deadline: Deadline) -> socket.socket | None:
        """Return a line to a living worker, or None when none came up in time."""
        if self._line is not None and is_hung_up(self._line):
            self._drop()
        waiting = deadline.sooner(self.COMING_BACK_S)
        while self._line is None:
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(max(0.001, deadline.remaining_s))
            try:
                with unix_address(self._path) as address:
                    line.connect(address)
            except (FileNotFoundError, ConnectionRefusedError):
                line.close()
                if waiting.is_past:
                    return None
                time.sleep(min(self._RETRY_S, waiting.remaining_s))
            except OSError:
                line.close()
                raise
            else:
                with self._changing:
                    self._line = line
        return self._line

    def _drop(self) -> None:
        with self._changing:
            if self._line is not None:
                self._line.close()
                self._line = None


class RemoteIdCardReader:
    """An IdCardReader in its own process."""

    def __init__(self, socket_path: Path) -> None:
        self._line = _Line(socket_path)

    def read(self, deadline: Deadline, *, newest_address: bool = False, on_card: Callable[[], None] | None = None) -> CardReading:
        """See IdCardReader.read."""
        outcome = self._line.ask(ReadCard(0, newest_address), deadline, decoded_reading, on_card)
        match outcome:
            case Trouble.ABSENT:
                return CardReading(CardReadStatus.ABSENT)
            case Trouble.SILENT:
                return CardReading(CardReadStatus.SILENT)
            case Trouble.GIVEN_UP:
                return CardReading(CardReadStatus.NO_CARD)
            case _:
                return outcome

    def give_up(self) -> None:
        """End the waiting of `read` in another thread, which then returns NO_CARD; the worker stops waiting, too."""
        self._line.give_up()

    def plate(self, deadline: Deadline) -> PlateStatus:
        """See IdCardReader.plate."""
        outcome = self._line.ask(AskPlate(0), deadline, lambda payload: decoded(payload, PlateStatus))
        if isinstance(outcome, Trouble):
            return PlateStatus.SILENT if outcome is Trouble.SILENT else PlateStatus.ABSENT
        return outcome

    def module(self, deadline: Deadline) -> ModuleReport:
        """See IdCardReader.module."""
        outcome = self._line.ask(AskModule(0), deadline, lambda payload: decoded(payload, ModuleReport))
        if isinstance(outcome, Trouble):
            return ModuleReport(CardReadStatus.SILENT if outcome is Trouble.SILENT else CardReadStatus.ABSENT)
        return outcome


class RemoteChipCardReader:
    """A ChipCardReader in its own process."""

    def __init__(self, socket_path: Path) -> None:
        self._line = _Line(socket_path)

    def read(self, deadline: Deadline, *, on_card: Callable[[], None] | None = None) -> ChipReading:
        """See ChipCardReader.read."""
        outcome = self._line.ask(ReadChipCard(0), deadline, decoded_chip_reading, on_card)
        match outcome:
            case Trouble.ABSENT:
                return ChipReading(ChipReadStatus.ABSENT)
            case Trouble.SILENT:
                return ChipReading(ChipReadStatus.SILENT)
            case Trouble.GIVEN_UP:
                return ChipReading(ChipReadStatus.NO_CARD)
            case _:
                return outcome

    def give_up(self) -> None:
        """End the waiting of `read` in another thread, which then returns NO_CARD; the worker stops waiting, too."""
        self._line.give_up()

    def slot(self, deadline: Deadline) -> SlotStatus:
        """See ChipCardReader.slot."""
        outcome = self._line.ask(AskSlot(0), deadline, lambda payload: decoded(payload, SlotStatus))
        if isinstance(outcome, Trouble):
            return SlotStatus.SILENT if outcome is Trouble.SILENT else SlotStatus.ABSENT
        return outcome


class RemoteReceiptPrinter:
    """A ReceiptPrinter in its own process. What was sent is never sent again: an unknown end is "not printed"."""

    def __init__(self, socket_path: Path) -> None:
        self._line = _Line(socket_path)

    def status(self, deadline: Deadline) -> PrinterStatus:
        """See ReceiptPrinter.status."""
        outcome = self._line.ask(AskPrinter(0), deadline, lambda payload: decoded(payload, PrinterStatus))
        return _printer_status(outcome) if isinstance(outcome, Trouble) else outcome

    def print(self, receipt: Raster, deadline: Deadline) -> Printing:
        """See ReceiptPrinter.print."""
        outcome = self._line.ask(PrintReceipt(0, receipt), deadline, lambda payload: decoded(payload, Printing))
        return Printing(printed=False, status=_printer_status(outcome)) if isinstance(outcome, Trouble) else outcome


def _printer_status(trouble: Trouble) -> PrinterStatus:
    return PrinterStatus.SILENT if trouble is Trouble.SILENT else PrinterStatus.ABSENT


class RemoteDocumentCamera:
    """A DocumentCamera in its own process."""

    _CLOSING_S = 3.0

    def __init__(self, socket_path: Path) -> None:
        self._line = _Line(socket_path)

    def open(self, deadline: Deadline) -> PaperHint:
        """See DocumentCamera.open."""
        outcome = self._line.ask(OpenCamera(0), deadline, lambda payload: decoded(payload, PaperHint))
        return _paper_hint(outcome) if isinstance(outcome, Trouble) else outcome

    def preview(self, deadline: Deadline) -> Preview | None:
        """See DocumentCamera.preview."""
        outcome: Preview | Trouble | None = self._line.ask(NextPreview(0), deadline, _decoded_preview)
        return None if isinstance(outcome, Trouble) else outcome

    def capture(self, deadline: Deadline, *, insist: bool = False) -> Picture:
        """See DocumentCamera.capture."""
        outcome = self._line.ask(TakePicture(0, insist), deadline, lambda payload: decoded(payload, Picture))
        return Picture(PaperView(_paper_hint(outcome))) if isinstance(outcome, Trouble) else outcome

    def close(self) -> None:
        """See DocumentCamera.close; a worker that is gone has closed it already."""
        self._line.ask(CloseCamera(0), Deadline.after(self._CLOSING_S), lambda payload: decoded(payload, type(None)))


def _decoded_preview(payload: bytes) -> Preview | None:
    return decoded(payload, Preview | None)  # type: ignore[arg-type]  # a union is no `type`


def _paper_hint(trouble: Trouble) -> PaperHint:
    return PaperHint.CAMERA_STALLED if trouble is Trouble.SILENT else PaperHint.CAMERA_ABSENT


class RemoteCodeScanner:
    """A CodeScanner in its own process."""

    _CLOSING_S = 3.0

    def __init__(self, socket_path: Path) -> None:
        self._line = _Line(socket_path)

    def open(self, deadline: Deadline) -> ScanStatus:
        """See CodeScanner.open."""
        outcome = self._line.ask(OpenScanner(0), deadline, lambda payload: decoded(payload, ScanStatus))
        return _scan_status(outcome) if isinstance(outcome, Trouble) else outcome

    def scan(self, deadline: Deadline) -> Scan:
        """See CodeScanner.scan."""
        outcome = self._line.ask(ScanCode(0), deadline, lambda payload: decoded(payload, Scan))
        return Scan(_scan_status(outcome)) if isinstance(outcome, Trouble) else outcome

    def give_up(self) -> None:
        """End the waiting of `scan` in another thread, which then returns NO_CODE; the worker stops waiting, too."""
        self._line.give_up()

    def close(self) -> None:
        """See CodeScanner.close; a worker that is gone has closed it already."""
        self._line.ask(CloseScanner(0), Deadline.after(self._CLOSING_S), lambda payload: decoded(payload, type(None)))


def _scan_status(trouble: Trouble) -> ScanStatus:
    match trouble:
        case Trouble.ABSENT:
            return ScanStatus.ABSENT
        case Trouble.SILENT:
            return ScanStatus.STALLED
        case Trouble.GIVEN_UP:
            return ScanStatus.NO_CODE


class RemoteDocumentPrinter:
    """A DocumentPrinter in its own process. What was sent is never sent again."""

    def __init__(self, socket_path: Path) -> None:
        self._line = _Line(socket_path)

    def status(self, deadline: Deadline) -> DocumentPrinterStatus:
        """See DocumentPrinter.status."""
        outcome = self._line.ask(AskDocumentPrinter(0), deadline, lambda payload: decoded(payload, DocumentPrinterStatus))
        return _document_printer_status(outcome) if isinstance(outcome, Trouble) else outcome

    def print_document(self, pdf: Secret[bytes], deadline: Deadline) -> PrintedDocument:
        """See DocumentPrinter.print_document; when the worker was lost on the way, nobody knows the end."""
        outcome = self._line.ask(PrintDocument(0, pdf.reveal()), deadline, lambda payload: decoded(payload, PrintedDocument))
        return PrintedDocument(JobEnd.UNKNOWN, _document_printer_status(outcome)) if isinstance(outcome, Trouble) else outcome


def _document_printer_status(trouble: Trouble) -> DocumentPrinterStatus:
    return DocumentPrinterStatus.SILENT if trouble is Trouble.SILENT else DocumentPrinterStatus.ABSENT
