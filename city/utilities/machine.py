"""The life of a payment as a pure function. Only the provider's word moves it to paid or closed; nothing that happens here does.

A payment is recorded before the provider is told of it, under a number that never changes: whatever gets lost on the way, asking again
with the number is asking about the same payment.
"""

from enum import StrEnum

from sync.contract.bills import PaymentState


class Word(StrEnum):
    """What the provider says of a payment's number."""

    OPEN = "open"  # it can be paid
    PAID = "paid"
    CLOSED = "closed"  # it cannot be paid any more, and was not
    UNKNOWN = "unknown"  # it has never heard of it
    NOTHING = "nothing"  # no answer came, or none that is signed


def after(state: PaymentState, word: Word) -> PaymentState:
    """Return what is known once the provider has said `word`."""
    if state is PaymentState.PAID or word is Word.NOTHING:
        return state  # paid stays paid, and silence teaches nothing
    if word is Word.PAID:
        return PaymentState.PAID  # also when it was given up, or thought closed: the money came
    if state is PaymentState.CLOSED:
        return state
    if word is Word.CLOSED:
        return PaymentState.CLOSED
    if word is Word.OPEN and state is PaymentState.STARTING:
        return PaymentState.AWAITING
    return state


def given_up(state: PaymentState) -> PaymentState:
    """Return what is known once somebody here does not want to pay any more: it is closed when the provider says so."""
    return PaymentState.CLOSING if state in (PaymentState.STARTING, PaymentState.AWAITING) else state


def holds_bill(state: PaymentState) -> bool:
    """Tell whether a bill cannot have another payment because of this one."""
    return state is not PaymentState.CLOSED
