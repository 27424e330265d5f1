"""A picture on its way to the printer: nothing lost, nothing added that a printer would obey."""

import re

from hypothesis import given
from hypothesis import strategies as st

from drivers.escpos.raster import bands, without_real_time
from peripherals.receipt_printer import Raster

ROWS = st.integers(1, 90).flatmap(
    lambda height: st.binary(min_size=2 * height, max_size=2 * height).map(lambda rows: Raster(16, height, rows)),
)
RISKY = st.lists(st.sampled_from([0x10, 0x04, 0x05, 0x14, 0x01, 0x02, 0x00, 0x18]), min_size=48, max_size=48).map(bytes)
REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")


@given(ROWS)
def test_the_bands_together_are_the_picture(picture: Raster) -> None:
    rows = b""
    for band in bands(picture, 24):
        assert band[:6] == b"\x1d\x76\x30\x00\x02\x00"
        height = int.from_bytes(band[6:8], "little")
        assert len(band) == 8 + 2 * height
        rows += band[8:]
    assert rows == without_real_time(picture.rows)


@given(RISKY)
def test_no_real_time_command_hides_in_a_picture(rows: bytes) -> None:
    assert not REAL_TIME.search(b"".join(bands(Raster(16, 24, rows), 24)))


@given(RISKY)
def test_the_eye_sees_no_difference(rows: bytes) -> None:
    changed = without_real_time(rows)
    assert len(changed) == len(rows)
    for before, after in zip(rows, changed, strict=True):
        assert after in {before, before | 0x08}  # at most one dot more, and beside a black one


@given(st.binary(max_size=100).filter(lambda rows: not REAL_TIME.search(rows)))
def test_a_picture_without_any_is_not_touched(rows: bytes) -> None:
    assert without_real_time(rows) == rows
