"""What devices say: cards, codes, camera, pad, printers."""

from msgspec import Struct

from peripherals.card_reader import ChipReading, SlotStatus
from peripherals.document_camera import PaperHint, PaperView, Picture
from peripherals.document_printer import PrintedDocument
from peripherals.id_card_reader import CardReading, PlateStatus
from peripherals.paper_reader import PrintedLine
from peripherals.receipt_printer import PrinterStatus, Printing
from peripherals.secret import Secret
from peripherals.signature_pad import PadStatus
from sync.contract.names import ApplicationId, ReceiptNumber
from sync.contract.paid_bills import ProofCode


class CardFound(Struct, frozen=True):
    """A card lies on the plate and is being read."""

    token: int


class CardAnswered(Struct, frozen=True):
    token: int
    reading: CardReading


class ChipFound(Struct, frozen=True):
    """A chip card is in its reader and is being read."""

    token: int


class ChipAnswered(Struct, frozen=True):
    """What became of reading it. ABSENT and SILENT are said once, and the reader is looked for again."""

    token: int
    reading: ChipReading


class SlotSeen(Struct, frozen=True):
    slot: SlotStatus


class CodeShown(Struct, frozen=True):
    """A code was held under the scanner: a slip's two names, an appointment's code, or that of a bill's proof; none when it is not ours."""

    token: int
    slip: tuple[ReceiptNumber, ApplicationId] | None = None
    appointment: Secret[str] | None = None
    bill: ProofCode | None = None


class PlateSeen(Struct, frozen=True):
    plate: PlateStatus


class PadSeen(Struct, frozen=True):
    """How the signature pad is."""

    token: int
    status: PadStatus


class CameraOpened(Struct, frozen=True):
    token: int
    hint: PaperHint


class PaperSeen(Struct, frozen=True):
    """What the camera makes of the paper changed."""

    token: int
    view: PaperView


class PictureTaken(Struct, frozen=True):
    token: int
    picture: Picture


class PrintRead(Struct, frozen=True):
    """What stands in print on a page that was kept; no lines where nothing could be read. `jpeg` is the page itself."""

    token: int
    jpeg: Secret[bytes]
    lines: tuple[PrintedLine, ...]


class SlipAnswered(Struct, frozen=True):
    token: int
    printing: Printing


class PagesAnswered(Struct, frozen=True):
    """What became of a document at the page printer; its job was followed to the end."""

    token: int
    printed: PrintedDocument


class PrinterSeen(Struct, frozen=True):
    status: PrinterStatus


class DoorSeen(Struct, frozen=True):
    """The cabinet's service door was opened or shut."""

    is_open: bool


DeviceEvent = (
    CardFound | CardAnswered | ChipFound | ChipAnswered | SlotSeen | PlateSeen | CodeShown | PadSeen | CameraOpened | PaperSeen
    | PictureTaken | PrintRead | SlipAnswered | PagesAnswered | PrinterSeen | DoorSeen
)  # fmt: skip
