"""What a technician works on and with, put together from the terminal's configuration."""

from collections.abc import Callable
from datetime import datetime, timedelta

from kiosk import assets
from kiosk.config import Config, local_clock, places, sync_settings
from kiosk.devices import installed, socket_of
from kiosk.machine.keeper import SOCKET as KEEPER_SOCKET
from kiosk.machine.keeper import Keeper
from kiosk.maintenance.acts import open_acts
from kiosk.maintenance.attempts import Attempts
from kiosk.maintenance.door import Door
from kiosk.maintenance.machine_work import MachineTools, MachineWork
from kiosk.maintenance.probes import Probes
from kiosk.maintenance.stock import Parts, take_stock
from kiosk.maintenance.supply import Supply
from kiosk.own_outbox import open_outbox, queue_look, send_again, stats_of
from kiosk.runner import Devices
from kiosk.runner.fittings import Cabinet
from kiosk.runner.pad import PadPlace
from kiosk.runner.upkeep import Workshop
from kiosk.sent_down import feeds_of, offered_items
from sync.ask import City
from sync.contract.technicians import TECHNICIANS, Technicians
from sync.errors import SyncError
from sync.line import line_state


def devices_of(config: Config) -> Devices:
    """Return the devices, each behind its worker's socket, and what reads papers."""
    from drivers.paper_reader import OcrPaperReader  # noqa: PLC0415 - only the screen's process needs it
    from drivers.remote import (  # noqa: PLC0415 - only the screen's process needs it
        RemoteChipCardReader,
        RemoteCodeScanner,
        RemoteDocumentCamera,
        RemoteDocumentPrinter,
        RemoteFittings,
        RemoteIdCardReader,
        RemoteReceiptPrinter,
    )

    return Devices(
        RemoteIdCardReader(socket_of(config, "id_card_reader")),
        RemoteReceiptPrinter(socket_of(config, "receipt_printer"), config.receipt_printer.device),
        config.receipt_printer.width_dots,
        RemoteDocumentCamera(socket_of(config, "document_camera")),
        None if config.code_scanner is None else RemoteCodeScanner(socket_of(config, "code_scanner")),
        config.receipt_printer.text,
        None if config.chip_card_reader is None else RemoteChipCardReader(socket_of(config, "chip_card_reader")),
        _pad_of(config),
        Cabinet(None if config.fittings is None else RemoteFittings(socket_of(config, "fittings"))),
        None if config.document_printer is None else RemoteDocumentPrinter(socket_of(config, "document_printer")),
        OcrPaperReader() if config.document_camera.ocr == "rapidocr" else None,
    )


def _pad_of(config: Config) -> PadPlace:
    from drivers.remote import RemoteSignaturePad  # noqa: PLC0415 - only the screen's process needs it

    if (pad := config.signature_pad) is None:
        return PadPlace()
    return PadPlace(RemoteSignaturePad(socket_of(config, "signature_pad")), pad.width_mm, pad.height_mm)


def parts_of(config: Config) -> Parts:
    """Return what a technician takes stock of."""
    devices = devices_of(config)
    return Parts(
        devices.reader, devices.printer, devices.camera, sync_settings(config), lambda: stats_of(config), lambda: offered_items(config)
    )


def supply_of(config: Config) -> Supply:
    """Return what looks after this terminal's supplies."""
    from drivers.health import counts_of  # noqa: PLC0415 - only the screen's process needs it

    own = places(config)
    names = tuple(kind.name for kind in installed(config))
    return Supply(
        own.maintenance / "roll.json", round(config.receipt_printer.roll_m * 1000), lambda name: counts_of(own.counts, name), names
    )


def machine_tools(config: Config, parts: Parts, keeper: Keeper, film: Callable[[], bytes] | None = None) -> MachineTools:
    """Return what a technician's work on the machine is done with."""
    now = local_clock(config)
    return MachineTools(
        config=config,
        city=City(sync_settings(config).ask_socket),
        open_outbox=lambda: open_outbox(config),
        stats=lambda: stats_of(config),
        findings=lambda: tuple(take_stock(parts, now())),
        now=now,
        keeper=keeper,
        exported=places(config).maintenance / "exported.json",
        film=film,
    )


def open_workshop(config: Config, film: Callable[[], bytes] | None = None) -> Workshop:
    """Open what stands behind the maintenance menu; `film` records an invented visit, where there are screens.

    Raises:
        OSError: The record of acts cannot be written.
    """
    from drivers.remote import RemoteChipCardReader, RemoteDocumentCamera  # noqa: PLC0415 - only the screen's process needs it

    settings, here, now = sync_settings(config), places(config).maintenance, local_clock(config)

    def city_now() -> datetime:
        return now() + timedelta(seconds=line_state(settings.outbox).clock_offset_s or 0.0)

    def told() -> Technicians | None:
        try:
            return feeds_of(config).read(TECHNICIANS, city_now()).current
        except SyncError:  # without the city's keys nobody can be believed to be a technician
            return None

    parts, devices, keeper = parts_of(config), devices_of(config), Keeper(places(config).sockets / KEEPER_SOCKET)
    return Workshop(
        door=Door(told, Attempts(here / "attempts.json"), city_now),
        acts=open_acts(here / "acts", now),
        parts=parts,
        probes=Probes(devices.reader, devices.printer, devices.printer_width_dots, devices.camera, assets.fonts(), now),
        width_dots=devices.printer_width_dots,
        fonts=assets.fonts(),
        chips=None if config.chip_card_reader is None else RemoteChipCardReader(socket_of(config, "chip_card_reader")),
        camera=RemoteDocumentCamera(socket_of(config, "document_camera")),
        pages=devices.pages,
        look=lambda: queue_look(config),
        send=lambda: send_again(config),
        city=City(settings.ask_socket),
        sheets=here / "sheets",
        supply=supply_of(config),
        machine=MachineWork(machine_tools(config, parts, keeper, film)),
        keeper=keeper,
        now=now,
    )
