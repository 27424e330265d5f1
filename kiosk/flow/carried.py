"""What goes on from one application to the next of the same resident in one visit: the card's fields, and the papers just photographed.

It lies in memory only, belongs to whoever the card names, and is over after ten minutes, or when home is shown.
"""

from dataclasses import field
from datetime import datetime

from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.contract.application import Applicant
from sync.contract.item import Category
from sync.contract.names import ApplicationId
from sync.contract.words import Words


@dataclass(frozen=True, slots=True)
class EarlierPaper:
    """A paper of an earlier application: its name there, and its pages in order."""

    name: Words
    application_id: ApplicationId
    pages: tuple[Secret[bytes], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Carried:
    """What may be used again until then."""

    card: Secret[Applicant]
    papers: tuple[EarlierPaper, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class Continuing:
    """Somebody who has just handed in looks for another matter."""

    token: int
    carried: Carried


@dataclass(frozen=True, slots=True)
class NextMatter:
    """The drawers once more; `category` is the open one."""

    category: Category | None = None
