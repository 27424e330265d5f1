"""Composing: letters in, words out, and nothing that was not chosen becomes an answer."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.input_method import composition as composing
from kiosk.input_method.composition import SLOTS, Composition
from kiosk.input_method.engine import LONGEST_LETTERS, Candidate, Engine
from kiosk.input_method.opening import open_engine

LONGEST = 30


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    opened = open_engine()
    yield opened
    opened.close()


def type_all(engine: Engine, letters: str, start: Composition | None = None) -> Composition:
    composition = start or Composition()
    for letter in letters:
        composition = composing.typed(composition, letter, engine)
    return composition


def pick(composition: Composition, text: str, engine: Engine) -> Composition:
    candidate = next(one for one in composition.candidates if one.text == text)
    return composing.chosen(composition, candidate, engine, LONGEST)


def test_a_name_is_put_together_character_by_character(engine: Engine) -> None:
    composition = pick(type_all(engine, "zhoumingyuan"), "周", engine)
    assert (composition.text, composition.letters) == ("周", "mingyuan")
    composition = pick(composition, "明", engine)
    composition = pick(composition, "远", engine)
    assert composition == Composition(text="周明远")


def test_letters_are_no_part_of_the_answer(engine: Engine) -> None:
    assert type_all(engine, "yuan", Composition("周明")).text == "周明"


def test_delete_takes_letters_before_characters(engine: Engine) -> None:
    composition = type_all(engine, "yu", Composition("周明"))
    for expected in [("周明", "y"), ("周明", ""), ("周", ""), ("", ""), ("", "")]:
        composition = composing.deleted(composition, engine)
        assert (composition.text, composition.letters) == expected


def test_delete_takes_a_rare_character_whole(engine: Engine) -> None:
    assert composing.deleted(Composition("周𠮷"), engine).text == "周"


def test_the_separator_parts_syllables(engine: Engine) -> None:
    assert type_all(engine, "xi'an").candidates[0].text == "西安"


@pytest.mark.parametrize("letters", ["'", "''", "x''", "1", "A", "沈", ""])
def test_what_is_no_letter_changes_nothing(engine: Engine, letters: str) -> None:
    assert "".join(type_all(engine, letters).letters) == ("x'" if letters.startswith("x") else "")


def test_letters_beyond_what_the_engine_takes_are_refused(engine: Engine) -> None:
    assert type_all(engine, "a" * 100).letters == "a" * LONGEST_LETTERS


def test_a_full_field_keeps_what_it_has(engine: Engine) -> None:
    composition = type_all(engine, "yuan", Composition("周明"))
    assert composing.chosen(composition, composition.candidates[0], engine, 2).text == "周明"


def test_leaving_the_field_settles_what_was_preselected(engine: Engine) -> None:
    composition = type_all(engine, "zhangwei")
    assert composing.settled(composition, engine, LONGEST) == Composition("张伟")


def test_leaving_the_field_drops_letters_that_are_no_word(engine: Engine) -> None:
    assert composing.settled(type_all(engine, "v", Composition("周")), engine, LONGEST) == Composition("周")


def test_a_common_word_goes_behind_what_is_there(engine: Engine) -> None:
    assert composing.inserted(type_all(engine, "heping", Composition("沈阳市")), "区", engine, LONGEST).text == "沈阳市和平区"


def test_turning_goes_round(engine: Engine) -> None:
    composition = type_all(engine, "yuan")
    first = composing.offered(composition)
    assert len(first) == SLOTS
    seen: list[Candidate] = []
    for _ in range(len(composing.pages(composition.candidates))):
        seen.extend(composing.offered(composition))
        composition = composing.turned(composition)
    assert tuple(seen) == composition.candidates
    assert composing.offered(composition) == first


def test_nothing_on_offer_has_no_pages() -> None:
    assert composing.offered(Composition()) == ()
    assert composing.turned(Composition()) == Composition()


@given(words=st.lists(st.text(alphabet="沈阳市和平区", min_size=1, max_size=20), max_size=40), slots=st.integers(1, 9))
def test_every_word_is_on_one_page_and_no_page_is_too_wide(words: list[str], slots: int) -> None:
    candidates = tuple(Candidate(word, 1) for word in words)
    bars = composing.pages(candidates, slots)
    assert tuple(candidate for bar in bars for candidate in bar) == candidates
    assert all(bar for bar in bars)
    assert all(sum(min(slots, composing.slots_of(one.text)) for one in bar) <= slots for bar in bars)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(keys=st.lists(st.sampled_from([*"abeghinouyzx'", "delete", "space", "more", "0", "done"]), max_size=30), longest=st.integers(1, 12))
def test_whatever_is_pressed_the_field_holds_no_letters_and_never_too_much(engine: Engine, keys: list[str], longest: int) -> None:
    composition = Composition()
    for key in keys:
        match key:
            case "delete":
                composition = composing.deleted(composition, engine)
            case "space":
                if composition.candidates:
                    composition = composing.chosen(composition, composition.candidates[0], engine, longest)
            case "more":
                composition = composing.turned(composition)
            case "0":
                composition = composing.inserted(composition, "0", engine, longest)
            case "done":
                composition = composing.settled(composition, engine, longest)
                assert composition.letters == ""
            case letter:
                composition = composing.typed(composition, letter, engine)
        assert len(composition.text) <= longest
        assert not any("a" <= character <= "z" for character in composition.text)
        assert composing.offered(composition) if composition.candidates else not composing.offered(composition)
