"""我能办什么: a few questions, and which items may fit, as data beside this module and rules that are pure.

A rule is true, false or unknown: 「不知道」 makes its part unknown, not false. An item is likely when its rule is true, possible when it
is unknown, and left out when it is false. Nobody is promised anything.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from peripherals.values import dataclass
from sync.contract.item import Option
from sync.contract.names import ItemCode
from sync.contract.words import Words

UNKNOWN = "unknown"
NONE = "none"
Answers = Mapping[str, tuple[str, ...]]
"""What was chosen for each question; a question that was passed over is not there."""


class Group(StrEnum):
    """The order of the list: what cannot wait, then money, then who one is, then papers."""

    URGENT = "urgent"
    MONEY = "money"
    STATUS = "status"
    PAPERS = "papers"
    FAMILY = "family"
    OTHER = "other"


class Question(msgspec.Struct, frozen=True):
    """One question; with `many` several answers may be chosen. One can always pass it over."""

    name: str
    label: Words
    options: tuple[Option, ...]
    help: Words | None = None
    many: bool = False


class Fit(msgspec.Struct, frozen=True):
    """When an item may fit, why, and what is asked next."""

    item: ItemCode
    group: Group
    rule: dict[str, Any]
    why: Words
    ask: Words
    together: tuple[ItemCode, ...] = ()  # items that are proposed beside it


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it: surely enough to say so, only perhaps, and how many did not fit."""

    likely: tuple[Fit, ...]
    possible: tuple[Fit, ...]
    left_out: int


@cache
def questions() -> tuple[Question, ...]:
    """Return the questions in the order in which they are put."""
    return msgspec.json.decode(Path(__file__).with_name("questions.json").read_bytes(), type=tuple[Question, ...])


@cache
def fits() -> tuple[Fit, ...]:
    """Return every item's rule."""
    return msgspec.json.decode(Path(__file__).with_name("rules.json").read_bytes(), type=tuple[Fit, ...])


def judged(answers: Answers, offered: frozenset[ItemCode]) -> Result:
    """Return what fits among the items that are offered. A possibility of which nothing at all is known is left out as well."""
    order = list(Group)
    found: dict[bool | None, list[Fit]] = {True: [], False: [], None: []}
    for fit in sorted((one for one in fits() if one.item in offered), key=lambda one: order.index(one.group)):
        verdict = holds(fit.rule, answers)
        found[False if verdict is None and not _is_hinted(fit.rule, answers) else verdict].append(fit)
    return Result(tuple(found[True]), tuple(found[None]), len(found[False]))


def band_of(age: int) -> str | None:
    """Return the answer to the question of age that holds these full years, such as 80-89; None where none does."""
    asked = next(question for question in questions() if question.name == "age")
    bands = [option.value.partition("-") for option in asked.options if option.value != UNKNOWN]
    return next((f"{low}-{high}" for low, _, high in bands if int(low) <= age <= int(high)), None)


def holds(rule: Mapping[str, Any], answers: Answers) -> bool | None:
    """Judge one rule: true, false, or None for unknown."""
    if "all" in rule:
        parts = [holds(part, answers) for part in rule["all"]]
        return False if False in parts else None if None in parts else True
    if "any" in rule:
        parts = [holds(part, answers) for part in rule["any"]]
        return True if True in parts else None if None in parts else False
    if "not" in rule:
        inside = holds(rule["not"], answers)
        return None if inside is None else not inside
    given = answers.get(rule["answer"], ())
    if not given or UNKNOWN in given:
        return None
    if "is_one_of" in rule:
        return any(one in rule["is_one_of"] for one in given)
    return _between(rule, given[0])


def _between(rule: Mapping[str, Any], band: str) -> bool | None:
    """Judge a band of years, as in 40-49, against a limit that may lie inside it."""
    low, _, high = band.partition("-")
    least, below = rule.get("at_least", 0), rule.get("below", 1000)
    if int(high) < least or int(low) >= below:
        return False
    return True if int(low) >= least and int(high) < below else None


def _is_hinted(rule: Mapping[str, Any], answers: Answers) -> bool:
    """Tell whether some part of the rule is known to be true."""
    for key in ("all", "any"):
        if key in rule:
            return any(_is_hinted(part, answers) for part in rule[key])
    return holds(rule, answers) is True
