"""What a scanned code may be, and how a scanner that poses as a keyboard is told from a person who types. Pure: no clock, no device.

Three forms of code are taken, all on the terminal's own slips. One names an application, one the payment of a bill: they hold no personal
data and open nothing but what stands on the paper. The third is the key of a time that was booked without a card, and travels as a secret.
Whatever else is shown, be it an address, a script, ten thousand letters or another office's code, is NOT_OURS, and is
neither followed, stored, shown nor logged.
"""

import re
from dataclasses import field, replace
from enum import StrEnum

from kiosk.receipt.content import QR_FORMAT
from kiosk.receipt.proof import BILL_FORMAT
from peripherals.code_scanner import LONGEST_TEXT_BYTES
from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.contract import booking_code
from sync.contract.names import ApplicationId, ReceiptNumber, is_receipt_number
from sync.contract.paid_bills import ProofCode, is_proof_code

_BILL = re.compile(r"(?P<form>[A-Za-z]{3}):(?P<code>[0-9]{16})")


class Judgement(StrEnum):
    """What a text is, if not a slip's."""

    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True)
class SlipCode:
    """What the code on a slip names."""

    number: ReceiptNumber
    application_id: ApplicationId


@dataclass(frozen=True, slots=True)
class AppointmentCode:
    """The key of a time that was booked without a card."""

    code: Secret[str]


@dataclass(frozen=True, slots=True)
class BillCode:
    """What the code on the proof of a paid bill names."""

    code: ProofCode


_SLIP_CHARACTERS = 49
_APPOINTMENT_CHARACTERS = len(booking_code.QR_FORMAT) + 1 + booking_code.DIGITS
# Classes are spelled out: with a switch for "any case" the Kelvin sign would be a K. The id is a UUID of version 7.
_SLIP = re.compile(
    r"(?P<form>[A-Za-z0-9]{3}):(?P<number>[0-9A-Za-z]{8}):"
    r"(?P<id>[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-7[0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12})"
)


def judged(text: Secret[str]) -> SlipCode | AppointmentCode | BillCode | Judgement:
    """Return what the slip's code names or opens, or NOT_OURS."""
    shown = text.reveal()
    if len(shown) == _APPOINTMENT_CHARACTERS and (code := booking_code.code_in(shown)) is not None:
        return AppointmentCode(Secret(code))
    if (bill := _BILL.fullmatch(shown)) is not None:
        is_ours = bill["form"].upper() == BILL_FORMAT and is_proof_code(bill["code"])
        return BillCode(ProofCode(bill["code"])) if is_ours else Judgement.NOT_OURS
    if len(shown) != _SLIP_CHARACTERS or (found := _SLIP.fullmatch(shown)) is None:
        return Judgement.NOT_OURS
    number = found["number"].upper()
    if found["form"].upper() != QR_FORMAT or not is_receipt_number(number):
        return Judgement.NOT_OURS
    return SlipCode(ReceiptNumber(number), ApplicationId(found["id"].lower()))


SCANNER_GAP_S = 0.05  # a scanner's keys follow each other within a few milliseconds; fast fingers need 80 and more
SCANNER_KEYS_MIN = 8  # two or three keys may be hit at once, with the flat of a hand even more
SCANNER_SYMBOLS_MIN = 3  # a key that is held down repeats as fast as a scanner types, but repeats itself
_ENDS = frozenset("\r\n\t")


@dataclass(frozen=True, slots=True)
class Typed:
    """A person pressed these keys."""

    keys: Secret[str]


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scanner typed this; no field may get to see it."""

    text: Secret[str]


KeysMeant = Typed | Scanned


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys that came in one run, not yet known to be a person's or a scanner's. No key is held longer than SCANNER_GAP_S."""

    run: tuple[str, ...] = field(default=(), repr=False)
    last_s: float = 0.0
    is_swallowing: bool = False  # a scanner has just ended its code; the rest of its line's end is no key of a person

    @property
    def due_s(self) -> float | None:
        """When `waited` has to be asked; None while no key is held."""
        return self.last_s + SCANNER_GAP_S if self.run or self.is_swallowing else None


def pressed(keys: Keys, key: str, at_s: float) -> tuple[Keys, tuple[KeysMeant, ...]]:
    """Take one character, or Enter as a carriage return, and say what is known now."""
    keys, meant = waited(keys, at_s)
    if keys.is_swallowing and key in _ENDS:
        return replace(keys, last_s=at_s), meant
    if key in _ENDS and _is_scanners(keys.run):
        return Keys(last_s=at_s, is_swallowing=True), (*meant, _scanned(keys.run))
    # One key more than any code has is enough to know that it is none; the rest is dropped.
    run = keys.run if len(keys.run) > LONGEST_TEXT_BYTES else (*keys.run, key)
    return Keys(run, at_s), meant


def waited(keys: Keys, now_s: float) -> tuple[Keys, tuple[KeysMeant, ...]]:
    """Say what the pause has made known."""
    if keys.due_s is None or now_s <= keys.due_s:
        return keys, ()
    if not keys.run:
        return Keys(), ()
    return Keys(), (_scanned(keys.run) if _is_scanners(keys.run) else Typed(Secret("".join(keys.run))),)


def _scanned(run: tuple[str, ...]) -> Scanned:
    return Scanned(Secret("".join(run).strip("".join(_ENDS))))  # some are set to begin with a line's end as well


def _is_scanners(run: tuple[str, ...]) -> bool:
    return len(run) >= SCANNER_KEYS_MIN and len(set(run)) >= SCANNER_SYMBOLS_MIN
