"""The one code that is taken, and the scanner that poses as a keyboard."""

import re

import numpy as np
import pytest
import uuid6
from hypothesis import given
from hypothesis import strategies as st

from drivers.codes import codes_in
from kiosk.receipt.drawing import drawn
from kiosk.scanning import (
    SCANNER_GAP_S,
    SCANNER_KEYS_MIN,
    AppointmentCode,
    BillCode,
    Judgement,
    Keys,
    KeysMeant,
    Scanned,
    SlipCode,
    Typed,
    judged,
    pressed,
    waited,
)
from peripherals.code_scanner import LONGEST_TEXT_BYTES
from peripherals.secret import Secret
from sync.contract.bills import PaymentId
from sync.contract.names import ApplicationId, ReceiptNumber, new_receipt_number
from sync.contract.paid_bills import code_of
from tests.drivers.scanner_bench import SLIP
from tests.kiosk.receipt.slips import FONTS, image_of, slip

OURS = SlipCode(ReceiptNumber("7F3K29Q8"), ApplicationId("01a20a0e-1344-7e62-a0a5-7e2a88722969"))


def judge(text: str) -> SlipCode | AppointmentCode | BillCode | Judgement:
    return judged(Secret(text))


def test_the_code_on_our_slip_is_taken_in_any_case() -> None:
    assert judge(SLIP) == judge(SLIP.lower()) == OURS


def test_every_slip_that_a_terminal_prints_is_read_back() -> None:
    for _ in range(50):
        number, application = new_receipt_number(), ApplicationId(str(uuid6.uuid7()))
        printed = slip(number=number, application_id=application)
        assert judge(printed.qr_payload) == SlipCode(number, application)


def test_an_appointment_s_code_is_taken_as_a_secret_and_a_misread_one_is_none() -> None:
    assert judge("BA2:407155260182") == judge("ba2:407155260182") == AppointmentCode(Secret("407155260182"))
    assert "407155260182" not in repr(judge("BA2:407155260182"))
    for other in ("BA2:407155260183", "407155260182", "BA1:407155260182", "BA2:407155260182 "):
        assert judge(other) is Judgement.NOT_OURS


def test_the_code_on_the_proof_of_a_bill_is_taken_and_a_wrong_figure_in_it_is_not() -> None:
    code = code_of(PaymentId(OURS.application_id))
    assert judge(f"BMP:{code}") == judge(f"bmp:{code}") == BillCode(code)
    wrong = str((int(code[-1]) + 1) % 10)
    for text in (f"BMP:{code[:-1]}{wrong}", f"BMX:{code}", f"BMP:{code}0", f"BMP:{code[1:]}", code, f"BMP:{code}\n"):
        assert judge(text) is Judgement.NOT_OURS


@pytest.mark.parametrize("width_dots", [384, 576])
def test_a_printed_slip_is_read_back_from_its_dots(width_dots: int) -> None:
    printed = slip(number=OURS.number, application_id=OURS.application_id)
    on_paper = np.array(image_of(drawn(printed, width_dots, FONTS)).convert("L"), np.uint8)
    (code,) = codes_in(np.pad(on_paper, 40, constant_values=90))
    assert judged(code.text) == OURS


@pytest.mark.parametrize(
    "text",
    [
        "",
        " " + SLIP,
        SLIP + "\n",
        SLIP + "\x00",
        SLIP[:-1],
        SLIP + SLIP,
        SLIP.replace("BM1", "BM2"),
        SLIP.replace("7F3K29Q8", "7F3K29Q9"),  # its check symbol is wrong
        SLIP.replace("7F3K29Q8", "7F3K29QI"),  # no symbol of ours
        SLIP.replace("-7E62", "-4E62"),  # not a UUID of our version
        SLIP.replace("-A0A5", "-C0A5"),
        SLIP.replace("-", "_"),
        SLIP.replace(":", "："),
        SLIP.replace("K", "\u212a"),  # the Kelvin sign, which lowers to k
        SLIP.replace("1", "１"),
        "\u202e" + SLIP[::-1],
    ],
)
def test_what_is_nearly_a_slip_is_not_ours(text: str) -> None:
    assert judge(text) is Judgement.NOT_OURS


@given(st.text(max_size=100) | st.from_regex(r"BM1:[0-9A-Z]{8}:[0-9A-F-]{36}", fullmatch=True))
def test_any_other_text_is_not_ours(text: str) -> None:
    seen = judge(text)
    if isinstance(seen, SlipCode):
        assert f"BM1:{seen.number}:{seen.application_id}".upper() == text.upper()
    else:
        assert seen is Judgement.NOT_OURS


@given(st.integers(0, len(SLIP) - 1), st.characters())
def test_no_single_misread_symbol_of_the_number_gives_another_slip(place: int, other: str) -> None:
    seen = judge(SLIP[:place] + other + SLIP[place + 1 :])
    assert seen is Judgement.NOT_OURS or (isinstance(seen, SlipCode) and seen.number == OURS.number)


# The keyboard.


def type_(*keys: tuple[str, float]) -> list[KeysMeant]:
    """Press keys, each after its gap in seconds, and wait a while."""
    state, at_s = Keys(), 100.0
    meant: list[KeysMeant] = []
    for key, gap_s in keys:
        at_s += gap_s
        state, now = pressed(state, key, at_s)
        meant += now
    state, now = waited(state, at_s + 1)
    assert state == Keys()
    return meant + list(now)


def at_pace(text: str, gap_s: float) -> list[tuple[str, float]]:
    return [(key, gap_s) for key in text]


def typed_in(meant: list[KeysMeant]) -> str:
    assert all(isinstance(one, Typed) for one in meant)
    return "".join(one.keys.reveal() for one in meant if isinstance(one, Typed))


@pytest.mark.parametrize("ending", ["\r", "\n", "\t", "\r\n"])
@pytest.mark.parametrize("gap_s", [0.0, 0.002, 0.03])
def test_a_scanner_is_known_by_its_pace(ending: str, gap_s: float) -> None:
    assert type_(*at_pace(SLIP + ending, gap_s)) == [Scanned(Secret(SLIP))]


def test_a_scanner_that_ends_with_nothing_is_known_by_the_pause() -> None:
    assert type_(*at_pace(SLIP, 0.005)) == [Scanned(Secret(SLIP))]


def test_a_scanner_that_begins_with_a_line_s_end_is_known_too() -> None:
    assert type_(*at_pace("\r\n" + SLIP + "\r\n", 0.003)) == [Scanned(Secret(SLIP))]


@pytest.mark.parametrize("gap_s", [0.08, 0.2, 1.0])
def test_a_person_is_known_by_theirs(gap_s: float) -> None:
    assert typed_in(type_(*at_pace("13900001234\r", gap_s))) == "13900001234\r"


def test_keys_hit_together_and_keys_held_down_are_a_persons() -> None:
    assert typed_in(type_(*at_pace("asdf\r", 0.004))) == "asdf\r"
    assert typed_in(type_(*at_pace("7" * 60, 0.033))) == "7" * 60


def test_a_scan_in_the_middle_of_typing_touches_no_field() -> None:
    meant = type_(*at_pace("周桂", 0.2), ("B", 0.3), *at_pace(SLIP[1:] + "\r", 0.004), *at_pace("兰", 0.3))
    assert [one for one in meant if isinstance(one, Scanned)] == [Scanned(Secret(SLIP))]
    assert typed_in([one for one in meant if isinstance(one, Typed)]) == "周桂兰"


def test_two_scans_in_a_row_are_two() -> None:
    assert type_(*at_pace(SLIP + "\r\n", 0.003), *at_pace(SLIP.lower() + "\r\n", 0.003)) == [
        Scanned(Secret(SLIP)),
        Scanned(Secret(SLIP.lower())),
    ]


def test_a_persons_enter_behind_a_scan_is_theirs() -> None:
    assert type_(*at_pace(SLIP + "\r", 0.003), ("\r", 0.5)) == [Scanned(Secret(SLIP)), Typed(Secret("\r"))]


def test_no_key_is_held_back_longer_than_a_person_notices() -> None:
    keys, meant = pressed(Keys(), "a", 5.0)
    assert meant == ()
    assert keys.due_s == pytest.approx(5.0 + SCANNER_GAP_S)
    assert waited(keys, 5.0 + SCANNER_GAP_S + 0.001) == (Keys(), (Typed(Secret("a")),))


def test_ten_thousand_keys_are_one_code_that_is_not_ours() -> None:
    (scanned,) = type_(*at_pace("<script>" + "A" * 10_000 + "\r", 0.001))
    assert isinstance(scanned, Scanned)
    assert len(scanned.text.reveal()) == LONGEST_TEXT_BYTES + 1
    assert judged(scanned.text) is Judgement.NOT_OURS


def test_held_keys_show_in_no_trace() -> None:
    keys, _ = pressed(Keys(), "周", 5.0)
    assert "周" not in repr(keys)


GAPS = st.floats(0, 0.3)


@given(st.lists(st.tuples(st.characters(), GAPS), max_size=60))
def test_no_key_is_lost_doubled_or_out_of_order(presses: list[tuple[str, float]]) -> None:
    meant = type_(*presses)
    came_out = "".join(one.keys.reveal() if isinstance(one, Typed) else one.text.reveal() for one in meant)
    keys = "".join(key for key, _ in presses)
    if any(isinstance(one, Scanned) for one in meant):  # which keeps its line's end to itself
        came_out, keys = (re.sub(r"[\r\n\t]", "", text) for text in (came_out, keys))
    assert came_out == keys


@given(st.lists(st.tuples(st.characters(), st.floats(SCANNER_GAP_S + 0.001, 1)), max_size=40))
def test_slow_keys_are_never_a_scan(presses: list[tuple[str, float]]) -> None:
    assert typed_in(type_(*presses)) == "".join(key for key, _ in presses)


@given(st.text(st.characters(exclude_characters="\r\n\t"), min_size=SCANNER_KEYS_MIN, max_size=60).filter(lambda text: len(set(text)) > 2))
def test_a_fast_run_is_always_a_scan(text: str) -> None:
    assert type_(*at_pace(text + "\r", 0.01)) == [Scanned(Secret(text))]
