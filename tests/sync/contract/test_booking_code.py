"""The code of an appointment that was booked without a card: a slip of the finger is told from another's code without asking anybody."""

import pytest

from sync.contract.booking_code import DIGITS, code_in, is_code, new_code, qr_payload

GOOD = "407155260182"


def test_a_fresh_code_is_twelve_figures_and_no_other_s() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(is_code(code) and len(code) == DIGITS for code in codes)


def test_no_single_wrong_figure_passes() -> None:
    for place in range(DIGITS):
        for figure in "0123456789":
            wrong = GOOD[:place] + figure + GOOD[place + 1 :]
            assert is_code(wrong) is (wrong == GOOD)


@pytest.mark.parametrize("text", ["", GOOD[:-1], GOOD + "0", "4071 5526 0182", "４０７１５５２６０１８２", "40715526018X"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert not is_code(text)


def test_the_slip_s_picture_says_it_and_no_other_picture_does() -> None:
    assert code_in(qr_payload(GOOD)) == GOOD
    assert code_in(f"ba2:{GOOD}") == GOOD, "a scanner may change the case"
    for other in (GOOD, f"BA1:{GOOD}", f"BA2:{GOOD[:-1]}9", f"BA2:{GOOD}:x", "BA2:", ""):
        assert code_in(other) is None
