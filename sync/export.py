"""Gives sealed applications out to a stick. They stay in the outbox: only the city's receipt settles a row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sync.contract.export import FOLDER, MANIFEST, PAYLOAD_TYPE, Carried, Manifest
from sync.contract.http_signature import RequestKey
from sync.contract.names import ApplicationId, Digest, TerminalId
from sync.contract.signed import payload_unverified, sign
from sync.contract.signing_keys import key_id_of
from sync.durable import sync_folder, write_durably
from sync.errors import SyncError


class ExportError(SyncError):
    """The list and the outbox do not agree: something was delivered meanwhile; ask for a new list."""


@dataclass(frozen=True, slots=True)
class SealedRow:
    """An application that the city does not have whole. `read_photo` reads a sealed photo by its digest."""

    application_id: ApplicationId
    digest: Digest
    body: bytes
    photos: tuple[Digest, ...]
    read_photo: Callable[[Digest], bytes]


def signed_manifest(rows: Iterator[SealedRow], key: RequestKey, terminal: TerminalId) -> bytes:
    """Return the signed list of what waits now."""
    carried = tuple(Carried(row.application_id, row.digest, row.photos) for row in rows)
    manifest = Manifest(1, terminal, datetime.now(UTC).replace(microsecond=0), carried)
    return sign(msgspec.json.encode(manifest), PAYLOAD_TYPE, key_id_of(key.key.public_key()), key.key)


def write_export(stick: Path, statement: bytes, rows: Iterator[SealedRow]) -> tuple[Path, int]:
    """Write what the list names; the list comes last, so that a folder without one is known to be half written.

    Returns:
        The folder on the stick, and how many applications are in it.

    Raises:
        ExportError: The outbox no longer holds what the list names.
        OSError: The stick does not take it.
    """
    manifest = msgspec.json.decode(payload_unverified(statement, PAYLOAD_TYPE), type=Manifest)
    folder = stick / FOLDER / f"{manifest.terminal}-{manifest.made_at:%Y%m%d-%H%M%S}"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {one.application_id: one for one in manifest.applications}
    for row in rows:
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
