"""Who may open the maintenance menu of a terminal: a feed of technicians, usable with the line down; and what they did, on its way up.

A PIN is kept as scrypt makes it (RFC 7914). Six digits fall to whoever takes the disk and has an hour; the card, the waits after wrong
tries, and a city that withdraws a technician with the next feed are what stands in between. docs/threat-model.md says so.
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Self

import msgspec

from sync.contract.feed import FeedKind
from sync.contract.names import Digest, digest_of
from sync.contract.question import QuestionKind

_PIN_DIGITS: Final = 6
_COST: Final = 2**14  # with r = 8 that is 16 MiB and a twentieth of a second
_BLOCK: Final = 8


class TechnicianRole(StrEnum):
    """What somebody may do at a terminal; each may do what the ones before may."""

    OPENER = "opener"  # changes paper, looks at what is wrong
    TECHNICIAN = "technician"  # tests, sends now, prints sheets, puts out of service
    ENGINEER = "engineer"  # updates, goes back, decommissions

    def may(self, wanted: "TechnicianRole") -> bool:
        """Tell whether this role includes `wanted`."""
        order = list(TechnicianRole)
        return order.index(self) >= order.index(wanted)


class Pin(msgspec.Struct, frozen=True):
    """A PIN that can be compared and not read."""

    salt: bytes
    key: bytes

    @classmethod
    def of(cls, digits: str) -> Self:
        """Hide six digits.

        Raises:
            ValueError: They are not six digits.
        """
        if len(digits) != _PIN_DIGITS or not (digits.isascii() and digits.isdecimal()):
            raise ValueError("a PIN has six digits")
        salt = secrets.token_bytes(16)
        return cls(salt, _hidden(digits, salt))

    def is_of(self, digits: str) -> bool:
        """Compare, in a time that does not tell how much was right."""
        return hmac.compare_digest(self.key, _hidden(digits, self.salt))


def _hidden(digits: str, salt: bytes) -> bytes:
    return hashlib.scrypt(digits.encode(), salt=salt, n=_COST, r=_BLOCK, p=1, dklen=32)


def card_digest(uid: str) -> Digest:
    """Return how a staff card is named: by the digest of its number, so that a list of technicians is no list of cards to copy."""
    return digest_of(b"bianmin staff card " + uid.upper().encode())


class Technician(msgspec.Struct, frozen=True):
    """One person. There is no name: a number is enough at a terminal, and the city knows whose it is."""

    number: str
    role: TechnicianRole
    card: Digest
    pin: Pin


class Technicians(msgspec.Struct, frozen=True):
    """Content of the feed.

    Attributes:
        technicians: Everybody who may open this terminal with card and PIN.
        one_time_secret: Base32, of this terminal alone: what operations reads out as a one-time code (RFC 6238) to somebody without a card.
    """

    technicians: tuple[Technician, ...]
    one_time_secret: str


TECHNICIANS: Final = FeedKind("technicians", Technicians)

ONE_TIME: Final = "one-time"
"""Stands for the number of somebody who came in by a one-time code."""


class ActKind(StrEnum):
    """What is written down about a technician at a terminal, and nothing else is."""

    SIGNED_IN = "signed_in"
    REFUSED = "refused"
    LOCKED = "locked"
    SIGNED_OUT = "signed_out"
    TOOK_STOCK = "took_stock"
    TESTED = "tested"
    PRINTED_SHEET = "printed_sheet"
    LOOKED_AT_QUEUE = "looked_at_queue"
    SENT_NOW = "sent_now"
    WALKED_THE_WAY = "walked_the_way"
    LOOKED_AT_SUPPLIES = "looked_at_supplies"
    CHANGED_ROLL = "changed_roll"
    CALIBRATED = "calibrated"  # `about` says what
    LOOKED_AT_MACHINE = "looked_at_machine"
    TREATED_MACHINE = "treated_machine"  # `about` says how
    LET_STICK_IN = "let_stick_in"  # `about` is its maker and product
    BEGAN_ANEW = "began_anew"  # the record before this one was damaged and set aside; `about` names it


class ActRecord(msgspec.Struct, frozen=True):
    """One act. `before` is the digest of the record before it, so that none can be taken out or changed without the rest showing it."""

    number: Annotated[int, msgspec.Meta(ge=1)]
    at: datetime
    by: str  # a technician's number, ONE_TIME, or "-" for nobody
    act: ActKind
    about: str  # a word of a closed list, such as a device; never free text
    before: Digest

    @property
    def digest(self) -> Digest:
        """What the next record names."""
        return digest_of(msgspec.json.encode(self))

    @property
    def begins_anew(self) -> bool:
        """Whether a chain begins here in the place of one that was damaged."""
        return self.number == 1 and self.act is ActKind.BEGAN_ANEW and self.before == NOTHING_BEFORE


NOTHING_BEFORE: Final = digest_of(b"")
DAMAGED_NAME_DIGITS: Final = 40
"""So much of the digest of a damaged record's bytes names it in the chain that follows it."""


class ActsTold(msgspec.Struct, frozen=True):
    """A question of the kind below: records in order, which begin where the city's end."""

    records: tuple[ActRecord, ...]


class ActsKept(msgspec.Struct, frozen=True):
    """Its answer: the number of the last record that the city has, 0 for none."""

    last: int


ACTS: Final = QuestionKind("technicians-acts", ActsTold, ActsKept)
ACTS_AT_ONCE: Final = 200
