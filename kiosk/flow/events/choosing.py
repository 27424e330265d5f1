"""What is chosen at home, and what is pressed in an errand that is no application."""

from dataclasses import dataclass
from datetime import date, time

from kiosk.flow.errands import ErrandKind
from kiosk.flow.views import Shelf
from sync.contract.appointments import AppointmentId
from sync.contract.directory import ServiceKind
from sync.contract.item import Category
from sync.contract.names import ApplicationId, ItemCode


@dataclass(frozen=True, slots=True)
class CategoryOpened:
    category: Category | None


@dataclass(frozen=True, slots=True)
class ItemChosen:
    code: ItemCode


@dataclass(frozen=True, slots=True)
class ErrandChosen:
    """Something else than an item."""

    errand: ErrandKind


@dataclass(frozen=True, slots=True)
class NoticeOpened:
    notice: str


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """One of the resident's cases."""

    case: ApplicationId


@dataclass(frozen=True, slots=True)
class UtilityChosen:
    utility: str


@dataclass(frozen=True, slots=True)
class ServiceOpened:
    kind: ServiceKind


@dataclass(frozen=True, slots=True)
class ProviderOpened:
    provider: str


@dataclass(frozen=True, slots=True)
class ProofChosen:
    """One kind of certificate."""

    kind: str


@dataclass(frozen=True, slots=True)
class MatterChosen:
    """What a time is wanted for."""

    window: str
    matter: str


@dataclass(frozen=True, slots=True)
class DayChosen:
    day: date


@dataclass(frozen=True, slots=True)
class TimeChosen:
    begins: time


@dataclass(frozen=True, slots=True)
class MinePressed:
    """Show the times that I have."""


@dataclass(frozen=True, slots=True)
class AppointmentOpened:
    appointment: AppointmentId


@dataclass(frozen=True, slots=True)
class MovePressed:
    """Another time instead of this one."""


@dataclass(frozen=True, slots=True)
class GiveBackPressed:
    """I cannot come."""


@dataclass(frozen=True, slots=True)
class CasePaperWanted:
    """The paper of the case that is shown; `on_slip` where whole pages did not come."""

    on_slip: bool = False


@dataclass(frozen=True, slots=True)
class ShelfOpened:
    """One of the choices of the elder home that lead on to several."""

    shelf: Shelf


ChoosingEvent = (
    CategoryOpened | ShelfOpened | ItemChosen | ErrandChosen | NoticeOpened | CaseOpened | CasePaperWanted | UtilityChosen
    | ServiceOpened | ProviderOpened | ProofChosen | MatterChosen | DayChosen | TimeChosen | MinePressed | AppointmentOpened
    | MovePressed | GiveBackPressed
)  # fmt: skip
