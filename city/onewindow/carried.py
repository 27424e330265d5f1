"""Takes in what a terminal gave out to a stick: here at the city's own table, or over the line of another terminal.

The list is believed for the terminal's signature, an application for its digest in the list.
"""

import errno
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from city.fleet.models import CarriedList, Terminal
from city.onewindow import blobs
from city.onewindow.intake import take
from city.onewindow.models import Attachment
from city.refused import Refused
from sync.contract.decoding import UNDECODABLE
from sync.contract.export import MANIFEST, MANIFEST_MAX_BYTES, PAYLOAD_TYPE, Carried, Manifest
from sync.contract.names import Digest, digest_of, is_uuid
from sync.contract.problem import ProblemCode
from sync.contract.routes import PIECE_MAX_BYTES, SEALED_MAX_BYTES
from sync.contract.signed import SignatureError, payload_unverified, verify_as
from sync.contract.signing_keys import key_id_of


@dataclass(slots=True)
class Received:
    """What came of one list; `why` says why nothing of it was believed."""

    folder: str
    new: int = 0
    known: int = 0
    photos: int = 0
    why: str = ""
    refused: list[tuple[str, str]] = field(default_factory=list)


def receive(folder: Path) -> Received:
    """Take in one list and what it names; again, it changes nothing."""
    received = Received(folder.name)
    manifest = _believed(folder, received)
    if manifest is None:
        return received
    terminal = Terminal.objects.get(pk=manifest.terminal)
    for carried in manifest.applications:
        _take(terminal, folder, carried, received)
    return received


def _believed(folder: Path, received: Received) -> Manifest | None:
    """Return the list if an admitted terminal signed it."""
    try:
        read = believed(_read(folder / MANIFEST, MANIFEST_MAX_BYTES))
    except OSError as error:
        received.why = f"the list is not believed: {error}"[:200]
        return None
    if isinstance(read, str):
        received.why = read
        return None
    return read


def believed(statement: bytes) -> Manifest | str:
    """Return the list if an admitted terminal signed it, and else why it is not believed."""
    try:
        claimed = msgspec.json.decode(payload_unverified(statement, PAYLOAD_TYPE), type=Manifest)
        terminal = Terminal.objects.filter(pk=claimed.terminal, withdrawn_at=None).first()
        if terminal is None:
            return f"{claimed.terminal}: no admitted terminal"
        return verify_as(statement, PAYLOAD_TYPE, {key_id_of(terminal.key): terminal.key}, Manifest)
    except (SignatureError, *UNDECODABLE) as error:
        return f"the list is not believed: {error}"[:200]


def note_list(carrier: Terminal, digest: Digest, statement: bytes) -> Refused | None:
    """Keep a list that `carrier` brought under the digest of its bytes; again, it changes nothing."""
    if digest_of(statement) != digest:
        return Refused(ProblemCode.INVALID, "the list does not have the digest of its name")
    read = believed(statement)
    if isinstance(read, str):
        return Refused(ProblemCode.INVALID, read)
    CarriedList.objects.get_or_create(digest=digest, defaults={"terminal_id": read.terminal, "carrier": carrier, "statement": statement})
    return None


def named_by(digest: str) -> tuple[Terminal, Manifest] | Refused:
    """Return who gave out the list of this digest, and the list: while that terminal is admitted."""
    kept = CarriedList.objects.select_related("terminal").filter(pk=digest).first()
    if kept is None:
        return Refused(ProblemCode.UNKNOWN, "bring the list first")
    read = believed(bytes(kept.statement))
    return Refused(ProblemCode.INVALID, read) if isinstance(read, str) else (kept.terminal, read)


def _take(terminal: Terminal, folder: Path, carried: Carried, received: Received) -> None:
    name = carried.application_id
    if not is_uuid(name):
        received.refused.append((str(name)[:40], "not the id of an application"))
        return
    try:
        body = _read(folder / f"{name}.sealed", SEALED_MAX_BYTES)
    except OSError as error:
        received.refused.append((name, error.strerror or "cannot be read"))
        return
    if digest_of(body) != carried.digest:
        received.refused.append((name, "not what the terminal gave out"))
        return
    taken = take(terminal, name, body)
    if isinstance(taken, Refused):
        received.refused.append((name, taken.problem.type.rsplit(":", 1)[-1]))
        return
    received.new += taken.is_new
    received.known += not taken.is_new
    for digest in taken.answer.missing:
        _bring(terminal, folder, name, digest, received)


def _bring(terminal: Terminal, folder: Path, name: str, digest: Digest, received: Received) -> None:
    wanted = Attachment.objects.filter(case__terminal=terminal, digest=digest).first()
    if wanted is None or not blobs.is_digest(digest):
        return
    try:
        whole = _read(folder / f"{digest}.photo", wanted.size_bytes)
    except OSError as error:
        received.refused.append((name, f"a photo: {error.strerror or 'cannot be read'}"))
        return
    begun = blobs.progress(terminal, digest)  # some of it may have come over the line
    for offset, piece in _pieces(whole, begun.offset if isinstance(begun, blobs.Progress) else 0):
        kept = blobs.append(terminal, digest, offset, wanted.size_bytes, piece)
        if isinstance(kept, Refused):
            received.refused.append((name, f"a photo: {kept.problem.type.rsplit(':', 1)[-1]}"))
            return
    received.photos += 1


def _pieces(whole: bytes, begin: int) -> Iterator[tuple[int, bytes]]:
    for offset in range(begin, len(whole), PIECE_MAX_BYTES):
        yield offset, whole[offset : offset + PIECE_MAX_BYTES]


def _read(path: Path, most: int) -> bytes:
    """Read a file of a stick: never a link, never more than it may have.

    Raises:
        OSError: It is not there, is none, or is too large.
    """
    if path.is_symlink() or path.stat().st_size > most:
        raise OSError(errno.EFBIG, "too large, or no plain file")
    return path.read_bytes()
