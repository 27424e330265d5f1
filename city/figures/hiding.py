"""Small counts are hidden, and so is whatever would give them away: pure rules for the page, the charts and the export alike.

The rule: a count of 1 to 4 is not shown. Where a sum is shown beside it, as many of its smallest neighbours are hidden with it as it takes
for at least two to be hidden that together are 5 or more; where that cannot be, the sum is hidden as well. A share is shown to the percent
only when both sides of it are 0 or at least 5; otherwise only a bound is, and nothing for fewer than 10 in all.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

LEAST = 5


@dataclass(frozen=True, slots=True)
class Hidden(Generic[K]):
    """Which cells of a sum are hidden: for being small (`small`), or to protect those (`beside`); `whole` says that the sum is, too."""

    small: frozenset[K]
    beside: frozenset[K]
    whole: bool

    @property
    def cells(self) -> frozenset[K]:
        """All of them."""
        return self.small | self.beside


def is_small(count: int) -> bool:
    """Tell whether a count could be of people that somebody knows; none at all tells of nobody."""
    return 0 < count < LEAST


def hide(cells: Mapping[K, int], *, sum_is_hidden: bool = False) -> Hidden[K]:
    """Return what to hide of the cells that add up to a sum; where the sum is hidden they must not give it away either."""
    small = frozenset(key for key, count in cells.items() if is_small(count))
    neighbours = sorted((key for key, count in cells.items() if key not in small and count > 0), key=lambda key: (cells[key], str(key)))
    if sum_is_hidden:
        return Hidden(small, frozenset() if small else frozenset(neighbours[:1]), whole=False)
    if not small:
        return Hidden(small, frozenset(), whole=False)
    beside: set[K] = set()
    for key in neighbours:
        if _is_safe(cells, small | beside):
            break
        beside.add(key)
    return Hidden(small, frozenset(beside), whole=not _is_safe(cells, small | beside))


def _is_safe(cells: Mapping[K, int], hidden: frozenset[K] | set[K]) -> bool:
    """What is hidden cannot be worked out from the sum and the rest: it is two or more, and together no small count itself."""
    telling = [key for key in hidden if cells[key] > 0]
    return len(telling) > 1 and sum(cells[key] for key in telling) >= LEAST


@dataclass(frozen=True, slots=True)
class Share:
    """A share as it may be shown: `percent`, exact or at least or at most so much; None where nothing may be shown."""

    percent: int | None
    sign: str = ""  # "", "≥", "≤"

    def __str__(self) -> str:
        return "—" if self.percent is None else f"{self.sign}{self.percent}%"


def share(part: int, whole: int) -> Share:
    """Return the share that `part` has in `whole`, as it may be shown."""
    if whole < LEAST:
        return Share(None)
    if not is_small(part) and not is_small(whole - part):
        return Share(round(100 * part / whole))
    if whole < 2 * LEAST:
        return Share(None)
    most_of_a_small_one = LEAST - 1
    if is_small(whole - part):
        return Share(100 * (whole - most_of_a_small_one) // whole, "≥")
    return Share(-(-100 * most_of_a_small_one // whole), "≤")
