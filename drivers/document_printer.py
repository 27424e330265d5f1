"""A page printer through CUPS or by IPP, whose jobs are followed to their end."""

import socket
import time

from drivers.health import Seen
from drivers.ipp.messages import Answer, Attribute, Operation, Tag
from drivers.ipp.states import JobState, job_state, printer_status
from drivers.ipp_client import Queue, QueueGoneError, QueueSilentError
from peripherals.deadline import Deadline
from peripherals.document_printer import DocumentPrinterStatus, JobEnd, PrintedDocument
from peripherals.secret import Secret
from peripherals.values import dataclass

PDF = "application/pdf"

_ASK_S = 3.0
_LOOK_EVERY_S = 0.25
_CANCEL_S = 4.0  # how long a canceled job may still need to end
_QUICK_S = 0.3  # for a last question at the deadline
_NOT_FOUND = 0x0406
_WANTED = ("printer-state", "printer-state-reasons", "printer-is-accepting-jobs")
_WANTED_OF_JOB = ("job-state", "job-state-reasons", "job-media-sheets-completed", "job-impressions-completed")
_BAD_ENDS = frozenset({"job-completed-with-errors", "document-format-error", "document-unprintable-error"})
_NOTHING_SAID = frozenset({"none", "job-completed-successfully", "processing-to-stop-point"})  # the last: CUPS, of every job
_USER = Attribute(Tag.NAME, "requesting-user-name", (f"kiosk-{socket.gethostname()}"[:127],))
"""Whose the jobs are: this machine's, since a printer may serve several terminals."""


@dataclass(frozen=True, slots=True)
class FollowedJob:
    """How a job ended, in IPP's words; `state` is None when the printer did not say any more."""

    state: JobState | None
    reasons: tuple[str, ...] = ()
    sheets: int | None = None

    @property
    def is_printed(self) -> bool:
        """Whether everything came out, as the printer says."""
        return self.state is JobState.COMPLETED and not _BAD_ENDS & set(self.reasons)


class JobRefusedError(Exception):
    """The queue does not take the document; the text is for staff."""


class PrintQueue:
    """A queue to which documents of one format are given, whatever stands behind it: pages, or a receipt printer's own bytes."""

    def __init__(self, url: str) -> None:
        self._queue = Queue(url)
        self._is_swept = False

    def status(self, deadline: Deadline) -> DocumentPrinterStatus:
        """Ask how the printer is."""
        try:
            said = self._queue.ask(
                Operation.GET_PRINTER_ATTRIBUTES, deadline, _USER, Attribute(Tag.KEYWORD, "requested-attributes", _WANTED)
            )
        except QueueGoneError:
            return DocumentPrinterStatus.ABSENT
        except QueueSilentError:
            return DocumentPrinterStatus.SILENT
        if said.status_code == _NOT_FOUND:
            return DocumentPrinterStatus.ABSENT
        return printer_status(said) if said.is_success else DocumentPrinterStatus.FAULT

    def sweep(self, deadline: Deadline) -> None:
        """Take back, once, what a process before this one began and could not follow: nobody waits for those pages any more.

        Only a device's own process does so, as it begins; a technician's command would take the terminal's pages.
        """
        if self._is_swept:
            return
        mine = Attribute(Tag.BOOLEAN, "my-jobs", (True,))
        try:
            said = self._queue.ask(Operation.GET_JOBS, deadline, _USER, mine, Attribute(Tag.KEYWORD, "requested-attributes", ("job-id",)))
            for job in said.numbers("job-id") if said.is_success else ():
                self._queue.ask(Operation.CANCEL_JOB, deadline, Attribute(Tag.INTEGER, "job-id", (job,)), _USER)
        except (QueueGoneError, QueueSilentError):
            return  # it is asked again with the next look
        self._is_swept = True

    def begin(self, document: bytes, format_: str, deadline: Deadline) -> int:
        """Hand a document over and return its job's number.

        Raises:
            JobRefusedError: the queue does not take it.
            QueueGoneError, QueueSilentError: it may have taken it, or not.
        """
        said = self._queue.ask(
            Operation.PRINT_JOB,
            deadline,
            _USER,
            Attribute(Tag.NAME, "job-name", ("kiosk",)),  # queues show names to anybody, so it names nobody
            Attribute(Tag.MIME_TYPE, "document-format", (format_,)),
            document=document,
        )
        number = said.number("job-id")
        if not said.is_success or number is None:
            raise JobRefusedError(_refusal(said))
        return number

    def follow(self, job: int, deadline: Deadline) -> FollowedJob:
        """Wait until the job has ended. One that has not shortly before the deadline is canceled, and its end awaited till then."""
        last = self._until_ended(job, Deadline(deadline.at_s - min(_CANCEL_S, deadline.remaining_s / 2), deadline.clock))
        if last.state is None or last.state.is_end:
            return last
        try:
            self._queue.ask(Operation.CANCEL_JOB, deadline, Attribute(Tag.INTEGER, "job-id", (job,)), _USER)
        except (QueueGoneError, QueueSilentError):
            return FollowedJob(None)
        last = self._until_ended(job, deadline)
        return last if last.state is not None and last.state.is_end else FollowedJob(None)

    def _until_ended(self, job: int, until: Deadline) -> FollowedJob:
        """Return the job as it is when it has ended, or at the deadline; without a state when the queue stopped answering."""
        last, heard = FollowedJob(JobState.PENDING), Deadline.after(_ASK_S)
        while True:
            try:
                last = _followed(self._asked_of(job, until), last)
                heard = Deadline.after(_ASK_S)
            except (QueueGoneError, QueueSilentError):
                if heard.is_past or until.is_past:
                    return FollowedJob(None)
            if last.state is None or last.state.is_end or until.is_past:
                return last
            time.sleep(min(_LOOK_EVERY_S, until.remaining_s))

    def _asked_of(self, job: int, until: Deadline) -> Answer:
        return self._queue.ask(
            Operation.GET_JOB_ATTRIBUTES,
            Deadline.after(max(_QUICK_S, until.sooner(_ASK_S).remaining_s)),
            Attribute(Tag.INTEGER, "job-id", (job,)),
            _USER,
            Attribute(Tag.KEYWORD, "requested-attributes", _WANTED_OF_JOB),
        )


def _followed(said: Answer, last: FollowedJob) -> FollowedJob:
    if said.status_code == _NOT_FOUND:
        return FollowedJob(None)  # a queue that forgets its jobs has not said that this one was printed
    state = job_state(said)
    if state is None:
        return last
    sheets = said.number("job-media-sheets-completed")
    return FollowedJob(state, said.words("job-state-reasons"), sheets if sheets is not None else said.number("job-impressions-completed"))


def _refusal(said: Answer) -> str:
    told = next(iter(said.words("status-message")), "")
    return f"{said.status_code:#06x} {told}".rstrip()[:200]


class IppDocumentPrinter:
    """Implements `peripherals.document_printer.DocumentPrinter`."""

    def __init__(self, url: str) -> None:
        """Prepare a printer.

        Args:
            url: See `drivers.ipp_client`.

        Raises:
            QueueAddressError: It names no queue.
        """
        self._queue = PrintQueue(url)

    def status(self, deadline: Deadline) -> DocumentPrinterStatus:
        """See DocumentPrinter.status."""
        return self._queue.status(deadline)

    def look(self, deadline: Deadline) -> Seen:
        """Ask the printer how it is; what a process before this one left on it is taken back."""
        self._queue.sweep(deadline)
        status = self.status(deadline)
        return Seen(status, status.can_print)

    def print_document(self, pdf: Secret[bytes], deadline: Deadline) -> PrintedDocument:
        """See DocumentPrinter.print_document."""
        before = self.status(deadline.sooner(_ASK_S))
        if not before.can_print:
            return PrintedDocument(JobEnd.NOT_BEGUN, before)
        try:
            job = self._queue.begin(pdf.reveal(), PDF, deadline)
        except JobRefusedError as refused:
            return PrintedDocument(JobEnd.REFUSED, before, detail=str(refused))
        except (QueueGoneError, QueueSilentError) as lost:
            return PrintedDocument(JobEnd.UNKNOWN, self._status_afterwards(deadline), detail=str(lost))
        ended = self._queue.follow(job, deadline)
        return PrintedDocument(_end(ended), self._status_afterwards(deadline), ended.sheets, _reasons(ended))

    def _status_afterwards(self, deadline: Deadline) -> DocumentPrinterStatus:
        return self.status(Deadline.after(max(_QUICK_S, deadline.sooner(_ASK_S).remaining_s)))


def _end(ended: FollowedJob) -> JobEnd:
    match ended.state:
        case JobState.COMPLETED:
            return JobEnd.PRINTED if ended.is_printed else JobEnd.ABORTED
        case JobState.CANCELED:
            return JobEnd.CANCELED
        case JobState.ABORTED:
            return JobEnd.ABORTED
        case _:
            return JobEnd.UNKNOWN


def _reasons(ended: FollowedJob) -> str | None:
    said = [reason for reason in ended.reasons if reason not in _NOTHING_SAID]
    return ", ".join(said)[:200] or None
