"""An application: its content, which only the city can read once it is sealed, and the sealed form that travels.

Freezing fixes every byte: the sealed form is stored and sent as it was made, and its SHA-256 names it for good.
"""

from datetime import date, datetime
from typing import Any

import msgspec

from sync.contract.names import ApplicationId, Digest, InstallId, ItemCode, MaterialId, ReceiptNumber, TerminalId

FORMAT = 1


SOCIAL_SECURITY = "social_security"
"""The `card_kind` of an applicant known by a social security card. Its chip proves nothing without a key, so items have to allow it."""


class Applicant(msgspec.Struct, frozen=True, omit_defaults=True):
    """The card's fields that the item may read; the others are absent."""

    card_kind: str
    name: str | None = None
    name_latin: str | None = None
    sex: str | None = None
    ethnic_group: str | None = None
    birth_date: date | None = None
    address: str | None = None
    id_number: str | None = None
    issuer: str | None = None
    valid_until: str | None = None  # YYYY-MM-DD or long_term
    nationality: str | None = None

    def __repr__(self) -> str:
        return "Applicant(<secret>)"


class Consent(msgspec.Struct, frozen=True):
    """Which notice was agreed to, and when (UTC)."""

    notice_version: str
    agreed_at: datetime


class Signature(msgspec.Struct, frozen=True, omit_defaults=True):
    """Strokes as written: each point is (x mm, y mm, ms since the first touch), the origin top left of the sheet.

    `is_mark` says that they are a mark in place of a signature (画押), made for hands that cannot sign.
    """

    width_mm: float
    height_mm: float
    strokes: tuple[tuple[tuple[float, float, int], ...], ...]
    is_mark: bool = False

    def __repr__(self) -> str:
        return "Signature(<secret>)"


class Helper(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who hands in for the applicant (代办): name and number of the card, and the signature under the authorisation."""

    card: Applicant
    signature: Signature | None = None

    def __repr__(self) -> str:
        return "Helper(<secret>)"


class FamilySignature(msgspec.Struct, frozen=True, omit_defaults=True):
    """An adult of the family, by the place of their row in the answers from 0; without a signature they were not there."""

    row: int
    signature: Signature | None = None

    def __repr__(self) -> str:
        return "FamilySignature(<secret>)"


class PaperPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """One photographed page. `attachment` is its place in `SealedApplication.attachments`; `digest` is of the clear JPEG.

    `photographed_for` names an earlier application of the same visit, where the page was photographed for that one and used again.
    """

    material: MaterialId
    page: int
    attachment: int
    media_type: str
    digest: Digest
    size_bytes: int
    photographed_for: ApplicationId | None = None


class Application(msgspec.Struct, frozen=True, omit_defaults=True):
    """The content, in clear. It exists in memory only, until it is sealed; the city gets it back by opening the envelope."""

    format: int
    application_id: ApplicationId
    number: ReceiptNumber
    terminal: TerminalId
    item: ItemCode
    item_version: int
    language: str
    handed_in_at: datetime  # UTC, by the terminal's clock, which may be wrong
    applicant: Applicant | None
    consent: Consent
    answers: dict[str, Any]
    papers: tuple[PaperPage, ...]
    signature: Signature | None
    corrects: ApplicationId | None = None  # then it holds only what was missing in that one, and is attached to its case
    helper: Helper | None = None
    family: tuple[FamilySignature, ...] = ()
    witness: Applicant | None = None  # name and number of who saw a mark being made, by their own card

    def __repr__(self) -> str:
        return f"Application({self.application_id})"


class Envelope(msgspec.Struct, frozen=True, omit_defaults=True):
    """A key wrapped to the city's public key, and the content under it.

    `suite` names the whole construction (see `suites`); `key_id` says which of the city's keys opens it. `wrapped_key` is HPKE's
    encapsulation and ciphertext of a fresh 256-bit secret: that of a run (see `run`), in which this application is at `step` and has
    its own `salt`, or its content key itself. `ciphertext` is the content, nonce first; its associated data is the header as it stands
    in the body, so a header cannot be put on another envelope.
    """

    suite: str
    key_id: str
    wrapped_key: bytes
    ciphertext: bytes
    step: int | None = None
    salt: bytes | None = None


class SealedAttachment(msgspec.Struct, frozen=True):
    """A sealed photo, by the SHA-256 and size of its sealed bytes."""

    digest: Digest
    size_bytes: int


class Header(msgspec.Struct, frozen=True):
    """What must be read without the key: who, which, in what order, and what belongs to it. No personal data."""

    format: int
    application_id: ApplicationId
    number: ReceiptNumber
    terminal: TerminalId
    install: InstallId
    sequence: int  # from 1, without gaps, for each install
    item: ItemCode
    item_version: int
    sealed_at: datetime
    attachments: tuple[SealedAttachment, ...]


class SealedApplication(msgspec.Struct, frozen=True):
    """The body of the PUT. Its bytes are made once; `digest_of(bytes)` is what the city's receipt must name."""

    header: Header
    envelope: Envelope
