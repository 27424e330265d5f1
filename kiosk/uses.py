"""What this terminal's residents hand in most, as counts alone: no person, no hour, and an order that tells nothing of the last visit.

A day's counts stay apart until that day is over, and then until five have come together; only after that they move the order. An item
with fewer than five counts as none. Old counts halve every ninety days, so that the order follows the season.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Final, TypeVar

import msgspec

from sync.contract.item import ItemPackage
from sync.contract.names import ItemCode

N = TypeVar("N", int, float)

FEWEST: Final = 5
HALF_LIFE_DAYS: Final = 90
_FORGOTTEN_BELOW: Final = 0.5

Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Weight = Annotated[float, msgspec.Meta(ge=0, le=1e9)]


class Uses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often each item was handed in here.

    Attributes:
        day: To which `today` belongs, by the terminal's calendar.
        today: Of the day that is not over.
        waiting: Of days that are over, and too few to be looked at.
        counted: What the order goes by, decayed up to `day`.
    """

    day: date
    today: dict[ItemCode, Count] = {}
    waiting: dict[ItemCode, Count] = {}
    counted: dict[ItemCode, Weight] = {}


def rolled(uses: Uses, day: date) -> Uses:
    """Return the counts as they stand on `day`; within one day nothing moves."""
    if day == uses.day:
        return uses
    if day < uses.day:  # the clock was set back: nothing has passed
        return msgspec.structs.replace(uses, day=day)
    fading = 0.5 ** ((day - uses.day).days / HALF_LIFE_DAYS)
    counted = {code: weight * fading for code, weight in uses.counted.items()}
    waiting = _sum(uses.waiting, uses.today)
    if sum(waiting.values()) >= FEWEST:
        counted, waiting = _sum(counted, waiting), {}
    return Uses(day, {}, waiting, {code: weight for code, weight in counted.items() if weight >= _FORGOTTEN_BELOW})


def with_one_more(uses: Uses, code: ItemCode, day: date) -> Uses:
    """Return the counts with one more application handed in on `day`."""
    now = rolled(uses, day)
    return msgspec.structs.replace(now, today=_sum(now.today, {code: 1}))


def most_used_first(items: Iterable[ItemPackage], uses: Uses) -> tuple[ItemPackage, ...]:
    """Return the items by what is handed in here, and where that says nothing, by how common the city calls them."""
    return tuple(sorted(items, key=lambda item: (-_seen(uses, item.code), -item.popularity, item.code)))


def _seen(uses: Uses, code: ItemCode) -> int:
    weight = int(uses.counted.get(code, 0))
    return weight if weight >= FEWEST else 0


def _sum(one: Mapping[ItemCode, N], other: Mapping[ItemCode, N]) -> dict[ItemCode, N]:
    return {code: one.get(code, 0) + other.get(code, 0) for code in (*one, *other)}
