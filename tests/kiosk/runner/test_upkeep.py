"""A technician's orders carried out on virtual devices: what is written down, what is answered, what is left on disk."""

import json
import os
import queue
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import pypdfium2
import pytest

from drivers.chart import read_chart
from drivers.document_camera import OpencvDocumentCamera
from drivers.id_card_reader import SamIdCardReader
from drivers.plate_file import FILE as PLATE_FILE
from drivers.plate_file import kept_plate
from drivers.receipt_printer import EscposReceiptPrinter
from kiosk import assets
from kiosk.bench import CAMERA, PRINTER, READER, Bench
from kiosk.config import Config, load, places, sync_settings
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
    WayStepped,
)
from kiosk.flow.technician import Errand, Staff
from kiosk.flow.technician_orders import (
    AskPrinter,
    CloseDoor,
    KeepProxy,
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
    TreatMachine,
    TryCode,
    WalkWay,
)
from kiosk.machine.keeper import SOCKET, Denied, Did, EndTerminal, Keeper
from kiosk.maintenance.acts import open_acts, read
from kiosk.maintenance.attempts import Attempts
from kiosk.maintenance.door import Door
from kiosk.maintenance.finding import Check, Verdict
from kiosk.maintenance.machine import MachineAct, MachineOutcome, StickWord
from kiosk.maintenance.machine_work import MachineWork
from kiosk.maintenance.probes import Probes
from kiosk.maintenance.sign_in import SignIn, SignInStatus
from kiosk.maintenance.stock import Parts
from kiosk.maintenance.supply import Supply
from kiosk.maintenance.testing import AcceptanceSheet, Probe, ProbeResult
from kiosk.own_outbox import open_outbox, queue_look, send_again, stats_of
from kiosk.runner.upkeep import UpkeepDesk, Workshop
from kiosk.sandbox import make_sandbox
from kiosk.sent_down import offered_items
from kiosk.workshop import machine_tools
from peripherals.card_reader import ChipReading, ChipReadStatus, ContactlessUid, SlotStatus
from peripherals.deadline import Deadline
from peripherals.document_printer import DocumentPrinter, DocumentPrinterStatus, JobEnd, PrintedDocument
from peripherals.plate import ChartOutcome
from peripherals.receipt_printer import PrinterStatus
from peripherals.secret import Secret
from peripherals.virtual.desk import scene as scene_of
from sync.ask import City
from sync.contract.export import CARRY, SIGN_MANIFEST, CarriedOn
from sync.contract.question import Answered, NoLine
from sync.contract.suites import new_city_key
from sync.contract.technicians import ActKind, Pin, Technician, TechnicianRole, Technicians, card_digest
from sync.errors import LedgerVersionError
from sync.line_speed import LineSpeed, SpeedOutcome
from sync.loop import manifest
from sync.offline import OfflineReason
from sync.queue_look import QueueLook
from sync.reckoning import Stats
from sync.way_steps import StepOutcome
from tests.drivers.camera_bench import frame_of
from tests.drivers.document_printer_bench import document_printer_bench
from tests.kiosk.machine.keeper_ground import CARD, ENGINEER, PIN, kept
from tests.kiosk.machine.stick_ground import STORAGE, Place, is_alive
from tests.kiosk.test_config import GOOD
from tests.sync.counter import Counter

E = TypeVar("E")
NOW = datetime(2026, 11, 23, 9, 41, tzinfo=ZoneInfo("Asia/Shanghai"))
STAFF = Staff("T-07", TechnicianRole.TECHNICIAN)
TOLD = Technicians(
    (Technician("T-07", TechnicianRole.TECHNICIAN, card_digest("04A1B2C3D4"), Pin.of("493817")), ENGINEER),
    "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
)


@dataclass
class LaidCard:
    """A contactless reader on which a staff card lies, or none."""

    uid: str | None = "04A1B2C3D4"
    asked: list[object] = field(default_factory=list)

    def read(self, deadline: Deadline, *, on_card: object = None) -> ChipReading:
        self.asked.append(on_card)
        if self.uid is None:
            return ChipReading(ChipReadStatus.NO_CARD)
        return ChipReading(ChipReadStatus.READ, ContactlessUid(Secret(self.uid)))

    def slot(self, deadline: Deadline) -> SlotStatus:
        return SlotStatus.EMPTY if self.uid is None else SlotStatus.OCCUPIED


class Signs(City):
    """The sending process, as far as a stick needs it: it signs the list of what waits, and says how far carrying has come."""

    def __init__(self, config: Config) -> None:
        super().__init__(Path("nobody.sock"))
        self._settings = sync_settings(config)
        self.carried: list[CarriedOn] = []

    def ask(self, kind: Any, question: Any, within_s: float, question_id: Any = None) -> Any:  # noqa: ANN401
        if kind is CARRY:
            return Answered(self.carried.pop(0)) if self.carried else NoLine(OfflineReason.NO_LINE)
        assert kind is SIGN_MANIFEST
        return Answered(manifest(self._settings, question.after))


class Desk:
    """The desk, the events that it posts, and what stands behind it."""

    def __init__(self, config: Config, folder: Path) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.folder = folder
        self.card = LaidCard()
        self.pages: DocumentPrinter | None = None
        self.reader: SamIdCardReader | None = None
        self._config = config
        self.outbox_fails = False
        self.counts = {"receipt_printer": {"paper_mm": 61_000, "receipts": 9}, "document_camera": {"lamp_s": 7200, "errors": 3}}
        self.keeper = Keeper(folder / SOCKET)
        self.sends = Signs(config)
        self.desk = UpkeepDesk(self._workshop, self.events.put, self._failed)

    def _failed(self, error: BaseException) -> None:
        raise error

    def _workshop(self) -> Workshop:
        config = self._config
        reader = self.reader = SamIdCardReader(config.id_card_reader.port, config.id_card_reader.baud)
        printer = EscposReceiptPrinter(config.receipt_printer.device)
        camera = OpencvDocumentCamera(config.document_camera.source)
        return Workshop(
            door=Door(lambda: TOLD, Attempts(self.folder / "attempts.json"), lambda: NOW),
            acts=open_acts(self.folder / "acts", lambda: NOW),
            parts=self._parts(reader, printer, camera),
            probes=Probes(reader, printer, 576, camera, assets.fonts(), lambda: NOW),
            width_dots=576,
            fonts=assets.fonts(),
            chips=self.card,
            camera=OpencvDocumentCamera(config.document_camera.source, self.folder / PLATE_FILE),
            pages=self.pages,
            look=self._look,
            send=lambda: send_again(config),
            city=City(self.folder / "nobody.sock"),
            sheets=self.folder / "sheets",
            supply=Supply(self.folder / "roll.json", 80_000, lambda name: self.counts.get(name, {}), tuple(self.counts)),
            machine=MachineWork(replace(machine_tools(config, self._parts(reader, printer, camera), self.keeper), city=self.sends)),
            keeper=self.keeper,
            now=lambda: NOW,
        )

    def _parts(self, reader: SamIdCardReader, printer: EscposReceiptPrinter, camera: OpencvDocumentCamera) -> Parts:
        return Parts(reader, printer, camera, sync_settings(self._config), self._stats, lambda: offered_items(self._config))

    def _stats(self) -> Stats:
        self._opened()
        return stats_of(self._config)

    def _look(self) -> QueueLook:
        self._opened()
        return queue_look(self._config)

    def _opened(self) -> None:
        if self.outbox_fails:
            raise LedgerVersionError("written by a newer version")

    def wait(self, kind: type[E]) -> E:
        """Return the next event of this kind; those before it are passed over."""
        while True:
            event = self.events.get(timeout=60)
            if isinstance(event, kind):
                return event

    def acts_descriptor(self) -> int:
        """The handle behind which the record lies, as the kernel lists it."""
        open_now = ((int(one.name), one) for one in Path("/proc/self/fd").iterdir())
        return next(number for number, one in open_now if one.is_symlink() and one.readlink() == self.folder / "acts")

    def acts(self) -> list[tuple[ActKind, str, str]]:
        return [(record.act, record.by, record.about) for record in read(self.folder / "acts")]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Config, Bench]]:
    config = load(make_sandbox(tmp_path_factory.mktemp("upkeep") / "sandbox").config)
    config = msgspec.structs.replace(
        config, terminal=msgspec.structs.replace(config.terminal, stick=tmp_path_factory.mktemp("port") / "stick")
    )
    with Bench(config) as bench:
        yield config, bench


@pytest.fixture
def desk(bench: tuple[Config, Bench], tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(bench[0], tmp_path)
    with closing(desk.desk):
        yield desk
    if desk.reader is not None:
        desk.reader.close()
    bench[1].do(PRINTER, "fault", fault="none")


def test_card_and_pin_sign_in_and_every_try_is_written_down(desk: Desk) -> None:
    desk.desk.carry_out(OpenDoor(1))
    assert desk.wait(DoorAnswered).outcome.status is SignInStatus.OPEN
    desk.wait(StaffCardSeen)
    desk.desk.carry_out(TryCode(1, Secret("000000")))
    assert desk.wait(DoorAnswered).outcome.tries_left == 4
    desk.desk.carry_out(TryCode(1, Secret("493817")))
    assert desk.wait(DoorAnswered).outcome.number == "T-07"
    assert desk.acts() == [(ActKind.REFUSED, "-", ""), (ActKind.SIGNED_IN, "T-07", "")]


def test_a_card_that_was_taken_away_by_leaving_opens_nothing_for_the_next(desk: Desk) -> None:
    desk.desk.carry_out(OpenDoor(1))
    desk.wait(StaffCardSeen)
    desk.desk.carry_out(CloseDoor(None))
    desk.card.uid = None
    desk.desk.carry_out(OpenDoor(2))
    desk.desk.carry_out(TryCode(2, Secret("493817")))
    assert desk.wait(DoorAnswered).outcome.status is SignInStatus.OPEN
    assert desk.wait(DoorAnswered).outcome.status is SignInStatus.WRONG


def test_stock_is_taken_of_every_part(desk: Desk) -> None:
    desk.desk.carry_out(TakeStock(1, STAFF))
    findings = [desk.wait(PartFound).finding for _ in Check]
    assert [one.check for one in findings] == list(Check)
    assert {one.verdict for one in findings[:3]} == {Verdict.GOOD}
    assert desk.wait(ErrandOver).errand is Errand.TAKING_STOCK


def test_a_part_is_tested_on_the_device_itself(desk: Desk, bench: tuple[Config, Bench]) -> None:
    desk.desk.carry_out(ProbePart(1, STAFF, Probe.RECEIPT_PRINTER))
    assert desk.wait(PartTested).tested == ProbeResult(Probe.RECEIPT_PRINTER, Verdict.GOOD, "printed")
    bench[1].do(PRINTER, "fault", fault="paper_out")
    desk.desk.carry_out(ProbePart(1, STAFF, Probe.RECEIPT_PRINTER))
    assert desk.wait(PartTested).tested == ProbeResult(Probe.RECEIPT_PRINTER, Verdict.FAULT, "failed", {"finding": "paper_out"})
    assert desk.acts() == [(ActKind.TESTED, "T-07", "receipt_printer")] * 2


def test_a_card_laid_for_the_test_is_read_and_nothing_of_it_kept(desk: Desk, bench: tuple[Config, Bench]) -> None:
    desk.desk.carry_out(ProbePart(1, STAFF, Probe.ID_CARD_READER))
    bench[1].do(READER, "lay", card="wang-xiaoli")
    tested = desk.wait(PartTested).tested
    bench[1].do(READER, "lift")
    assert (tested.verdict, tested.saying, dict(tested.facts)) == (Verdict.GOOD, "card_read", {})


def test_a_module_out_of_order_is_started_afresh_and_only_then_called_broken(desk: Desk, bench: tuple[Config, Bench]) -> None:
    bench[1].do(READER, "fault", fault="module_fault", times=1)
    desk.desk.carry_out(ProbePart(1, STAFF, Probe.ID_CARD_READER))
    bench[1].do(READER, "lay", card="wang-xiaoli")
    assert desk.wait(PartTested).tested.verdict is Verdict.GOOD
    bench[1].do(READER, "lift")
    bench[1].do(READER, "fault", fault="module_fault", times=-1)
    desk.desk.carry_out(ProbePart(1, STAFF, Probe.ID_CARD_READER))
    tested = desk.wait(PartTested).tested
    bench[1].do(READER, "clear")
    assert tested == ProbeResult(Probe.ID_CARD_READER, Verdict.FAULT, "failed", {"finding": "module_fault"})


def test_the_sheet_comes_out_and_is_kept(desk: Desk) -> None:
    sheet = AcceptanceSheet("SY-TEST-0001", "T-07", NOW, (ProbeResult(Probe.RECEIPT_PRINTER, Verdict.GOOD, "printed"),))
    desk.desk.carry_out(PrintSheet(1, STAFF, sheet))
    assert desk.wait(SheetAnswered).printing.printed
    (kept,) = (desk.folder / "sheets").glob("*.json")
    assert json.loads(kept.read_bytes())["by"] == "T-07"


def test_the_camera_is_calibrated_by_the_chart_under_it_and_every_try_is_written_down(desk: Desk, bench: tuple[Config, Bench]) -> None:
    bench[1].do(CAMERA, "lay", paper="tenancy-contract")
    desk.desk.carry_out(ReadChart(1, STAFF))
    assert desk.wait(ChartRead).reading.outcome is ChartOutcome.NO_CHART
    assert kept_plate(desk.folder / PLATE_FILE) is None
    bench[1].do(CAMERA, "lay", paper="calibration-chart")
    desk.desk.carry_out(ReadChart(1, STAFF))
    reading = desk.wait(ChartRead).reading
    assert reading.outcome is ChartOutcome.MEASURED
    assert kept_plate(desk.folder / PLATE_FILE) == reading.plate
    bench[1].do(CAMERA, "unplug")
    desk.desk.carry_out(ReadChart(1, STAFF))
    assert desk.wait(ChartRead).reading.outcome is ChartOutcome.CAMERA_ABSENT
    bench[1].do(CAMERA, "plug")
    bench[1].do(CAMERA, "take_away")
    assert kept_plate(desk.folder / PLATE_FILE) == reading.plate, "a refusal leaves what was"
    assert desk.acts() == [(ActKind.CALIBRATED, "T-07", "document_camera")] * 3


def test_the_chart_comes_out_of_a_page_printer_true_to_size_and_can_be_calibrated_by(desk: Desk, tmp_path: Path) -> None:
    with document_printer_bench(tmp_path / "pages") as printer:
        desk.pages = printer.printer
        desk.desk.carry_out(PrintChart(1, STAFF))
        assert desk.wait(ChartPrinted).printed.end is JobEnd.PRINTED
        (document,) = printer.out.iterdir()
        page = pypdfium2.PdfDocument(document.read_bytes())[0]
    assert page.get_size() == pytest.approx((210 / 25.4 * 72, 297 / 25.4 * 72), abs=0.1)
    sheet = page.render(scale=2).to_pil().convert("RGB")
    assert read_chart(frame_of(scene_of(sheet).image)).outcome is ChartOutcome.MEASURED
    assert desk.acts() == [(ActKind.PRINTED_SHEET, "T-07", "chart")]


def test_without_a_page_printer_the_chart_is_not_said_to_be_printed(desk: Desk) -> None:
    desk.desk.carry_out(PrintChart(1, STAFF))
    assert desk.wait(ChartPrinted).printed == PrintedDocument(JobEnd.NOT_BEGUN, DocumentPrinterStatus.ABSENT)


def test_the_queue_is_shown_and_an_empty_one_is_sent_at_once(desk: Desk) -> None:
    desk.desk.carry_out(LookAtQueue(1, STAFF, send=True))
    look = desk.wait(QueueLookedAt).look
    assert (look.waiting, look.rows) == (0, ())
    assert desk.wait(ErrandOver).errand is Errand.SENDING


def test_what_the_city_refused_is_in_line_again_once_somebody_says_send(desk: Desk, tmp_path: Path) -> None:
    desk._config = load(make_sandbox(tmp_path / "own").config)
    with closing(open_outbox(desk._config)) as outbox:
        counter = Counter(outbox, new_city_key(NOW).public_key())
        counter.hand_in()
        counter.hand_in()
        for parcel in outbox.deliveries.claim(2, 60):
            outbox.deliveries.quarantine(parcel.place, "invalid")
    desk.desk.carry_out(LookAtQueue(1, STAFF))
    refused = desk.wait(QueueLookedAt).look
    assert refused is not None
    assert (refused.waiting, refused.aside, {row.reason for row in refused.rows}) == (0, 2, {"invalid"}), "a look changes nothing"
    desk.desk.carry_out(LookAtQueue(1, STAFF, send=True))
    asked = desk.wait(QueueLookedAt).look
    assert asked is not None
    assert (asked.waiting, asked.aside, {row.state for row in asked.rows}) == (2, 0, {"sealed"})


def test_without_the_sending_process_the_way_says_so(desk: Desk) -> None:
    desk.desk.carry_out(WalkWay(1, STAFF))
    assert desk.wait(WayStepped).walked.outcome is StepOutcome.NOT_ASKED
    assert desk.wait(ErrandOver).errand is Errand.WALKING


def test_without_the_sending_process_there_is_no_speed_and_the_try_is_written_down(desk: Desk) -> None:
    desk.desk.carry_out(MeasureSpeed(1, STAFF))
    assert desk.wait(SpeedMeasured).speed == LineSpeed(SpeedOutcome.NOT_ASKED)
    assert desk.acts() == [(ActKind.WALKED_THE_WAY, "T-07", "speed")]


def test_an_outbox_that_cannot_be_opened_is_found_and_keeps_nobody_out(desk: Desk) -> None:
    desk.outbox_fails = True
    desk.desk.carry_out(TakeStock(1, STAFF))
    findings = {one.check: one for one in (desk.wait(PartFound).finding for _ in Check)}
    assert (findings[Check.QUEUE].verdict, findings[Check.QUEUE].saying) == (Verdict.FAULT, "unreadable")
    assert findings[Check.ITEMS].verdict is Verdict.GOOD, "the checks after it are made"
    desk.desk.carry_out(LookAtQueue(1, STAFF, send=True))
    assert desk.wait(PartFound).finding.saying == "unreadable"
    assert desk.wait(QueueLookedAt).look is None
    assert desk.wait(ErrandOver).errand is Errand.SENDING
    desk.outbox_fails = False
    desk.desk.carry_out(LookAtQueue(1, STAFF))
    assert desk.wait(QueueLookedAt).look is not None


def test_where_nothing_can_be_written_down_the_technician_is_told_and_nothing_is_done(desk: Desk) -> None:
    (desk.folder / "acts").mkdir()  # a file cannot be opened there
    desk.desk.carry_out(OpenDoor(1))
    assert desk.wait(DoorAnswered).outcome.status is SignInStatus.STORAGE_FAULT
    desk.desk.carry_out(TakeStock(1, STAFF))
    assert desk.wait(DoorAnswered).outcome.status is SignInStatus.STORAGE_FAULT
    desk.desk.carry_out(CloseDoor(STAFF))
    (desk.folder / "acts").rmdir()
    desk.desk.carry_out(OpenDoor(2))
    assert desk.wait(DoorAnswered).outcome.status is SignInStatus.OPEN, "it is tried anew"


def test_a_disk_that_fills_up_under_the_work_puts_the_technician_back_at_the_door(desk: Desk) -> None:
    desk.desk.carry_out(TakeStock(1, STAFF))
    desk.wait(ErrandOver)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, desk.acts_descriptor())
    os.close(full)
    desk.desk.carry_out(ProbePart(1, STAFF, Probe.RECEIPT_PRINTER))
    assert desk.wait(DoorAnswered) == DoorAnswered(1, SignIn(SignInStatus.STORAGE_FAULT))
    assert [act for act, _, _ in desk.acts()] == [ActKind.TOOK_STOCK]
    desk.desk.carry_out(ProbePart(1, STAFF, Probe.RECEIPT_PRINTER))
    assert desk.wait(PartTested).tested.saying == "printed", "there is room again"


def test_a_damaged_record_does_not_keep_technicians_out(desk: Desk) -> None:
    (desk.folder / "acts").write_bytes(b"{}\n")
    desk.desk.carry_out(OpenDoor(1))
    assert desk.wait(DoorAnswered).outcome.status is SignInStatus.OPEN
    assert desk.acts()[0][0] is ActKind.BEGAN_ANEW


def test_logs_and_what_waits_go_onto_the_stick_that_is_in(desk: Desk, bench: tuple[Config, Bench]) -> None:
    stick = bench[0].terminal.stick
    desk.desk.carry_out(LookAtMachine(1, STAFF))
    assert not desk.wait(MachineLookedAt).look.has_stick
    desk.desk.carry_out(TreatMachine(1, STAFF, MachineAct.EXPORT))
    assert desk.wait(MachineTreated).done.outcome is MachineOutcome.NO_STICK
    stick.mkdir()
    try:
        desk.desk.carry_out(TreatMachine(1, STAFF, MachineAct.EXPORT))
        treated = desk.wait(MachineTreated)
        assert (treated.done.outcome, treated.done.fact, treated.look.has_stick) == (MachineOutcome.DONE, "0", True)
        assert len(list(stick.rglob("manifest.json"))) == 1
        desk.desk.carry_out(TreatMachine(1, STAFF, MachineAct.BUNDLE))
        assert desk.wait(MachineTreated).done.outcome is MachineOutcome.DONE
        assert len(list(stick.glob("bianmin-*.tar.xz"))) == 1
    finally:
        shutil.rmtree(stick)
    assert (ActKind.TREATED_MACHINE, "T-07", "bundle") in desk.acts()


@pytest.mark.parametrize(
    ("slices", "outcome", "fact"),
    [
        ([CarriedOn(lists=1, complete=3)], MachineOutcome.DONE, "3"),
        ([CarriedOn(lists=1, complete=1, left=2, moved_bytes=9), CarriedOn(lists=1, complete=3, moved_bytes=9)], MachineOutcome.DONE, "3"),
        ([CarriedOn(lists=1, complete=1, left=2, moved_bytes=9, is_held_up=True)], MachineOutcome.HELD_UP, "1/3"),
        ([CarriedOn(lists=1, complete=1, left=2)], MachineOutcome.HELD_UP, "1/3"),
        ([CarriedOn(lists=1, complete=2, refused=1)], MachineOutcome.PARTLY, "2/3"),
        ([CarriedOn(lists=2, complete=2, distrusted=1)], MachineOutcome.PARTLY, "2/2"),
        ([CarriedOn(lists=1, distrusted=1)], MachineOutcome.NOT_ADMITTED, ""),
        ([CarriedOn(unread=1)], MachineOutcome.UNREAD_LIST, ""),
        ([CarriedOn(lists=1, complete=2, unread=1)], MachineOutcome.UNREAD_LIST, ""),
        ([CarriedOn()], MachineOutcome.NO_ROWS, ""),
        ([CarriedOn(lists=1, left=2, is_stick_gone=True)], MachineOutcome.STICK_FAULT, ""),
        ([], MachineOutcome.UNREADABLE, ""),
    ],
)
def test_what_became_of_carrying_is_told(
    desk: Desk, bench: tuple[Config, Bench], slices: list[CarriedOn], outcome: MachineOutcome, fact: str
) -> None:
    stick = bench[0].terminal.stick
    desk.desk.carry_out(TreatMachine(1, STAFF, MachineAct.CARRY))
    assert desk.wait(MachineTreated).done.outcome is MachineOutcome.NO_STICK
    stick.mkdir()
    desk.sends.carried = slices
    try:
        desk.desk.carry_out(TreatMachine(1, STAFF, MachineAct.CARRY))
        done = desk.wait(MachineTreated).done
    finally:
        stick.rmdir()
    assert (done.outcome, done.fact) == (outcome, fact)
    assert desk.sends.carried == []


def test_a_stick_is_let_in_for_whoever_is_signed_in_and_that_is_written_down(
    desk: Desk, bench: tuple[Config, Bench], tmp_path: Path
) -> None:
    ports, stick = Place(tmp_path), bench[0].terminal.stick
    plugged = ports.plug("1-1", STORAGE)
    stick.mkdir()  # where the machine lays it
    try:
        with ports.attended(), kept(bench[0], desk.folder / "kiosk.toml", desk.folder / SOCKET, ports.gate):
            desk.desk.carry_out(LookAtMachine(1, STAFF))
            assert desk.wait(MachineLookedAt).look.stick is None, "nobody has shown a card"
            desk.card.uid = "04A1B2C3D4"
            desk.desk.carry_out(OpenDoor(1))
            desk.wait(StaffCardSeen)
            desk.desk.carry_out(TryCode(1, Secret("493817")))
            while desk.wait(DoorAnswered).outcome.status is not SignInStatus.SIGNED_IN:
                pass
            for _ in range(2):
                desk.desk.carry_out(LookAtMachine(1, STAFF))
                look = desk.wait(MachineLookedAt).look
                assert (look.stick, look.stick_kind, look.has_stick) == (StickWord.LET_IN, "1234:5678", True)
            ports.until(lambda: is_alive(plugged))
            desk.desk.carry_out(CloseDoor(STAFF))
            ports.until(lambda: not is_alive(plugged))
    finally:
        stick.rmdir()
    assert [act for act in desk.acts() if act[0] is ActKind.LET_STICK_IN] == [(ActKind.LET_STICK_IN, "T-07", "1234:5678")]


@pytest.mark.parametrize("act", [MachineAct.INSTALL, MachineAct.GO_BACK])
def test_a_terminal_without_an_update_channel_says_so(desk: Desk, bench: tuple[Config, Bench], act: MachineAct) -> None:
    stick = bench[0].terminal.stick
    stick.mkdir()
    try:
        with kept(bench[0], desk.folder / "kiosk.toml", desk.folder / SOCKET):
            desk.keeper.sign_in(CARD, Secret(PIN))
            desk.desk.carry_out(TreatMachine(1, STAFF, act))
            assert desk.wait(MachineTreated).done.outcome is MachineOutcome.NO_UPDATES
        desk.desk.carry_out(TreatMachine(1, STAFF, act))
        assert desk.wait(MachineTreated).done.outcome is MachineOutcome.NO_KEEPER
    finally:
        stick.rmdir()


def test_a_new_proxy_is_asked_of_the_keeper_and_written_down(desk: Desk, bench: tuple[Config, Bench], tmp_path: Path) -> None:
    order = KeepProxy(1, STAFF, "proxy.example.org:3128", "kiosk", Secret("invented"))
    desk.desk.carry_out(order)
    assert desk.wait(ProxyKept).outcome is MachineOutcome.NO_KEEPER
    file = tmp_path / "kiosk.toml"
    with kept(bench[0], file, desk.folder / SOCKET):
        desk.keeper.sign_in(CARD, Secret(PIN))
        desk.desk.carry_out(order)
        assert desk.wait(ProxyKept).outcome is MachineOutcome.FAILED, "there is no configuration to put it into"
        file.write_text(GOOD, encoding="utf-8")
        desk.desk.carry_out(order)
        assert desk.wait(ProxyKept).outcome is MachineOutcome.DONE
    assert load(file).city.proxy == "http://proxy.example.org:3128"
    assert desk.acts() == [(ActKind.TREATED_MACHINE, "T-07", "proxy")] * 3


def test_an_engineer_s_card_opens_everything_at_the_keeper_and_a_technician_s_does_not(desk: Desk, bench: tuple[Config, Bench]) -> None:
    with kept(bench[0], desk.folder / "kiosk.toml", desk.folder / SOCKET):
        for uid, pin, word in (("04A1B2C3D4", "493817", Denied), (CARD.reveal(), PIN, Did)):
            desk.card.uid = uid
            desk.desk.carry_out(OpenDoor(1))
            desk.wait(StaffCardSeen)
            desk.desk.carry_out(TryCode(1, Secret(pin)))
            while desk.wait(DoorAnswered).outcome.status is not SignInStatus.SIGNED_IN:
                pass
            assert isinstance(desk.keeper.ask(EndTerminal(desk.keeper._grant, "SY-NO-OTHER", 0)), word)
            desk.desk.carry_out(CloseDoor(STAFF))


def test_an_outbox_that_cannot_be_opened_exports_nothing(desk: Desk, bench: tuple[Config, Bench]) -> None:
    stick = bench[0].terminal.stick
    stick.mkdir()
    open_outbox(bench[0]).close()  # whichever test comes first
    version = places(bench[0]).outbox
    hidden = version.with_name("hidden")
    version.rename(hidden)
    version.write_text("no folder")
    try:
        desk.desk.carry_out(TreatMachine(1, STAFF, MachineAct.EXPORT))
        assert desk.wait(MachineTreated).done.outcome is MachineOutcome.UNREADABLE
        assert not list(stick.rglob("manifest.json"))
    finally:
        version.unlink()
        hidden.rename(version)
        shutil.rmtree(stick)


def test_a_changed_roll_counts_from_where_the_printer_is(desk: Desk) -> None:
    desk.desk.carry_out(LookAtSupplies(1, STAFF))
    before = desk.wait(SuppliesLookedAt).supplies
    assert (before.left_mm, before.lamp_s, dict(before.errors)) == (19_000, 7200, {"document_camera": 3})
    desk.desk.carry_out(LookAtSupplies(1, STAFF, roll_changed=True))
    assert desk.wait(SuppliesLookedAt).supplies.left_mm == 80_000
    desk.counts["receipt_printer"]["paper_mm"] += 300
    desk.desk.carry_out(LookAtSupplies(1, STAFF))
    assert desk.wait(SuppliesLookedAt).supplies.left_mm == 79_700
    desk.counts["receipt_printer"] = {"paper_mm": 150}  # another printer
    desk.desk.carry_out(LookAtSupplies(1, STAFF))
    assert desk.wait(SuppliesLookedAt).supplies.left_mm == 79_850
    assert [act for act, _, _ in desk.acts()][:2] == [ActKind.LOOKED_AT_SUPPLIES, ActKind.CHANGED_ROLL]


def test_a_change_of_paper_follows_the_printer_and_ends_with_a_line_on_paper(desk: Desk, bench: tuple[Config, Bench]) -> None:
    bench[1].do(PRINTER, "fault", fault="cover_open")
    desk.desk.carry_out(AskPrinter(1, STAFF))
    assert desk.wait(PrinterSeen).status is PrinterStatus.COVER_OPEN
    desk.desk.carry_out(PrintLine(1, STAFF))
    assert not desk.wait(LinePrinted).printing.printed
    bench[1].do(PRINTER, "fault", fault="none")
    desk.desk.carry_out(AskPrinter(1, STAFF))
    assert desk.wait(PrinterSeen).status is PrinterStatus.READY
    slips = len(list(bench[1].receipts.iterdir()))
    desk.desk.carry_out(PrintLine(1, STAFF))
    assert desk.wait(LinePrinted).printing.printed
    assert len(list(bench[1].receipts.iterdir())) > slips
