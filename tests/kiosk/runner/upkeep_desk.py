"""The upkeep desk on virtual devices, and the events that it posts."""

import queue
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from drivers.document_camera import OpencvDocumentCamera
from drivers.id_card_reader import SamIdCardReader
from drivers.plate_file import FILE as PLATE_FILE
from drivers.receipt_printer import EscposReceiptPrinter
from kiosk import assets
from kiosk.config import Config, sync_settings
from kiosk.flow.events import Event
from kiosk.flow.technician import Staff
from kiosk.machine.keeper import SOCKET, Keeper
from kiosk.maintenance.acts import open_acts, read
from kiosk.maintenance.attempts import Attempts
from kiosk.maintenance.door import Door
from kiosk.maintenance.machine_work import MachineWork
from kiosk.maintenance.probes import Probes
from kiosk.maintenance.stock import Parts
from kiosk.maintenance.supply import Supply
from kiosk.own_outbox import queue_look, send_again, stats_of
from kiosk.runner.upkeep import UpkeepDesk, Workshop
from kiosk.sent_down import offered_items
from kiosk.workshop import machine_tools
from peripherals.card_reader import ChipReading, ChipReadStatus, ContactlessUid, SlotStatus
from peripherals.deadline import Deadline
from peripherals.document_printer import DocumentPrinter
from peripherals.secret import Secret
from sync.ask import City
from sync.contract.export import CARRY, SIGN_MANIFEST, CarriedOn
from sync.contract.question import Answered, NoLine
from sync.contract.technicians import ActKind, Pin, Technician, TechnicianRole, Technicians, card_digest
from sync.errors import LedgerVersionError
from sync.loop import manifest
from sync.offline import OfflineReason
from sync.queue_look import QueueLook
from sync.reckoning import Stats
from tests.kiosk.machine.keeper_ground import ENGINEER

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
