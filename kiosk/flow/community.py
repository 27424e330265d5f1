"""What the city publishes to this terminal's residents beside the items, as the terminal has it now."""

from peripherals.values import dataclass
from sync.contract.appointments import Window
from sync.contract.bills import Utility
from sync.contract.directory import Provider
from sync.contract.notices import Notice
from sync.contract.places import GridMap
from sync.contract.proofs import ProofKind


@dataclass(frozen=True, slots=True)
class Community:
    """Facts like the items: they are no one's, and stay when a visit ends."""

    notices: tuple[Notice, ...] = ()
    plan: GridMap | None = None
    providers: tuple[Provider, ...] = ()
    utilities: tuple[Utility, ...] = ()
    proofs: tuple[ProofKind, ...] = ()
    windows: tuple[Window, ...] = ()


NOTHING_PUBLISHED = Community()
