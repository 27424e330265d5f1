"""How an application becomes rows of the database; the same when it is new and when it is salvaged."""

from sync.contract.application import Header
from sync.contract.names import Digest
from sync.tables import Database


def insert_application(db: Database, header: Header, body: bytes, digest: Digest) -> None:
    """Insert the application and the photos that its header names."""
    cursor = db.execute(
        "INSERT INTO application (application_id, install, sequence, number, item, sealed_at, digest, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            header.application_id,
            header.install,
            header.sequence,
            header.number,
            header.item,
            header.sealed_at.isoformat(),
            digest,
            body,
        ),
    )
    for position, photo in enumerate(header.attachments):
        db.execute(
            "INSERT INTO photo (place, position, digest, size_bytes) VALUES (?, ?, ?, ?)",
            (cursor.lastrowid, position, photo.digest, photo.size_bytes),
        )
