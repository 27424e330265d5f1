"""Rules between answers, in rows as well, and what follows from the card: both ends judge alike."""

from datetime import date
from typing import Any

import msgspec
import pytest

from sync.contract.amounts import fen, yuan
from sync.contract.answers import AnswerProblem, kept, problems
from sync.contract.application import Applicant
from sync.contract.cross_rules import broken
from sync.contract.derived import derived
from sync.contract.formats import formats_on, is_disability_number
from sync.contract.item import Band, Check, CheckKind, Control, Derive, DeriveKind, Field, ItemPackage, Option, Page, Rows
from sync.contract.person import age_on
from sync.contract.words import Words

TODAY = date(2026, 11, 23)
ID = "21010219600101002X"
SAID = Words("这里不对", "Not right", "맞지 않습니다")
CARD = Applicant(card_kind="resident", name="周样例", birth_date=date(1944, 3, 9), id_number=ID)


def holding(package: ItemPackage, *checks: Check) -> ItemPackage:
    return msgspec.structs.replace(package, checks=checks)


CASES: list[tuple[Check, dict[str, Any], dict[str, Any]]] = [
    (Check(CheckKind.AGREED, "ok", SAID), {"ok": True}, {"ok": False}),
    (Check(CheckKind.NOT_BEFORE, "b", SAID, ("a",)), {"a": "2026-01-01", "b": "2026-01-01"}, {"a": "2026-01-02", "b": "2026-01-01"}),
    (Check(CheckKind.DAYS_AGO, "since", SAID, at_least=183), {"since": "2026-05-24"}, {"since": "2026-05-25"}),
    (Check(CheckKind.DAYS_AGO, "when", SAID, at_most=365), {"when": "2025-11-23"}, {"when": "2025-11-22"}),
    (Check(CheckKind.DAYS_AHEAD, "day", SAID, at_most=30), {"day": "2026-12-23"}, {"day": "2026-12-24"}),
    (Check(CheckKind.AMOUNT, "sum", SAID, at_most=3600), {"sum": "3600"}, {"sum": "3600.01"}),
    (Check(CheckKind.AGE, "partner", SAID, at_least=20), {"partner": "110101200611230010"}, {"partner": "110101200611240016"}),
    (Check(CheckKind.TOTAL, "all", SAID, ("a", "b")), {"a": "1.50", "b": "2", "all": "3.5"}, {"a": "1.50", "b": "2", "all": "3.49"}),
    (Check(CheckKind.YEARLY, "year", SAID, ("month",)), {"month": "1000", "year": "12100"}, {"month": "1000", "year": "12121"}),
    (Check(CheckKind.SAME, "holder", SAID, ("card.name",)), {"holder": "周样例"}, {"holder": "吴样例"}),
    (Check(CheckKind.DIFFERENT, "other", SAID, ("card.id_number",)), {"other": "110101199003078670"}, {"other": ID}),
    (Check(CheckKind.DISABILITY, "disno", SAID, ("card.id_number",)), {"disno": f"{ID}42"}, {"disno": "11010119900307867042"}),
]  # fmt: skip


@pytest.mark.parametrize(("check", "right", "wrong"), CASES, ids=[f"{check.kind}-{check.field}" for check, _, _ in CASES])
def test_each_kind_of_rule_passes_what_fits_and_says_what_does_not(
    ladder: ItemPackage, check: Check, right: dict[str, Any], wrong: dict[str, Any]
) -> None:
    package = holding(ladder, check)
    assert list(broken(package, right, CARD, TODAY)) == []
    assert list(broken(package, wrong, CARD, TODAY)) == [(check, None)]
    assert list(broken(package, {}, CARD, TODAY)) == [], "what is not answered is not judged"


def test_without_the_card_what_compares_with_it_is_not_judged(ladder: ItemPackage) -> None:
    package = holding(ladder, Check(CheckKind.SAME, "holder", SAID, ("card.name",)))
    assert list(broken(package, {"holder": "吴样例"}, None, TODAY)) == []


FAMILY = Field(
    "family",
    Control.ROWS,
    SAID,
    rows=Rows(SAID, (Field("who", Control.TEXT, SAID), Field("id_no", Control.ID_NUMBER, SAID)), "who", most=3, distinct="id_no"),
)
ROW: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"who": {"type": "string", "maxLength": 20}, "id_no": {"type": "string", "format": "id-number"}},
    "required": ["who", "id_no"],
}


@pytest.fixture
def family(ladder: ItemPackage) -> ItemPackage:
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"family": {"type": "array", "minItems": 1, "maxItems": 3, "items": ROW}},
        "required": ["family"],
    }
    return msgspec.structs.replace(ladder, pages=(Page(SAID, (FAMILY,)),), schema=schema, materials=())


def test_a_complaint_in_rows_names_row_and_question(family: ItemPackage) -> None:
    found = problems(
        family, {"family": [{"who": "吴样例", "id_no": ID}, {"who": "小样", "id_no": "12"}, {"id_no": "110101199003078670"}]}, TODAY
    )
    assert {(one.row, one.part, one.problem) for one in found} == {
        (1, "id_no", AnswerProblem.TOO_SHORT),
        (2, "who", AnswerProblem.MISSING),
    }


def test_the_same_person_twice_is_said_at_the_second(family: ItemPackage) -> None:
    found = problems(family, {"family": [{"who": "吴样例", "id_no": ID}, {"who": "吴样例", "id_no": ID}]}, TODAY)
    assert [(one.row, one.part, one.problem) for one in found] == [(1, "id_no", AnswerProblem.TWICE)]


def test_a_rule_about_rows_is_judged_row_by_row(family: ItemPackage) -> None:
    grown = holding(family, Check(CheckKind.AGE, "family.id_no", SAID, at_least=40))
    found = problems(grown, {"family": [{"who": "甲样", "id_no": ID}, {"who": "乙样", "id_no": "110101199003078670"}]}, TODAY)
    assert [(one.row, one.part, one.problem, one.said) for one in found] == [(1, "id_no", AnswerProblem.RULE, SAID)]


def test_empty_answers_of_a_row_are_not_handed_in(family: ItemPackage) -> None:
    assert kept(family, {"family": ({"who": "甲样", "id_no": "", "left": "x"},)}) == {"family": ({"who": "甲样"},)}


BANDS = (Band("80-89", 80, 90), Band("90+", 90))
AGE = Field(
    "age_band", Control.DERIVED, SAID, options=(Option("80-89", SAID), Option("90+", SAID)),
    derive=Derive(DeriveKind.AGE, ("card.birth_date",), bands=BANDS),
)  # fmt: skip


def test_the_age_band_follows_from_the_card_and_is_judged_by_the_city(ladder: ItemPackage) -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {"age_band": {"type": "string", "enum": ["80-89", "90+"]}}}
    package = msgspec.structs.replace(ladder, pages=(Page(SAID, (AGE,)),), schema=schema, materials=())
    assert derived(package, {}, CARD, TODAY) == {"age_band": "80-89"}
    assert problems(package, {"age_band": "80-89"}, TODAY, CARD, with_card=True) == ()
    false = problems(package, {"age_band": "90+"}, TODAY, CARD, with_card=True)
    assert [(one.field, one.problem) for one in false] == [("age_band", AnswerProblem.NOT_ALLOWED)]
    assert derived(package, {}, msgspec.structs.replace(CARD, birth_date=date(1950, 1, 1)), TODAY) == {}


def test_sums_amounts_a_head_and_noes() -> None:
    incomes = ({"month": "1000", "months": "12"}, {"month": "200.50", "months": "6"}, {"month": "x", "months": "y"})
    answers = {"incomes": incomes, "family": ({}, {}), "eats": True, "dresses": False, "walks": False, "fee": "10"}
    cases = [
        (Derive(DeriveKind.SUM, ("incomes.month", "fee"), times="months"), "13213"),
        (Derive(DeriveKind.PER_HEAD, ("incomes.month",), times="months", heads="family"), "4401"),
        (Derive(DeriveKind.NOES, ("eats", "dresses", "walks")), "2"),
    ]
    for rule, expected in cases:
        package_field = Field("x", Control.DERIVED, SAID, derive=rule)
        from sync.contract.derived import value_of

        assert value_of(package_field, answers, None, TODAY) == expected


def test_money_is_counted_in_fen() -> None:
    assert [fen("1200.5"), fen("0"), fen("1,200"), fen(None)] == [120050, 0, None, None]
    assert [yuan(120050), yuan(120000)] == ["1200.50", "1200"]


def test_ages_grow_on_birthdays_and_on_the_first_of_march() -> None:
    assert [age_on(date(2000, 2, 29), day) for day in (date(2026, 2, 28), date(2026, 3, 1))] == [25, 26]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("disability-number", f"{ID}11B1", f"{ID}81"),
        ("marriage-number", "J210102-2010-000123", "J210102-2010-123"),
        ("certificate", "SY20261234", "SY-1"),
        ("month", "2026-11", "2026-13"),
        ("count", "12", "012"),
    ],
)
def test_the_newer_formats(name: str, right: str, wrong: str) -> None:
    judge = formats_on(TODAY)[name]
    assert judge(right)
    assert not judge(wrong)
    assert not is_disability_number(ID), "the number of the person alone is not that of the card"
