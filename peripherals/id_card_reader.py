"""A reader of identity cards, as the counter sees it."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Literal, Protocol

from peripherals.deadline import Deadline
from peripherals.secret import Secret
from peripherals.values import dataclass


class CardKind(StrEnum):
    """The three kinds of card that one reader reads."""

    RESIDENT = "resident"
    HK_MACAO_TAIWAN = "hk_macao_taiwan"
    FOREIGNER = "foreigner"


class Sex(StrEnum):
    """As GB/T 2261.1 codes it: 0, 1, 2, 9."""

    UNKNOWN = "unknown"
    MALE = "male"
    FEMALE = "female"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class IdCard:
    """What the chip says in words. Neither photo nor fingerprint is kept: `has_photo` says only that one was there."""

    kind: CardKind
    name: Secret[str]  # the Chinese name; for a foreigner it may be empty
    name_latin: Secret[str] | None
    sex: Sex
    ethnic_code: str | None
    ethnic_group: str | None
    birth_date: Secret[date]
    address: Secret[str] | None
    newest_address: Secret[str] | None  # the address written later than the card, where it was asked for and is there
    id_number: Secret[str]
    issuer: str | None
    valid_from: date
    valid_until: date | Literal["long_term"]
    nationality: str | None  # ISO 3166 alpha-3
    travel_permit_number: Secret[str] | None
    times_issued: int | None
    earlier_number: Secret[str] | None
    has_photo: bool


class CardReadStatus(StrEnum):
    """The one thing to say about an attempt to read."""

    READ = "read"
    NO_CARD = "no_card"  # nothing was laid before the deadline
    CARD_MOVED = "card_moved"  # laid, then lifted or slipped: lay it again
    NOT_GENUINE = "not_genuine"
    UNSUPPORTED_CARD = "unsupported_card"
    CORRUPT = "corrupt"  # a field of the card is impossible, or the answers came damaged each time
    MODULE_FAULT = "module_fault"
    SILENT = "silent"  # attached, but not answering
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class CardReading:
    """The outcome of one attempt; `card` is there exactly when the status is READ, `detail` is for staff and names no person.

    With a card it says why its newest address, which was asked for, could not be.
    """

    status: CardReadStatus
    card: IdCard | None = None
    detail: str | None = None


class PlateStatus(StrEnum):
    """Whether a card lies on the reader."""

    EMPTY = "empty"
    OCCUPIED = "occupied"
    SILENT = "silent"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class ModuleReport:
    """What the security module says of itself; `module_id` is None unless the status is READ."""

    status: CardReadStatus
    module_id: str | None = None
    detail: str | None = None


class IdCardReader(Protocol):
    """Waits for a card and reads it whole, or says why not."""

    def read(self, deadline: Deadline, *, newest_address: bool = False, on_card: Callable[[], None] | None = None) -> CardReading:
        """Wait until a card lies on the plate, then read it; NO_CARD when the deadline passes first.

        `on_card` is called once, when a card has been found and its reading begins. A card that was already read and never
        lifted is not read again: only a card that came after the plate was empty, or after the reader was opened, is.
        """

    def plate(self, deadline: Deadline) -> PlateStatus:
        """Say whether the card that was read still lies there."""

    def module(self, deadline: Deadline) -> ModuleReport:
        """Ask the security module for its health and number."""

    def reset(self, deadline: Deadline) -> ModuleReport:
        """Start the security module afresh, then ask it as `module` does."""
