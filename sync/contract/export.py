"""Sealed applications carried by hand, from a terminal whose line is dead: files, and one signed list of them.

Nobody on the way can read them, and nobody can put others among them: the terminal signs which digests it gave. Carried twice, or
delivered by the line meanwhile, they are counted once, as any delivery is.
"""

from datetime import datetime
from typing import Final

import msgspec

from sync.contract.names import ApplicationId, Digest, TerminalId
from sync.contract.question import QuestionKind

PAYLOAD_TYPE: Final = "application/vnd.bianmin.export+json"
FOLDER: Final = "bianmin-export"
MANIFEST: Final = "manifest.json"
MANIFEST_MAX_BYTES: Final = 16 * 1024 * 1024


class Carried(msgspec.Struct, frozen=True):
    """One application: its body is in `<id>.sealed`, each sealed photo in `<digest>.photo`."""

    application_id: ApplicationId
    digest: Digest
    photos: tuple[Digest, ...] = ()


class Manifest(msgspec.Struct, frozen=True):
    """What a terminal gave out at one moment."""

    format: int
    terminal: TerminalId
    made_at: datetime
    applications: tuple[Carried, ...]


class ManifestWanted(msgspec.Struct, frozen=True):
    """Asked of the sending process, which alone has the terminal's key; it never leaves the terminal."""


class ManifestSigned(msgspec.Struct, frozen=True):
    """The statement, as it is written to the stick."""

    statement: bytes


SIGN_MANIFEST: Final = QuestionKind("export-manifest", ManifestWanted, ManifestSigned)
