"""Gives sealed applications out to a stick. They stay in the outbox: only the city's receipt settles a row."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sync.contract.export import FOLDER, LISTED_BYTES, MANIFEST, PAYLOAD_TYPE, Carried, Manifest, ManifestSigned
from sync.contract.http_signature import RequestKey
from sync.contract.names import ApplicationId, Digest, TerminalId
from sync.contract.signed import payload_unverified, sign
from sync.contract.signing_keys import key_id_of
from sync.durable import sync_folder, write_durably
from sync.errors import SyncError


class ExportError(SyncError):
    """The list and the outbox do not agree, as when something was delivered meanwhile, or nobody signs one: ask for a new list."""


@dataclass(frozen=True, slots=True)
class SealedRow:
    """An application that the city does not have whole. `read_photo` reads a sealed photo by its digest."""

    application_id: ApplicationId
    digest: Digest
    body: bytes
    photos: tuple[Digest, ...]
    read_photo: Callable[[Digest], bytes]


def signed_manifest(rows: Iterator[SealedRow], key: RequestKey, terminal: TerminalId, most_bytes: int = LISTED_BYTES) -> ManifestSigned:
    """Return the signed list of what waits now, or of as much as goes into one."""
    carried: list[Carried] = []
    last, listed_bytes = None, 0
    for row in rows:
        one = Carried(row.application_id, row.digest, row.photos)
        listed_bytes += len(msgspec.json.encode(one)) + 1
        if carried and listed_bytes > most_bytes:
            last = carried[-1].application_id
            break
        carried.append(one)
    manifest = Manifest(1, terminal, datetime.now(UTC).replace(microsecond=0), tuple(carried))
    return ManifestSigned(sign(msgspec.json.encode(manifest), PAYLOAD_TYPE, key_id_of(key.key.public_key()), key.key), last)


def give_out(
    stick: Path,
    list_after: Callable[[ApplicationId | None], ManifestSigned],
    rows_after: Callable[[ApplicationId | None], Iterator[SealedRow]],
) -> tuple[list[Path], int]:
    """Write everything that waits, in as many lists as it takes; each is whole by itself.

    Returns:
        The folders on the stick, and how many applications are in them.

    Raises:
        ExportError: The outbox no longer holds what a list names.
        OSError: The stick does not take it.
    """
    folders: list[Path] = []
    total, after = 0, None
    while True:
        signed = list_after(after)
        folder, count = write_export(stick, signed.statement, rows_after(after))
        folders.append(folder)
        total, after = total + count, signed.last
        if after is None:
            return folders, total


def write_export(stick: Path, statement: bytes, rows: Iterator[SealedRow]) -> tuple[Path, int]:
    """Write what the list names; the list comes last, so that a folder without one is known to be half written.

    Args:
        stick: Where it is laid.
        statement: The signed list.
        rows: What waits; what the list does not name is passed over.

    Returns:
        The folder on the stick, and how many applications are in it.

    Raises:
        ExportError: The outbox no longer holds what the list names.
        OSError: The stick does not take it.
    """
    manifest = msgspec.json.decode(payload_unverified(statement, PAYLOAD_TYPE), type=Manifest)
    folder = _new_folder(stick / FOLDER, f"{manifest.terminal}-{manifest.made_at:%Y%m%d-%H%M%S}")
    wanted = {one.application_id: one for one in manifest.applications}
    for row in rows:
        if not wanted:
            break
        named = wanted.pop(row.application_id, None)
        if named is None or named.digest != row.digest:
            continue  # handed in since; it waits for the next stick, or for the line
        write_durably(folder / f"{row.application_id}.sealed", row.body)
        for photo in named.photos:
            try:
                content = row.read_photo(photo)
            except OSError:
                continue  # gone or unreadable here: its application and all the others travel without it
            write_durably(folder / f"{photo}.photo", content)
    if wanted:
        raise ExportError(f"{len(wanted)} applications of the list are not in the outbox any more")
    sync_folder(folder)
    write_durably(folder / MANIFEST, statement)
    for each in (folder, folder.parent, stick):
        sync_folder(each)
    return folder, len(manifest.applications)


def _new_folder(parent: Path, name: str) -> Path:
    """Return a folder that this list alone has: a second one, made in the same second, must not take the place of the first."""
    names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    folder = next(parent / each for each in names if not (parent / each).exists())
    folder.mkdir(parents=True)
    return folder
