"""What an existing platform must be able to do to stand behind the terminals' contract. An adapter is one module that does this."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Word(StrEnum):
    """What a platform may have done with a case, in our words."""

    ACCEPTED = "accepted"
    TO_CORRECT = "to_correct"
    NOT_ACCEPTED = "not_accepted"
    APPROVED = "approved"
    NOT_APPROVED = "not_approved"


class PlatformError(Exception):
    """The platform did not answer, or not as it should. Nothing is lost: the same is tried again at the next turn."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its name in the item's schema, what was asked, and what was written."""

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One photographed page in clear."""

    material: str
    name: str
    page: int
    jpeg: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Handover:
    """A case as it is handed over: whole, in memory only."""

    case_number: str
    item: str
    item_name: str
    received_at: datetime
    applicant: Mapping[str, str] = field(repr=False)
    answers: tuple[Answer, ...] = field(repr=False)
    pictures: tuple[Picture, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that the platform misses."""

    material: str
    cause: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something that the platform did. `word` is None when its code is none that the adapter knows."""

    number: str
    word: Word | None
    reason: str
    points: tuple[Point, ...] = ()


class Unwilling(StrEnum):
    """The platform has answered, and does not take the case."""

    ITEM = "item"  # it has no such item
    CONTENT = "content"  # it finds the content wrong


class Platform(Protocol):
    """The adapter point."""

    @property
    def name(self) -> str:
        """Under which its cursor is kept."""

    def takes(self, item: str) -> bool:
        """Tell whether cases of this item go there; the others stay with the city's own front desk."""

    def hand_over(self, handover: Handover) -> str | Unwilling:
        """Hand a case over and return its number there. The same case again returns the same number.

        Raises:
            PlatformError: No answer, or none that can be read.
        """

    def bring(self, number: str, handover: Handover) -> None:
        """Hand over what the applicant brought later. The same again changes nothing.

        Raises:
            PlatformError: No answer, or none that can be read.
        """

    def changes(self, cursor: str) -> tuple[tuple[Change, ...], str]:
        """Return what was done there after `cursor` ("" at first), the oldest first, and the cursor after it.

        Raises:
            PlatformError: No answer, or none that can be read.
        """
