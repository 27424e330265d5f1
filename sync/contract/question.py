"""A question: what somebody at the screen waits to hear from the city now, such as how a case stands.

A question is never kept: without a line there is no answer, and the resident is told so. What must not get lost is an application
and goes through the outbox. Every kind of question has its own types, in a module of its own; `known.QUESTIONS` lists them all.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Generic, NewType, TypeVar

import msgspec

from sync.contract.names import Digest, TerminalId

Q = TypeVar("Q")
A = TypeVar("A")

QuestionId = NewType("QuestionId", str)
"""A UUID, version 7, made by the terminal; the same question asked again keeps it."""


@dataclass(frozen=True, slots=True)
class Answered(Generic[A]):
    """The city's own answer."""

    answer: A = field(repr=False)


class NoLine(msgspec.Struct, frozen=True, tag="no_line"):
    """The city was not reached, or did not answer in time; nothing is known. `reason` is a word for staff."""

    reason: str


class Declined(msgspec.Struct, frozen=True, tag="declined"):
    """The city was reached and does not answer this.

    Attributes:
        reason: A `ProblemCode`, or `status-…`.
        is_passing: Whether asking again later may help.
        detail: The city's words for staff; never shown to a resident.
    """

    reason: str
    is_passing: bool
    detail: str | None = None


Outcome = Answered[A] | NoLine | Declined
"""How asking ended, for whoever asked."""

REPLY_TYPE: Final = "application/vnd.bianmin.reply+json"
"""Payload type of the signed reply."""

QUESTION_MAX_BYTES: Final = 64 * 1024
REPLY_MAX_BYTES: Final = 512 * 1024


@dataclass(frozen=True, slots=True)
class QuestionKind(Generic[Q, A]):
    """One kind of question: its name on the wire, in lower-case letters and hyphens, what is asked, and what is answered."""

    name: str
    question: type[Q]
    answer: type[A]


class Question(msgspec.Struct, frozen=True):
    """Body of the POST: a question of the kind that the path names."""

    format: int
    id: QuestionId
    terminal: TerminalId
    content: msgspec.Raw  # JSON of the kind's question type


class Reply(msgspec.Struct, frozen=True):
    """What the city signs in answer: for this question's bytes and no other."""

    format: int
    terminal: TerminalId
    question: Digest  # SHA-256 of the body of the POST
    replied_at: datetime  # UTC, by the city's clock
    content: msgspec.Raw  # JSON of the kind's answer type
