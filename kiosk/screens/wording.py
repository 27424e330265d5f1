"""How values are said on the glass: masked where somebody may look over a shoulder, grouped so that they can be read."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import assert_never

from kiosk.screens.stage import Stage
from kiosk.screens.status import clock
from sync.contract import address
from sync.contract.answers import Answers
from sync.contract.directory import Provider
from sync.contract.item import Control, DeriveKind, Field
from sync.contract.places import GridMap, place_said, read_place

_MONEY_KINDS = (DeriveKind.SUM, DeriveKind.PER_HEAD)


def masked_id(number: str) -> str:
    """Return an identity number with its middle hidden, in fours: 2101 02** **** **28."""
    hidden = number[:6] + "*" * max(0, len(number) - 8) + number[-2:] if len(number) > 8 else number
    return grouped(hidden, 4)


def masked_card(number: str) -> str:
    """Return a bank card number with its middle hidden, in fours."""
    return grouped(number[:4] + "*" * max(0, len(number) - 8) + number[-4:], 4) if len(number) > 8 else number


def grouped(text: str, size: int) -> str:
    """Return groups of a size with spaces between; a last single symbol stays with the group before it, as on the slip."""
    groups = [text[at : at + size] for at in range(0, len(text), size)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    return " ".join(groups)


def telephone(number: str) -> str:
    """Return a mobile number as 3-4-4."""
    return f"{number[:3]} {number[3:7]} {number[7:]}" if len(number) == 11 and number.isdigit() else number


def long_date(stage: Stage, day: date) -> str:
    """Return a date in words."""
    return stage.say("review.date", year=day.year, month=day.month, day=day.day)


def moment_said(stage: Stage, at: datetime) -> str:
    """Return day and minute."""
    return stage.say("done.moment", month=at.month, day=at.day, time=clock(at))


def answer_said(stage: Stage, field: Field, answers: Answers, plan: GridMap | None = None, providers: tuple[Provider, ...] = ()) -> str:
    """Return the answer to a question as the review shows it; an empty one says so. `plan` is the map that names places."""
    value = answers.get(field.name)
    if value is None or value in ("", (), [], {}):
        return stage.say("review.empty")
    language = stage.theme.language
    match field.control:
        case Control.YES_NO:
            return stage.say("review.yes" if value else "review.no")
        case Control.ROWS:
            return stage.say("review.rows", count=len(value))
        case Control.DERIVED if not field.options:
            return stage.say("review.yuan", amount=value) if field.derive and field.derive.kind in _MONEY_KINDS else str(value)
        case Control.CHOICE | Control.CHOICES | Control.DERIVED:
            chosen = value if isinstance(value, tuple | list) else (value,)
            names = [option.label.said_in(language) for option in field.options if option.value in chosen]
            return stage.say("review.and").join(names)
        case Control.DATE:
            return long_date(stage, date.fromisoformat(value)) if _is_date(value) else str(value)
        case Control.MONEY:
            return stage.say("review.yuan", amount=value)
        case Control.ID_NUMBER:
            return masked_id(str(value))
        case Control.DIGITS:
            text = str(value)
            return masked_card(text) if len(text) > 12 else telephone(text)
        case Control.ADDRESS if isinstance(value, Mapping):
            return address.said(value)
        case Control.SERVICE:
            return service_answer(stage, providers, str(value))
        case Control.PLACE:
            return place_answer(stage, plan, str(value))
        case Control.TEXT | Control.ADDRESS:
            return str(value)
        case _:
            assert_never(field.control)


def service_answer(stage: Stage, providers: tuple[Provider, ...], value: str) -> str:
    """Return a provider by its name; one that is not listed any more, by its id."""
    return next((one.name.said_in(stage.theme.language) for one in providers if one.id == value), value)


def place_answer(stage: Stage, plan: GridMap | None, value: str) -> str:
    """Return a place by its name on the map; one that the map does not have, by its grid's code."""
    place = read_place(value)
    if place is None or plan is None:
        return value
    return place_said(plan, place, stage.theme.language)


def _is_date(value: object) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True
