"""The proof of a paid bill once more, at any terminal: by the code of its printed receipt, or by the card of whoever has the account.

The code follows from the payment's id, so that the terminal that made the id knows it whatever answer got lost, and nobody who has not
seen it can guess it. It finds a payment that was not paid, too, and says so: paid is the provider's word alone here as everywhere.
"""

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType

import msgspec

from sync.contract.bills import PaymentId
from sync.contract.formats import is_luhn
from sync.contract.question import QuestionKind
from sync.contract.words import Words

ProofCode = NewType("ProofCode", str)
"""Sixteen figures; the last one checks the others."""

CODE_FIGURES: Final = 16
_BODY: Final = 10 ** (CODE_FIGURES - 1)


def code_of(payment: PaymentId) -> ProofCode:
    """Return the code under which this payment's proof is had again."""
    body = f"{int.from_bytes(hashlib.sha256(f'bianmin bill proof {payment}'.encode()).digest()) % _BODY:0{CODE_FIGURES - 1}d}"
    return next(ProofCode(body + last) for last in "0123456789" if is_luhn(body + last))


def is_proof_code(text: str) -> bool:
    """Tell whether this may be a code; a single figure that is wrong always shows."""
    return len(text) == CODE_FIGURES and text.isascii() and text.isdigit() and is_luhn(text)


class PaidStatus(StrEnum):
    """What came of looking."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    NOT_PAID = "not_paid"  # the provider says that it cannot be paid any more, and was not
    UNSURE = "unsure"  # the provider has not said that it was paid
    TOO_OLD = "too_old"
    PROVIDER_DOWN = "provider_down"  # nothing was found, and not every provider answered whose the card's accounts are


class PaidQuestion(msgspec.Struct, frozen=True, omit_defaults=True):
    """By the code on a receipt, or by the number of the card that lies there. Exactly one of the two ways."""

    code: ProofCode | None = None
    id_number: str | None = None

    def __repr__(self) -> str:
        return "PaidQuestion(<secret>)"


class PaidBill(msgspec.Struct, frozen=True, omit_defaults=True):
    """One paid bill, as its proof says it. Of the account there are the last four figures."""

    code: ProofCode
    utility: str
    provider: Words
    account_end: str
    amount_fen: int
    number: str
    paid_at: datetime
    period: str = ""

    def __repr__(self) -> str:
        return "PaidBill(<secret>)"


class PaidBills(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer: at most `PAID_MOST`, the newest first.

    Attributes:
        is_partial: Another provider did not answer, and there may be more.
        paid_on: With TOO_OLD, when it was paid, by the city's calendar.
        days: For how long a proof is printed again.
    """

    status: PaidStatus
    bills: tuple[PaidBill, ...] = ()
    is_partial: bool = False
    paid_on: date | None = None
    days: int = 0


PAID_MOST: Final = 8
PAID: Final = QuestionKind("bill-paid", PaidQuestion, PaidBills)
