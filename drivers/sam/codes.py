"""What the third status byte of a reply means, and what that is at the counter."""

from enum import IntEnum

from drivers.sam.frames import Reply
from peripherals.id_card_reader import CardReadStatus
from peripherals.values import dataclass


class Sw3(IntEnum):
    """The third status byte, as far as it is known."""

    HOST_CHECKSUM_WRONG = 0x10
    HOST_LENGTH_WRONG = 0x11
    COMMAND_WRONG = 0x21
    NOT_PERMITTED = 0x23
    UNIDENTIFIED = 0x24
    CARD_REFUSED_MODULE = 0x31
    MODULE_REFUSED_CARD = 0x32
    CHECK_FAILED = 0x33
    CARD_TYPE_UNKNOWN = 0x40
    READ_FAILED = 0x41
    RANDOM_FAILED = 0x47
    SELF_TEST_FAILED = 0x60
    UNLICENSED = 0x66
    NO_CARD = 0x80
    SELECT_FAILED = 0x81
    DONE = 0x90
    ITEM_ABSENT = 0x91
    FOUND = 0x9F


RESEND = frozenset({Sw3.HOST_CHECKSUM_WRONG, Sw3.HOST_LENGTH_WRONG, Sw3.UNIDENTIFIED})
"""The request was damaged on its way or the module stumbled: asking once more may help."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a refusal is at the counter, and what staff read."""

    status: CardReadStatus
    words: str


MEANINGS: dict[int, Meaning] = {
    Sw3.HOST_CHECKSUM_WRONG: Meaning(CardReadStatus.MODULE_FAULT, "requests arrive damaged: check the cable"),
    Sw3.HOST_LENGTH_WRONG: Meaning(CardReadStatus.MODULE_FAULT, "requests arrive with a wrong length: check the cable"),
    Sw3.COMMAND_WRONG: Meaning(CardReadStatus.MODULE_FAULT, "the module does not know the command"),
    Sw3.NOT_PERMITTED: Meaning(CardReadStatus.CARD_MOVED, "operation not permitted: no card is selected any more"),
    Sw3.UNIDENTIFIED: Meaning(CardReadStatus.MODULE_FAULT, "unidentified error"),
    Sw3.CARD_REFUSED_MODULE: Meaning(CardReadStatus.CARD_MOVED, "the card could not authenticate the module"),
    Sw3.MODULE_REFUSED_CARD: Meaning(CardReadStatus.NOT_GENUINE, "the module could not authenticate the card"),
    Sw3.CHECK_FAILED: Meaning(CardReadStatus.NOT_GENUINE, "the card's information failed its check"),
    Sw3.CARD_TYPE_UNKNOWN: Meaning(CardReadStatus.UNSUPPORTED_CARD, "card type not recognised"),
    Sw3.READ_FAILED: Meaning(CardReadStatus.CARD_MOVED, "reading failed"),
    Sw3.RANDOM_FAILED: Meaning(CardReadStatus.CARD_MOVED, "the card gave no random number"),
    Sw3.SELF_TEST_FAILED: Meaning(CardReadStatus.MODULE_FAULT, "self-test failed: the module accepts no command"),
    Sw3.UNLICENSED: Meaning(CardReadStatus.MODULE_FAULT, "the module is not licensed"),
    Sw3.NO_CARD: Meaning(CardReadStatus.CARD_MOVED, "the card is gone"),
    Sw3.SELECT_FAILED: Meaning(CardReadStatus.CARD_MOVED, "selecting the card failed"),
}


def meaning(reply: Reply, asked: str) -> tuple[CardReadStatus, str]:
    """Return what a refusal comes to, and a line for staff that names the codes."""
    known = MEANINGS.get(reply.sw3, Meaning(CardReadStatus.MODULE_FAULT, "an answer outside the protocol"))
    codes = f"{reply.sw1:02X} {reply.sw2:02X} {reply.sw3:02X}"
    return known.status, f"{asked}: {known.words} ({codes})"
