"""Bills and queries of public utilities: asked while somebody waits, paid by the provider's own code, true only by the provider's word.

An account is named by its number, or found by the identity card of whoever the provider has it under. The card's number goes through the
city to that one provider, and neither keeps it.

A payment has an id that the terminal makes. Asking to pay again with the same id is the same payment; a bill that is being paid, or is
paid, cannot be paid by another.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType

import msgspec

from sync.contract.feed import FeedKind
from sync.contract.question import QuestionKind
from sync.contract.words import Words

PaymentId = NewType("PaymentId", str)
"""A UUID made by the terminal, for one payment of one bill."""


class UtilityKind(StrEnum):
    """What is provided."""

    WATER = "water"
    POWER = "power"
    GAS = "gas"
    HEATING = "heating"
    MEDICAL = "medical"
    PENSION = "pension"


class Utility(msgspec.Struct, frozen=True, omit_defaults=True):
    """One provider: by which number its customers are known, also by card or not, and whether bills are paid here or only looked at."""

    id: str
    kind: UtilityKind
    name: Words
    account_label: Words
    digits_least: int = 6
    digits_most: int = 20
    pays: bool = True
    by_card: bool = False
    sample: bool = False


class Utilities(msgspec.Struct, frozen=True):
    """The content of the feed."""

    utilities: tuple[Utility, ...] = ()


class AccountsStatus(StrEnum):
    """What came of asking a provider by card."""

    KNOWN = "known"
    NONE_KNOWN = "none_known"  # it has no account under this number
    NOT_OFFERED = "not_offered"  # it does not find accounts by card, or not any more
    PROVIDER_DOWN = "provider_down"


class AccountsQuestion(msgspec.Struct, frozen=True):
    """Which accounts does this provider have under the number of the card that lies there? The number is kept nowhere."""

    utility: str
    id_number: str

    def __repr__(self) -> str:
        return "AccountsQuestion(<secret>)"


class HeldAccount(msgspec.Struct, frozen=True, omit_defaults=True):
    """One account. `place` is what tells its holder which it is, masked by the provider: enough to know one's own by, and no address."""

    account: str
    place: str = ""

    def __repr__(self) -> str:
        return "HeldAccount(<secret>)"


class Accounts(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer: at most `ACCOUNTS_MOST`, in the provider's order. `more` marks that it has others, which are asked for by number."""

    status: AccountsStatus
    accounts: tuple[HeldAccount, ...] = ()
    more: bool = False


class BillStatus(StrEnum):
    """What the provider says of an account."""

    OWED = "owed"
    NOTHING_OWED = "nothing_owed"
    NO_ACCOUNT = "no_account"
    PROVIDER_DOWN = "provider_down"


class BillQuestion(msgspec.Struct, frozen=True):
    """How much is owed for this account?"""

    utility: str
    account: str


class Bill(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer. `holder` is masked by the provider; `bill` names what is owed, and is what gets paid."""

    status: BillStatus
    holder: str = ""
    bill: str = ""
    amount_fen: int = 0
    period: str = ""
    due_on: date | None = None


class PaymentState(StrEnum):
    """What is known of a payment, by the provider's word alone."""

    STARTING = "starting"  # the provider has not confirmed it yet
    AWAITING = "awaiting"  # its code can be paid
    CLOSING = "closing"  # given up here; the provider has not confirmed that it cannot be paid any more
    PAID = "paid"
    CLOSED = "closed"  # it cannot be paid any more, and was not
    ELSEWHERE = "elsewhere"  # this bill is being paid, or was paid, by another payment
    CHANGED = "changed"  # the bill is not what was shown: ask again


class PayQuestion(msgspec.Struct, frozen=True):
    """Begin to pay, or go on with the same payment."""

    payment: PaymentId
    utility: str
    account: str
    bill: str
    amount_fen: int


class PaymentQuestion(msgspec.Struct, frozen=True):
    """How does it stand? With `give_up`, it is to be closed first, so that it can't be paid any more."""

    payment: PaymentId
    give_up: bool = False


class PaymentAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a payment stands. `code` is what is put into a QR code; `number` is the provider's own once it is paid."""

    state: PaymentState
    code: str = ""
    number: str = ""
    paid_at: datetime | None = None


ACCOUNTS_MOST: Final = 8
FINAL: Final = frozenset({PaymentState.PAID, PaymentState.CLOSED, PaymentState.ELSEWHERE, PaymentState.CHANGED})

UTILITIES: Final = FeedKind("utilities", Utilities)
ACCOUNTS: Final = QuestionKind("bill-accounts", AccountsQuestion, Accounts)
BILL: Final = QuestionKind("bill", BillQuestion, Bill)
PAY: Final = QuestionKind("bill-pay", PayQuestion, PaymentAnswer)
PAYMENT: Final = QuestionKind("bill-payment", PaymentQuestion, PaymentAnswer)
