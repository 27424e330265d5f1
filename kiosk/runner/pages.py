"""Carries out what concerns the printer of whole pages: one document, followed until it lies in the tray or does not."""

from collections.abc import Callable

from kiosk.flow.events import Event
from kiosk.flow.events.devices import PagesAnswered
from kiosk.lane import Lane
from peripherals.deadline import Deadline
from peripherals.document_printer import DocumentPrinter, DocumentPrinterStatus, JobEnd, PrintedDocument
from peripherals.secret import Secret

_PRINT_WITHIN_S = 100.0
_NO_PRINTER = PrintedDocument(JobEnd.NOT_BEGUN, DocumentPrinterStatus.ABSENT)


class PagesDesk:
    """One page printer, if there is one, and the thread that waits for it."""

    def __init__(self, printer: DocumentPrinter | None, post: Callable[[Event], None], failed: Callable[[BaseException], None]) -> None:
        self._printer = printer
        self._post = post
        self._lane = Lane("pages", failed).start()

    def print(self, token: int, pdf: Secret[bytes]) -> None:
        """Print one document for the visit `token`."""
        self._lane.do(lambda: self._print(token, pdf))

    def close(self) -> None:
        """Stop after the document at hand."""
        self._lane.close()

    def _print(self, token: int, pdf: Secret[bytes]) -> None:
        printed = _NO_PRINTER if self._printer is None else self._printer.print_document(pdf, Deadline.after(_PRINT_WITHIN_S))
        self._post(PagesAnswered(token, printed))
