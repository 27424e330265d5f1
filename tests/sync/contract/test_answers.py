from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.answers import (
    LONGEST_TEXT,
    AnswerProblem,
    FieldProblem,
    InvalidSchemaError,
    fields_asked,
    is_asked,
    kept,
    materials_asked,
    pages_asked,
    problems,
)
from sync.contract.condition import Condition
from sync.contract.item import ItemPackage

TODAY = date(2026, 11, 23)
GOOD: dict[str, Any] = {"from_day": "2026-12-01", "why": "lamp", "helper": False, "mobile": "13800000000"}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(["from_day", "why", "other_why", "helper", "helper_name", "tools", "mobile"]) | st.text(max_size=8)


def said(package: ItemPackage, **changes: object) -> dict[str, tuple[AnswerProblem, int | None]]:
    return {one.field: (one.problem, one.by) for one in problems(package, {**GOOD, **changes}, TODAY)}


def test_answers_that_fit_draw_no_complaint(ladder: ItemPackage) -> None:
    assert problems(ladder, GOOD, TODAY) == ()
    whole = {**GOOD, "why": "other", "other_why": "挂灯笼", "helper": True, "helper_name": "周样例", "tools": ("gloves", "torch")}
    assert problems(ladder, whole, TODAY) == ()


def test_nothing_answered_names_each_question_that_must_be(ladder: ItemPackage) -> None:
    assert {one.field for one in problems(ladder, {}, TODAY)} == {"from_day", "why", "helper", "mobile"}
    assert {one.problem for one in problems(ladder, {}, TODAY)} == {AnswerProblem.MISSING}


@given(st.dictionaries(names, json_values, max_size=8))
def test_no_answer_whatsoever_upsets_the_check(ladder: ItemPackage, answers: dict[str, Any]) -> None:
    found = problems(ladder, answers, TODAY)
    assert all(isinstance(one, FieldProblem) for one in found)
    assert len({one.field for one in found}) == len(found), "one complaint a field"


@given(st.dictionaries(names, json_values, max_size=8))
def test_nor_does_it_upset_what_is_asked_next(ladder: ItemPackage, answers: dict[str, Any]) -> None:
    for page in ladder.pages:
        assert set(fields_asked(page, answers)) <= set(page.fields)
    assert set(materials_asked(ladder, answers)) <= set(ladder.materials)
    assert set(kept(ladder, answers)) <= set(answers)


@pytest.mark.parametrize(
    ("field", "value", "problem", "by"),
    [
        ("mobile", "1380000000", AnswerProblem.TOO_SHORT, 1),
        ("mobile", "138000000000", AnswerProblem.TOO_LONG, 1),
        ("mobile", "12800000000", AnswerProblem.NOT_A_MOBILE, None),
        ("mobile", 13800000000, AnswerProblem.WRONG_TYPE, None),
        ("from_day", "2026-11-22", AnswerProblem.NOT_IN_THE_FUTURE, None),
        ("from_day", "morgen", AnswerProblem.NOT_IN_THE_FUTURE, None),
        ("why", "roof", AnswerProblem.NOT_OFFERED, None),
        ("other_why", "挂", AnswerProblem.TOO_SHORT, 1),
        ("other_why", "挂" * 23, AnswerProblem.TOO_LONG, 3),
        ("helper", "yes", AnswerProblem.WRONG_TYPE, None),
        ("helper_name", "Zhou", AnswerProblem.NOT_A_NAME, None),
        ("tools", ["saw"], AnswerProblem.NOT_OFFERED, None),
        ("tools", ["torch", "torch"], AnswerProblem.NOT_ALLOWED, None),
        ("roof", "red", AnswerProblem.NOT_ALLOWED, None),
    ],
)
def test_each_complaint_names_its_field_and_says_what(
    ladder: ItemPackage, field: str, value: object, problem: AnswerProblem, by: int | None
) -> None:
    assert said(ladder, **{field: value})[field] == (problem, by)


def test_a_rare_character_counts_as_one(ladder: ItemPackage) -> None:
    assert said(ladder, other_why="𠮷𠮷") == {}
    assert said(ladder, other_why="𠮷") == {"other_why": (AnswerProblem.TOO_SHORT, 1)}


def test_a_flood_of_text_is_refused_before_anything_looks_into_it(ladder: ItemPackage) -> None:
    assert said(ladder, other_why="梯" * (LONGEST_TEXT + 5)) == {"other_why": (AnswerProblem.TOO_LONG, 5)}


def test_a_question_that_only_some_get_is_demanded_of_them_alone(ladder: ItemPackage) -> None:
    assert said(ladder, why="other") == {"other_why": (AnswerProblem.MISSING, None)}
    assert said(ladder, helper=True) == {"helper_name": (AnswerProblem.MISSING, None)}
    assert said(ladder, why="lamp", helper=False) == {}


def test_a_condition_holds_for_the_answers_it_names() -> None:
    condition = Condition("why", ("other", "roof"))
    assert is_asked(None, {})
    assert is_asked(condition, {"why": "roof"})
    assert not is_asked(condition, {"why": "lamp"})
    assert not is_asked(condition, {})
    assert is_asked(condition, {"why": ["lamp", "other"]}), "several choices: one of them is enough"
    assert not is_asked(condition, {"why": ["lamp"]})
    assert not is_asked(condition, {"why": {"other": 1}})
    both = Condition("why", ("other",), also=(Condition("helper", (True,)),))
    assert is_asked(both, {"why": "other", "helper": True})
    assert not is_asked(both, {"why": "other", "helper": False})


def test_pages_and_papers_that_have_nothing_to_ask_are_left_out(ladder: ItemPackage) -> None:
    without = msgspec.structs.replace(
        ladder, pages=(ladder.pages[0], msgspec.structs.replace(ladder.pages[1], fields=ladder.pages[1].fields[:1]), ladder.pages[2])
    )
    assert pages_asked(without, {"helper": False}) == (0, 2)
    assert pages_asked(without, {"helper": True}) == (0, 1, 2)
    assert [one.id for one in materials_asked(ladder, {"why": "lamp"})] == ["deposit-slip"]
    assert [one.id for one in materials_asked(ladder, {"why": "other"})] == ["deposit-slip", "letter"]


def test_an_answer_that_was_given_and_then_hidden_is_not_handed_in(ladder: ItemPackage) -> None:
    changed_their_mind = {**GOOD, "other_why": "挂灯笼", "helper_name": "周样例"}
    assert kept(ladder, changed_their_mind) == GOOD


def test_an_empty_answer_is_no_answer(ladder: ItemPackage) -> None:
    assert kept(ladder, {**GOOD, "tools": (), "mobile": ""}) == {k: v for k, v in GOOD.items() if k != "mobile"}
    assert kept(ladder, {**GOOD, "helper": False})["helper"] is False


def test_yesterday_s_future_is_judged_by_the_day_it_is_asked(ladder: ItemPackage) -> None:
    assert problems(ladder, {**GOOD, "from_day": "2026-11-23"}, TODAY) == ()
    assert problems(ladder, {**GOOD, "from_day": "2026-11-23"}, date(2026, 11, 24)) != ()


def test_a_schema_that_is_none_says_where(ladder: ItemPackage) -> None:
    broken = msgspec.structs.replace(ladder, schema={"type": "object", "properties": {"why": {"type": "sentence"}}})
    with pytest.raises(InvalidSchemaError, match="properties/why/type"):
        problems(broken, {}, TODAY)


@pytest.mark.parametrize("depth", [9, 300, 900])
def test_what_is_nested_beyond_all_use_is_a_complaint_and_no_crash(ladder: ItemPackage, depth: int) -> None:
    nested = msgspec.json.decode(b"[" * depth + b"]" * depth)
    assert said(ladder, why=nested) == {"why": (AnswerProblem.NOT_ALLOWED, None)}
