"""`kiosk document-printer`: asks a printer of whole pages how it is, prints a PDF on it, and says what became of it."""

import argparse
import contextlib
import io
from datetime import datetime
from pathlib import Path

from PIL import Image

from drivers.document_printer import IppDocumentPrinter
from kiosk import assets
from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.maintenance.prints import trial_slip
from kiosk.receipt.drawing import drawn_blocks
from peripherals.deadline import Deadline
from peripherals.document_printer import DocumentPrinterStatus, JobEnd
from peripherals.error import PeripheralError
from peripherals.receipt_printer import Raster
from peripherals.secret import Secret

_STATUS_WITHIN_S = 5.0
_LARGEST_BYTES = 50_000_000
_DPI = 203
_A4_DOTS = (1654, 2339)  # at 203 dots an inch, a head's own resolution

_ADVICE = {
    DocumentPrinterStatus.READY: "ready",
    DocumentPrinterStatus.PAPER_LOW: "ready; the paper ends soon, fill the tray",
    DocumentPrinterStatus.TONER_LOW: "ready; the toner ends soon, have a new cartridge at hand",
    DocumentPrinterStatus.PAPER_OUT: "no paper; fill the tray and push it in whole",
    DocumentPrinterStatus.JAMMED: "paper is jammed; open the cover, pull it out in its own direction",
    DocumentPrinterStatus.COVER_OPEN: "a cover is open; press it shut",
    DocumentPrinterStatus.TONER_OUT: "no toner; put a new cartridge in",
    DocumentPrinterStatus.TRAY_FULL: "the output tray is full; take the pages out",
    DocumentPrinterStatus.OVERHEATED: "too hot; it goes on by itself when it has cooled down",
    DocumentPrinterStatus.PAUSED: "its queue is paused; on this machine: cupsenable QUEUE; cupsaccept QUEUE",
    DocumentPrinterStatus.FAULT: "out of order; its own panel says more",
    DocumentPrinterStatus.OFFLINE: "its queue is there, the printer is not; check its power and its cable",
    DocumentPrinterStatus.SILENT: "something takes the call and does not answer; restart it",
    DocumentPrinterStatus.ABSENT: "nothing there; check the address, and that CUPS runs and has this queue: lpstat -v",
}


def register(commands: Commands) -> None:
    """Add `document-printer status` and `document-printer print`."""
    parser = commands.add_parser("document-printer", help="the printer of whole pages", description=__doc__)
    words = parser.add_subparsers(required=True, metavar="status|print")
    status = add_command(words, "status", _status, "ask the printer how it is", "kiosk document-printer status --device cups://a4 --json")
    print_ = add_command(
        words, "print", _print, "print a PDF, or a test page, and follow it to its end", "kiosk document-printer print --device cups://a4"
    )
    for command in (status, print_):
        command.add_argument("--device", required=True, type=_address, metavar="URL", help="cups://queue, or ipp://host:port/path")
    print_.add_argument("--pdf", type=Path, metavar="FILE", help="what to print; a test page when left out")
    print_.add_argument("--timeout", type=_seconds, default=90.0, metavar="S", help="after which it is taken back (90)")


def _address(url: str) -> str:
    try:
        IppDocumentPrinter(url)
    except PeripheralError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return url


def _seconds(word: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (value := float(word)) <= 3600:  # false for NaN, too
            return value
    raise argparse.ArgumentTypeError("must be seconds, more than 0 and up to 3600")


def _status(words: argparse.Namespace) -> Answer:
    status = IppDocumentPrinter(words.device).status(Deadline.after(_STATUS_WITHIN_S))
    return Answer({"status": status.value, "can_print": status.can_print}, _ADVICE[status], done=status.can_print)


def _print(words: argparse.Namespace) -> Answer:
    if words.pdf is None:
        pdf = test_page(words.device)
    else:
        try:
            with words.pdf.open("rb") as file:
                pdf = file.read(_LARGEST_BYTES + 1)
        except OSError as error:
            return _unusable(f"{words.pdf}: {error.strerror}")
        if not pdf.startswith(b"%PDF-") or len(pdf) > _LARGEST_BYTES:
            return _unusable(f"{words.pdf}: not a PDF, or larger than {_LARGEST_BYTES // 1_000_000} MB")
    done = IppDocumentPrinter(words.device).print_document(Secret(pdf), Deadline.after(words.timeout))
    body = {"status": done.status.value, "end": done.end.value, "sheets": done.sheets, "detail": done.detail}
    is_printed = done.end is JobEnd.PRINTED
    more = f" ({done.detail})" if done.detail else ""
    return Answer(body, "printed" if is_printed else f"not printed, {done.end}{more}: {_ADVICE[done.status]}", done=is_printed)


def _unusable(detail: str) -> Answer:
    return Answer({"status": "unusable_file", "end": JobEnd.NOT_BEGUN.value, "sheets": None, "detail": detail}, detail, done=False)


def test_page(url: str) -> bytes:
    """Return an A4 page that says it is a test, as a PDF."""
    slip = drawn_blocks(trial_slip(url, datetime.now().astimezone()), 1200, assets.fonts())
    page = Image.new("1", _A4_DOTS, 1)
    page.paste(_picture(slip), ((_A4_DOTS[0] - slip.width_dots) // 2, 150))
    whole = io.BytesIO()
    page.save(whole, "PDF", resolution=_DPI)
    return whole.getvalue()


def _picture(raster: Raster) -> Image.Image:
    return Image.frombytes("1", (raster.width_dots, raster.height_dots), bytes(byte ^ 0xFF for byte in raster.rows))
