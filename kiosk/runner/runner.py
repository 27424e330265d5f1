"""Effects in, events out; nothing here waits, so it may be called from the thread that draws."""

from collections.abc import Callable
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import assert_never

from kiosk.flow.effects import (
    AskCity,
    CancelTimer,
    CloseCamera,
    ClosePad,
    Effect,
    Enquire,
    Forget,
    HandIn,
    HoldInk,
    LeaveSlot,
    OpenCamera,
    OpenPad,
    OptionalDeviceOrder,
    PrintAppointment,
    PrintNotice,
    PrintOutcome,
    PrintPages,
    PrintProof,
    PrintSlip,
    Rate,
    ReadCard,
    ReadChip,
    ReadCode,
    ReadPrint,
    SetTimer,
    Shine,
    StopReading,
    StopReadingChip,
    StopScanning,
    TakePicture,
    WatchPlate,
    WatchSlot,
)
from kiosk.flow.events import Event
from kiosk.flow.state import Place
from kiosk.runner.camera import CameraDesk
from kiosk.runner.card import CardDesk, CounterReader
from kiosk.runner.chip import ChipDesk, CounterChips
from kiosk.runner.code import CodeDesk, CounterScanner
from kiosk.runner.enquiry import EnquiryDesk
from kiosk.runner.fittings import Cabinet, FittingsDesk
from kiosk.runner.outbox import Back, OutboxDesk
from kiosk.runner.pad import PadDesk, PadPlace
from kiosk.runner.pages import PagesDesk
from kiosk.runner.printed import PrintedDesk
from kiosk.runner.printer import PrinterDesk
from kiosk.runner.published import PublishedDesk
from kiosk.runner.slip import sheet_for
from kiosk.runner.upkeep import UpkeepDesk, Workshop
from kiosk.timers import Timers
from peripherals.document_camera import DocumentCamera, Preview
from peripherals.document_printer import DocumentPrinter
from peripherals.paper_reader import PaperReader
from peripherals.receipt_printer import Charset, ReceiptPrinter
from peripherals.values import dataclass


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices of this counter."""

    reader: CounterReader
    printer: ReceiptPrinter
    printer_width_dots: int
    camera: DocumentCamera
    scanner: CounterScanner | None = None
    printer_charset: Charset | None = None
    chips: CounterChips | None = None
    pad: PadPlace = field(default_factory=PadPlace)
    cabinet: Cabinet = field(default_factory=Cabinet)
    pages: DocumentPrinter | None = None
    papers: PaperReader | None = None


class Runner:
    """One terminal's desks and clock.

    `post` receives events on the desks' threads and must hand them over; `failed` receives what nobody expected; `open_workshop` is
    called once a technician knocks.
    """

    def __init__(
        self,
        devices: Devices,
        back: Back,
        place: Place,
        fonts: Path,
        post: Callable[[Event], None],
        now: Callable[[], datetime],
        failed: Callable[[BaseException], None],
        open_workshop: Callable[[], Workshop],
    ) -> None:
        self._place = place
        self._timers = Timers(post, now)
        self._timers.start()
        self._card = CardDesk(devices.reader, post, failed)
        self._chip = ChipDesk(devices.chips, post, failed)
        self._code = CodeDesk(devices.scanner, post, failed)
        self._pad = PadDesk(devices.pad, post, failed)
        self._camera = CameraDesk(devices.camera, post, failed)
        self._printed = PrintedDesk(devices.papers, post, failed)
        self._printer = PrinterDesk(devices.printer, devices.printer_width_dots, fonts, post, failed, devices.printer_charset)
        self._pages = PagesDesk(devices.pages, post, failed)
        self._outbox = OutboxDesk(back, post, failed)
        self._enquiry = EnquiryDesk(back.city, post, failed)
        self._published = PublishedDesk(back.feeds, back.now, post, failed)
        self._fittings = FittingsDesk(devices.cabinet, post, failed)
        self._upkeep = UpkeepDesk(open_workshop, post, failed)

    def preview(self) -> Preview | None:
        """Return the camera's newest frame."""
        return self._camera.preview()

    def carry_out(self, effect: Effect) -> None:
        """Begin what the flow ordered."""
        match effect:
            case ReadCard(token, within_s):
                self._card.read(token, within_s)
            case StopReading():
                self._card.stop()
            case ReadChip() | StopReadingChip() | WatchSlot() | LeaveSlot() | OpenPad() | HoldInk() | ClosePad() | Shine():
                self._carry_out_beside(effect)
            case ReadCode(token):
                self._code.read(token)
            case StopScanning():
                self._code.stop()
            case WatchPlate():
                self._card.watch_plate()
            case OpenCamera(token):
                self._camera.open(token)
            case TakePicture(insist=insist):
                self._camera.take(insist)
            case CloseCamera():
                self._camera.stop()
            case ReadPrint(token, jpeg):
                self._printed.read(token, jpeg)
            case HandIn(visit, language):
                self._outbox.hand_in(visit, language)
            case AskCity(token, application_id):
                self._outbox.ask_city(token, application_id)
            case Enquire():
                self._enquiry.ask(effect)
            case PrintSlip() | PrintProof() | PrintAppointment() | PrintNotice() | PrintOutcome():
                self._printer.print(*sheet_for(effect, self._place))
            case PrintPages(token, pdf):
                self._pages.print(token, pdf)
            case Rate(application_id, level):
                self._outbox.rate(application_id, level)
            case SetTimer(timer, after_s):
                self._timers.set(timer, after_s)
            case CancelTimer(timer):
                self._timers.cancel(timer)
            case Forget():
                self._forget()
            case _:  # what is left over is a technician's, as the checker of types makes sure
                self._upkeep.carry_out(effect)

    def _carry_out_beside(self, effect: OptionalDeviceOrder) -> None:
        """Begin what a device does that not every terminal has; where there is none, nothing."""
        match effect:
            case ReadChip(token, within_s):
                self._chip.read(token, within_s)
            case StopReadingChip():
                self._chip.stop()
            case WatchSlot(stays):
                self._chip.watch_slot(stays=stays)
            case LeaveSlot():
                self._chip.leave_slot()
            case OpenPad(token, ink):
                self._pad.open(token, ink)
            case HoldInk(ink):
                self._pad.hold(ink)
            case ClosePad():
                self._pad.stop()
            case Shine(lights):
                self._fittings.shine(lights)
            case _:
                assert_never(effect)

    def close(self) -> None:
        """Stop every desk; what is being stored is stored."""
        self._timers.close()
        desks = (
            self._card,
            self._chip,
            self._code,
            self._pad,
            self._camera,
            self._printed,
            self._printer,
            self._pages,
            self._outbox,
            self._enquiry,
            self._published,
            self._fittings,
            self._upkeep,
        )
        for desk in desks:
            desk.close()

    def _forget(self) -> None:
        self._card.stop()
        self._chip.stop()
        self._code.stop()
        self._pad.stop()
        self._camera.stop()
        self._printed.forget()
        self._outbox.forget()
        self._enquiry.forget()
        self._upkeep.forget()
