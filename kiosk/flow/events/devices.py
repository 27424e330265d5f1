"""What devices say: cards, codes, camera, pad, printers."""

from dataclasses import dataclass

from peripherals.card_reader import ChipReading, SlotStatus
from peripherals.document_camera import PaperHint, PaperView, Picture
from peripherals.document_printer import PrintedDocument
from peripherals.id_card_reader import CardReading, PlateStatus
from peripherals.paper_reader import PrintedLine
from peripherals.receipt_printer import PrinterStatus, Printing
from peripherals.secret import Secret
from peripherals.signature_pad import PadStatus
from sync.contract.names import ApplicationId, ReceiptNumber


@dataclass(frozen=True, slots=True)
class CardFound:
    """A card lies on the plate and is being read."""

    token: int


@dataclass(frozen=True, slots=True)
class CardAnswered:
    token: int
    reading: CardReading


@dataclass(frozen=True, slots=True)
class ChipFound:
    """A chip card is in its reader and is being read."""

    token: int


@dataclass(frozen=True, slots=True)
class ChipAnswered:
    """What became of reading it. ABSENT and SILENT are said once, and the reader is looked for again."""

    token: int
    reading: ChipReading


@dataclass(frozen=True, slots=True)
class SlotSeen:
    slot: SlotStatus


@dataclass(frozen=True, slots=True)
class CodeShown:
    """A code was held under the scanner: a slip's two names, or None when it is not one of ours."""

    token: int
    slip: tuple[ReceiptNumber, ApplicationId] | None


@dataclass(frozen=True, slots=True)
class PlateSeen:
    plate: PlateStatus


@dataclass(frozen=True, slots=True)
class PadSeen:
    """How the signature pad is."""

    token: int
    status: PadStatus


@dataclass(frozen=True, slots=True)
class CameraOpened:
    token: int
    hint: PaperHint


@dataclass(frozen=True, slots=True)
class PaperSeen:
    """What the camera makes of the paper changed."""

    token: int
    view: PaperView


@dataclass(frozen=True, slots=True)
class PictureTaken:
    token: int
    picture: Picture


@dataclass(frozen=True, slots=True)
class PrintRead:
    """What stands in print on a page that was kept; no lines where nothing could be read. `jpeg` is the page itself."""

    token: int
    jpeg: Secret[bytes]
    lines: tuple[PrintedLine, ...]


@dataclass(frozen=True, slots=True)
class SlipAnswered:
    token: int
    printing: Printing


@dataclass(frozen=True, slots=True)
class PagesAnswered:
    """What became of a document at the page printer; its job was followed to the end."""

    token: int
    printed: PrintedDocument


@dataclass(frozen=True, slots=True)
class PrinterSeen:
    status: PrinterStatus


@dataclass(frozen=True, slots=True)
class DoorSeen:
    """The cabinet's service door was opened or shut."""

    is_open: bool


DeviceEvent = (
    CardFound | CardAnswered | ChipFound | ChipAnswered | SlotSeen | PlateSeen | CodeShown | PadSeen | CameraOpened | PaperSeen
    | PictureTaken | PrintRead | SlipAnswered | PagesAnswered | PrinterSeen | DoorSeen
)  # fmt: skip
