"""`kiosk printer`: asks a receipt printer how it is, and prints a slip on it that says it is a test."""

import argparse
from datetime import datetime

from drivers.escpos.text import missing_glyphs
from drivers.queued_receipt_printer import receipt_printer_at
from kiosk import assets
from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.maintenance.prints import trial_slip
from kiosk.receipt.drawing import drawn_blocks
from kiosk.receipt.plain import plain
from peripherals.deadline import Deadline
from peripherals.error import PeripheralError
from peripherals.receipt_printer import Charset, PrinterStatus

_WIDTHS = (384, 512, 576)
_STATUS_WITHIN_S = 5.0
_PRINT_WITHIN_S = 30.0  # and what the slip is on its way to it

_ADVICE = {
    PrinterStatus.READY: "ready",
    PrinterStatus.PAPER_LOW: "ready; the paper ends soon, have a new roll at hand",
    PrinterStatus.PAPER_OUT: "no paper; put in a new roll, close the cover",
    PrinterStatus.COVER_OPEN: "the cover is open; press it shut on both sides",
    PrinterStatus.CUTTER_ERROR: "the knife is stuck; switch off, open the cover, clear the paper, switch on",
    PrinterStatus.OVERHEATED: "the head is too hot; it goes on by itself when it has cooled down",
    PrinterStatus.OFFLINE: "offline; press the feed button, or switch it off and on",
    PrinterStatus.SILENT: "attached but not answering; check its power, its cable and the speed of its line",
    PrinterStatus.ABSENT: "nothing there; check the address, the cable and the power",
}


def register(commands: Commands) -> None:
    """Add `kiosk printer`."""
    printer: argparse.ArgumentParser = commands.add_parser("printer", help="ask or test a receipt printer", description=__doc__)
    words = printer.add_subparsers(required=True, metavar="status|test")
    status = add_command(
        words, "status", _status, "Ask the printer how it is.", "kiosk printer status --device tcp://192.0.2.7:9100 --json"
    )
    test = add_command(
        words, "test", _test, "Print a test slip and say whether it came out.", "kiosk printer test --device serial:///dev/ttyS0?baud=38400"
    )
    for command in (status, test):
        command.add_argument(
            "--device",
            required=True,
            type=_address,
            metavar="URL",
            help="tcp://host:port, serial:///dev/...?baud=..., usb://vendor:product, cups://queue",
        )
    test.add_argument(
        "--text", type=Charset, choices=list(Charset), metavar="CHARSET", help=f"in the printer's own letters: {', '.join(Charset)}"
    )
    test.add_argument("--width-dots", type=int, choices=_WIDTHS, default=576, help="576 or 512 for 80 mm paper, 384 for 58 mm")


def _address(url: str) -> str:
    """Check a URL as the words of the command are read, so that a wrong one is wrong usage."""
    try:
        receipt_printer_at(url)
    except PeripheralError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return url


def _status(words: argparse.Namespace) -> Answer:
    status = receipt_printer_at(words.device).status(Deadline.after(_STATUS_WITHIN_S))
    return Answer({"status": status.value, "can_print": status.can_print}, _ADVICE[status], done=status.can_print)


def _test(words: argparse.Namespace) -> Answer:
    blocks, printer = trial_slip(words.device, datetime.now().astimezone()), receipt_printer_at(words.device)
    if words.text is None:
        slip = drawn_blocks(blocks, words.width_dots, assets.fonts())
        printing = printer.print(slip, Deadline.after(_PRINT_WITHIN_S + printer.line_s(slip)))
    else:
        # Its rare and Korean characters are there to be drawn; of a printer's own letters they would only be missing.
        common = tuple(block for block in blocks if not missing_glyphs(plain((block,), words.width_dots, words.text)))
        letters = plain(common, words.width_dots, words.text)
        printing = printer.print_plain(letters, Deadline.after(_PRINT_WITHIN_S + printer.line_s(letters)))
    body = {"status": printing.status.value, "printed": printing.printed}
    return Answer(body, "printed" if printing.printed else f"not printed: {_ADVICE[printing.status]}", done=printing.printed)
