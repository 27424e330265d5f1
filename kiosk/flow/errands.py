"""What somebody may have come for beside an application: the other errands as values, and what the glass shows of each.

An errand is held from its choosing until home is shown again, like an application; its `token` tells its answers from those of an
earlier one. What it holds of a person stands in its value and nowhere else. Each errand has its own module of pure functions, which
`advance` asks while it is under way.
"""

from dataclasses import dataclass
from enum import StrEnum


class ErrandKind(StrEnum):
    """What can be chosen at home beside the items."""

    REPORT = "report"  # an application to the grid, by the item that stands behind that door
    NOTICES = "notices"


# Reading the community's notices


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody reads the notices; nothing of a person is held."""

    token: int


@dataclass(frozen=True, slots=True)
class NoticeList:
    """All notices that are valid now."""


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """One notice, whole."""

    notice: str


Errand = Reading
ErrandView = NoticeList | NoticeShown
