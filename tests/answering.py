"""Answers that can be handed in, made by chance for any item: page by page as the terminal asks, then put right by the item's own rules."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, assert_never

from sync.contract.answers import kept, problems, questions_asked, row_fields
from sync.contract.application import Applicant
from sync.contract.cross_rules import broken
from sync.contract.derived import derived
from sync.contract.formats import ID_CHECKS, ID_WEIGHTS
from sync.contract.item import Check, CheckKind, Control, Field, ItemPackage

TODAY = date(2026, 11, 23)
CARD = Applicant(
    card_kind="resident", name="周样例", sex="female", ethnic_group="汉", birth_date=date(1944, 3, 9), address="沈阳市和平区晴岚街18号",
    id_number="210102194403090027", issuer="沈阳市公安局和平分局", valid_until="long_term",
)  # fmt: skip
ADDRESS = {"district": "和平区", "street": "晴岚街道", "community": "晴岚社区", "road": "晴岚街", "door": "18号3-5-1"}
NAMES = "甲乙丙丁戊己庚辛壬癸"
OF_PATTERN = {
    "^([1-9]|1[0-2])$": ["1", "6", "12"],
    "^[1-9][0-9]{0,3}$": ["60", "101"],
    "^(5[0-9]|[6-9][0-9]|1[0-9]{2}|2[01][0-9]|220)$": ["165"],
    "^([5-9]|[1-9][0-9]|1[0-9]{2}|200)$": ["60"],
    "^(19[4-9][0-9]|20[0-2][0-9])$": ["1978", "1985"],
    "^[0-9A-Z]{9}$": ["AB1234567"],
    "^[0-9]+$": ["2026"],
}


def id_number(birth: date, place: int = 0) -> str:
    """Return an identity number of nobody, born that day."""
    body = f"210102{birth:%Y%m%d}{place:03}"
    return body + ID_CHECKS[sum(weight * int(digit) for weight, digit in zip(ID_WEIGHTS, body, strict=True)) % 11]


def fitting(
    package: ItemPackage, dice: random.Random, *, helped: bool = False, card: Applicant = CARD, today: date = TODAY
) -> dict[str, Any]:
    """Return answers to everything that is asked of the holder of `card`; what may be left empty is, half of the time."""
    given: dict[str, Any] = {}
    if helped and package.helping is not None:
        given[package.helping.question.name] = package.helping.question.options[0].value
    for page in package.pages:
        for field in page.fields:
            if field not in questions_asked(page, {**given, **derived(package, given, card, today)}):
                continue
            if may_be_left(package.schema, field) and dice.random() < 0.5:
                continue
            given[field.name] = answer(package.schema["properties"][field.name], field, dice, today)
    for _ in range(5):
        given = kept(package, {**given, **derived(package, given, card, today)})
        wrong = list(broken(package, given, card, today))
        if not wrong:
            break
        for check, row in wrong:
            mend(package, given, check, row, card, today)
    return given


def wrong_with(package: ItemPackage, given: Mapping[str, Any]) -> list[Any]:
    """Return every complaint of both ends."""
    return list(problems(package, given, TODAY, CARD, with_card=True))


def may_be_left(schema: Mapping[str, Any], field: Field) -> bool:
    demands = [schema.get("required", []), *(rule["then"]["required"] for rule in schema.get("allOf", ()))]
    return all(field.name not in names for names in demands)


def answer(rule: Mapping[str, Any], field: Field, dice: random.Random, today: date = TODAY) -> object:
    match field.control:
        case Control.CHOICE:
            return dice.choice(field.options).value
        case Control.CHOICES:
            return sorted(option.value for option in dice.sample(field.options, dice.randint(1, len(field.options))))
        case Control.YES_NO:
            return dice.random() < 0.5
        case Control.ADDRESS if rule.get("type") == "object":
            return dict(ADDRESS) if dice.random() < 0.7 else {"written": "辽宁省大连市样例路 8 号"}
        case Control.ROWS:
            count = dice.randint(rule["minItems"], min(rule["maxItems"], rule["minItems"] + 2))
            return [row(rule["items"], field, dice, place, today) for place in range(count)]
        case Control.PLACE:
            return "99010100100406@393,300"
        case Control.DERIVED:
            raise AssertionError("derived answers are not asked")
        case Control.SERVICE:
            return "meals-01"
        case Control.TEXT | Control.DIGITS | Control.ID_NUMBER | Control.DATE | Control.MONEY | Control.ADDRESS:
            return typed(rule, dice, 0, today)
        case _:
            assert_never(field.control)


def row(rule: Mapping[str, Any], field: Field, dice: random.Random, place: int, today: date) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for inner in field.rows.fields if field.rows is not None else ():
        if inner in row_fields(field, given) and not (may_be_left(rule, inner) and dice.random() < 0.5):
            written = rule["properties"][inner.name]
            given[inner.name] = typed(written, dice, place, today) if "format" in written else answer(written, inner, dice, today)
    return given


def typed(rule: Mapping[str, Any], dice: random.Random, place: int, today: date) -> str:
    """Return text for a rule; in rows people differ by their place."""
    match rule.get("format"):
        case "person-name":
            return f"吴样{NAMES[place]}"
        case "mobile" | "telephone":
            return "13800000000"
        case "id-number":
            return id_number(date(1980, 5, 4), place + 1)
        case "disability-number":
            return f"{CARD.id_number}42"
        case "marriage-number":
            return "J210102-2010-000123"
        case "certificate":
            return "SY20261234"
        case "credit-code":
            return "91210102MA0000000X"
        case "money":
            return dice.choice(["0", "300", "1200.50"])
        case "bank-card":
            return "6222020000000000000"
        case "count":
            return "20"
        case "past-date":
            return (today - timedelta(days=dice.choice([200, 340, 900]))).isoformat()
        case "future-date" | "date":
            return (today + timedelta(days=dice.randint(1, 25))).isoformat()
    if "pattern" in rule:
        return dice.choice(OF_PATTERN[rule["pattern"]]).ljust(int(rule.get("minLength", 1)), "8")
    low, high = int(rule.get("minLength", 1)), int(rule["maxLength"])
    return "样" * dice.randint(low, min(high, low + 20))


def mend(package: ItemPackage, given: dict[str, Any], check: Check, row_place: int | None, card: Applicant, today: date) -> None:
    """Change the answer that a rule complains about to one that fits."""
    name, _, column = check.field.partition(".")
    if row_place is not None:
        rows = [dict(one) for one in given[name]]
        rows[row_place][column] = right(check, {**given, **rows[row_place]}, rows[row_place].get(column), card, today)
        given[name] = rows
    elif name == "card.birth_date" or name.startswith("card."):
        other = next(field for page in package.pages for field in page.fields if check.when and field.name == check.when.field)
        refused = given[other.name]
        given[other.name] = next(option.value for option in other.options if option.value != refused)
    elif check.kind is CheckKind.NOT_BEFORE:
        given[check.other[0]] = given[name]  # the earlier day moves, for the later one may have rules of its own
    else:
        given[name] = right(check, given, given.get(name), card, today)


def right(check: Check, given: Mapping[str, Any], value: object, card: Applicant, today: date) -> object:
    others = [getattr(card, one[5:]) if one.startswith("card.") else given.get(one) for one in check.other]
    known = [one for one in others if one is not None]
    match check.kind:
        case CheckKind.AGREED:
            return True
        case CheckKind.NOT_BEFORE:
            return max(str(one) for one in known)
        case CheckKind.DAYS_AGO:
            return (today - timedelta(days=check.at_least or 0)).isoformat()
        case CheckKind.DAYS_AHEAD:
            return (today + timedelta(days=check.at_least or 1)).isoformat()
        case CheckKind.AMOUNT:
            return str(check.at_least if check.at_least is not None else 0) if not (isinstance(value, str) and len(value) == 4) else "1985"
        case CheckKind.AGE:
            return id_number(date(today.year - (check.at_least or 30) - 1, 1, 1), 7)
        case CheckKind.SAME:
            return known[0]
        case CheckKind.DIFFERENT:
            return id_number(date(1975, 6, 7), 9)
        case CheckKind.DISABILITY:
            return f"{known[0]}42"
        case CheckKind.TOTAL | CheckKind.YEARLY:
            raise AssertionError("no item uses it yet")
        case _:
            assert_never(check.kind)
