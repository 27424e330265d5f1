"""Delivers what other terminals gave out to a stick, and takes the city's receipts back on the same stick.

Nothing of a stick is believed: the city judges the list, the list the files, and the city's signature the receipts. A receipt that lies
there spares the next delivery, so that a stick may be pulled at any moment and put in again, here or elsewhere.
"""

import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.client import CityClient, PieceTaken, Taken
from sync.contract import routes
from sync.contract.decoding import UNDECODABLE
from sync.contract.export import FOLDER, MANIFEST, PAYLOAD_TYPE, RECEIPT_SUFFIX, Carried, CarriedOn, Manifest
from sync.contract.names import Digest, TerminalId, digest_of, is_uuid
from sync.contract.problem import Retry
from sync.contract.receipt import ReceiptState
from sync.contract.signed import SignatureError, payload_unverified
from sync.deliveries import Parcel, PhotoParcel
from sync.durable import write_durably
from sync.exchange import Exchange
from sync.offline import Offline, OfflineReason, Refused
from sync.outbox import Outbox
from sync.receipts import verified

SLICE_S: Final = 12.0
"""How long one slice goes on before whoever waits is told how far it is; an exchange that has begun then is waited for."""

_PIECE_BYTES: Final = 256 * 1024
_PIECE_MIN_BYTES: Final = 16 * 1024
_RECEIPT_MAX_BYTES: Final = 64 * 1024
_LISTS_MAX: Final = 200


class _HeldUpError(Exception):
    """The line or the city stands in the way of everything else."""


class _TimeOverError(Exception):
    """This slice is over."""


@dataclass(frozen=True, slots=True)
class StickList:
    """One list on a stick, as it claims to be."""

    folder: Path
    statement: bytes = field(repr=False)
    manifest: Manifest


def lists_on(stick: Path) -> Iterator[StickList]:
    """Yield the lists of a stick that can be read; see `unread_on` for the others.

    Raises:
        OSError: The stick cannot be read.
    """
    for folder in _listed_folders(stick)[:_LISTS_MAX]:
        if (listed := _list_in(folder)) is not None:
            yield listed


def unread_on(stick: Path) -> int:
    """Count the lists of a stick that are passed over: larger than the line takes, damaged, no plain file, or too many.

    Raises:
        OSError: The stick cannot be read.
    """
    folders = _listed_folders(stick)
    return sum(_list_in(folder) is None for folder in folders[:_LISTS_MAX]) + len(folders[_LISTS_MAX:])


def _listed_folders(stick: Path) -> list[Path]:
    """Return the folders with a list; one without was not written to its end."""
    if not (stick / FOLDER).is_dir():
        return []
    return sorted(folder for folder in (stick / FOLDER).iterdir() if os.path.lexists(folder / MANIFEST))


def _list_in(folder: Path) -> StickList | None:
    statement = _plain(folder / MANIFEST, routes.SEALED_MAX_BYTES)
    if statement is None:
        return None
    try:
        return StickList(folder, statement, msgspec.json.decode(payload_unverified(statement, PAYLOAD_TYPE), type=Manifest))
    except (SignatureError, *UNDECODABLE):
        return None


def take_receipts(stick: Path, outbox: Outbox, terminal: TerminalId) -> int:
    """Settle what this terminal gave out and somebody else delivered; return how many applications that changed.

    Raises:
        LedgerFaultError: It cannot be written down now.
        OSError: The stick cannot be read.
    """
    settled = 0
    for listed in lists_on(stick):
        for one in listed.manifest.applications if listed.manifest.terminal == terminal else ():
            statement = _receipt(listed.folder, one)
            if statement is not None and outbox.settle_carried(one.application_id, one.digest, statement):
                settled += 1
    return settled


class Carrier:
    """Delivers for a while. `exchange` proves this terminal, the lists prove the others."""

    def __init__(self, exchange: Exchange, receipt_keys: Mapping[str, Ed25519PublicKey], for_s: float = SLICE_S) -> None:
        self._exchange = exchange
        self._keys = receipt_keys
        self._until_s = time.monotonic() + for_s
        self._piece_bytes = _PIECE_BYTES
        self._moved_bytes = 0
        self._is_over = False
        self._put_off: dict[Digest, list[Carried]] = {}

    def carry(self, stick: Path) -> CarriedOn:
        """Deliver what the stick holds and the city does not have, as far as time and line allow; what goes wrong is in the outcome."""
        done = CarriedOn()
        try:
            done = CarriedOn(unread=unread_on(stick))
            for listed in lists_on(stick):
                done = self._carry_list(listed, msgspec.structs.replace(done, lists=done.lists + 1))
            for listed in lists_on(stick) if self._put_off else ():
                done = self._deliver_all(listed, self._put_off.get(digest_of(listed.statement), []), done)
            is_gone = done.lists + done.unread > 0 and not (stick / FOLDER).is_dir()
        except OSError:
            is_gone = True
        return msgspec.structs.replace(done, moved_bytes=self._moved_bytes, is_stick_gone=is_gone)

    def _carry_list(self, listed: StickList, done: CarriedOn) -> CarriedOn:
        """Deliver what a list names, but for what was refused in an earlier slice: that has its turn when everything else had."""
        waiting = [one for one in listed.manifest.applications if not self._is_complete(listed, one)]
        fresh = [one for one in waiting if _plain(_mark(listed.folder, one), 0) is None]
        if len(fresh) < len(waiting):
            self._put_off[digest_of(listed.statement)] = [one for one in waiting if one not in fresh]
        complete = len(listed.manifest.applications) - len(waiting)
        done = msgspec.structs.replace(done, complete=done.complete + complete, left=done.left + len(waiting))
        return self._deliver_all(listed, fresh, done)

    def _deliver_all(self, listed: StickList, these: Sequence[Carried], done: CarriedOn) -> CarriedOn:
        if not these or self._is_over:
            return done
        client = CityClient(self._exchange, listed.manifest.terminal, self._keys, digest_of(listed.statement))
        complete, refused, is_held_up = 0, 0, done.is_held_up
        try:
            answer = client.put_list(listed.statement)
            if isinstance(answer, Refused) and answer.retry is Retry.NEVER:
                put_off = self._put_off.pop(digest_of(listed.statement), [])
                return msgspec.structs.replace(done, distrusted=done.distrusted + 1, left=done.left - len({*these, *put_off}))
            _held_up_by(answer)
            for one in these:
                is_whole = self._deliver(client, listed.folder, one)
                complete, refused = complete + is_whole, refused + (not is_whole)
                if not is_whole and is_uuid(one.application_id):
                    _mark(listed.folder, one).write_bytes(b"")
        except _TimeOverError:
            self._is_over = True
        except _HeldUpError:
            self._is_over = is_held_up = True
        return msgspec.structs.replace(
            done,
            complete=done.complete + complete,
            refused=done.refused + refused,
            left=done.left - complete - refused,
            is_held_up=is_held_up,
        )

    def _is_complete(self, listed: StickList, one: Carried) -> bool:
        statement = _receipt(listed.folder, one)
        receipt = None if statement is None else verified(statement, self._keys, one.application_id, one.digest)
        return receipt is not None and receipt.state is ReceiptState.COMPLETE and receipt.terminal == listed.manifest.terminal

    def _deliver(self, client: CityClient, folder: Path, one: Carried) -> bool:
        """Deliver one application with its photos; False where it was changed on the way or the city will not have it."""
        self._check_time()
        body = _plain(folder / f"{one.application_id}.sealed", routes.SEALED_MAX_BYTES) if is_uuid(one.application_id) else None
        if body is None or digest_of(body) != one.digest:
            return False
        parcel = Parcel(0, one.application_id, one.digest, 0, body)
        taken = client.put(parcel)
        if not isinstance(taken, Taken):
            return self._is_passed_over(taken)
        self._moved_bytes += 0 if _receipt(folder, one) is not None else len(body)
        write_durably(folder / f"{one.application_id}{RECEIPT_SUFFIX}", taken.statement)
        for digest in taken.missing:
            if digest not in one.photos or not self._bring(client, folder, one, digest):
                return False
        if taken.receipt.state is not ReceiptState.COMPLETE:
            self._check_time()
            taken = client.ask_again(parcel)
            if not isinstance(taken, Taken):
                return self._is_passed_over(taken)
            write_durably(folder / f"{one.application_id}{RECEIPT_SUFFIX}", taken.statement)
        if taken.receipt.state is not ReceiptState.COMPLETE:
            raise _HeldUpError  # it has everything and has not said so yet
        return True

    def _bring(self, client: CityClient, folder: Path, one: Carried, digest: Digest) -> bool:
        """Bring one photo, in pieces from where the city stands; False where it is not what was given out, or not wanted."""
        path = folder / f"{digest}.photo"
        content = _plain(path, routes.BLOB_MAX_BYTES)
        if content is None or digest_of(content) != digest:
            return False
        photo = PhotoParcel(0, 0, one.application_id, one.digest, 0, digest, len(content), path)
        state = client.photo_offset(photo)
        while isinstance(state, PieceTaken) and state.offset < len(content):
            self._check_time()
            offset = state.offset
            piece = content[offset : offset + self._piece_bytes]
            state = client.put_piece(photo, offset, piece)
            if isinstance(state, PieceTaken):
                if state.offset <= offset:
                    raise _HeldUpError
                self._moved_bytes += state.offset - offset
            elif self._is_too_large(state, len(piece)):
                state = PieceTaken(offset)
        return isinstance(state, PieceTaken) or self._is_passed_over(state)

    def _is_too_large(self, state: Refused | Offline, size_bytes: int) -> bool:
        """Whether a smaller piece is worth a try."""
        is_so = state == Offline(OfflineReason.TOO_SLOW) or (isinstance(state, Refused) and state.retry is Retry.SPLIT)
        self._piece_bytes = max(_PIECE_MIN_BYTES, size_bytes // 2) if is_so else self._piece_bytes
        return is_so and size_bytes > _PIECE_MIN_BYTES

    def _is_passed_over(self, outcome: Refused | Offline) -> bool:
        """Return False for what the city will never have.

        Raises:
            _HeldUpError: It may have it later.
        """
        if isinstance(outcome, Refused) and outcome.retry in (Retry.NEVER, Retry.SPLIT):
            return False
        raise _HeldUpError

    def _check_time(self) -> None:
        if time.monotonic() >= self._until_s:
            raise _TimeOverError


def _held_up_by(answer: Refused | Offline | None) -> None:
    if answer is not None:
        raise _HeldUpError


def _mark(folder: Path, one: Carried) -> Path:
    """Where it is noted that an application was refused: it only has it wait for the others, whoever laid it there."""
    return folder / f"{one.application_id if is_uuid(one.application_id) else 'none'}.refused"


def _receipt(folder: Path, one: Carried) -> bytes | None:
    return _plain(folder / f"{one.application_id}{RECEIPT_SUFFIX}", _RECEIPT_MAX_BYTES) if is_uuid(one.application_id) else None


def _plain(path: Path, most_bytes: int) -> bytes | None:
    """Read a plain file of a stick: never a link, never more than it may have; None where it is not there.

    Raises:
        OSError: The stick cannot be read.
    """
    try:
        found = path.lstat()
        return path.read_bytes() if stat.S_ISREG(found.st_mode) and found.st_size <= most_bytes else None
    except (FileNotFoundError, NotADirectoryError):
        return None
