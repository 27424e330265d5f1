"""Filling in the form by finger: every key becomes the right answer, and nothing that was not meant does."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.kiosk.screens.desk import Desk, item  # isort: skip  it sets Kivy up before anything imports it

from kivy.uix.widget import Widget

from kiosk.flow.display import Scale
from kiosk.flow.events.applying import AnswerGiven, FieldEntered, FieldLeft
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.views import Form
from kiosk.screens.components.press import walk
from kiosk.screens.components.text import Text
from kiosk.screens.form import FormPage
from kiosk.screens.tokens import REFERENCE
from sync.contract.answers import AnswerProblem

RENTED = {"housing": "rented"}
WORKS = {"reason": "work"}
Opener = Callable[..., Desk]


@pytest.fixture
def desk() -> Iterator[Opener]:
    opened: list[Desk] = []

    def begin(page: int = 0, **options: Any) -> Desk:  # noqa: ANN401  what a desk takes
        opened.append(Desk(FormPage, Form(page), **options))
        return opened[-1]

    yield begin
    for one in opened:
        one.close()


def texts(desk: Desk) -> str:
    found: list[str] = []

    def look(widget: Widget) -> None:
        if isinstance(widget, Text):
            found.append(widget.plain)
        for child in widget.children:
            look(child)

    look(desk.page)
    return "\n".join(found)


def test_a_telephone_number_is_typed_in_groups_and_kept_plain(desk: Opener) -> None:
    glass = desk(1, answers=RENTED)
    glass.press("field-landlord_mobile")
    assert glass.events == [FieldEntered("landlord_mobile")]
    glass.figures("13800245718")
    assert glass.answers["landlord_mobile"] == "13800245718"
    assert "138 0024 5718" in texts(glass)
    glass.press("key-done")
    assert glass.events[-1] == FieldLeft()
    assert "key-done" not in glass.names
    assert "next" in glass.names


def test_a_twelfth_figure_changes_nothing(desk: Opener) -> None:
    glass = desk(1, answers=RENTED)
    glass.press("field-landlord_mobile")
    glass.figures("138002457189")
    assert glass.answers["landlord_mobile"] == "13800245718"


def test_what_is_missing_is_said_and_stays_said_until_it_is_there(desk: Opener) -> None:
    glass = desk(1, answers=RENTED)
    glass.press("field-landlord_mobile")
    glass.figures("1380024571")
    glass.press("key-done")
    assert "现在是 10 位，还差 1 位，一共 11 位。" in texts(glass)
    glass.press("field-landlord_mobile", "key-delete")
    assert "现在是 9 位，还差 2 位，一共 11 位。" in texts(glass)
    glass.figures("18")
    assert "还差" not in texts(glass)


def test_a_name_is_typed_in_pinyin_and_letters_are_no_answer(desk: Opener) -> None:
    glass = desk(1, answers=RENTED)
    glass.press("field-landlord_name")
    glass.type("fan")
    assert not any(isinstance(event, AnswerGiven) for event in glass.events)
    assert glass.part("candidate-0").label == "范"  # a surname first
    glass.press("candidate-0")
    assert glass.answers["landlord_name"] == "范"
    glass.type("li")
    assert glass.part("candidate-0").label == "里"  # and no surname second
    glass.press("key-space")
    assert glass.answers["landlord_name"] == "范里"
    glass.press("key-delete", "key-done")
    assert glass.answers["landlord_name"] == "范"


def test_leaving_the_field_takes_the_preselected_word(desk: Opener) -> None:
    glass = desk(2, answers=WORKS)
    glass.press("field-employer")
    glass.type("shenyangshi")
    glass.press("key-done")
    assert glass.answers["employer"] == "沈阳市"
    assert [type(event) for event in glass.events[-2:]] == [AnswerGiven, FieldLeft]


def test_an_answer_mixes_words_figures_and_marks(desk: Opener) -> None:
    glass = desk(2, answers=WORKS)
    glass.press("field-employer", "tab-words", "word-2", "tab-figures", "digit-1", "digit-8", "key-mark-0", "key-delete", "tab-pinyin")
    glass.type("hao")
    glass.press("key-space", "key-language", "key-part", "key-b", "key-done")
    assert glass.answers["employer"] == "上学18好B"


def test_more_words_are_turned_to_and_come_round(desk: Opener) -> None:
    glass = desk(2, answers=WORKS)
    glass.press("field-employer")
    glass.type("yi")
    first = glass.part("candidate-0").label
    glass.press("candidates-more")
    assert glass.part("candidate-0").label != first


def test_the_cross_empties_the_field(desk: Opener) -> None:
    glass = desk(2, answers={**WORKS, "employer": "晴岚街"})
    glass.press("field-employer", "clear-employer")
    assert "employer" not in glass.answers


def test_the_keyboard_may_be_put_away_without_done(desk: Opener) -> None:
    glass = desk(2, answers=WORKS)
    glass.press("field-employer")
    assert "display" not in glass.names
    glass.press("keyboard-hide")
    assert glass.form.focus is None
    assert "display" in glass.names


def test_a_day_is_turned_to(desk: Opener) -> None:
    glass = desk()
    glass.press("field-arrive_date", "date-month-minus", "date-day-plus", "date-year-minus", "key-done")
    assert glass.answers["arrive_date"] == "2025-10-24"


def test_the_day_that_is_shown_counts_when_it_is_taken_as_it_stands(desk: Opener) -> None:
    glass = desk()
    glass.press("field-arrive_date", "key-done")
    assert glass.answers["arrive_date"] == "2026-11-23"


def test_putting_the_day_away_takes_none(desk: Opener) -> None:
    glass = desk()
    glass.press("field-arrive_date", "keyboard-hide")
    assert "arrive_date" not in glass.answers


def test_a_choice_is_one_and_asks_what_follows_from_it(desk: Opener) -> None:
    glass = desk(1)
    assert "field-landlord_name" not in glass.names
    glass.press("option-housing-rented")
    assert glass.answers["housing"] == "rented"
    assert "field-landlord_name" in glass.names


def test_several_may_be_chosen_and_given_back(desk: Opener) -> None:
    glass = desk(0, code="flexible-employment")
    pages = item("flexible-employment").pages
    page = next(place for place, page in enumerate(pages) if any(field.name == "insured" for field in page.fields))
    glass.show(view=Form(page))
    options = [name for name in glass.names if name.startswith("option-insured-")]
    glass.press(*options)
    assert len(glass.answers["insured"]) == len(options)
    glass.part(options[0]).parent._pressed_at.clear()  # some time later
    glass.press(options[0])
    assert len(glass.answers["insured"]) == len(options) - 1


def test_a_trembling_finger_chooses_once(desk: Opener) -> None:
    glass = desk(0)
    glass.press("option-reason-work", "option-reason-work")
    assert sum(isinstance(event, AnswerGiven) for event in glass.events) == 1


def test_yes_and_no_are_answers_of_their_own(desk: Opener) -> None:
    glass = desk(0, code="elder-allowance")
    glass.press("option-low_income-no")
    assert glass.answers["low_income"] is False
    glass.press("option-low_income-yes")
    assert glass.answers["low_income"] is True


def test_going_on_with_gaps_says_them_beside_the_fields_and_opens_the_first(desk: Opener) -> None:
    glass = desk(0)
    glass.press("next")
    assert glass.events == [NextPressed()]
    assert {problem.problem for problem in glass.form.problems} == {AnswerProblem.MISSING}
    assert glass.form.focus == "arrive_date"
    assert "date-year-plus" in glass.names
    glass.press("key-done")
    assert "这里还没选，点一个。" in texts(glass)


def test_back_is_back(desk: Opener) -> None:
    glass = desk(0)
    glass.press("back")
    assert glass.events == [BackPressed()]


def test_the_card_is_shown_with_its_number_hidden(desk: Opener) -> None:
    said = texts(desk(0))
    assert "宋𬱖禾" in said
    assert "110101199001010010" not in said.replace(" ", "")
    assert "1101 01** **** **** 10" in said


def test_large_type_asks_one_question_at_a_time(desk: Opener) -> None:
    glass = desk(0, scale=Scale.LARGE)
    assert "field-arrive_date" in glass.names
    assert "option-reason-work" not in glass.names
    glass.press("field-arrive_date", "key-done", "next")
    assert "field-arrive_date" not in glass.names
    glass.press("option-reason-work", "next")
    assert "option-stay_plan-unsure" in glass.names
    glass.press("back")
    assert "option-reason-work" in glass.names
    glass.press("next", "option-stay_plan-unsure", "next")
    assert [event for event in glass.events if isinstance(event, NextPressed)] == [NextPressed()]
    assert glass.form.page == 1


def test_in_large_type_a_gap_is_said_before_going_on_and_later_questions_are_not_blamed(desk: Opener) -> None:
    glass = desk(0, scale=Scale.LARGE)
    glass.press("next")
    assert "这里还没填。" in texts(glass)
    glass.press("key-done", "next")
    assert "option-reason-work" in glass.names
    assert "这里还没选" not in texts(glass)


def test_in_large_type_the_pad_is_part_of_the_page(desk: Opener) -> None:
    glass = desk(2, code="elder-allowance", scale=Scale.LARGE)
    assert {"digit-1", "key-clear", "next", "back"} <= set(glass.names)
    glass.figures("13800245718")
    glass.press("next")
    assert glass.answers["mobile"] == "13800245718"
    assert "field-contact_name" in glass.names


@pytest.mark.parametrize(
    ("scale", "page", "names"),
    [
        (Scale.NORMAL, 2, ("field-employer",)),
        (Scale.NORMAL, 2, ("field-employer", "tab-words")),
        (Scale.NORMAL, 2, ("field-employer", "tab-figures")),
        (Scale.NORMAL, 1, ("field-landlord_mobile",)),
        (Scale.LARGEST, 2, ("field-employer",)),
        (Scale.LARGEST, 2, ("field-employer", "tab-words")),
        (Scale.LARGEST, 2, ("field-employer", "tab-figures")),
    ],
)
def test_every_key_can_be_hit(desk: Opener, scale: Scale, page: int, names: tuple[str, ...]) -> None:
    glass = desk(page, answers={**RENTED, **WORKS}, scale=scale)
    glass.press(*names)
    for part in walk(glass.page):
        wide, high = REFERENCE.mm(part.width), REFERENCE.mm(part.height)
        assert min(wide, high) >= 20, (part.test_id, wide, high)
        assert part.x >= 0
        assert part.y >= 0
        assert part.right <= REFERENCE.width_px
        assert part.top <= REFERENCE.height_px


def test_nothing_typed_outlives_the_page(desk: Opener) -> None:
    glass = desk(2, answers=WORKS)
    glass.press("field-employer")
    glass.type("shen")
    glass.page.leave()
    assert glass.page._decks.deck is None
    assert glass.page._decks._engine is None
    second = desk(2, answers=WORKS)
    second.press("field-employer")
    assert second.page._decks.composition.letters == ""


def test_a_press_on_a_key_is_a_real_touch(desk: Opener) -> None:
    glass = desk(2, answers=WORKS)
    glass.press("field-employer")
    key = glass.part("key-h")
    glass.touch(key.center)
    glass.touch(glass.part("key-e").center)
    assert glass.part("candidate-0").label in {"和", "何", "河"}


def test_a_finger_that_slides_off_a_key_types_nothing(desk: Opener) -> None:
    glass = desk(2, answers=WORKS)
    glass.press("field-employer")
    glass.touch(glass.part("key-h").center, glass.part("key-z").center)
    assert "candidate-0" not in glass.names
