"""What printers say of themselves and their jobs, in the counter's words. Keywords: RFC 8011 5.4.12, PWG 5100.9, CUPS."""

from enum import IntEnum

from drivers.ipp.messages import Answer
from peripherals.document_printer import DocumentPrinterStatus as Status


class JobState(IntEnum):
    """RFC 8011, section 5.3.7."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9

    @property
    def is_end(self) -> bool:
        """Whether nothing comes after it."""
        return self in {JobState.CANCELED, JobState.ABORTED, JobState.COMPLETED}


_PRINTER_STOPPED = 5

# Worst first. A keyword is matched without its ending -error, -warning or -report.
_MEANINGS: tuple[tuple[Status, frozenset[str]], ...] = (
    (Status.COVER_OPEN, frozenset({"cover-open", "door-open", "interlock-open"})),
    (Status.JAMMED, frozenset({"media-jam"})),
    (Status.PAPER_OUT, frozenset({"media-empty", "media-needed", "input-tray-missing"})),
    (Status.TONER_OUT, frozenset({"toner-empty", "marker-supply-empty", "marker-supply-missing", "developer-empty", "opc-life-over"})),
    (Status.TRAY_FULL, frozenset({"output-area-full", "marker-waste-full", "output-tray-missing"})),
    (Status.OVERHEATED, frozenset({"fuser-over-temp"})),
    (Status.OFFLINE, frozenset({"offline", "shutdown", "timed-out", "connecting-to-device"})),
    (Status.PAUSED, frozenset({"paused", "moving-to-paused", "stopping", "hold-new-jobs"})),
    (Status.FAULT, frozenset({"other", "fuser-under-temp", "spool-area-full", "stopped-partly"})),
    (Status.PAPER_LOW, frozenset({"media-low"})),
    (Status.TONER_LOW, frozenset({"toner-low", "marker-supply-low", "developer-low", "opc-near-eol"})),
)
_ENDINGS = ("-error", "-warning", "-report")


def printer_status(answer: Answer) -> Status:
    """Return the one thing to say from the attributes printer-state, -state-reasons and -is-accepting-jobs."""
    said = set()
    for reason in answer.words("printer-state-reasons"):
        ending = next((ending for ending in _ENDINGS if reason.endswith(ending)), "")
        said.add(reason.removesuffix(ending))
    for status, reasons in _MEANINGS:
        # A "connecting" that is a mere report is how CUPS calls the moment in which each job begins.
        if said & reasons and not (said & reasons == {"connecting-to-device"} and answer.number("printer-state") != _PRINTER_STOPPED):
            return status
    if answer.number("printer-state") == _PRINTER_STOPPED or answer.attributes.get("printer-is-accepting-jobs") == (False,):
        return Status.PAUSED
    return Status.READY


def job_state(answer: Answer) -> JobState | None:
    """Return the job's state; None when the answer names none."""
    number = answer.number("job-state")
    return JobState(number) if number is not None and number in set(JobState) else None
