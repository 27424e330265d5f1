"""Korean is composed from letters, and every letter can be taken back."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.input_method import hangul

LETTERS = st.sampled_from([*hangul.KEYS.values(), *hangul.DOUBLED.values()])


def typed(keys: str, text: str = "") -> str:
    for key in keys:
        letter = hangul.KEYS[key.lower()]
        text = hangul.typed(text, hangul.DOUBLED[letter] if key.isupper() else letter)
    return text


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("rladudgml", "김영희"), ("gkrry", "학교"), ("rkqtdl", "값이"), ("dkswdk", "앉아"), ("dkswek", "앉다"), ("ehowl", "돼지"),
        ("ghkdnjs", "화원"), ("dmltk", "의사"), ("Qkfrks", "빨간"), ("xkrrk", "탁가"), ("Eek", "ㄸ다"), ("kk", "ㅏㅏ"), ("dhkf", "왈"),
        ("whOk", "조ㅒㅏ"), ("tjsdidtl", "선양시"), ("gks rmf".replace(" ", ""), "한글"), ("rP", "계"), ("rkTek", "갔다"),
    ],
)  # fmt: skip
def test_letters_become_syllables(keys: str, word: str) -> None:
    assert typed(keys) == word


def test_other_text_before_is_left_alone() -> None:
    assert typed("rk", "晴岚街 18") == "晴岚街 18가"
    assert hangul.deleted("晴岚") == "晴"
    assert hangul.deleted("") == ""


@given(st.lists(LETTERS, max_size=30))
def test_nothing_that_is_typed_is_lost(letters: list[str]) -> None:
    text = ""
    for letter in letters:
        text = hangul.typed(text, letter)
    assert hangul.letters_of(text) == "".join(letters)


@given(st.lists(LETTERS, max_size=30))
def test_delete_takes_exactly_the_last_letter(letters: list[str]) -> None:
    text = ""
    for letter in letters:
        text = hangul.typed(text, letter)
    for end in range(len(letters) - 1, -1, -1):
        text = hangul.deleted(text)
        assert hangul.letters_of(text) == "".join(letters[:end])


@given(st.lists(LETTERS, min_size=1, max_size=30))
def test_what_is_shown_is_korean(letters: list[str]) -> None:
    text = ""
    for letter in letters:
        text = hangul.typed(text, letter)
    assert all(unicodedata.name(one).startswith("HANGUL") for one in text)
    assert unicodedata.normalize("NFC", text) == text
