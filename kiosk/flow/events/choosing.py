"""What is chosen at home, and what is pressed in an errand that is no application."""

from datetime import date, time

from msgspec import Struct

from kiosk.flow.errands import ErrandKind
from kiosk.flow.views import Shelf
from sync.contract.appointments import AppointmentId
from sync.contract.directory import ServiceKind
from sync.contract.item import Category
from sync.contract.names import ApplicationId, ItemCode


class CategoryOpened(Struct, frozen=True):
    category: Category | None


class ItemChosen(Struct, frozen=True):
    code: ItemCode


class ErrandChosen(Struct, frozen=True):
    """Something else than an item."""

    errand: ErrandKind


class NoticeOpened(Struct, frozen=True):
    notice: str


class CaseOpened(Struct, frozen=True):
    """One of the resident's cases."""

    case: ApplicationId


class UtilityChosen(Struct, frozen=True):
    utility: str


class AccountChosen(Struct, frozen=True):
    """One of the accounts under the card, by its place: the number itself is in no event."""

    place: int


class NumberPreferred(Struct, frozen=True):
    """The account's number, or the receipt's code, typed instead of the card."""


class ProofAgainWanted(Struct, frozen=True):
    """The proof of a bill that was paid before."""


class PaidChosen(Struct, frozen=True):
    """One of the paid bills, by its place."""

    place: int


class ServiceOpened(Struct, frozen=True):
    kind: ServiceKind


class ProviderOpened(Struct, frozen=True):
    provider: str


class ProofChosen(Struct, frozen=True):
    """One kind of certificate."""

    kind: str


class MatterChosen(Struct, frozen=True):
    """What a time is wanted for."""

    window: str
    matter: str


class DayChosen(Struct, frozen=True):
    day: date


class TimeChosen(Struct, frozen=True):
    begins: time


class MinePressed(Struct, frozen=True):
    """Show the times that I have."""


class AppointmentOpened(Struct, frozen=True):
    appointment: AppointmentId


class MovePressed(Struct, frozen=True):
    """Another time instead of this one."""


class GiveBackPressed(Struct, frozen=True):
    """I cannot come."""


class NoCardPressed(Struct, frozen=True):
    """I have no card with me: what else will do?"""


class RemindChosen(Struct, frozen=True):
    """Remind me on the day before, or do not."""

    wanted: bool


class CasePaperWanted(Struct, frozen=True):
    """The paper of the case that is shown; `on_slip` where whole pages did not come."""

    on_slip: bool = False


class ShelfOpened(Struct, frozen=True):
    """One of the choices of the elder home that lead on to several."""

    shelf: Shelf


ChoosingEvent = (
    CategoryOpened | ShelfOpened | ItemChosen | ErrandChosen | NoticeOpened | CaseOpened | CasePaperWanted | UtilityChosen
    | AccountChosen | NumberPreferred | ProofAgainWanted | PaidChosen
    | ServiceOpened | ProviderOpened | ProofChosen | MatterChosen | DayChosen | TimeChosen | MinePressed | AppointmentOpened
    | MovePressed | GiveBackPressed | NoCardPressed | RemindChosen
)  # fmt: skip
