"""The virtual printer takes any program's stream apart without losing its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peripherals.virtual.escpos_stream import Cut, Doing, Dots, Feed, LineEnd, Reset, Skipped, StreamParser, Text, TurnAsked

# Commands as the manuals give them, each with what it does.
COMMANDS: list[tuple[bytes, Doing | None]] = [
    (b"\x1b@", Reset()),
    (b"\x1dv0\x00\x02\x00\x03\x00abcdef", Dots(2, b"abcdef")),
    (b"\x1dV\x00", Cut()),
    (b"\x1dVB\x10", Cut()),
    (b"\x1bi", Cut()),
    (b"\x1bJ\x28", Feed(40)),
    (b"\x1bd\x02", Feed(60)),
    (b"\n", LineEnd()),
    (b"\x1dr\x01", TurnAsked()),
    (b"\x1b!\x1b", None),
    (b"\x1ba\x01", None),
    (b"\x1bp\x00\x19\xfa", None),
    (b"\x1bD\x08\x10\x18\x00", None),
    (b"\x1c&", None),
    (b"\x1c.", None),
    (b"\x1dh\x50", None),
    (b"\x1dkI\x05{A123", None),
    (b"\x1dk\x041234567\x00", None),
    (b"\x1d(k\x03\x001A2", None),
    (b"\x1d(k\x07\x001P0\n\x1dV\x00", None),  # a code that holds what looks like a cut
    (b"\x1d8L\x0c\x00\x00\x000p0\x01\x011\x08\x00\x02\x00\xaa\x55", Dots(1, b"\xaa\x55")),
    (b"\x10\x04\x01", None),
    (b"\x10\x14\x01\x00\x01", None),
    (b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", None),
]


@pytest.mark.parametrize(("command", "doing"), COMMANDS)
def test_each_command_is_taken_whole_and_the_next_one_is_found(command: bytes, doing: Doing | None) -> None:
    parser = StreamParser()
    assert list(parser.feed(command + b"\x1b@")) == [doing or Skipped(command), Reset()]
    assert parser.is_idle


@given(st.lists(st.sampled_from([command for command, _ in COMMANDS]), max_size=12), st.lists(st.integers(1, 7), min_size=1, max_size=30))
def test_packets_may_cut_a_command_anywhere(commands: list[bytes], sizes: list[int]) -> None:
    stream = b"".join(commands)
    whole, cut = StreamParser(), StreamParser()
    expected, got, place = list(whole.feed(stream)), [], 0
    while place < len(stream):
        size = sizes[place % len(sizes)]
        got += list(cut.feed(stream[place : place + size]))
        place += size
    assert got == expected


@given(st.binary(max_size=400))
def test_noise_never_stops_it(noise: bytes) -> None:
    for doing in StreamParser().feed(noise):
        assert doing is not None


def test_columns_of_dots_become_rows() -> None:
    assert list(StreamParser().feed(b"\x1b*\x00\x02\x00\x80\x01")) == [Dots(1, bytes([0x80, 0, 0, 0, 0, 0, 0, 0x40]), in_line=True)]


def test_chinese_text_is_one_piece() -> None:
    assert list(StreamParser().feed("收件".encode("gb18030") + b"\n")) == [Text("收件".encode("gb18030")), LineEnd()]
