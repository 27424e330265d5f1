"""The data of replies, cut by the lengths in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.sam.codes import Sw3
from drivers.sam.data import CardBlocks, card_blocks, module_id
from drivers.sam.frames import Command, Reply
from drivers.sam.replies import is_answer
from tests.drivers.sam import vectors

TEXT = vectors.RESIDENT_TEXT


@pytest.mark.parametrize("finger_bytes", [0, 512, 1024])
def test_a_card_is_cut_with_any_size_of_fingerprint(finger_bytes: int) -> None:
    frame = vectors.finger_reply(TEXT, vectors.FINGERPRINT[:finger_bytes])
    assert len(frame) == {0: 1297, 512: 1809, 1024: 2321}[finger_bytes]
    assert card_blocks(frame[10:-1]) == CardBlocks(TEXT, vectors.PHOTO, finger_bytes)


@pytest.mark.parametrize("photo", [b"", vectors.PHOTO, vectors.PHOTO[:100]])
def test_a_card_is_cut_with_any_size_of_photo(photo: bytes) -> None:
    assert card_blocks(vectors.read_reply(TEXT, photo)[10:-1]) == CardBlocks(TEXT, photo, 0)


def test_lengths_that_do_not_add_up_are_refused() -> None:
    data = vectors.read_reply(TEXT)[10:-1]
    assert card_blocks(data[:-1]) is None
    assert card_blocks(data + b"\0") is None
    assert card_blocks(b"\x00\xfe" + data[2:-2]) is None  # adds up, but a text is 256 bytes


@given(st.binary(max_size=1400))
def test_any_data_is_cut_or_refused(data: bytes) -> None:
    blocks = card_blocks(data)
    assert blocks is None or len(blocks.text) == 256


def test_the_module_number_is_shown_as_printed_on_it() -> None:
    assert module_id(vectors.MODULE_ID[10:-1]) == "05.03-20161212-0001234567-2345678901"
    assert module_id(vectors.MODULE_ID[10:-2]) is None


def test_a_late_answer_to_another_command_is_told_apart() -> None:
    found, selected = Reply(0, 0, Sw3.FOUND, bytes(4)), Reply(0, 0, Sw3.DONE, bytes(8))
    card = Reply(0, 0, Sw3.DONE, vectors.read_reply(TEXT)[10:-1])
    assert not is_answer(Command.SELECT, found)
    assert not is_answer(Command.FIND, selected)
    assert not is_answer(Command.READ, selected)
    assert not is_answer(Command.SELECT, card)
    assert not is_answer(Command.NEWEST_ADDRESS, card)
    assert not is_answer(Command.MODULE_ID, card)
    assert is_answer(Command.FIND, found)
    assert is_answer(Command.READ, card)
    assert is_answer(Command.READ, Reply(0, 0, Sw3.READ_FAILED))
