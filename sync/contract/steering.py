"""What operators set and order from afar: a closed list of settings by group, and a closed list of orders that end by themselves.

Both come down as feeds, signed and for one terminal. What became of an order goes up as a question, in pieces where it has a body.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Final

import msgspec

from sync.contract.feed import FeedKind
from sync.contract.question import QuestionKind
from sync.contract.words import Words

Value = str | int


class SettingsTold(msgspec.Struct, frozen=True):
    """Content of the feed of settings.

    Attributes:
        number: Counts up with each publication, over all groups: what a terminal reports that it runs.
        values: By key. A key that the terminal does not know, or a value out of bounds, is refused by itself; the others hold.
    """

    number: int
    values: dict[str, Value]


SETTINGS: Final = FeedKind("settings", SettingsTold)

_Hotline = Annotated[str, msgspec.Meta(pattern=r"^[0-9][0-9 -]{1,18}[0-9]$")]
_Where = Annotated[str, msgspec.Meta(min_length=1, max_length=16, pattern=r"^[^\x00-\x1f]+$")]
_Speed = Annotated[int, msgspec.Meta(ge=16_384, le=125_000_000)]
_Poll = Annotated[int, msgspec.Meta(ge=60, le=86_400)]
ALLOWED: Final[Mapping[str, Any]] = MappingProxyType({"hotline": _Hotline, "staff": _Where, "download_bytes_s": _Speed, "poll_s": _Poll})
"""Every key that may be set from afar, with what it may be. Nothing that decides whom a terminal believes is among them."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What of a publication holds at a terminal, and which keys it refused."""

    number: int
    values: Mapping[str, Value]
    refused: tuple[str, ...]

    @property
    def told(self) -> str:
        """How a terminal reports it in its heartbeat."""
        return f"{self.number}" + (f" refused: {', '.join(self.refused)}" if self.refused else "")


def wrong_value(key: str, value: object) -> bool:
    """Tell whether a terminal would refuse this."""
    try:
        msgspec.convert(value, ALLOWED[key], strict=True)
    except (KeyError, msgspec.ValidationError):
        return True
    return False


def applied(told: SettingsTold) -> Applied:
    """Return what holds of a publication."""
    refused = tuple(sorted(key for key, value in told.values.items() if wrong_value(key, value)))
    held = {key: value for key, value in told.values.items() if key not in refused}
    return Applied(told.number, MappingProxyType(held), refused)


class RemoteAct(StrEnum):
    """What may be ordered from afar. There is no command, no file and no shell among it."""

    RESTART = "restart"  # the screen's process, while nobody stands there
    RESTART_DEVICE = "restart_device"  # the process of one device, named in the order; while nobody stands there
    RESTART_MACHINE = "restart_machine"  # the whole machine, while nobody stands there
    COLLECT_LOGS = "collect_logs"  # the bundle that a technician would take, without anything of residents
    OUT_OF_SERVICE = "out_of_service"  # holds until the order ends; a visit under way is finished
    SCREENSHOT = "screenshot"  # of the idle screen, and of no other
    SEND_AGAIN = "send_again"  # what the city had refused, once its cause was seen to
    UNKNOWN = "unknown"  # what a newer city orders: answered as beyond this terminal, and the other orders of the feed hold

    @classmethod
    def _missing_(cls, _value: object) -> "RemoteAct":
        """Read any act that this release does not know."""
        return cls.UNKNOWN


class RemoteDevice(StrEnum):
    """Whose process may be started anew from afar."""

    ID_CARD_READER = "id_card_reader"
    CHIP_CARD_READER = "chip_card_reader"
    RECEIPT_PRINTER = "receipt_printer"
    DOCUMENT_PRINTER = "document_printer"
    DOCUMENT_CAMERA = "document_camera"
    CODE_SCANNER = "code_scanner"
    SIGNATURE_PAD = "signature_pad"
    FITTINGS = "fittings"


class RemoteOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """One order. After `until` it is never carried out; what holds, such as out of service, ends then."""

    id: str
    act: RemoteAct
    until: datetime
    text: Words | None = None  # what residents read while out of service
    device: str | None = None  # whose process, where one is to be started anew; a newer city may name one that is not known here


class RemoteOrders(msgspec.Struct, frozen=True):
    """Content of the feed of orders: those that are open now."""

    orders: tuple[RemoteOrder, ...]


ORDERS: Final = FeedKind("remote-orders", RemoteOrders)


class OrderOutcome(StrEnum):
    """What became of an order."""

    DONE = "done"
    EXPIRED = "expired"  # somebody stood there all the time, or the line was down
    UNABLE = "unable"  # this terminal cannot do it; the detail says why, in one word


PIECE_BYTES: Final = 40_000
BODY_MAX_BYTES: Final = 2_000_000


class OrderAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of an order, or one piece of what it brought. Pieces come in order, from 0; the city has it whole with the last."""

    order: str
    outcome: OrderOutcome
    detail: str = ""
    piece: int = 0
    pieces: int = 1
    body: bytes = b""


class OrderAnswered(msgspec.Struct, frozen=True):
    """The piece that the city wants next; equal to `pieces` once it has all."""

    next_piece: int


ORDER_ANSWER: Final = QuestionKind("remote-order-answer", OrderAnswer, OrderAnswered)
