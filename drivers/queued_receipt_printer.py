"""A receipt printer behind a queue of CUPS: its bytes go through raw, and what is said of it is what the queue says."""

from collections.abc import Iterable

from drivers.document_printer import JobRefusedError, PrintQueue
from drivers.escpos.raster import CUT, START, bands
from drivers.escpos.text import missing_glyphs, text_commands
from drivers.health import Seen
from drivers.ipp_client import QueueGoneError, QueueSilentError
from drivers.receipt_printer import EscposReceiptPrinter
from peripherals.deadline import Deadline
from peripherals.document_printer import DocumentPrinterStatus
from peripherals.receipt_printer import PlainSlip, PrinterStatus, Printing, Raster, ReceiptPrinter

_RAW = {"cups": "application/vnd.cups-raw", "ipp": "application/octet-stream"}
"""The format of bytes that nobody on the way may touch, by the URL's scheme."""

_ASK_S = 3.0
_QUICK_S = 0.3
_BAND_ROWS = 24

_IN_SHORT = {
    DocumentPrinterStatus.READY: PrinterStatus.READY,
    DocumentPrinterStatus.TONER_LOW: PrinterStatus.READY,
    DocumentPrinterStatus.PAPER_LOW: PrinterStatus.PAPER_LOW,
    DocumentPrinterStatus.PAPER_OUT: PrinterStatus.PAPER_OUT,
    DocumentPrinterStatus.COVER_OPEN: PrinterStatus.COVER_OPEN,
    DocumentPrinterStatus.JAMMED: PrinterStatus.CUTTER_ERROR,
    DocumentPrinterStatus.OVERHEATED: PrinterStatus.OVERHEATED,
    DocumentPrinterStatus.TONER_OUT: PrinterStatus.OFFLINE,
    DocumentPrinterStatus.TRAY_FULL: PrinterStatus.OFFLINE,
    DocumentPrinterStatus.PAUSED: PrinterStatus.OFFLINE,
    DocumentPrinterStatus.FAULT: PrinterStatus.OFFLINE,
    DocumentPrinterStatus.OFFLINE: PrinterStatus.OFFLINE,
    DocumentPrinterStatus.SILENT: PrinterStatus.SILENT,
    DocumentPrinterStatus.ABSENT: PrinterStatus.ABSENT,
}


class QueuedReceiptPrinter:
    """Implements `peripherals.receipt_printer.ReceiptPrinter`.

    A queue cannot be asked what the paper does in the middle of a slip, so "printed" means that the queue ended the job well and the
    printer is well afterwards; a printer that is asked itself (tcp, serial, usb) is told more.
    """

    def __init__(self, url: str) -> None:
        """Prepare a printer; raises QueueAddressError when the URL (see `drivers.ipp_client`) names no queue."""
        self._queue = PrintQueue(url)
        self._format = _RAW[url.partition(":")[0]]
        self._slot_is_clean = False  # part of another's receipt may hang there, from before this process began

    def status(self, deadline: Deadline) -> PrinterStatus:
        """See ReceiptPrinter.status."""
        return _IN_SHORT[self._queue.status(deadline)]

    def line_s(self, slip: Raster | PlainSlip) -> float:  # noqa: ARG002 - the protocol's; a queue takes any slip at once
        """See ReceiptPrinter.line_s."""
        return 0.0

    def look(self, deadline: Deadline) -> Seen:
        """Ask the queue how the printer is; what a process before this one left in it is taken back."""
        self._queue.sweep(deadline)
        status = self.status(deadline)
        return Seen(status, status.can_print)

    def print(self, receipt: Raster, deadline: Deadline) -> Printing:
        """See ReceiptPrinter.print."""
        return self._printed(bands(receipt, _BAND_ROWS), deadline)

    def print_plain(self, slip: PlainSlip, deadline: Deadline) -> Printing:
        """See ReceiptPrinter.print_plain."""
        if missing := missing_glyphs(slip):
            return Printing(printed=False, status=self.status(deadline.sooner(_ASK_S)), missing_glyphs=missing)
        return self._printed(text_commands(slip), deadline)

    def _printed(self, pieces: Iterable[bytes], deadline: Deadline) -> Printing:
        before = self.status(deadline.sooner(_ASK_S))
        if not before.can_print:
            return Printing(printed=False, status=before)
        begin = START if self._slot_is_clean else START + CUT
        self._slot_is_clean = False
        try:
            job = self._queue.begin(b"".join((begin, *pieces, CUT)), self._format, deadline)
        except JobRefusedError:
            return Printing(printed=False, status=PrinterStatus.OFFLINE)
        except QueueGoneError:
            return Printing(printed=False, status=PrinterStatus.ABSENT)
        except QueueSilentError:
            return Printing(printed=False, status=PrinterStatus.SILENT)
        ended = self._queue.follow(job, deadline)
        after = self.status(Deadline.after(max(_QUICK_S, deadline.sooner(_ASK_S).remaining_s)))
        if not ended.is_printed:
            return Printing(printed=False, status=PrinterStatus.SILENT if after.can_print else after)
        self._slot_is_clean = after.can_print
        return Printing(printed=after.can_print, status=after)


def receipt_printer_at(url: str) -> ReceiptPrinter:
    """Return the receipt printer at a URL, asked itself or through a queue.

    Raises:
        PrinterAddressError, QueueAddressError: The URL names none.
    """
    return QueuedReceiptPrinter(url) if url.startswith(("cups:", "ipp:")) else EscposReceiptPrinter(url)
