"""What the terminal itself, its storage, the city and the clock say."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from kiosk.flow.community import Community
from kiosk.flow.views import HandInTrouble
from sync.contract.item import ItemPackage
from sync.contract.names import ApplicationId, CaseNumber, ReceiptNumber
from sync.contract.question import Outcome, QuestionId
from sync.contract.words import Words


@dataclass(frozen=True, slots=True)
class Stored:
    """The application is durably in the outbox. The time is not sure when this terminal's clock is not."""

    token: int
    application_id: ApplicationId
    number: ReceiptNumber
    at: datetime
    time_is_sure: bool = True


@dataclass(frozen=True, slots=True)
class NotStored:
    """Nothing was taken, and nothing is left of the attempt."""

    token: int
    trouble: HandInTrouble


@dataclass(frozen=True, slots=True)
class CityReceived:
    """The city's signed receipt is there; `complete` when it has every picture, too. Comes again when it becomes complete."""

    token: int
    case_number: CaseNumber
    complete: bool


@dataclass(frozen=True, slots=True)
class CityTold:
    """The end of an Enquire: the answer, an honest "no line", or the city's refusal."""

    token: int
    kind: str
    question_id: QuestionId
    outcome: Outcome[Any]


@dataclass(frozen=True, slots=True)
class LineSeen:
    up: bool


@dataclass(frozen=True, slots=True)
class ItemsLoaded:
    items: tuple[ItemPackage, ...]


@dataclass(frozen=True, slots=True)
class CommunityLoaded:
    """What the city publishes to this terminal's residents, as it is now."""

    community: Community


@dataclass(frozen=True, slots=True)
class StorageFailed:
    """The outbox cannot be opened or takes nothing now."""


@dataclass(frozen=True, slots=True)
class StorageMended:
    """The outbox takes applications again."""


class Timer(StrEnum):
    """The waits of the flow; each runs at most once at a time."""

    IDLE = "idle"
    COUNTDOWN = "countdown"
    CARD_SHOWN = "card_shown"  # the green banner stays a moment before the form comes
    STEADY = "steady"  # a good paper held still takes its own picture
    CITY = "city"  # how long the slip waits for the city
    PAYMENT = "payment"  # how often a payment is looked at
    LOOK_AGAIN = "look_again"  # after a refused card
    KNOCK = "knock"  # within which the corners have to be touched


@dataclass(frozen=True, slots=True)
class TimerFired:
    timer: Timer


@dataclass(frozen=True, slots=True)
class MinutePassed:
    now: datetime


@dataclass(frozen=True, slots=True)
class PlaceTold:
    """Operations set where help is found; None leaves what the terminal's own configuration says."""

    hotline: str | None
    staff: str | None


@dataclass(frozen=True, slots=True)
class ServiceSuspended:
    """Operations put the terminal out of service, with a text for residents, which may be empty."""

    text: Words


@dataclass(frozen=True, slots=True)
class ServiceResumed:
    """It may serve again."""


@dataclass(frozen=True, slots=True)
class MachineSlept:
    """The machine was suspended and has gone on: whoever stood there has left."""


TerminalEvent = (
    Stored | NotStored | CityReceived | CityTold | LineSeen | ItemsLoaded | CommunityLoaded | StorageFailed | StorageMended
    | TimerFired | MinutePassed | PlaceTold | ServiceSuspended | ServiceResumed | MachineSlept
)  # fmt: skip
