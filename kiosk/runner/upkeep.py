"""Carries out what a technician orders. Each order is written down first; one that cannot be is not carried out."""

import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import assert_never

import msgspec

from kiosk.flow.events import Event
from kiosk.flow.events.technician import (
    ChartPrinted,
    ChartRead,
    DoorAnswered,
    ErrandOver,
    LinePrinted,
    MachineLookedAt,
    MachineTreated,
    PartFound,
    PartTested,
    PrinterSeen,
    ProxyKept,
    QueueLookedAt,
    SheetAnswered,
    SpeedMeasured,
    StaffCardSeen,
    SuppliesLookedAt,
    TouchKept,
    WayStepped,
)
from kiosk.flow.technician import Errand, Staff
from kiosk.flow.technician_orders import (
    AskPrinter,
    CloseDoor,
    KeepProxy,
    KeepTouch,
    LookAtMachine,
    LookAtQueue,
    LookAtSupplies,
    MeasureSpeed,
    OpenDoor,
    PrintChart,
    PrintLine,
    PrintSheet,
    ProbePart,
    ReadChart,
    TakeStock,
    TechnicianOrder,
    TreatMachine,
    TryCode,
    WalkWay,
)
from kiosk.lane import Lane
from kiosk.machine.keeper import Keeper, KeeperError
from kiosk.maintenance.acts import Acts
from kiosk.maintenance.checks import of_unreadable_queue
from kiosk.maintenance.door import Door
from kiosk.maintenance.machine import MachineAct, MachineLook, MachineOutcome, StickWord
from kiosk.maintenance.machine_work import MachineWork
from kiosk.maintenance.prints import chart_pages, paper_line, sheet_blocks
from kiosk.maintenance.probes import Probes
from kiosk.maintenance.sign_in import SignIn, SignInStatus
from kiosk.maintenance.stock import Parts, take_stock
from kiosk.maintenance.supply import Supply
from kiosk.maintenance.testing import AcceptanceSheet
from kiosk.maintenance.touch_file import keep_touch
from kiosk.receipt.drawing import drawn_blocks
from peripherals.card_reader import ChipCardReader, ContactlessUid
from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint
from peripherals.document_printer import DocumentPrinter, DocumentPrinterStatus, JobEnd, PrintedDocument
from peripherals.plate import ChartOutcome, ChartReading, PlateCamera
from peripherals.receipt_printer import Printing, Raster, ReceiptPrinter
from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.ask import City
from sync.contract.question import Answered
from sync.contract.technicians import ACTS, ACTS_AT_ONCE, ActKind, ActsTold, TechnicianRole
from sync.durable import sync_folder, write_durably
from sync.errors import SyncError
from sync.line_speed import SPEED, LineSpeed, SpeedOutcome, SpeedWanted
from sync.queue_look import QueueLook
from sync.way_steps import WAY, StepOutcome, Walked, WayStep, WayWanted

_SLICE_S = 2.0
_SIGN_IN_WITHIN_S = 120.0
_PRINT_WITHIN_S = 25.0
_ASK_WITHIN_S = 4.0
_ASK_EVERY_S = 0.4
_WALK_WITHIN_S = 45.0
_MEASURE_WITHIN_S = 45.0
_TELL_WITHIN_S = 10.0
_SENT_WITHIN_S = 15.0
_OPEN_WITHIN_S = 6.0
_READ_CHART_WITHIN_S = 15.0
_PAGE_WITHIN_S = 100.0


@dataclass(frozen=True, slots=True)
class Workshop:
    """What stands behind the menu, opened when a technician knocks and kept until the process ends."""

    door: Door
    acts: Acts
    parts: Parts
    probes: Probes
    width_dots: int
    fonts: Path
    chips: ChipCardReader | None  # reads staff cards
    camera: PlateCamera
    pages: DocumentPrinter | None  # prints the chart
    look: Callable[[], QueueLook]  # may raise SyncError
    send: Callable[[], int]  # has what the city had refused sent once more, with all that waits; may raise SyncError
    city: City
    sheets: Path
    supply: Supply
    machine: MachineWork
    keeper: Keeper  # is shown the card and its PIN, or the code, and gives a grant
    now: Callable[[], datetime]  # local, aware


class UpkeepDesk:
    """The technician's orders and the thread that carries them out; a second one waits for the staff card."""

    def __init__(
        self, open_workshop: Callable[[], Workshop], post: Callable[[Event], None], failed: Callable[[BaseException], None]
    ) -> None:
        self._open = open_workshop
        self._workshop: Workshop | None = None
        self._post = post
        self._card: Secret[str] | None = None
        self._waits_for: int | None = None  # the work that a staff card may sign in to
        self._stick = ""  # the kind that was written down as let in
        self._told = 0  # number of the last act that the city has
        self._lane = Lane("upkeep", failed).start()
        self._cards = Lane("staff-card", failed).start()
        self._pause = threading.Event()

    def carry_out(self, order: TechnicianOrder) -> None:
        """Begin what was ordered."""
        if isinstance(order, OpenDoor):
            self._card, self._waits_for = None, order.token
        if isinstance(order, CloseDoor):
            self._card, self._waits_for = None, None
        self._lane.do(lambda: self._do_noted(order))

    def forget(self) -> None:
        """Nobody is at the terminal any more."""
        self._card, self._waits_for = None, None

    def close(self) -> None:
        """Stop after the order at hand."""
        self.forget()
        self._pause.set()
        self._cards.close()
        self._lane.close()

    def _shop(self) -> Workshop:
        if self._workshop is None:
            self._workshop = self._open()
        return self._workshop

    def _do_noted(self, order: TechnicianOrder) -> None:
        """Carry an order out, unless the disk does not let it be written down: then the technician is put back at the door and told."""
        try:
            self._do(order)
        except OSError:
            self._forget_workshop()
            if not isinstance(order, CloseDoor):
                self._post(DoorAnswered(order.token, SignIn(SignInStatus.STORAGE_FAULT)))

    def _forget_workshop(self) -> None:
        """Open it anew for the next order: after a failed write nobody knows what the record's file holds."""
        self._waits_for = None
        if self._workshop is not None:
            with contextlib.suppress(OSError):
                self._workshop.acts.close()
            self._workshop = None

    def _do(self, order: TechnicianOrder) -> None:
        shop = self._shop()
        match order:
            case OpenDoor(token):
                self._post(DoorAnswered(token, shop.door.knock()))
                self._cards.do(lambda: self._await_card(shop, token))
            case TryCode(token, code):
                self._post(DoorAnswered(token, self._judged(shop, code)))
            case TakeStock(token, by):
                shop.acts.note(ActKind.TOOK_STOCK, by.number)
                for finding in take_stock(shop.parts, shop.now()):
                    self._post(PartFound(token, finding))
                self._post(ErrandOver(token, Errand.TAKING_STOCK))
            case ProbePart(token, by, probe):
                shop.acts.note(ActKind.TESTED, by.number, probe.value)
                self._post(PartTested(token, shop.probes.test(probe)))
            case PrintSheet(token, by, sheet):
                shop.acts.note(ActKind.PRINTED_SHEET, by.number)
                _keep(shop.sheets, sheet)
                raster = drawn_blocks(sheet_blocks(sheet), shop.width_dots, shop.fonts)
                self._post(SheetAnswered(token, _printed(shop.parts.printer, raster)))
            case LookAtQueue(token, by, send):
                self._look(shop, token, by.number, send=send)
            case WalkWay(token, by):
                shop.acts.note(ActKind.WALKED_THE_WAY, by.number)
                for walked in _walked(shop.city):
                    self._post(WayStepped(token, walked))
                self._post(ErrandOver(token, Errand.WALKING))
            case MeasureSpeed(token, by):
                shop.acts.note(ActKind.WALKED_THE_WAY, by.number, "speed")
                self._post(SpeedMeasured(token, _measured(shop.city)))
            case ReadChart() | PrintChart() | KeepTouch() | KeepProxy():
                self._keep(shop, order)
            case LookAtSupplies() | AskPrinter() | PrintLine():
                self._supply(shop, order)
            case LookAtMachine(token, by):
                shop.acts.note(ActKind.LOOKED_AT_MACHINE, by.number)
                self._post(MachineLookedAt(token, self._looked_at_machine(shop, by)))
            case TreatMachine(token, by, act):
                shop.acts.note(ActKind.TREATED_MACHINE, by.number, act.value)
                if act is MachineAct.END:
                    self._tell_city(shop)  # our own record is about to go
                done = shop.machine.do(act)
                self._post(MachineTreated(token, done, shop.machine.look() if act is MachineAct.END else self._looked_at_machine(shop, by)))
            case CloseDoor(by):
                shop.keeper.sign_out()
                self._stick = ""
                if by is not None:
                    shop.acts.note(ActKind.SIGNED_OUT, by.number)
                self._tell_city(shop)
            case _:
                assert_never(order)

    def _keep(self, shop: Workshop, order: ReadChart | PrintChart | KeepTouch | KeepProxy) -> None:
        match order:
            case ReadChart(token, by):
                shop.acts.note(ActKind.CALIBRATED, by.number, "document_camera")
                self._post(ChartRead(token, _chart_read(shop.camera)))
            case PrintChart(token, by):
                shop.acts.note(ActKind.PRINTED_SHEET, by.number, "chart")
                self._post(ChartPrinted(token, _chart_printed(shop.pages)))
            case KeepTouch(token, by, matrix):
                shop.acts.note(ActKind.CALIBRATED, by.number, "touch")
                keep_touch(shop.sheets.parent, matrix)
                self._post(TouchKept(token))
            case KeepProxy(token, by, address, user, password):
                shop.acts.note(ActKind.TREATED_MACHINE, by.number, "proxy")
                self._post(ProxyKept(token, _proxy_kept(shop.keeper, address, user, password)))
            case _:
                assert_never(order)

    def _looked_at_machine(self, shop: Workshop, by: Staff) -> MachineLook:
        """Look, which lets a stick in where one is plugged in, and write that down."""
        look = shop.machine.look()
        let_in = look.stick_kind if look.stick is StickWord.LET_IN else ""
        if let_in and let_in != self._stick:
            shop.acts.note(ActKind.LET_STICK_IN, by.number, let_in)
        self._stick = let_in
        return look

    def _supply(self, shop: Workshop, order: LookAtSupplies | AskPrinter | PrintLine) -> None:
        match order:
            case LookAtSupplies(token, by, roll_changed):
                shop.acts.note(ActKind.CHANGED_ROLL if roll_changed else ActKind.LOOKED_AT_SUPPLIES, by.number)
                if roll_changed:
                    shop.supply.roll_changed()
                self._post(SuppliesLookedAt(token, shop.supply.look()))
            case AskPrinter(token):
                self._pause.wait(_ASK_EVERY_S)
                self._post(PrinterSeen(token, shop.parts.printer.status(Deadline.after(_ASK_WITHIN_S))))
            case PrintLine(token, by):
                shop.acts.note(ActKind.TESTED, by.number, "paper")
                raster = drawn_blocks(paper_line(shop.now()), shop.width_dots, shop.fonts)
                self._post(LinePrinted(token, _printed(shop.parts.printer, raster)))
            case _:
                assert_never(order)

    def _judged(self, shop: Workshop, code: Secret[str]) -> SignIn:
        outcome = shop.door.try_code(code, self._card)
        match outcome.status:
            case SignInStatus.SIGNED_IN:
                shop.acts.note(ActKind.SIGNED_IN, outcome.number)
                self._waits_for = None
                if outcome.role is not None and outcome.role.may(TechnicianRole.TECHNICIAN):
                    shop.keeper.sign_in(self._card, code)
            case SignInStatus.LOCKED:
                shop.acts.note(ActKind.LOCKED)
            case SignInStatus.WRONG:
                shop.acts.note(ActKind.REFUSED)
            case SignInStatus.NOBODY | SignInStatus.STORAGE_FAULT | SignInStatus.OPEN:
                pass
            case _:
                assert_never(outcome.status)
        return outcome

    def _await_card(self, shop: Workshop, token: int) -> None:
        """Wait for a contactless card while the work is at the door; a terminal without such a reader has one-time codes alone."""
        chips = shop.chips
        until = Deadline.after(_SIGN_IN_WITHIN_S)
        while chips is not None and self._waits_for == token and not until.is_past:
            reading = chips.read(until.sooner(_SLICE_S))
            if self._waits_for == token and isinstance(reading.card, ContactlessUid):
                self._card = reading.card.uid
                self._post(StaffCardSeen(token))
                return
            self._pause.wait(0.2)  # a reader that is absent answers at once

    def _look(self, shop: Workshop, token: int, by: str, *, send: bool) -> None:
        shop.acts.note(ActKind.SENT_NOW if send else ActKind.LOOKED_AT_QUEUE, by)
        try:
            if send:
                self._send(shop)
            self._post(QueueLookedAt(token, shop.look()))
        except SyncError:
            self._post(PartFound(token, of_unreadable_queue()))
            self._post(QueueLookedAt(token, None))
        if send:
            self._post(ErrandOver(token, Errand.SENDING))

    def _send(self, shop: Workshop) -> None:
        shop.send()
        before, until = shop.look().waiting, Deadline.after(_SENT_WITHIN_S)
        while before and shop.look().waiting >= before and not until.is_past and not self._pause.wait(0.3):
            pass

    def _tell_city(self, shop: Workshop) -> None:
        """Bring the city's record up to ours; without a line it is tried when the next technician leaves."""
        while records := shop.acts.after(self._told)[:ACTS_AT_ONCE]:
            outcome = shop.city.ask(ACTS, ActsTold(records), _TELL_WITHIN_S)
            if not isinstance(outcome, Answered) or outcome.answer.last <= self._told:
                return
            self._told = outcome.answer.last


def _printed(printer: ReceiptPrinter, slip: Raster) -> Printing:
    return printer.print(slip, Deadline.after(_PRINT_WITHIN_S + printer.line_s(slip)))


def _chart_read(camera: PlateCamera) -> ChartReading:
    """Open the camera for this alone: on a technician's pages no resident's paper is looked at."""
    try:
        hint = camera.open(Deadline.after(_OPEN_WITHIN_S))
        if hint is not PaperHint.GOOD:
            return ChartReading(ChartOutcome.CAMERA_STALLED if hint is PaperHint.CAMERA_STALLED else ChartOutcome.CAMERA_ABSENT)
        return camera.calibrate(Deadline.after(_READ_CHART_WITHIN_S))
    finally:
        camera.close()


def _chart_printed(printer: DocumentPrinter | None) -> PrintedDocument:
    if printer is None:
        return PrintedDocument(JobEnd.NOT_BEGUN, DocumentPrinterStatus.ABSENT)
    return printer.print_document(chart_pages(), Deadline.after(_PAGE_WITHIN_S))


def _keep(folder: Path, sheet: AcceptanceSheet) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_durably(
        folder / f"{sheet.at.astimezone(UTC):%Y%m%dT%H%M%SZ}.json", msgspec.json.encode(sheet, enc_hook=dict)
    )  # facts are read-only mappings
    sync_folder(folder)


def _proxy_kept(keeper: Keeper, address: str, user: str, password: Secret[str]) -> MachineOutcome:
    try:
        word = keeper.set_proxy(address, user, password)
    except KeeperError:
        return MachineOutcome.NO_KEEPER
    return MachineOutcome.DONE if word in ("restarting", "kept") else MachineOutcome.FAILED


def _walked(city: City) -> tuple[Walked, ...]:
    outcome = city.ask(WAY, WayWanted(), _WALK_WITHIN_S)
    if isinstance(outcome, Answered):
        return outcome.answer.steps
    return (Walked(WayStep.CABLE, StepOutcome.NOT_ASKED), *(Walked(step, StepOutcome.NOT_TRIED) for step in list(WayStep)[1:]))


def _measured(city: City) -> LineSpeed:
    outcome = city.ask(SPEED, SpeedWanted(), _MEASURE_WITHIN_S)
    return outcome.answer if isinstance(outcome, Answered) else LineSpeed(SpeedOutcome.NOT_ASKED)
