"""Which card is this: told by what it answers to, and a bank card is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.pcsc.chips import read_chip
from peripherals.card_reader import BankCardSeen, ChipReadStatus, ContactlessUid, SocialSecurityCard
from tests.drivers.pcsc.chip import CONTACT, Chip

STORAGE = bytes.fromhex("3b8f8001804f0ca000000306030001000000006a")
CONTACTLESS = bytes.fromhex("3b808001 01")
UID = "04a1b2c3d4e5f6"


class OneThing:
    """A card that answers one command and refuses every other."""

    def __init__(self, command: str, answer: str, otherwise: str = "6a82") -> None:
        self.command, self.otherwise = bytes.fromhex(command), bytes.fromhex(otherwise)
        self.reply = bytes.fromhex(answer)
        self.asked: list[bytes] = []

    def __call__(self, command: bytes) -> bytes:
        self.asked.append(command)
        return self.reply if command.startswith(self.command) else self.otherwise


@pytest.mark.parametrize("power_up", [CONTACT, CONTACTLESS, b""])
def test_a_social_security_card_is_known_by_its_application_whatever_it_says_on_power_up(power_up: bytes) -> None:
    assert isinstance(read_chip(power_up, Chip()).card, SocialSecurityCard)


@pytest.mark.parametrize("name", ["a000000333010101", "a000000333010102", "315041592e5359532e4444463031", "a0000000031010"])
@pytest.mark.parametrize("said", ["9000", "6110", "6f0a8408a0000003330101019000"])
def test_a_bank_card_is_recognised_and_nothing_is_read(name: str, said: str) -> None:
    chip = OneThing(f"00a40400{len(name) // 2:02x}{name}", said)
    reading = read_chip(CONTACT, chip)
    assert (reading.status, reading.card) == (ChipReadStatus.UNSUPPORTED_CARD, BankCardSeen())
    assert {command[1] for command in chip.asked} == {0xA4}
    assert chip.asked[-1][5:].hex() == name  # and it was left at once


@pytest.mark.parametrize("power_up", [STORAGE, CONTACTLESS])
@pytest.mark.parametrize("otherwise", ["6300", "6e00", "6a81"])
def test_a_contactless_card_is_known_by_its_number(power_up: bytes, otherwise: str) -> None:
    reading = read_chip(power_up, OneThing("ffca0000", UID + "9000", otherwise))
    assert reading.status is ChipReadStatus.READ
    assert isinstance(reading.card, ContactlessUid)
    assert reading.card.uid.reveal() == "04A1B2C3D4E5F6"
    assert "04A1" not in repr(reading)


def test_a_storage_card_is_asked_nothing_that_it_cannot_know() -> None:
    chip = OneThing("ffca0000", UID + "9000")
    read_chip(STORAGE, chip)
    assert len(chip.asked) == 1


@pytest.mark.parametrize("said", ["6300", "6a81", "9000", "0102039000", "00" * 11 + "9000", "", "90"])
def test_a_card_without_a_number_is_unsupported(said: str) -> None:
    for power_up in (STORAGE, CONTACTLESS):
        reading = read_chip(power_up, OneThing("ffca0000", said, "6d00"))
        assert (reading.status, reading.card) == (ChipReadStatus.UNSUPPORTED_CARD, None)


@given(st.binary(max_size=33), st.lists(st.binary(max_size=40), max_size=60))
def test_whatever_a_card_is_there_is_an_outcome(power_up: bytes, answers: list[bytes]) -> None:
    left = iter(answers)
    reading = read_chip(power_up, lambda _: next(left, b"\x6a\x82"))
    assert reading.status in {
        ChipReadStatus.READ,
        ChipReadStatus.CORRUPT,
        ChipReadStatus.NEEDS_PIN,
        ChipReadStatus.UNSUPPORTED_CARD,
    }
