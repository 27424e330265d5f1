"""What the terminal shows and holds at one moment: one immutable value.

At home `visit` is None: there is no field in which something of an earlier resident could stay.
"""

from dataclasses import field
from datetime import datetime

from kiosk.flow.community import NOTHING_PUBLISHED, Community
from kiosk.flow.display import DarkHours, Display, Theme
from kiosk.flow.errands import Errand
from kiosk.flow.setting_up import SettingUp
from kiosk.flow.technician import Corner, Upkeep
from kiosk.flow.views import Fault, Idle, Overlay, View
from kiosk.flow.visit import Visit
from peripherals.receipt_printer import PrinterStatus
from peripherals.values import dataclass
from sync.contract.item import Door, ItemPackage
from sync.contract.names import ItemCode
from sync.contract.words import Words


@dataclass(frozen=True, slots=True)
class Place:
    """Where this terminal stands: said on screens and slips, never changing while it runs."""

    terminal: str
    community: str
    hotline: str
    staff: str  # where help is found, such as 1 号窗口
    pages: bool = False  # whether there is a printer of whole pages
    scans: bool = False  # whether there is a scanner for the codes on slips
    pad: bool = False  # whether there is a signature pad
    reads: bool = False  # whether the print on papers is read
    chips: bool = False  # whether there is a reader for social security cards
    dark: DarkHours | None = None
    off: DarkHours | None = None  # in which nobody needs the display


@dataclass(frozen=True, slots=True)
class Kiosk:
    """The whole terminal."""

    place: Place
    now: datetime  # local, aware, to the minute
    items: tuple[ItemPackage, ...] = ()
    awaited: bool = False  # somebody has touched the idle picture before the items were read
    community: Community = NOTHING_PUBLISHED
    faults: frozenset[Fault] = frozenset()  # while there is any, no visit begins
    suspended: Words | None = None  # what operations say while the terminal is out of service
    told: Place | None = None  # what the configuration says, once operations set something else
    view: View = field(default_factory=Idle)
    overlay: Overlay | None = None
    visit: Visit | Errand | Upkeep | SettingUp | None = None
    visits: int = 0  # how many began, of whatever kind; gives each its token
    display: Display = field(default_factory=Display)
    line_up: bool = False
    card_on_plate: bool = False
    card_in_slot: bool = False
    printer: PrinterStatus = PrinterStatus.READY
    resumed: int = 0  # how often in this visit a slip was printed again by itself
    headphones: bool = False  # a plug is in
    knock: tuple[Corner, ...] = ()  # how much of the technicians' knock was heard

    @property
    def application(self) -> Visit | None:
        """The application under way, if that is what somebody came for."""
        return self.visit if isinstance(self.visit, Visit) else None

    @property
    def usual(self) -> Display:
        """How the screens look to whoever comes next: dark in the hours that are set for it."""
        return Display(theme=Theme.DARK if self.place.dark is not None and self.place.dark.holds(self.now) else Theme.LIGHT)

    @property
    def is_unwanted(self) -> bool:
        """Whether nobody is here, in hours in which nobody is awaited."""
        return isinstance(self.view, Idle) and self.overlay is None and self.place.off is not None and self.place.off.holds(self.now)

    def behind(self, door: Door) -> ItemPackage | None:
        """Return the offered item that is chosen at a door of its own."""
        return next((item for item in self.items if item.door is door), None)

    def item(self, code: ItemCode) -> ItemPackage | None:
        """Return the offered item with this code."""
        return next((item for item in self.items if item.code == code), None)
