"""Records: whole, or refused with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.pcsc.records import Record, record


def test_a_record_is_its_tag_and_its_value() -> None:
    assert record(bytes.fromhex("05 04 20180501")) == Record(0x05, bytes.fromhex("20180501"))


@pytest.mark.parametrize("padding", ["00", "00 00 00", "ff ff"])
def test_a_file_s_own_padding_after_it_does_not_matter(padding: str) -> None:
    assert record(bytes.fromhex("0a 01 32" + padding)) == Record(0x0A, b"2")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "0 bytes instead of a tag and a length"),
        ("0a", "1 bytes instead of a tag and a length"),
        ("0a 02 32", "a length of 2, and 1 bytes after it"),
        ("0a 81 01 32", "a length of 129, and 2 bytes after it"),
        ("0a 01 32 33", "1 bytes more than its length of 1"),
        ("0a 01 32 00 ff", "2 bytes more than its length of 1"),
    ],
)
def test_a_length_that_does_not_fit_is_refused(data: str, reason: str) -> None:
    assert record(bytes.fromhex(data)) == reason


@given(st.integers(0, 255), st.binary(max_size=0x7F))
def test_what_was_written_is_what_is_read(tag: int, value: bytes) -> None:
    assert record(bytes((tag, len(value))) + value) == Record(tag, value)


@given(st.binary(max_size=300))
def test_whatever_comes_is_a_record_within_it_or_a_reason(data: bytes) -> None:
    found = record(data)
    if isinstance(found, Record):
        assert data.startswith(bytes((found.tag, len(found.value))) + found.value)
    else:
        assert found
