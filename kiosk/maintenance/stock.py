"""Takes stock: asks every part of the terminal how it is, each within a deadline of its own, so that one that hangs costs seconds."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.maintenance import checks
from kiosk.maintenance.finding import Finding
from peripherals.deadline import Deadline
from peripherals.document_camera import DocumentCamera
from peripherals.id_card_reader import IdCardReader
from peripherals.receipt_printer import ReceiptPrinter
from peripherals.values import dataclass
from sync.contract.item import ItemPackage
from sync.errors import SyncError
from sync.line import line_state
from sync.own_certificate import certificate_until
from sync.reckoning import Stats
from sync.settings import SyncSettings

_DEVICE_WITHIN_S = 4.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What stock is taken of."""

    reader: IdCardReader
    printer: ReceiptPrinter
    camera: DocumentCamera
    settings: SyncSettings
    stats: Callable[[], Stats]  # raises SyncError when the outbox cannot be opened
    items: Callable[[], tuple[ItemPackage, ...]]  # raises SyncError when no signature can be judged


def take_stock(parts: Parts, now: datetime) -> Iterator[Finding]:
    """Yield one finding a check, in the order of `Check`; what cannot be read at all is a finding, too."""
    settings = parts.settings
    yield checks.of_reader(parts.reader.module(Deadline.after(_DEVICE_WITHIN_S)))
    yield checks.of_printer(parts.printer.status(Deadline.after(_DEVICE_WITHIN_S)))
    opened = parts.camera.open(Deadline.after(_DEVICE_WITHIN_S))
    parts.camera.close()
    yield checks.of_camera(opened)
    line = line_state(settings.outbox)
    yield checks.of_line(line, now)
    yield _of_queue(parts)
    yield checks.of_clock(line.clock_offset_s)
    yield checks.of_storage(disk_under(settings.outbox, settings.limits.floor_bytes))
    city_now = datetime.now(UTC) + timedelta(seconds=line.clock_offset_s or 0.0)
    yield checks.of_certificate(certificate_until(settings.certificate), city_now)
    yield _of_items(parts, now)


def _of_queue(parts: Parts) -> Finding:
    try:
        return checks.of_queue(parts.stats())
    except SyncError:
        return checks.of_unreadable_queue()


def _of_items(parts: Parts, now: datetime) -> Finding:
    try:
        return checks.of_items(parts.items(), now.date())
    except SyncError:  # the keys by which the city signs them are missing or malformed: none can be believed
        return checks.of_items((), now.date())


def disk_under(folder: Path, floor_bytes: int) -> checks.Disk:
    """Measure the disk on which `folder` is, or will be."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    disk = os.statvfs(there)
    is_writable = not disk.f_flag & os.ST_RDONLY
    return checks.Disk(disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize, floor_bytes, is_writable)
