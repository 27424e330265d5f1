"""The slip of a booked time: the number, when, where, what to bring, and nobody's name in full."""

from datetime import date, time

import pytest
from msgspec.structs import replace

from kiosk.flow.effects import PrintAppointment
from kiosk.flow.state import Place
from kiosk.receipt.drawing import drawn_blocks
from kiosk.receipt.sheet import Box, Code, Line, Row
from kiosk.runner.slip import appointment_of
from peripherals.secret import Secret
from sync.contract.appointments import Appointment, AppointmentId
from sync.contract.words import Words
from tests.kiosk.receipt.slips import AT, FONTS

ONE = Appointment(
    AppointmentId("0199aa11-2b3c-7d4e-8f50-123456789abc"), "A007", "one", Words("综合窗口"), Words("样例中心 2 号窗口", "Window 2"),
    Words("居住证领取", "Residence permit"), date(2026, 11, 25), time(9, 30), time(10), (Words("身份证", "ID card"),),
)  # fmt: skip
PLACE = Place("SY-TEST-0001", "样例社区", "12345", "1 号窗口")


def order(language: str = "zh") -> PrintAppointment:
    return PrintAppointment(1, ONE, Secret("周测兰"), language, AT)


def test_it_says_number_time_place_and_what_to_bring() -> None:
    sheet = appointment_of(order(), PLACE)
    words = " ".join(block.text for block in sheet if isinstance(block, Line))
    rows = {block.name: block.value for block in sheet if isinstance(block, Row)}
    assert "A007" in words
    assert "11月25日 周三 09:30–10:00" in words
    assert "样例中心 2 号窗口" in words
    assert (rows["事项"], rows["预约人"]) == ("居住证领取", "周*兰")
    assert [line.text for block in sheet if isinstance(block, Box) for line in block.lines] == ["带上 身份证"]
    assert [block.payload for block in sheet if isinstance(block, Code)] == ["BA1:0199AA11-2B3C-7D4E-8F50-123456789ABC"]
    assert "周测兰" not in repr(sheet)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_in_another_language_it_is_said_again(language: str) -> None:
    said = [block.text for block in appointment_of(order(language), PLACE) if isinstance(block, Line) and block.language == language]
    assert len(said) == 5
    assert ("Residence permit" in said[0]) is (language == "en")


def test_it_fits_both_widths_of_paper() -> None:
    assert {drawn_blocks(appointment_of(order("ko"), PLACE), width, FONTS).width_dots for width in (576, 384)} == {576, 384}


def without_card(language: str = "zh") -> PrintAppointment:
    return PrintAppointment(1, ONE, None, language, AT, Secret("407155260182"))


def test_booked_without_a_card_it_carries_its_code_to_be_typed_and_to_be_scanned() -> None:
    sheet = appointment_of(without_card(), PLACE)
    (box,) = [block for block in sheet if isinstance(block, Box) and any("预约码" in line.text for line in block.lines)]
    assert [line.text for line in box.lines][1] == "4071 5526 0182"
    assert [block.payload for block in sheet if isinstance(block, Code)] == ["BA2:407155260182"]
    assert "预约人" not in {block.name for block in sheet if isinstance(block, Row) and block.value}
    assert "407155260182" not in repr(without_card()), "the order itself may be logged"


@pytest.mark.parametrize(("language", "words"), [("en", "only this code"), ("ko", "이 번호로만")])
def test_that_there_is_no_other_key_is_said_in_the_resident_s_language_too(language: str, words: str) -> None:
    boxes = [block for block in appointment_of(without_card(language), PLACE) if isinstance(block, Box)]
    assert any(words in line.text and line.language == language for box in boxes for line in box.lines)


def test_with_its_code_it_fits_both_widths_of_paper() -> None:
    for width in (576, 384):
        assert drawn_blocks(appointment_of(without_card("ko"), PLACE), width, FONTS).width_dots == width


@pytest.mark.parametrize(("language", "words"), [("zh", "前一天会发短信"), ("en", "the day before"), ("ko", "전날 문자")])
def test_that_a_reminder_comes_is_on_the_slip_where_the_city_said_so_and_nowhere_else(language: str, words: str) -> None:
    def said(one: Appointment) -> str:
        order = PrintAppointment(1, one, None, language, AT)
        return " ".join(block.text for block in appointment_of(order, PLACE) if isinstance(block, Line))

    assert words in said(replace(ONE, reminded=True))
    assert words not in said(ONE)
