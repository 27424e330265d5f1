"""A reader of chip cards, as the counter sees it: social security cards, contactless cards, and cards that are none of its business."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Protocol

from peripherals.deadline import Deadline
from peripherals.id_card_reader import Sex
from peripherals.secret import Secret
from peripherals.values import dataclass


class ChipCardKind(StrEnum):
    """What a chip turned out to be."""

    SOCIAL_SECURITY = "social_security"
    CONTACTLESS = "contactless"
    BANK = "bank"


@dataclass(frozen=True, slots=True)
class SocialSecurityCard:
    """What a social security card tells without a PIN; a record that the card does not have is None."""

    id_number: Secret[str]
    name: Secret[str]
    sex: Sex | None
    birth_date: Secret[date] | None
    card_number: Secret[str] | None
    issuing_region: str | None  # six digits of GB/T 2260
    issue_date: date | None
    valid_until: date | None
    spec_version: str | None  # "1.00", "2.00", "3.00"
    kind: ChipCardKind = ChipCardKind.SOCIAL_SECURITY


@dataclass(frozen=True, slots=True)
class ContactlessUid:
    """A contactless card by its number alone, which anybody can copy: it recognises a card and proves nothing."""

    uid: Secret[str]  # hexadecimal, upper case
    kind: ChipCardKind = ChipCardKind.CONTACTLESS


@dataclass(frozen=True, slots=True)
class BankCardSeen:
    """A bank card. It was recognised, and nothing was read."""

    kind: ChipCardKind = ChipCardKind.BANK


ChipCard = SocialSecurityCard | ContactlessUid | BankCardSeen


class ChipReadStatus(StrEnum):
    """The one thing to say about an attempt to read."""

    READ = "read"
    NEEDS_PIN = "needs_pin"  # its region lets nobody read it without one, and the kiosk asks for none
    NO_CARD = "no_card"  # nothing was put in before the deadline
    CARD_MOVED = "card_moved"  # pulled too early, or put in the wrong way round: once more
    UNSUPPORTED_CARD = "unsupported_card"
    CORRUPT = "corrupt"  # the card answered, and what it said is impossible
    SILENT = "silent"  # there, but not answering
    ABSENT = "absent"  # no reader, or nothing on this machine that serves readers


@dataclass(frozen=True, slots=True)
class ChipReading:
    """The outcome of one attempt.

    `card` is there when the status is READ, and is BankCardSeen when a bank card made it UNSUPPORTED_CARD; `detail` is for staff
    and names no person.
    """

    status: ChipReadStatus
    card: ChipCard | None = None
    detail: str | None = None


class SlotStatus(StrEnum):
    """Whether a card is in a reader."""

    EMPTY = "empty"
    OCCUPIED = "occupied"
    SILENT = "silent"
    ABSENT = "absent"


class ChipCardReader(Protocol):
    """Waits for a card and reads it whole, or says why not. It never asks for a PIN and never writes."""

    def read(self, deadline: Deadline, *, on_card: Callable[[], None] | None = None) -> ChipReading:
        """Wait until a card is in the reader, then read it; NO_CARD when the deadline passes first.

        `on_card` is called once, when a card has been found and its reading begins. A card that was already read and never taken
        out is not read again.
        """

    def slot(self, deadline: Deadline) -> SlotStatus:
        """Say whether a card is in the reader."""
