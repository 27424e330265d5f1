"""What somebody who does not exist answers: the first of a few invented values that a question takes."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from kiosk.flow.visit import Visit
from sync.contract.answers import fits_alone
from sync.contract.formats import ID_CHECKS, ID_WEIGHTS
from sync.contract.item import Control, Field

NAME = "样例甲"
ADDRESS = "虚构省虚构市虚构区虚构路 0 号"
BORN = date(1950, 1, 1)
_REGION = "990101"
"""No region has this code (GB/T 2260), so that an identity number with it is nobody's."""


def id_number(place: int = 1) -> str:
    """Return an identity number that is well made, and nobody's."""
    body = f"{_REGION}{BORN:%Y%m%d}{place:03}"
    return body + ID_CHECKS[sum(weight * int(digit) for weight, digit in zip(ID_WEIGHTS, body, strict=True)) % 11]


def answer_to(visit: Visit, field: Field, today: date) -> object | None:
    """Return an answer to one question, or None where none of ours fits: whether it may be left open the form says itself."""
    return next((value for value in _values(field, today) if fits_alone(visit.item, field.name, value, today)), None)


def _values(field: Field, today: date) -> Iterator[Any]:
    match field.control:
        case Control.CHOICE:
            yield from (option.value for option in field.options)
        case Control.CHOICES:
            yield from ((option.value,) for option in field.options)
        case Control.YES_NO:
            yield from (True, False)
        case Control.ADDRESS:
            yield from ({"written": ADDRESS}, ADDRESS)
        case Control.DATE:
            yield from (f"{today + timedelta(days=days)}" for days in (-30, 7, 0))
        case Control.MONEY:
            yield from ("0", "100")
        case Control.TEXT | Control.DIGITS | Control.ID_NUMBER:
            yield from (NAME, "13800000000", id_number(2), "6222020000000000000", "1", "60", "165", "1985", "00000000", "虚构的内容")
        case Control.ROWS | Control.PLACE | Control.SERVICE | Control.DERIVED:
            return
