"""A printer of whole pages, for certificates and notices, as the counter sees it."""

from enum import StrEnum
from typing import Protocol

from peripherals.deadline import Deadline
from peripherals.secret import Secret
from peripherals.values import dataclass


class DocumentPrinterStatus(StrEnum):
    """The one thing to say about a page printer; worst news wins."""

    READY = "ready"
    PAPER_LOW = "paper_low"
    TONER_LOW = "toner_low"
    PAPER_OUT = "paper_out"
    JAMMED = "jammed"
    COVER_OPEN = "cover_open"
    TONER_OUT = "toner_out"
    TRAY_FULL = "tray_full"  # what came out was not taken
    OVERHEATED = "overheated"
    PAUSED = "paused"  # by a person, or its queue takes nothing
    FAULT = "fault"
    OFFLINE = "offline"  # its queue is there, and the printer is not
    SILENT = "silent"
    ABSENT = "absent"

    @property
    def can_print(self) -> bool:
        """Whether a document may be begun."""
        return self in _CAN_PRINT


_CAN_PRINT = frozenset({DocumentPrinterStatus.READY, DocumentPrinterStatus.PAPER_LOW, DocumentPrinterStatus.TONER_LOW})


class JobEnd(StrEnum):
    """What became of a document; only PRINTED may be told as such."""

    PRINTED = "printed"
    NOT_BEGUN = "not_begun"  # the printer could not print, and nothing was sent
    REFUSED = "refused"  # it does not take this document
    CANCELED = "canceled"  # by somebody, or because the time was up
    ABORTED = "aborted"  # by the printer; pages may lie in its tray
    UNKNOWN = "unknown"  # it did not say any more; pages may lie in its tray


@dataclass(frozen=True, slots=True)
class PrintedDocument:
    """The outcome of printing: the job was followed to its end. `sheets` is None where the printer does not count them."""

    end: JobEnd
    status: DocumentPrinterStatus
    sheets: int | None = None
    detail: str | None = None


class DocumentPrinter(Protocol):
    """Prints PDF documents and follows each until it lies in the tray."""

    def status(self, deadline: Deadline) -> DocumentPrinterStatus:
        """Ask the printer, or the queue before it."""

    def print_document(self, pdf: Secret[bytes], deadline: Deadline) -> PrintedDocument:
        """Print a document; what is not done at the deadline is canceled, so that no page comes out for the next resident."""
