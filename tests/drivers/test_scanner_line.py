"""Bytes of a scanner's line, cut into codes: whatever stands behind them, however they come in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scanner_line import IDLE_S, ROOM_FOR_FRAMING_BYTES, ScanParser
from peripherals.code_scanner import LONGEST_TEXT_BYTES

LIMIT = LONGEST_TEXT_BYTES + ROOM_FOR_FRAMING_BYTES


def parse(*pieces: bytes, gap_s: float = 0.01) -> list[bytes | None]:
    """What comes out when the pieces follow each other, and then nothing comes any more."""
    parser, found, at_s = ScanParser(), [], 100.0
    for piece in pieces:
        found += parser.feed(piece, at_s)
        at_s += gap_s
    return found + parser.flush(at_s + IDLE_S)


@pytest.mark.parametrize(
    "sent",
    [
        b"BM1\r",
        b"BM1\n",
        b"BM1\r\n",
        b"\r\nBM1\r\n",
        b"\x02BM1\x03",
        b"\x02BM1\x03\r\n",
        b"\x02BM1\r",
        b"\x02BM1\r\n",
        b"BM1",
        b"BM1\t",
        b"BM1\t\r\n",
    ],
)
def test_every_usual_way_to_end_a_code(sent: bytes) -> None:
    assert parse(sent) == [b"BM1"]
    assert parse(*(bytes((byte,)) for byte in sent)) == [b"BM1"]


def test_codes_that_come_together_are_told_apart() -> None:
    assert parse(b"ONE\r\nTWO\rTHREE\n\x02FOUR\x03\x02FIVE\x03SIX") == [b"ONE", b"TWO", b"THREE", b"FOUR", b"FIVE", b"SIX"]


def test_a_frame_keeps_its_line_ends() -> None:
    assert parse(b"\x02two\r\nlines\x03") == [b"two\r\nlines"]


def test_a_tab_within_a_code_is_its_own_and_tabs_alone_are_nothing() -> None:
    assert parse(b"ONE\tTWO\r") == [b"ONE\tTWO"]
    assert parse(b"\t\t") == []


def test_without_a_terminator_the_pause_ends_it() -> None:
    parser = ScanParser()
    assert parser.feed(b"BM1:", 10.0) == []
    assert parser.flush(10.0 + IDLE_S / 2) == []
    assert parser.feed(b"REST", 10.0 + IDLE_S / 2) == []
    assert parser.flush_at_s == pytest.approx(10.0 + 1.5 * IDLE_S)
    assert parser.flush(10.0 + 1.5 * IDLE_S) == [b"BM1:REST"]
    assert parser.flush_at_s is None


def test_what_comes_after_a_pause_is_another_code() -> None:
    assert parse(b"ONE", b"TWO", gap_s=2 * IDLE_S) == [b"ONE", b"TWO"]


def test_an_end_without_a_code_is_nothing() -> None:
    assert parse(b"\r\n\r\n\n\x02\x03\x02") == []


def test_an_endless_code_is_dropped_whole_and_the_next_is_read() -> None:
    assert parse(b"A" * 10_000 + b"\rBM1\r") == [None, b"BM1"]
    assert parse(b"A" * 10_000) == [None]
    assert parse(b"A" * LIMIT + b"\r") == [b"A" * LIMIT]
    assert parse(b"A" * (LIMIT + 1) + b"\r") == [None]


def test_what_never_pauses_takes_no_more_memory() -> None:
    parser = ScanParser()
    for number in range(100):
        assert parser.feed(b"A" * 1000, number / 100) == []
    assert len(parser._held) == LIMIT


STREAMS = st.lists(st.binary(max_size=20) | st.sampled_from([b"\r", b"\n", b"\x02", b"\x03", b"]Q1", b"A" * LIMIT])).map(b"".join)


@given(STREAMS, st.data())
def test_any_stream_gives_the_same_in_any_pieces(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    pieces = [stream[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    found = parse(*pieces)
    assert found == parse(stream)
    assert all(code is None or 0 < len(code) <= LIMIT for code in found)
