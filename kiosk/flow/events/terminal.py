"""What the terminal itself, its storage, the city and the clock say."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from kiosk.flow.community import Community
from kiosk.flow.views import HandInTrouble
from sync.contract.item import ItemPackage
from sync.contract.names import ApplicationId, CaseNumber, ReceiptNumber
from sync.contract.question import Outcome, QuestionId
from sync.contract.words import Words


class Stored(Struct, frozen=True):
    """The application is durably in the outbox. The time is not sure when this terminal's clock is not."""

    token: int
    application_id: ApplicationId
    number: ReceiptNumber
    at: datetime
    time_is_sure: bool = True


class NotStored(Struct, frozen=True):
    """Nothing was taken, and nothing is left of the attempt."""

    token: int
    trouble: HandInTrouble


class CityReceived(Struct, frozen=True):
    """The city's signed receipt is there; `complete` when it has every picture, too. Comes again when it becomes complete."""

    token: int
    case_number: CaseNumber
    complete: bool


class CityTold(Struct, frozen=True):
    """The end of an Enquire: the answer, an honest "no line", or the city's refusal."""

    token: int
    kind: str
    question_id: QuestionId
    outcome: Outcome[Any]


class LineSeen(Struct, frozen=True):
    up: bool


class ItemsLoaded(Struct, frozen=True):
    items: tuple[ItemPackage, ...]


class CommunityLoaded(Struct, frozen=True):
    """What the city publishes to this terminal's residents, as it is now."""

    community: Community


class StorageFailed(Struct, frozen=True):
    """The outbox cannot be opened or takes nothing now."""


class StorageMended(Struct, frozen=True):
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


class TimerFired(Struct, frozen=True):
    timer: Timer


class MinutePassed(Struct, frozen=True):
    now: datetime


class PlaceTold(Struct, frozen=True):
    """Operations set where help is found; None leaves what the terminal's own configuration says."""

    hotline: str | None
    staff: str | None


class ServiceSuspended(Struct, frozen=True):
    """Operations put the terminal out of service, with a text for residents, which may be empty."""

    text: Words


class ServiceResumed(Struct, frozen=True):
    """It may serve again."""


class MachineSlept(Struct, frozen=True):
    """The machine was suspended and has gone on: whoever stood there has left."""


TerminalEvent = (
    Stored | NotStored | CityReceived | CityTold | LineSeen | ItemsLoaded | CommunityLoaded | StorageFailed | StorageMended
    | TimerFired | MinutePassed | PlaceTold | ServiceSuspended | ServiceResumed | MachineSlept
)  # fmt: skip
