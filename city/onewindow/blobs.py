"""Sealed photos on their way in: they arrive in pieces and can be resumed after any cut. Whole ones go to `photo_store`."""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F

from city import here
from city.fleet.models import Terminal
from city.onewindow import photo_store
from city.onewindow.arriving import signed_receipt
from city.onewindow.corrections import attach
from city.onewindow.models import Attachment, Case, Event
from city.onewindow.room import HELD_FOR, Room
from city.onewindow.states import Kind, State
from city.refused import Refused
from sync.contract.names import ItemCode
from sync.contract.problem import ProblemCode
from sync.contract.routes import LENGTH_HEADER, OFFSET_HEADER

LEFTOVER_AFTER = HELD_FOR
LOOK_EVERY = timedelta(hours=1)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a photo is here."""

    offset: int
    length: int

    @property
    def headers(self) -> dict[str, str]:
        """The same, as it travels."""
        return {OFFSET_HEADER: str(self.offset), LENGTH_HEADER: str(self.length)}


def is_digest(text: str) -> bool:
    """Tell whether `text` can name a file: nothing but a SHA-256 does."""
    return _DIGEST.fullmatch(text) is not None


def progress(terminal: Terminal, digest: str) -> Progress | Refused:
    """Return how much of a photo of this terminal is here; all of it is only said when it is kept."""
    wanted = _wanted(terminal, digest)
    if wanted is None:
        return Refused(ProblemCode.UNKNOWN, "no application of this terminal names this photo")
    if wanted.stored_at is not None:
        return Progress(wanted.size_bytes, wanted.size_bytes)
    try:
        if photo_store.is_kept(digest):  # the city stopped between keeping the file and noting it
            note_stored(digest)
            return Progress(wanted.size_bytes, wanted.size_bytes)
    except OSError:
        return Refused(ProblemCode.BUSY, "the store of photos does not answer")
    part = _part(terminal, digest)
    if not part.exists():
        return Refused(ProblemCode.UNKNOWN, "nothing of this photo is here yet")
    reached = Progress(part.stat().st_size, wanted.size_bytes)
    # The city stopped, or the store was away, between the last piece and keeping the file: the terminal has nothing left to send.
    return reached if reached.offset < reached.length else append(terminal, digest, reached.offset, reached.length, b"")


def append(terminal: Terminal, digest: str, offset: int, length: int, piece: bytes) -> Progress | Refused:
    """Add a piece at `offset`; it is on the disk when this returns. The last one makes the photo whole."""
    wanted = _wanted(terminal, digest)
    if wanted is None:
        return Refused(ProblemCode.UNKNOWN, "no application of this terminal names this photo; send the application first")
    if length != wanted.size_bytes or offset + len(piece) > length:
        return Refused(ProblemCode.MALFORMED, f"this photo has {wanted.size_bytes} bytes")
    if offset == 0:
        _expire_now_and_then()
        if not Room().is_enough_for_late(wanted):
            return Refused(ProblemCode.BUSY, "too little storage is free for a photo that comes this late")
    try:
        if photo_store.is_kept(digest):
            note_stored(digest)
            whole = Progress(length, length)
            return whole if offset == length else Refused(ProblemCode.OFFSET, "all of it is here", whole.headers)
        return _append(terminal, digest, offset, length, piece)
    except BlockingIOError:
        return Refused(ProblemCode.IN_PROGRESS)
    except OSError:
        return Refused(ProblemCode.BUSY, "the storage did not take the piece")


def _append(terminal: Terminal, digest: str, offset: int, length: int, piece: bytes) -> Progress | Refused:
    part = _part(terminal, digest)
    with _locked(part) as handle:
        reached = Progress(os.fstat(handle).st_size, length)
        if not _is_at(part, handle) or (offset != reached.offset and reached.offset < length):
            return Refused(ProblemCode.OFFSET, f"the upload stands at {reached.offset}", reached.headers)
        if reached.offset < length:
            _write_all(handle, offset, piece)
            reached = Progress(offset + len(piece), length)
        if reached.offset < length:
            return reached
        if _digest_of(part) != digest:
            os.ftruncate(handle, 0)
            return Refused(ProblemCode.DIGEST_MISMATCH, headers=Progress(0, length).headers)
        photo_store.keep(part, digest)
    note_stored(digest)
    return reached


def expire_leftovers(older_than: timedelta = LEFTOVER_AFTER) -> int:
    """Remove unfinished uploads that nobody has gone on with, and return how many; a terminal that comes back begins that photo anew.

    Those of a terminal that was withdrawn go after an hour: nobody can go on with them.
    """
    now = here.now()
    withdrawn = set(Terminal.objects.exclude(withdrawn_at=None).values_list("pk", flat=True))
    removed = 0
    for part in here.folder().uploads.glob("*.part"):
        patience = LOOK_EVERY if part.name.rsplit(".", 2)[0] in withdrawn else older_than
        with suppress(FileNotFoundError, BlockingIOError), _locked(part) as handle:  # not while a piece is being added
            if os.fstat(handle).st_mtime < (now - patience).timestamp():
                part.unlink()
                removed += 1
    return removed


def _expire_now_and_then() -> None:
    """Look for leftovers at most once an hour; the mark is a file, so that of several processes one looks."""
    mark = here.folder().uploads / "expired-at"
    now_s = here.now().timestamp()
    if not mark.exists() or now_s - mark.stat().st_mtime > LOOK_EVERY.total_seconds():
        mark.touch()
        expire_leftovers()


def note_stored(digest: str) -> None:
    """Note that a photo is whole, and complete the cases that waited for nothing else."""
    waiting = Attachment.objects.filter(digest=digest, stored_at=None).values_list("case_id", flat=True)
    for case_id in sorted(set(waiting)):
        _note_for(case_id, digest)


def _note_for(case_id: int, digest: str) -> None:
    with transaction.atomic():
        # The case first: of two last photos that end at once, the second sees what the first has written.
        case = Case.objects.select_for_update(of=("self",)).select_related("terminal", "corrects").get(pk=case_id)
        case.attachments.filter(digest=digest, stored_at=None).update(stored_at=here.now())
        if case.is_complete or case.attachments.filter(stored_at=None).exists():
            return
        package = here.catalogue().kept(ItemCode(case.item), case.item_version)
        case.completed_at = here.now()
        case.state = State.RECEIVED if case.state == State.ARRIVING else case.state  # it may have been withdrawn meanwhile
        case.version += 1
        case.receipt = signed_receipt(case, package)
        case.save(update_fields=["completed_at", "state", "version", "receipt"])
        Event(case=case, kind=Kind.COMPLETED, detail={"papers": case.papers_wanted}).save()
        attach(case)


def _wanted(terminal: Terminal, digest: str) -> Attachment | None:
    if not is_digest(digest):
        return None
    return (
        Attachment.objects.select_related("case")
        .filter(digest=digest, case__terminal=terminal)
        .order_by(F("stored_at").asc(nulls_first=True), "pk")
        .first()
    )


def _part(terminal: Terminal, digest: str) -> Path:
    """The unfinished upload of one terminal; another one that knows the digest cannot spoil it."""
    return here.folder().uploads / f"{terminal.pk}.{digest}.part"


@contextmanager
def _locked(part: Path) -> Iterator[int]:
    """Hold the upload for one request; it is given back when the handle closes, also when the process is killed."""
    handle = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield handle
    finally:
        os.close(handle)


def _is_at(part: Path, handle: int) -> bool:
    """Whether the open file still has its name: another request may have made it whole, and a third begun a new one."""
    try:
        return os.path.samestat(part.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _write_all(handle: int, offset: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        written = os.pwrite(handle, view, offset)
        offset += written
        view = view[written:]
    os.fsync(handle)


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
