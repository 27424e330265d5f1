"""The devices as the kiosk holds them: each call goes to the device's own process (see `drivers.worker`).

A worker that is dead, hung or not there becomes ABSENT or SILENT, at the call's deadline and a short grace at the latest. Nothing is
raised, and the next call finds a worker that has come back.
"""

from collections.abc import Callable
from pathlib import Path

from drivers.calls import (
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
    decoded,
    decoded_chip_reading,
    decoded_reading,
)
from drivers.slip_pieces import line_s
from drivers.worker_line import Trouble, WorkerLine
from peripherals.card_reader import ChipReading, ChipReadStatus, SlotStatus
from peripherals.code_scanner import Scan, ScanStatus
from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint, PaperView, Picture, Preview
from peripherals.document_printer import DocumentPrinterStatus, JobEnd, PrintedDocument
from peripherals.fittings import Contact, Contacts, FittingsStatus, Light
from peripherals.id_card_reader import CardReading, CardReadStatus, ModuleReport, PlateStatus
from peripherals.plate import ChartOutcome, ChartReading
from peripherals.receipt_printer import PlainSlip, PrinterStatus, Printing, Raster
from peripherals.secret import Secret
from peripherals.signature_pad import PadReport, PadStatus


class RemoteIdCardReader:
    """An IdCardReader in its own process."""

    def __init__(self, socket_path: Path) -> None:
        self._line = WorkerLine(socket_path)

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
        return self._report(AskModule(0), deadline)

    def reset(self, deadline: Deadline) -> ModuleReport:
        """See IdCardReader.reset."""
        return self._report(ResetModule(0), deadline)

    def _report(self, call: AskModule | ResetModule, deadline: Deadline) -> ModuleReport:
        outcome = self._line.ask(call, deadline, lambda payload: decoded(payload, ModuleReport))
        if isinstance(outcome, Trouble):
            return ModuleReport(CardReadStatus.SILENT if outcome is Trouble.SILENT else CardReadStatus.ABSENT)
        return outcome


class RemoteChipCardReader:
    """A ChipCardReader in its own process."""

    def __init__(self, socket_path: Path) -> None:
        self._line = WorkerLine(socket_path)

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
    """A ReceiptPrinter in its own process. What was sent is never sent again: an unknown end is "not printed".

    Its URL says here, too, how fast its line is.
    """

    def __init__(self, socket_path: Path, device_url: str) -> None:
        self._line = WorkerLine(socket_path)
        self._url = device_url

    def status(self, deadline: Deadline) -> PrinterStatus:
        """See ReceiptPrinter.status."""
        outcome = self._line.ask(AskPrinter(0), deadline, lambda payload: decoded(payload, PrinterStatus))
        return _printer_status(outcome) if isinstance(outcome, Trouble) else outcome

    def line_s(self, slip: Raster | PlainSlip) -> float:
        """See ReceiptPrinter.line_s."""
        return line_s(slip, self._url)

    def print(self, receipt: Raster, deadline: Deadline) -> Printing:
        """See ReceiptPrinter.print."""
        outcome = self._line.ask(PrintReceipt(0, receipt), deadline, lambda payload: decoded(payload, Printing))
        return Printing(printed=False, status=_printer_status(outcome)) if isinstance(outcome, Trouble) else outcome

    def print_plain(self, slip: PlainSlip, deadline: Deadline) -> Printing:
        """See ReceiptPrinter.print_plain."""
        outcome = self._line.ask(PrintPlain(0, slip), deadline, lambda payload: decoded(payload, Printing))
        return Printing(printed=False, status=_printer_status(outcome)) if isinstance(outcome, Trouble) else outcome


def _printer_status(trouble: Trouble) -> PrinterStatus:
    return PrinterStatus.SILENT if trouble is Trouble.SILENT else PrinterStatus.ABSENT


class RemoteDocumentCamera:
    """A DocumentCamera in its own process."""

    _CLOSING_S = 3.0

    def __init__(self, socket_path: Path) -> None:
        self._line = WorkerLine(socket_path)

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

    def calibrate(self, deadline: Deadline) -> ChartReading:
        """See PlateCamera.calibrate; the worker keeps what it measured."""
        outcome = self._line.ask(CalibrateCamera(0), deadline, lambda payload: decoded(payload, ChartReading))
        if isinstance(outcome, Trouble):
            return ChartReading(ChartOutcome.CAMERA_STALLED if outcome is Trouble.SILENT else ChartOutcome.CAMERA_ABSENT)
        return outcome

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
        self._line = WorkerLine(socket_path)

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
        self._line = WorkerLine(socket_path)

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


class RemoteFittings:
    """The Fittings, in their own process."""

    def __init__(self, socket_path: Path) -> None:
        self._line = WorkerLine(socket_path)

    def light(self, light: Light, *, shines: bool, deadline: Deadline) -> FittingsStatus:
        """See Fittings.light."""
        outcome = self._line.ask(SwitchLight(0, light, shines), deadline, lambda payload: decoded(payload, FittingsStatus))
        return _fittings_status(outcome) if isinstance(outcome, Trouble) else outcome

    def contacts(self, deadline: Deadline) -> Contacts:
        """See Fittings.contacts."""
        outcome = self._line.ask(AskContacts(0), deadline, lambda payload: decoded(payload, Contacts))
        return Contacts(_fittings_status(outcome)) if isinstance(outcome, Trouble) else outcome

    def await_change(self, known: frozenset[Contact], deadline: Deadline) -> Contacts:
        """See Fittings.await_change; nothing else can be asked meanwhile, so lights are switched between short waits."""
        outcome = self._line.ask(AwaitContacts(0, known), deadline, lambda payload: decoded(payload, Contacts))
        return Contacts(_fittings_status(outcome)) if isinstance(outcome, Trouble) else outcome


def _fittings_status(trouble: Trouble) -> FittingsStatus:
    return FittingsStatus.SILENT if trouble is Trouble.SILENT else FittingsStatus.ABSENT


class RemoteSignaturePad:
    """A SignaturePad in its own process."""

    _CLOSING_S = 3.0

    def __init__(self, socket_path: Path) -> None:
        self._line = WorkerLine(socket_path)

    def open(self, deadline: Deadline) -> PadStatus:
        """See SignaturePad.open."""
        outcome = self._line.ask(OpenPad(0), deadline, lambda payload: decoded(payload, PadStatus))
        return PadStatus.ABSENT if isinstance(outcome, Trouble) else outcome

    def points(self, deadline: Deadline) -> PadReport:
        """See SignaturePad.points."""
        outcome = self._line.ask(NextPoints(0), deadline, lambda payload: decoded(payload, PadReport))
        return PadReport(PadStatus.ABSENT) if isinstance(outcome, Trouble) else outcome

    def close(self) -> None:
        """See SignaturePad.close; a worker that is gone has closed it already."""
        self._line.ask(ClosePad(0), Deadline.after(self._CLOSING_S), lambda payload: decoded(payload, type(None)))
