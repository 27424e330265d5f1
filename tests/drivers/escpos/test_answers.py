"""What a printer's bytes mean, and which of its bytes are answers at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.escpos.answers import Answers, verdict
from peripherals.receipt_printer import PrinterStatus

IDLE = 0x12


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ((0x12, 0x12, 0x12, 0x12), PrinterStatus.READY),
        ((0x16, 0x12, 0x12, 0x12), PrinterStatus.READY),  # the drawer's pin says nothing about printing
        ((0x12, 0x12, 0x12, 0x1E), PrinterStatus.PAPER_LOW),
        ((0x1A, 0x32, 0x12, 0x7E), PrinterStatus.PAPER_OUT),
        ((0x12, 0x12, 0x12, 0x72), PrinterStatus.PAPER_OUT),
        ((0x1A, 0x16, 0x12, 0x7E), PrinterStatus.COVER_OPEN),
        ((0x1A, 0x52, 0x1A, 0x12), PrinterStatus.CUTTER_ERROR),
        ((0x1A, 0x52, 0x52, 0x12), PrinterStatus.OVERHEATED),
        ((0x1A, 0x12, 0x12, 0x12), PrinterStatus.OFFLINE),
        ((0x12, 0x12, 0x32, 0x12), PrinterStatus.OFFLINE),
        ((0x12, 0x52, 0x12, 0x12), PrinterStatus.OFFLINE),
    ],
)
def test_the_worst_news_wins(answers: tuple[int, ...], status: PrinterStatus) -> None:
    assert verdict(list(answers)) is status


@given(st.lists(st.sampled_from([byte for byte in range(256) if byte & 0x93 == IDLE]), min_size=4, max_size=4))
def test_a_printer_that_is_offline_or_without_paper_never_passes_for_ready(answers: list[int]) -> None:
    if answers[0] & 0x08 or answers[3] & 0x60:
        assert not verdict(answers).can_print


def test_automatic_status_is_no_answer_wherever_it_comes() -> None:
    answers = Answers()
    answers.take(bytes([0x10, 0, 0, 0, 0x12, 0x18, 0x08, 0x03, 0x0F, 0x16]))
    assert answers.real_time == [0x12, 0x16]
    assert answers.turns == 0


def test_an_automatic_status_that_breaks_off_swallows_no_answer() -> None:
    answers = Answers()
    answers.take(bytes([0x10, 0x00, 0x12, 0x12]))
    assert answers.real_time == [0x12, 0x12]


def test_a_turn_is_told_from_a_real_time_answer() -> None:
    answers = Answers()
    answers.take(bytes([0x00, 0x12, 0x03]))
    assert (answers.turns, answers.real_time) == (2, [0x12])


def test_flow_control_and_noise_are_no_answers() -> None:
    answers = Answers()
    answers.take(bytes([0x11, 0x13, 0xFF, 0x92, 0x80]))
    assert (answers.turns, answers.real_time) == (0, [])


@given(st.binary(max_size=200), st.integers(0, 200))
def test_it_does_not_matter_how_the_bytes_were_cut(data: bytes, cut: int) -> None:
    whole, halves = Answers(), Answers()
    whole.take(data)
    halves.take(data[:cut])
    halves.take(data[cut:])
    assert whole == halves
