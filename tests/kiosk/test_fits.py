"""What fits: rules over answers, with 「不知道」 neither true nor false; every item has its rule, and none promises anything."""

import pytest

from kiosk.fits import UNKNOWN, Group, fits, holds, judged, questions
from sync.contract.names import ItemCode
from tests.city.items.test_items import FOLDERS, package_in

from sync.contract.item import Door  # isort: skip

ALL = frozenset(fit.item for fit in fits())
LOCAL = {"register": ("local",)}


def likely(answers: dict[str, tuple[str, ...]]) -> set[str]:
    return {fit.item for fit in judged(answers, ALL).likely}


def possible(answers: dict[str, tuple[str, ...]]) -> set[str]:
    return {fit.item for fit in judged(answers, ALL).possible}


def test_each_of_the_32_items_has_one_rule() -> None:
    assert {fit.item for fit in fits()} == {folder.name for folder in FOLDERS if package_in(folder).door is Door.CATALOGUE}
    assert len(fits()) == 32


def test_rules_ask_only_what_is_a_question_and_its_answers() -> None:
    offered = {question.name: {option.value for option in question.options} for question in questions()}

    def check(rule: dict[str, object]) -> None:
        for key in ("all", "any"):
            for part in rule.get(key, ()):  # type: ignore[attr-defined]
                check(part)
        if "not" in rule:
            check(rule["not"])  # type: ignore[arg-type]
        if "answer" in rule:
            assert rule["answer"] in offered
            assert set(rule.get("is_one_of", ())) <= offered[str(rule["answer"])]  # type: ignore[call-overload]

    for fit in fits():
        check(fit.rule)
        assert set(fit.together) <= ALL


def test_everything_is_said_in_three_languages_and_nothing_is_promised() -> None:
    for fit in fits():
        for words in (fit.why, fit.ask):
            assert words.zh
            assert words.en
            assert words.ko
            assert "一定能" not in words.zh
    for question in questions():
        assert question.label.en
        assert question.label.ko
        assert question.many or question.options[-1].value == UNKNOWN


CASES: list[tuple[dict[str, tuple[str, ...]], str]] = [
    ({**LOCAL, "age": ("80-89",)}, "elder-allowance"),
    ({"age": ("60-79",)}, "elder-card"),
    ({**LOCAL, "hardship": ("hard",)}, "minimum-living"),
    ({"recent": ("accident",), "hardship": ("low",)}, "temporary-relief"),
    ({**LOCAL, "family": ("no_support",), "hardship": ("hard",), "body": ("unable",)}, "extreme-hardship"),
    ({"body": ("dis12",), "hardship": ("edge",)}, "disabled-living-subsidy"),
    ({"body": ("dis12",), "hardship": ("normal",)}, "disabled-care-subsidy"),
    ({"work": ("lost_fired",), "insured": ("unemp_paid",)}, "unemployment-benefit"),
    ({"age": ("35-39",), "work": ("none",)}, "unemployment-registration"),
    ({"age": ("40-49",), "sex": ("f",), "work": ("flex",)}, "insurance-subsidy"),
    ({"register": ("out_half",)}, "residence-permit"),
    ({"register": ("out_permit",)}, "permit-endorsement"),
    ({"register": ("out_new",)}, "residence-registration"),
    ({"insured": ("med_none",), "work": ("student",)}, "medical-insurance-enrolment"),
    ({"today": ("treat_away",), "insured": ("med_res",)}, "treatment-elsewhere"),
    ({"army": ("veteran",)}, "veteran-card"),
    ({"today": ("marry",)}, "marriage-appointment"),
    ({"home": ("rent",), "work": ("job",), "age": ("16-34",)}, "public-rental-housing"),
]


@pytest.mark.parametrize(("answers", "item"), CASES, ids=[item for _, item in CASES])
def test_who_answers_so_may_apply(answers: dict[str, tuple[str, ...]], item: str) -> None:
    assert item in likely(answers)


REFUSED: list[tuple[dict[str, tuple[str, ...]], str]] = [
    ({**LOCAL, "age": ("60-79",)}, "elder-allowance"),
    ({"register": ("out_half",), "age": ("80-89",)}, "elder-allowance"),
    ({"work": ("lost_quit",), "insured": ("unemp_paid",)}, "unemployment-benefit"),
    ({"age": ("60-79",), "work": ("none",), "hardship": ("normal",)}, "minimum-living"),
    ({"body": ("dis12",), "hardship": ("poor3",)}, "disabled-care-subsidy"),
    ({"insured": ("med_none",), "work": ("job",)}, "medical-insurance-enrolment"),
]


@pytest.mark.parametrize(("answers", "item"), REFUSED)
def test_who_answers_so_is_not_sent_there(answers: dict[str, tuple[str, ...]], item: str) -> None:
    assert item not in likely(answers) | possible(answers)


def test_not_knowing_makes_it_a_possibility() -> None:
    assert "elder-allowance" in possible({"register": (UNKNOWN,), "age": ("90-120",)})
    assert "unemployment-registration" in possible({"age": ("60-79",), "work": ("none",)}), "the limit lies inside the band"
    assert holds({"not": {"answer": "age", "at_least": 60}}, {}) is None


def test_who_answered_nothing_is_offered_nothing() -> None:
    result = judged({}, ALL)
    assert (result.likely, result.possible) == ((), ())


def test_only_what_this_terminal_offers_is_listed_what_cannot_wait_first() -> None:
    answers = {**LOCAL, "hardship": ("hard",), "recent": ("illness",), "age": ("80-89",)}
    result = judged(answers, frozenset({ItemCode("elder-allowance"), ItemCode("temporary-relief")}))
    assert [fit.item for fit in result.likely] == ["temporary-relief", "elder-allowance"]
    assert result.likely[0].group is Group.URGENT
