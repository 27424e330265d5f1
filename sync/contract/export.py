"""Sealed applications carried by hand, from a terminal whose line is dead: files, and one signed list of them.

Nobody on the way can read them, and nobody can put others among them: the terminal signs which digests it gave. Carried twice, or
delivered by the line meanwhile, they are counted once, as any delivery is. Any admitted terminal may deliver them for the one that
gave them out (`routes.CARRIED_PATTERN`); the city's receipts travel back on the same stick.
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
"""What the city's own table reads; the line takes no more than `routes.SEALED_MAX_BYTES` of one list."""

LISTED_BYTES: Final = 384 * 1024
"""How much one list names before another is begun: signed and handed from process to process, it is twice as long."""


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
    """Asked of the sending process, which alone has the terminal's key; it never leaves the terminal.

    Attributes:
        after: The last one of the list before, where what waits does not go into one.
    """

    after: ApplicationId | None = None


class ManifestSigned(msgspec.Struct, frozen=True):
    """The statement, as it is written to the stick.

    Attributes:
        last: The last one that it names, where more wait after it.
    """

    statement: bytes
    last: ApplicationId | None = None


RECEIPT_SUFFIX: Final = ".receipt"
"""Beside `<id>.sealed`: the city's signed receipt, laid there by whoever delivered it."""


class CarryWanted(msgspec.Struct, frozen=True):
    """Asked of the sending process: deliver what the stick holds, for a while. Where that is laid, it knows itself."""


class CarriedOn(msgspec.Struct, frozen=True):
    """How far that came.

    Attributes:
        lists: How many there are on the stick.
        distrusted: Lists of these that the city does not believe.
        unread: Lists besides that were passed over here: too large for the line, damaged, or more than a stick may have.
        complete: Applications on the stick that the city has whole, by the receipts there.
        left: Applications that it does not have whole yet, and may still take.
        refused: Applications that were changed on the way, are missing, or that the city will not have.
        settled: Applications of this very terminal that a receipt on the stick has settled here.
        moved_bytes: What the city has taken this time; 0 means that asking again at once changes nothing.
        is_held_up: The line or the city stands in the way.
        is_stick_gone: The stick was pulled, is full, or does not take receipts.
    """

    lists: int = 0
    distrusted: int = 0
    complete: int = 0
    left: int = 0
    refused: int = 0
    settled: int = 0
    moved_bytes: int = 0
    is_held_up: bool = False
    is_stick_gone: bool = False
    unread: int = 0


CARRY: Final = QuestionKind("carry-stick", CarryWanted, CarriedOn)
"""Answered by the sending process itself, in slices: whoever waits asks again until nothing moves."""

SIGN_MANIFEST: Final = QuestionKind("export-manifest", ManifestWanted, ManifestSigned)
