"""Answers that nobody is asked for, because they follow from the card and other answers: age bands, totals, amounts a head.

The terminal keeps them with the answers, and the city works them out again.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, assert_never

from sync.contract.amounts import fen, yuan
from sync.contract.application import Applicant
from sync.contract.condition import holds
from sync.contract.item import Derive, DeriveKind, Field, ItemPackage
from sync.contract.person import age_on, birth_in

Answers = Mapping[str, Any]


def derived(package: ItemPackage, answers: Answers, applicant: Applicant | None, today: date) -> dict[str, str]:
    """Return every derived answer that is known now, by its name."""
    return {
        field.name: value
        for page in package.pages
        for field in page.fields
        if field.derive is not None and holds(field.when, answers)
        if (value := value_of(field, answers, applicant, today)) is not None
    }


def value_of(field: Field, answers: Answers, applicant: Applicant | None, today: date) -> str | None:
    """Return one derived answer: the band, or the figure itself; None while it is not known or lies in no band."""
    rule = field.derive
    if rule is None:
        return None
    figure = _figure(rule, answers, applicant, today)
    if figure is None:
        return None
    if rule.bands:
        whole = figure // 100 if rule.kind in (DeriveKind.SUM, DeriveKind.PER_HEAD) else figure
        fits = (band for band in rule.bands if band.at_least <= whole and (band.below is None or whole < band.below))
        return next((band.value for band in fits), None)
    return yuan(figure) if rule.kind in (DeriveKind.SUM, DeriveKind.PER_HEAD) else str(figure)


def named(name: str, answers: Answers, applicant: Applicant | None) -> object:
    """Return what a rule's name stands for: an answer, or a field of the card; None when it is not known."""
    if name.startswith("card."):
        return getattr(applicant, name.removeprefix("card."), None)
    return answers.get(name)


def age_of(names: tuple[str, ...], answers: Answers, applicant: Applicant | None, today: date) -> int | None:
    """Return the age by the first of these that is known."""
    for name in names:
        known = named(name, answers, applicant)
        birth = known if isinstance(known, date) else birth_in(known) if isinstance(known, str) else None
        if birth is not None:
            return age_on(birth, today)
    return None


def _figure(rule: Derive, answers: Answers, applicant: Applicant | None, today: date) -> int | None:
    match rule.kind:
        case DeriveKind.AGE:
            return age_of(rule.of, answers, applicant, today)
        case DeriveKind.SUM:
            return _total(rule, answers)
        case DeriveKind.PER_HEAD:
            rows = answers.get(rule.heads or "", ())
            heads = 1 + (len(rows) if isinstance(rows, list | tuple) else 0)
            return _total(rule, answers) // heads
        case DeriveKind.NOES:
            given = [answers.get(name) for name in rule.of]
            return None if None in given else sum(one is False for one in given)
        case DeriveKind.KNOWN:
            return int(all(named(name, answers, applicant) is not None for name in rule.of))
        case _:
            assert_never(rule.kind)


def _total(rule: Derive, answers: Answers) -> int:
    return sum(amount for name in rule.of for amount in _amounts(rule, name, answers))


def _amounts(rule: Derive, name: str, answers: Answers) -> Iterator[int]:
    rows_name, dot, column = name.partition(".")
    if not dot:
        yield fen(answers.get(name)) or 0
        return
    rows = answers.get(rows_name, ())
    for row in rows if isinstance(rows, list | tuple) else ():
        if not isinstance(row, Mapping):
            continue
        times = str(row.get(rule.times, "1")) if rule.times else "1"
        amount = (fen(row.get(column)) or 0) * (int(times) if times.isascii() and times.isdigit() and len(times) <= 3 else 0)
        yield max(0, amount - (fen(row.get(rule.less)) or 0 if rule.less else 0))
