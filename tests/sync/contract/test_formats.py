from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.formats import formats_on, is_bank_card, is_date, is_id_number, is_person_name, read_date

TODAY = date(2026, 11, 23)
FORMATS = formats_on(TODAY)

# ISO 7064 MOD 11-2, worked the other way round than the code does it: the weighted sum with the check character is 1 modulo 11.
WEIGHTS = [2**place % 11 for place in range(17, -1, -1)]


def completed(body: str) -> str:
    for check in "0123456789X":
        value = 10 if check == "X" else int(check)
        if (sum(w * int(d) for w, d in zip(WEIGHTS, body, strict=False)) + value) % 11 == 1:
            return body + check
    raise AssertionError(body)


id_numbers = st.builds(
    lambda region, born, order: completed(f"{region:06d}{born:%Y%m%d}{order:03d}"),
    st.integers(110000, 659999),
    st.dates(date(1900, 1, 1), date(2026, 11, 23)),
    st.integers(0, 999),
)


@given(st.sampled_from(sorted(FORMATS)), st.text(max_size=60))
def test_no_text_whatsoever_upsets_a_format(name: str, text: str) -> None:
    assert FORMATS[name](text) in (True, False)


@given(id_numbers)
def test_a_real_number_is_taken(number: str) -> None:
    assert is_id_number(number)


@given(id_numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_digit_is_always_caught(number: str, place: int, digit: str) -> None:
    wrong = number[:place] + digit + number[place + 1 :]
    assert is_id_number(wrong) == (wrong == number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        completed("21010219600101002")[:-1],
        completed("21010219601301002"),  # the 13th month
        completed("21010219000229002"),  # 1900 was no leap year
        "11010119900101123x",  # a small x
        "１１０１０１１９９００１０１１２３X",  # full-width digits
        " " + completed("21010219600101002"),
        completed("21010219600101002") + "\n",
    ],
)
def test_what_is_no_id_number_is_refused(number: str) -> None:
    assert not is_id_number(number)


@pytest.mark.parametrize("name", ["周样", "欧阳样例", "阿卜杜拉·样例", "𠮷样例", "㐂样", "样" * 30])
def test_names_are_taken_as_people_have_them(name: str) -> None:
    assert is_person_name(name)


@pytest.mark.parametrize("name", ["", "周", "·周样", "周样·", "周··样", "Zhou", "周 样", "周样1", "周样😀", "样" * 31, "周\u200b样"])
def test_what_is_no_name_is_refused(name: str) -> None:
    assert not is_person_name(name)


@given(st.text("0123456789", min_size=15, max_size=18), st.integers(0, 18), st.sampled_from("0123456789"))
def test_one_wrong_digit_of_a_bank_card_is_caught(body: str, place: int, digit: str) -> None:
    cards = [body + check for check in "0123456789" if is_bank_card(body + check)]
    assert len(cards) == 1, "exactly one check digit fits"
    card, place = cards[0], place % len(cards[0])
    wrong = card[:place] + digit + card[place + 1 :]
    assert is_bank_card(wrong) == (wrong == card)


@pytest.mark.parametrize("text", ["0", "0.5", "12", "1200.00", "99999999.99"])
def test_money_is_yuan_with_up_to_two_decimals(text: str) -> None:
    assert FORMATS["money"](text)


@pytest.mark.parametrize("text", ["", ".5", "1.", "1.005", "-1", "1,000", "100000000", "１２", "1e3", "12\n"])
def test_what_is_no_money_is_refused(text: str) -> None:
    assert not FORMATS["money"](text)


@pytest.mark.parametrize(("text", "fits"), [("13800000000", True), ("12800000000", False), ("1380000000", False), ("138000000000", False)])
def test_a_mobile_number_has_eleven_digits_and_begins_with_13_to_19(text: str, fits: bool) -> None:
    assert FORMATS["mobile"](text) is fits


@pytest.mark.parametrize(
    ("text", "fits"), [("024-00000000", True), ("0240000000", True), ("00000000", True), ("13800000000", True), ("02", False)]
)
def test_a_telephone_may_be_a_landline_or_a_mobile(text: str, fits: bool) -> None:
    assert FORMATS["telephone"](text) is fits


@pytest.mark.parametrize("text", ["2026-02-29", "2026-13-01", "2026-1-1", "20260101", "2026-W01-1", "", "0000-01-01"])
def test_a_day_that_does_not_exist_is_no_date(text: str) -> None:
    assert not is_date(text)
    assert read_date(text) is None


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_day_is_past_up_to_today_and_future_from_today(day: date) -> None:
    text = day.isoformat()
    assert read_date(text) == day
    assert FORMATS["past-date"](text) is (day <= TODAY)
    assert FORMATS["future-date"](text) is (day >= TODAY)


def test_tomorrow_becomes_past_when_it_has_come() -> None:
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    assert not FORMATS["past-date"](tomorrow)
    assert formats_on(TODAY + timedelta(days=1))["past-date"](tomorrow)


@pytest.mark.parametrize(("text", "fits"), [("91210100MA0000000X", True), ("91210100MI0000000X", False), ("91210100MA0000000", False)])
def test_a_credit_code_has_eighteen_characters_without_those_that_mislead(text: str, fits: bool) -> None:
    assert FORMATS["credit-code"](text) is fits
