"""From what was measured to a verdict: pure, so that every threshold can be read and tested here.

The thresholds are ours, chosen so that a notice leaves a technician days and a fault means that residents are turned away.
"""

from datetime import date, datetime, timedelta
from typing import assert_never

from kiosk.maintenance.finding import Check, Finding, Verdict
from peripherals.document_camera import PaperHint
from peripherals.id_card_reader import CardReadStatus, ModuleReport
from peripherals.receipt_printer import PrinterStatus
from peripherals.values import dataclass
from sync.contract.item import ItemPackage
from sync.line import Line, LineState
from sync.reckoning import Stats

CLOCK_NOTICE_S = 10.0
CLOCK_FAULT_S = 120.0  # from here on a slip no longer prints its time as sure
QUEUE_NOTICE_S = 3600.0
QUEUE_FAULT_S = 24 * 3600.0
CERTIFICATE_NOTICE = timedelta(days=20)  # it renews itself at thirty days; later than that something keeps it from doing so
STORAGE_NOTICE_FACTOR = 4  # times the floor below which nothing is taken
ITEM_NOTICE = timedelta(days=14)

_MIB = 1024 * 1024


def of_reader(report: ModuleReport) -> Finding:
    """Judge the identity-card reader by what its security module says of itself."""
    match report.status:
        case CardReadStatus.READ:
            return Finding(Check.ID_CARD_READER, Verdict.GOOD, "good", {"module": report.module_id or "-"})
        case CardReadStatus.ABSENT | CardReadStatus.SILENT | CardReadStatus.MODULE_FAULT:
            return Finding(Check.ID_CARD_READER, Verdict.FAULT, report.status.value)
        case (
            CardReadStatus.NO_CARD
            | CardReadStatus.CARD_MOVED
            | CardReadStatus.NOT_GENUINE
            | CardReadStatus.UNSUPPORTED_CARD
            | CardReadStatus.CORRUPT
        ):
            return Finding(Check.ID_CARD_READER, Verdict.NOTICE, "garbled")  # the module was asked, not a card
        case _:
            assert_never(report.status)


def of_printer(status: PrinterStatus) -> Finding:
    """Judge the receipt printer by its own word."""
    match status:
        case PrinterStatus.READY:
            verdict = Verdict.GOOD
        case PrinterStatus.PAPER_LOW | PrinterStatus.OVERHEATED:
            verdict = Verdict.NOTICE
        case (
            PrinterStatus.PAPER_OUT
            | PrinterStatus.COVER_OPEN
            | PrinterStatus.CUTTER_ERROR
            | PrinterStatus.OFFLINE
            | PrinterStatus.SILENT
            | PrinterStatus.ABSENT
        ):
            verdict = Verdict.FAULT
        case _:
            assert_never(status)
    return Finding(Check.RECEIPT_PRINTER, verdict, status.value)


def of_camera(opened: PaperHint) -> Finding:
    """Judge the camera by whether it gives frames; what lies under it does not matter here."""
    if opened in (PaperHint.CAMERA_ABSENT, PaperHint.CAMERA_STALLED):
        return Finding(Check.DOCUMENT_CAMERA, Verdict.FAULT, opened.value)
    return Finding(Check.DOCUMENT_CAMERA, Verdict.GOOD, "good")


def of_line(line: Line, now: datetime) -> Finding:
    """Judge the line as the sending process last saw it."""
    facts: dict[str, str | int] = {"hours": int((now - line.since).total_seconds() // 3600)}
    match line.state:
        case LineState.UP:
            return Finding(Check.LINE, Verdict.GOOD, "up")
        case LineState.DOWN:
            return Finding(Check.LINE, Verdict.NOTICE, f"down_{line.reason}" if line.reason in _DOWN_REASONS else "down", facts)
        case LineState.STOPPED:
            return Finding(Check.LINE, Verdict.FAULT, "stopped", facts)
        case LineState.UNKNOWN:
            return Finding(Check.LINE, Verdict.NOTICE, "unknown")
        case _:
            assert_never(line.state)


_DOWN_REASONS = ("certificate", "not_the_city")
"""Reasons that want something else of a technician than looking after a cable."""


def of_queue(stats: Stats) -> Finding:
    """Judge what waits: how much, how long, and whether something was set aside or cannot be taken at all."""
    waiting = stats["sealed"] + stats["sent"]
    oldest_s = stats["oldest_waiting_s"] or 0.0
    facts: dict[str, str | int] = {
        "waiting": waiting,
        "hours": int(oldest_s // 3600),
        "aside": stats["quarantined"],
        "damaged": stats["set_aside"],
    }
    if not stats["is_taking"]:
        return Finding(Check.QUEUE, Verdict.FAULT, "not_taking", facts)
    if stats["set_aside"]:
        return Finding(Check.QUEUE, Verdict.FAULT, "damaged", facts)
    if stats["quarantined"]:
        return Finding(Check.QUEUE, Verdict.NOTICE, "aside", facts)
    if waiting and oldest_s >= QUEUE_NOTICE_S:
        return Finding(Check.QUEUE, Verdict.FAULT if oldest_s >= QUEUE_FAULT_S else Verdict.NOTICE, "old", facts)
    return Finding(Check.QUEUE, Verdict.GOOD, "waiting" if waiting else "empty", facts)


def of_unreadable_queue() -> Finding:
    """Say that the outbox could not even be opened; what the error said is for the log, not for the glass."""
    return Finding(Check.QUEUE, Verdict.FAULT, "unreadable")


def of_clock(city_is_ahead_s: float | None) -> Finding:
    """Judge the clock against the city's, as of its last answer."""
    if city_is_ahead_s is None:
        return Finding(Check.CLOCK, Verdict.NOTICE, "unknown")
    off_s = abs(city_is_ahead_s)
    facts: dict[str, str | int] = {"seconds": f"{off_s:.1f}" if off_s < CLOCK_NOTICE_S else round(off_s)}
    saying = "good" if off_s < CLOCK_NOTICE_S else "slow" if city_is_ahead_s > 0 else "fast"
    verdict = Verdict.GOOD if off_s < CLOCK_NOTICE_S else Verdict.FAULT if off_s >= CLOCK_FAULT_S else Verdict.NOTICE
    return Finding(Check.CLOCK, verdict, saying, facts)


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk under the outbox, and the floor below which the outbox takes nothing new."""

    free_bytes: int
    whole_bytes: int
    floor_bytes: int
    is_writable: bool = True


def of_storage(disk: Disk) -> Finding:
    """Judge the room that is left."""
    facts: dict[str, str | int] = {"free": disk.free_bytes // _MIB, "percent": 100 * disk.free_bytes // max(1, disk.whole_bytes)}
    if not disk.is_writable:
        return Finding(Check.STORAGE, Verdict.FAULT, "read_only", facts)
    if disk.free_bytes < disk.floor_bytes:
        return Finding(Check.STORAGE, Verdict.FAULT, "full", facts)
    if disk.free_bytes < STORAGE_NOTICE_FACTOR * disk.floor_bytes:
        return Finding(Check.STORAGE, Verdict.NOTICE, "low", facts)
    return Finding(Check.STORAGE, Verdict.GOOD, "good", facts)


def of_certificate(until: datetime | None, now: datetime) -> Finding:
    """Judge the certificate by which the city admits this terminal; a pilot may do without one."""
    if until is None:
        return Finding(Check.CERTIFICATE, Verdict.NOTICE, "none")
    facts: dict[str, str | int] = {"until": f"{until:%Y-%m-%d}", "days": max(0, (until - now).days)}
    if until <= now:
        return Finding(Check.CERTIFICATE, Verdict.FAULT, "over", facts)
    return Finding(Check.CERTIFICATE, Verdict.NOTICE if until - now < CERTIFICATE_NOTICE else Verdict.GOOD, "valid", facts)


def of_items(items: tuple[ItemPackage, ...], today: date) -> Finding:
    """Judge what can be offered: none is a terminal out of order, one that ends soon wants a new version from the city."""
    ending = sorted(item.valid_until for item in items if item.valid_until - today <= ITEM_NOTICE)
    facts: dict[str, str | int] = {"count": len(items), "ending": len(ending), "soonest": f"{ending[0]:%Y-%m-%d}" if ending else "-"}
    if not items:
        return Finding(Check.ITEMS, Verdict.FAULT, "none", facts)
    return Finding(Check.ITEMS, Verdict.NOTICE if ending else Verdict.GOOD, "ending" if ending else "good", facts)
