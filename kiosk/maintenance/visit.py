"""A visit that nobody makes: by it a new version proves that it can still serve, before its slot is marked good.

Everything real but the devices and the resident: the installed program, this terminal's keys, catalogue and disk. The devices are virtual
ones on real protocols, because a reader that somebody unplugged overnight must not take a good version back. What it hands in is sealed to
the city's key into an outbox of its own, which is thrown away; nothing of it ever leaves.
"""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from kiosk import assets
from kiosk.bench import CAMERA, READER, Bench
from kiosk.config import Bench as BenchTable
from kiosk.config import Config, ConfigError, DocumentCamera, IdCardReader, ReceiptPrinter, load, sync_settings
from kiosk.flow.visit import PaperPicture, Visit
from kiosk.freeze import freeze
from kiosk.own_outbox import open_outbox
from kiosk.sandbox import free_port
from kiosk.sent_down import offered_items
from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint, Picture
from peripherals.values import dataclass
from sync import identity
from sync.contract.city_keys import newest_public_key
from sync.contract.suites import SealError
from sync.errors import SyncError
from sync.outbox import HandInStatus, Outbox
from sync.space import OutboxLimits


class Stage(StrEnum):
    """Where a visit can fail, in the order in which it is walked."""

    CONFIG = "config"
    KEYS = "keys"
    STORAGE = "storage"
    CATALOGUE = "catalogue"
    DEVICES = "devices"
    CARD = "card"
    PAPERS = "papers"
    HAND_IN = "hand_in"
    PRINT = "print"


@dataclass(frozen=True, slots=True)
class Proof:
    """How the visit went: the stages that were walked, and the one that failed, if one did."""

    walked: tuple[Stage, ...]
    failed: Stage | None = None
    detail: str = ""


def walk(config_file: Path) -> Proof:
    """Walk the visit."""
    walked: list[Stage] = []
    with tempfile.TemporaryDirectory(prefix="bianmin-visit-") as place:
        steps = _Visit(config_file, Path(place))
        try:
            for stage, step in steps.stages():
                trouble = step()
                if trouble:
                    return Proof(tuple(walked), stage, trouble)
                walked.append(stage)
        except (ConfigError, SyncError, SealError, OSError, ValueError) as error:
            stage = list(Stage)[len(walked)]
            return Proof(tuple(walked), stage, f"{type(error).__name__}: {error}"[:200])
        finally:
            steps.end()
    return Proof(tuple(walked))


class _Visit:
    """The steps; each returns what is wrong, or nothing."""

    def __init__(self, config_file: Path, place: Path) -> None:
        self._file = config_file
        self._place = place
        self._config: Config
        self._bench: Bench | None = None
        self._picture: Picture | None = None

    def stages(self) -> tuple[tuple[Stage, Callable[[], str]], ...]:
        return (
            (Stage.CONFIG, self._read_config),
            (Stage.KEYS, self._read_keys),
            (Stage.STORAGE, self._open_outbox),
            (Stage.CATALOGUE, self._read_catalogue),
            (Stage.DEVICES, self._start_devices),
            (Stage.CARD, self._read_card),
            (Stage.PAPERS, self._take_picture),
            (Stage.HAND_IN, self._hand_in),
            (Stage.PRINT, self._print),
        )

    def end(self) -> None:
        if self._bench is not None:
            self._bench.__exit__(None, None, None)

    def _read_config(self) -> str:
        self._config = load(self._file)
        return ""

    def _read_keys(self) -> str:
        settings = sync_settings(self._config)
        identity.request_key(settings.request_key, settings.terminal)
        identity.trusted_keys(settings.receipt_keys)
        newest_public_key(settings.city_keys)
        return ""

    def _open_outbox(self) -> str:
        open_outbox(self._config).close()
        return ""

    def _read_catalogue(self) -> str:
        return "" if offered_items(self._config) else "no item is on offer"

    def _start_devices(self) -> str:
        replace = msgspec.structs.replace
        self._config = replace(
            self._config,
            bench=BenchTable(folder=self._place / "bench"),
            id_card_reader=IdCardReader(port=str(self._place / "bench" / "reader")),
            receipt_printer=ReceiptPrinter(device=f"tcp://127.0.0.1:{free_port()}", width_dots=self._config.receipt_printer.width_dots),
            document_camera=DocumentCamera(source=f"http://127.0.0.1:{free_port()}/camera.mjpg"),
            chip_card_reader=None,  # what this visit does not use keeps its address, at which a virtual twin may already be
            code_scanner=None,
            document_printer=None,
            signature_pad=None,
            fittings=None,
        )
        bench = Bench(self._config)
        bench.__enter__()
        self._bench = bench
        return ""

    def _read_card(self) -> str:
        from drivers.id_card_reader import SamIdCardReader  # noqa: PLC0415 - the updater itself needs no device libraries

        self._at_bench(READER, "lay", card="zhou-guilan")
        reader = SamIdCardReader(self._config.id_card_reader.port, self._config.id_card_reader.baud)
        try:
            reading = reader.read(Deadline.after(20))
        finally:
            reader.close()
        return "" if reading.card is not None else f"{reading.status}"

    def _take_picture(self) -> str:
        from drivers.document_camera import OpencvDocumentCamera  # noqa: PLC0415

        self._at_bench(CAMERA, "lay", paper="tenancy-contract")
        camera = OpencvDocumentCamera(self._config.document_camera.source)
        deadline = Deadline.after(30)
        try:
            hint = camera.open(deadline)
            if hint is not PaperHint.GOOD:
                return hint.value
            while (picture := camera.capture(deadline, insist=True)).jpeg is None and not deadline.is_past:
                pass
        finally:
            camera.close()
        self._picture = picture
        return "" if picture.jpeg is not None else picture.view.hint.value

    def _hand_in(self) -> str:
        settings = sync_settings(self._config)
        item = offered_items(self._config)[0]
        jpeg = None if self._picture is None else self._picture.jpeg
        papers = () if jpeg is None or not item.materials else (PaperPicture(item.materials[0].id, 1, jpeg),)
        visit = Visit(0, item, datetime.now(UTC), papers=papers)
        frozen = freeze(visit, settings.terminal, "zh", datetime.now(UTC), newest_public_key(settings.city_keys))
        outbox = Outbox.open(
            self._place / "outbox",
            identity.outbox_key(self._place / "outbox.key"),
            identity.trusted_keys(settings.receipt_keys),
            OutboxLimits(floor_bytes=0, grown_bytes=1 << 20),
        )
        try:
            status = outbox.hand_in(frozen.sealed).status
        finally:
            outbox.close()
        return "" if status is HandInStatus.HANDED_IN else status.value

    def _print(self) -> str:
        from drivers.receipt_printer import EscposReceiptPrinter  # noqa: PLC0415
        from kiosk.receipt.drawing import drawn_blocks  # noqa: PLC0415
        from kiosk.receipt.sheet import HEADING, Line  # noqa: PLC0415

        slip = drawn_blocks((Line("自检", HEADING),), self._config.receipt_printer.width_dots, assets.fonts())
        printer = EscposReceiptPrinter(self._config.receipt_printer.device)
        printing = printer.print(slip, Deadline.after(30 + printer.line_s(slip)))
        return "" if printing.printed else printing.status.value

    def _at_bench(self, device: str, order: str, **facts: str) -> None:
        if self._bench is not None:
            self._bench.do(device, order, **facts)
