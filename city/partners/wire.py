"""What a department's system is told and may fetch. Described for integrators in docs/en/departments.md."""

from datetime import date, datetime
from typing import Any, Final

import msgspec

EVENTS_PATH: Final = "/v1/departments/events"
CASE_PATTERN: Final = "/v1/departments/cases/{case_number}"
EVENT_HEADER: Final = "Bianmin-Event"
"""The event's id, again as a header: whoever has seen it answers 200 and does nothing."""

KEY_ID: Final = "city"
"""The key id of the city's signature over a webhook; the key is `public/webhook-keys/*.pem` of the data directory."""

PAGE_MOST: Final = 500


class EventNote(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something happened to a case. No person, no answer, no reason: whoever may know more fetches the case."""

    id: str
    number: int  # grows; later events have larger ones
    kind: str
    at: datetime
    case_number: str
    item: str
    item_version: int
    state: str  # one of the six plain words
    step: str = ""
    conclusion: str = ""


class EventPage(msgspec.Struct, frozen=True):
    """Events after a cursor, the oldest first; `next` is the cursor for the page after this one."""

    events: tuple[EventNote, ...]
    next: int


class StepFacts(msgspec.Struct, frozen=True):
    """How far one office's part is."""

    id: str
    name: str
    office: str
    state: str
    due_on: date | None
    done_at: datetime | None


class PaperFacts(msgspec.Struct, frozen=True):
    """A paper that was photographed: which one, which page, and the digest of its picture."""

    material: str
    page: int
    digest: str


class CaseContent(msgspec.Struct, frozen=True):
    """What the applicant wrote; only for a system that may read it, and every time noted."""

    applicant: dict[str, Any]
    answers: dict[str, Any]
    papers: tuple[PaperFacts, ...]


class CaseFacts(msgspec.Struct, frozen=True):
    """One case."""

    case_number: str
    item: str
    item_version: int
    item_name: str
    state: str
    received_at: datetime
    accepted_at: datetime | None
    decide_by: date | None
    closed_at: datetime | None
    steps: tuple[StepFacts, ...]
    content: CaseContent | None
