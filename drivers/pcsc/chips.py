"""Which card is this? Asked of the card itself: what a chip calls itself on power-up says who made it, not what it is for."""

from drivers.pcsc.apdu import Command, Damage, Status, Transmit, ask
from drivers.pcsc.social_security import read_social_security
from peripherals.card_reader import BankCardSeen, ChipReading, ChipReadStatus, ContactlessUid
from peripherals.secret import Secret

_STORAGE_CARD = bytes.fromhex("804f0ca000000306")  # in the reader's own words on power-up: a card that knows no commands
_SHORTEST_UID, _LONGEST_UID = 4, 10
_BANK_APPLICATIONS = (
    b"2PAY.SYS.DDF01",
    b"1PAY.SYS.DDF01",
    bytes.fromhex("a000000333010101"),  # UnionPay debit, credit, quasi-credit, electronic cash
    bytes.fromhex("a000000333010102"),
    bytes.fromhex("a000000333010103"),
    bytes.fromhex("a000000333010106"),
    bytes.fromhex("a0000000031010"),  # Visa
    bytes.fromhex("a0000000041010"),  # Mastercard
)


def read_chip(power_up: bytes, transmit: Transmit) -> ChipReading:
    """Read the card whose words on power-up these are."""
    if _STORAGE_CARD in power_up:
        return _contactless(transmit) or _unsupported()
    return read_social_security(transmit) or _bank(transmit) or _contactless(transmit) or _unsupported()


def _bank(transmit: Transmit) -> ChipReading | None:
    """Recognise a bank card by the names that it answers to; not even its answer is fetched."""
    for name in _BANK_APPLICATIONS:
        answer = ask(transmit, Command(b"\x00\xa4\x04\x00", name))
        if not isinstance(answer, Damage) and answer.is_done:
            return ChipReading(ChipReadStatus.UNSUPPORTED_CARD, BankCardSeen(), "a bank card: recognised, and nothing was read")
    return None


def _contactless(transmit: Transmit) -> ChipReading | None:
    """Ask the reader, not the card, for the number of a contactless card; a reader with contacts has none to give."""
    answer = ask(transmit, Command(b"\xff\xca\x00\x00", wanted=0))
    if isinstance(answer, Damage) or answer.status not in {Status.DONE, Status.SHORTER_THAN_ASKED}:
        return None
    if not _SHORTEST_UID <= len(answer.data) <= _LONGEST_UID:
        return None
    return ChipReading(ChipReadStatus.READ, ContactlessUid(Secret(answer.data.hex().upper())))


def _unsupported() -> ChipReading:
    return ChipReading(ChipReadStatus.UNSUPPORTED_CARD, detail="neither a social security card nor one that is known by its number")
