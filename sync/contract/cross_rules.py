"""Rules between answers: days after each other, totals, ages on the day, numbers that belong together.

Both ends judge by this. What is not known, such as a field of a card that was not read, is not judged.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, assert_never

from sync.contract.amounts import fen
from sync.contract.application import Applicant
from sync.contract.condition import holds
from sync.contract.derived import age_of, named
from sync.contract.formats import is_disability_number, read_date
from sync.contract.item import Check, CheckKind, Field, ItemPackage

Answers = Mapping[str, Any]
_PERCENT = 100


def broken(package: ItemPackage, answers: Answers, applicant: Applicant | None, today: date) -> Iterator[tuple[Check, int | None]]:
    """Yield each rule that does not hold, with the place of the row where it is about one."""
    for check in package.checks:
        rows_name, dot, column = check.field.partition(".")
        if not dot:
            if _applies(check, answers) and not _fits(check, check.field, answers, applicant, today):
                yield check, None
            continue
        rows = answers.get(rows_name, ())
        for place, row in enumerate(rows if isinstance(rows, list | tuple) else ()):
            if isinstance(row, Mapping):
                seen = {**answers, **row}
                if _applies(check, seen) and not _fits(check, column, seen, applicant, today):
                    yield check, place


def twins(field: Field, rows: object) -> Iterator[int]:
    """Yield the place of each row that agrees with an earlier one where rows must differ."""
    if field.rows is None or field.rows.distinct is None or not isinstance(rows, list | tuple):
        return
    seen: set[str] = set()
    for place, row in enumerate(rows):
        value = row.get(field.rows.distinct) if isinstance(row, Mapping) else None
        if isinstance(value, str) and value:
            if value in seen:
                yield place
            seen.add(value)


def _applies(check: Check, answers: Answers) -> bool:
    return holds(check.when, answers)


def _fits(check: Check, name: str, answers: Answers, applicant: Applicant | None, today: date) -> bool:
    value = answers.get(name) if not name.startswith("card.") else named(name, answers, applicant)
    others = [named(one, answers, applicant) for one in check.other]
    match check.kind:
        case CheckKind.AGREED:
            return value is None or value is True
        case CheckKind.AGE:
            age = age_of((name, *check.other), answers, applicant, today)
            return age is None or _is_between(check, age)
        case CheckKind.NOT_BEFORE:
            days = (_day(value), *(_day(one) for one in others))
            return days[0] is None or all(one is None or days[0] >= one for one in days[1:])
        case CheckKind.DAYS_AGO | CheckKind.DAYS_AHEAD:
            day = _day(value)
            if day is None:
                return True
            return _is_between(check, (today - day).days if check.kind is CheckKind.DAYS_AGO else (day - today).days)
        case CheckKind.AMOUNT:
            amount = fen(value)
            return amount is None or _is_between(check, amount / _PERCENT)
        case CheckKind.TOTAL:
            amount = fen(value)
            return amount is None or amount == sum(fen(one) or 0 for one in others)
        case CheckKind.YEARLY:
            amount, monthly = fen(value), fen(others[0] if others else None)
            return amount is None or monthly is None or abs(amount - 12 * monthly) * _PERCENT <= 12 * monthly
        case CheckKind.SAME:
            return value is None or all(one is None or one == value for one in others)
        case CheckKind.DIFFERENT:
            return value is None or all(one is None or one != value for one in others)
        case CheckKind.DISABILITY:
            known = [one for one in others if isinstance(one, str)]
            return not isinstance(value, str) or not is_disability_number(value) or all(value.startswith(one) for one in known)
        case _:
            assert_never(check.kind)


def _is_between(check: Check, figure: float) -> bool:
    return (check.at_least is None or figure >= check.at_least) and (check.at_most is None or figure <= check.at_most)


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else read_date(value) if isinstance(value, str) else None
