import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.names import SYMBOLS, check_symbol, digest_of, is_receipt_number, new_receipt_number

bodies = st.text(SYMBOLS, min_size=7, max_size=7)


def test_a_fresh_number_is_one_that_can_be_read_aloud() -> None:
    numbers = {new_receipt_number() for _ in range(200)}
    assert len(numbers) == 200
    assert all(is_receipt_number(number) for number in numbers)
    assert not set("".join(numbers)) & set("ILOUilou")


@given(bodies, st.integers(0, 7), st.sampled_from(SYMBOLS))
def test_every_single_misread_is_caught(body: str, place: int, symbol: str) -> None:
    number = body + check_symbol(body)
    misread = number[:place] + symbol + number[place + 1 :]
    assert is_receipt_number(misread) == (misread == number)


def test_and_so_for_every_symbol_at_every_place_of_one_number() -> None:
    number = "7F3K29Q" + check_symbol("7F3K29Q")
    others = [number[:p] + s + number[p + 1 :] for p in range(8) for s in SYMBOLS if s != number[p]]
    assert len(others) == 8 * 31
    assert not any(is_receipt_number(other) for other in others)


@given(bodies)
def test_neighbours_swapped_are_caught_unless_they_are_half_the_alphabet_apart(body: str) -> None:
    for place, (left, right) in enumerate(pairwise(body)):
        swapped = body[:place] + right + left + body[place + 2 :]
        apart = abs(SYMBOLS.index(left) - SYMBOLS.index(right))
        assert (check_symbol(swapped) == check_symbol(body)) == (apart in (0, 16))


@pytest.mark.parametrize("text", ["", "0000000", "000000000", "0000000I", "0000000o", "0000 000", "００００００００"])
def test_what_is_no_receipt_number_is_refused(text: str) -> None:
    assert not is_receipt_number(text)


@given(st.text(max_size=12))
def test_no_text_upsets_the_check(text: str) -> None:
    assert is_receipt_number(text) in (True, False)


@given(st.binary(max_size=64))
def test_a_digest_is_sha_256_in_small_hexadecimal(data: bytes) -> None:
    assert digest_of(data) == hashlib.sha256(data).hexdigest()
