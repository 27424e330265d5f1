"""Frames: what is asked, and what is made of any bytes that come back."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.sam.frames import LONGEST_LENGTH, Command, Damage, Reply, ReplyParser, request
from tests.drivers.sam import vectors


def parse(*pieces: bytes) -> list[Reply | Damage]:
    parser = ReplyParser()
    return [found for piece in pieces for found in parser.feed(piece)]


@pytest.mark.parametrize(("name", "hexadecimal"), vectors.REQUESTS.items())
def test_a_request_is_the_published_one(name: str, hexadecimal: str) -> None:
    assert request(Command[name]) == bytes.fromhex(hexadecimal)


@pytest.mark.parametrize("pair", vectors.CHECKS_WITHOUT_DATA.split())
def test_a_reply_without_data_is_read(pair: str) -> None:
    sw3, check = pair.split("->")
    assert parse(vectors.plain_reply(sw3, check)) == [Reply(0, 0, int(sw3, 16))]


def test_replies_with_data_are_read() -> None:
    found = parse(vectors.FIND_OK + vectors.SELECT_OK + vectors.ADDRESS_OK)
    assert [(one.sw3, len(one.data)) for one in found if isinstance(one, Reply)] == [(0x9F, 4), (0x90, 8), (0x90, 70)]


@pytest.mark.parametrize(
    ("frame", "size", "digest"),
    [
        (vectors.read_reply(vectors.fields(*vectors.RESIDENT)), 1295, "3bd8922e1053c248"),
        (vectors.finger_reply(vectors.fields(*vectors.RESIDENT)), 2321, "5d22f7e384ebe13e"),
        (vectors.read_reply(vectors.fields(*vectors.LONG_TERM)), 1295, "0e499e8767d6e5a2"),
        (vectors.finger_reply(vectors.fields(*vectors.LONG_TERM)), 2321, "d344be3f335fd40d"),
    ],
)
def test_a_whole_card_is_one_frame(frame: bytes, size: int, digest: str) -> None:
    assert (len(frame), hashlib.sha256(frame).hexdigest()[:16]) == (size, digest)
    (found,) = parse(frame)
    assert isinstance(found, Reply)
    assert found.data == frame[10:-1]


def test_a_fourth_aa_before_the_preamble_does_not_hide_the_frame() -> None:
    assert parse(vectors.RESYNC) == [Reply(0, 0, 0x80)]


def test_a_wrong_check_byte_is_refused_and_the_next_frame_is_read() -> None:
    assert parse(vectors.BAD_CHECK + vectors.NO_CARD) == [Damage.WRONG_CHECKSUM, Reply(0, 0, 0x80)]


def test_a_silly_length_is_refused_at_once_and_the_next_frame_is_read() -> None:
    assert parse(vectors.SILLY_LENGTH) == [Damage.WRONG_LENGTH]
    assert parse(vectors.SILLY_LENGTH, vectors.NO_CARD) == [Damage.WRONG_LENGTH, Reply(0, 0, 0x80)]


@pytest.mark.parametrize("length", [0, 3, LONGEST_LENGTH + 1])
def test_a_length_outside_the_protocol_is_refused(length: int) -> None:
    assert parse(bytes.fromhex(vectors.PREAMBLE) + length.to_bytes(2, "big") + bytes(8)) == [Damage.WRONG_LENGTH]


def test_a_truncated_frame_is_waited_for_and_says_so() -> None:
    parser = ReplyParser()
    assert list(parser.feed(vectors.TRUNCATED)) == []
    assert parser.is_inside_frame


def test_a_frame_inside_the_span_of_a_damaged_one_is_still_found() -> None:
    lying = bytearray(vectors.FIND_OK)
    lying[6] = 0x0D  # five bytes too many: it swallows the start of the next
    assert Reply(0, 0, 0x80) in parse(bytes(lying) + vectors.NO_CARD + vectors.NO_CARD)


def test_a_reply_does_not_show_its_data() -> None:
    (found,) = parse(vectors.ADDRESS_OK)
    assert "data" not in repr(found)


FRAMES = st.sampled_from([vectors.FIND_OK, vectors.SELECT_OK, vectors.ADDRESS_OK, vectors.NO_CARD, vectors.BAD_CHECK, vectors.SILLY_LENGTH])
STREAMS = st.lists(FRAMES | st.binary(max_size=30) | st.just(b"\xaa\xaa\xaa\x96\x69")).map(b"".join)


@given(STREAMS, st.data())
def test_any_stream_gives_the_same_in_any_chunking_and_nothing_undeclared(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    pieces = [stream[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    found = parse(*pieces)
    assert found == parse(stream)
    assert all(isinstance(one, (Reply, Damage)) for one in found)


@given(st.binary(max_size=200).map(lambda noise: noise.replace(b"\x96", b"")))
def test_a_frame_behind_any_noise_is_found(noise: bytes) -> None:
    assert parse(noise + vectors.SELECT_OK) == [Reply(0, 0, 0x90, bytes(8))]


@given(st.binary(max_size=60), st.integers(0, 255), st.integers(0, 7))
def test_no_single_flipped_bit_is_taken_for_a_reply(data: bytes, sw3: int, bit: int) -> None:
    frame = vectors.reply(sw3, data)
    for place in range(7, len(frame)):  # one in the length may, once in 256 times, make a shorter frame whose check byte is right
        spoilt = bytearray(frame)
        spoilt[place] ^= 1 << bit
        assert not any(isinstance(one, Reply) for one in parse(bytes(spoilt)))
