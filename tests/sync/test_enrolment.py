"""Codes, squares, words and certificates on the terminal's side."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.enrolment import (
    CODE_SYMBOLS,
    AdmissionCodeError,
    AdmissionLink,
    new_code,
    read_code,
    read_link,
    shown_code,
    six_words,
)
from sync.contract.names import SYMBOLS, TerminalId
from sync.own_certificate import certificate_until, renewal_due

codes = st.text(SYMBOLS, min_size=CODE_SYMBOLS, max_size=CODE_SYMBOLS)


@given(codes)
def test_a_code_is_read_as_it_was_shown(code: str) -> None:
    assert read_code(shown_code(code)) == code
    assert read_code(f" {shown_code(code).lower()} ".replace("-", " ")) == code


def test_letters_that_look_like_digits_are_forgiven() -> None:
    assert read_code("O1IL-0000-ZZZZ") == "01110000ZZZZ"


@given(st.text(max_size=40))
def test_anything_else_is_refused_or_is_a_code(text: str) -> None:
    try:
        assert set(read_code(text)) <= set(SYMBOLS)
    except AdmissionCodeError as error:
        assert "such as" in str(error)  # noqa: PT017


def test_new_codes_are_codes_and_differ() -> None:
    made = {new_code() for _ in range(100)}
    assert len(made) == 100
    assert all(read_code(one) == one for one in made)


def test_a_square_is_read_as_it_was_made() -> None:
    link = AdmissionLink("https://city.example.org:8443", TerminalId("SY-1"), "K7QM3D9XWV4F", "ab" * 32)
    assert read_link(link.text()) == link
    assert read_link("K7QM-3D9X-WV4F") is None
    with pytest.raises(AdmissionCodeError, match="lacks"):
        read_link("bianmin-enrol:1?code=K7QM3D9XWV4F")


def test_every_part_changes_the_words() -> None:
    key, other = (Ed25519PrivateKey.generate().public_key().public_bytes_raw() for _ in range(2))
    words = six_words("K7QM3D9XWV4F", key, b"authority")
    assert len(words) == 6
    assert all(len(word) == 2 for word in words)
    assert words == six_words("K7QM3D9XWV4F", key, b"authority")
    changed = {
        six_words("K7QM3D9XWV4G", key, b"authority"),
        six_words("K7QM3D9XWV4F", other, b"authority"),
        six_words("K7QM3D9XWV4F", key, b"b"),
    }
    assert len(changed | {words}) == 4


def test_without_a_readable_certificate_one_is_asked_for(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    assert renewal_due(tmp_path / "none", now)
    (tmp_path / "bad").write_text("no certificate")
    assert certificate_until(tmp_path / "bad") is None
    assert renewal_due(tmp_path / "bad", now + timedelta(days=1))
