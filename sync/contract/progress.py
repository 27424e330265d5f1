"""How a resident's cases stand, asked at any terminal: by the identity card that lies there, or by the code on a slip.

What is answered names nobody: items, states, days and what is missing. Answers that were once given never come back to a terminal.
"""

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from sync.contract.names import ApplicationId, CaseNumber, ItemCode, MaterialId, ReceiptNumber
from sync.contract.question import QuestionKind
from sync.contract.words import Words


class CaseState(StrEnum):
    """The words of state that the city gives; the sixth, received here and not yet sent, only the terminal can know."""

    DELIVERED = "delivered"  # with the city, which decides whether it is accepted
    TO_CORRECT = "to_correct"
    ACCEPTED = "accepted"  # and under way
    CLOSED = "closed"  # decided, done with
    NOT_ACCEPTED = "not_accepted"
    ENDED = "ended"  # taken back, or not corrected in time


class Missing(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is missing or wrong. It names a paper or a question of the item's; without either, staff must help."""

    name: Words
    cause: Words
    remedy: str  # in a clerk's own words
    material: MaterialId | None = None
    field: str | None = None


class Stage(msgspec.Struct, frozen=True, omit_defaults=True):
    """One office's part of an accepted case. `done_on` is absent while it is under way or still to come."""

    name: Words
    office: str
    is_now: bool = False
    done_on: date | None = None


class CaseProgress(msgspec.Struct, frozen=True, omit_defaults=True):
    """One case as it stands. Days are of the city's calendar; `days_left` counts working days and is absent while the clock stands."""

    application_id: ApplicationId
    number: ReceiptNumber
    case_number: CaseNumber
    item: ItemCode
    item_version: int
    item_name: Words
    state: CaseState
    received_on: date
    answer_by: date | None = None  # while it is not decided whether it is accepted
    accepted_on: date | None = None
    decide_by: date | None = None  # once accepted
    days_left: int | None = None
    clock_stands: bool = False
    stages: tuple[Stage, ...] = ()
    missing: tuple[Missing, ...] = ()
    correct_by: date | None = None
    decided_on: date | None = None  # closed, not accepted or ended
    is_approved: bool = False  # of closed ones
    reason: str | None = None  # why not, in a clerk's own words
    result: Words | None = None  # what comes of it, and where
    may_be_rated: bool = False


class ProgressQuestion(msgspec.Struct, frozen=True, omit_defaults=True):
    """By the card: the number on it. By a slip: both names that stand in its code. Exactly one of the two ways."""

    id_number: str | None = None
    application_id: ApplicationId | None = None
    number: ReceiptNumber | None = None

    def __repr__(self) -> str:
        return "ProgressQuestion(<secret>)"


class Progress(msgspec.Struct, frozen=True):
    """Every case that was found, what the resident has to do first; at most `MOST`, the newest."""

    cases: tuple[CaseProgress, ...]


class RatingQuestion(msgspec.Struct, frozen=True):
    """A rating of a case that is done with, given at any terminal by whoever holds its slip or card (GB/T 39734: once for each case)."""

    application_id: ApplicationId
    number: ReceiptNumber
    level: int


class RatingTaken(msgspec.Struct, frozen=True):
    """It is kept; `is_new` is false when the case had been rated before, and then the first one stays."""

    is_new: bool


MOST: Final = 20
PROGRESS: Final = QuestionKind("progress", ProgressQuestion, Progress)
RATING: Final = QuestionKind("rating", RatingQuestion, RatingTaken)
