"""Commands and answers: pieces are put together, and a chip that never ends is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.pcsc.apdu import Answer, Command, Damage, ask

READ = Command(b"\x00\xb2\x01\x04", wanted=0)
SELECT = Command(b"\x00\xa4\x04\x00", b"name")


class Script:
    """A chip that says one thing after another."""

    def __init__(self, *answers: str) -> None:
        self.answers = [bytes.fromhex(answer) for answer in answers]
        self.asked: list[str] = []

    def __call__(self, command: bytes) -> bytes:
        self.asked.append(command.hex(" "))
        return self.answers.pop(0)


def test_an_answer_in_one_piece() -> None:
    chip = Script("01 02 90 00")
    assert ask(chip, READ) == Answer(0x9000, b"\x01\x02")
    assert chip.asked == ["00 b2 01 04 00"]


def test_a_t0_card_wants_to_be_asked_again_and_hands_over_in_two_pieces() -> None:
    chip = Script("6c 05", "61 02", "01 02 61 03", "03 04 05 90 00")
    assert ask(chip, READ) == Answer(0x9000, b"\x01\x02\x03\x04\x05")
    assert chip.asked == ["00 b2 01 04 00", "00 b2 01 04 05", "00 c0 00 00 02", "00 c0 00 00 03"]


def test_what_was_not_wanted_is_not_fetched() -> None:
    chip = Script("61 11")
    answer = ask(chip, SELECT)
    assert isinstance(answer, Answer)
    assert answer.is_done
    assert chip.asked == ["00 a4 04 00 04 6e 61 6d 65"]


@pytest.mark.parametrize(
    ("status", "is_done", "wants_pin"), [("9000", True, False), ("6982", False, True), ("6983", False, True), ("6a82", False, False)]
)
def test_a_refusal_is_no_success(status: str, is_done: bool, wants_pin: bool) -> None:
    answer = ask(Script(status), READ)
    assert isinstance(answer, Answer)
    assert (answer.is_done, answer.wants_pin) == (is_done, wants_pin)


@pytest.mark.parametrize("answer", ["", "90"])
def test_an_answer_without_a_status_is_none(answer: str) -> None:
    assert ask(Script(answer), READ) is Damage.NO_STATUS


@pytest.mark.parametrize("answer", [b"\x6c\x07", b"\x61\x07", b"\x01" * 250 + b"\x61\x00"])
def test_a_chip_that_promises_for_ever_is_left(answer: bytes) -> None:
    asked: list[bytes] = []

    def chip(command: bytes) -> bytes:
        asked.append(command)
        return answer

    assert ask(chip, READ) is Damage.ENDLESS
    assert len(asked) == 16


@given(st.lists(st.binary(max_size=300), min_size=16, max_size=16))
def test_whatever_a_chip_says_there_is_an_answer_or_damage(answers: list[bytes]) -> None:
    left = iter(answers)
    said = ask(lambda _: next(left), READ)
    assert isinstance(said, Answer | Damage)


def test_what_the_card_said_is_not_in_the_answer_s_words() -> None:
    assert "b2e2" not in repr(ask(Script("b2 e2 90 00"), READ))
