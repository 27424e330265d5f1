"""What travels between the kiosk and a device's own process: calls, a notice on the way, outcomes.

A frame is a length of four bytes, a kind of one, and msgpack. A call carries the seconds that are left to it. Both ends are the
same release on the same machine, so nothing here needs a version; what cannot be decoded is a broken worker.
"""

import contextlib
import socket
import struct
import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any

import msgspec

from peripherals.card_reader import BankCardSeen, ChipCard, ChipCardKind, ChipReading, ChipReadStatus, ContactlessUid, SocialSecurityCard
from peripherals.deadline import Deadline
from peripherals.fittings import Contact, Light
from peripherals.id_card_reader import CardReading, CardReadStatus, IdCard
from peripherals.receipt_printer import PlainSlip, Raster
from peripherals.secret import Secret

FRAME_LIMIT_BYTES = 64 * 1024 * 1024
_HEADER = struct.Struct(">IB")


class Kind(Enum):
    """What a frame is."""

    CALL = 1
    CARD_FOUND = 2  # on the way to the outcome of ReadCard or ReadChipCard
    OUTCOME = 3
    NOT_MINE = 4  # the worker serves another kind of device


class Call(msgspec.Struct, frozen=True, tag_field="call"):
    """A request to the device; `remaining_s` is counted from its arrival."""

    remaining_s: float


class ReadCard(Call, frozen=True, tag="read_card"):
    """IdCardReader.read."""

    newest_address: bool


class AskPlate(Call, frozen=True, tag="ask_plate"):
    """IdCardReader.plate."""


class AskModule(Call, frozen=True, tag="ask_module"):
    """IdCardReader.module."""


class ResetModule(Call, frozen=True, tag="reset_module"):
    """IdCardReader.reset."""


class ReadChipCard(Call, frozen=True, tag="read_chip_card"):
    """ChipCardReader.read."""


class AskSlot(Call, frozen=True, tag="ask_slot"):
    """ChipCardReader.slot."""


class AskPrinter(Call, frozen=True, tag="ask_printer"):
    """ReceiptPrinter.status."""


class PrintReceipt(Call, frozen=True, tag="print_receipt"):
    """ReceiptPrinter.print."""

    receipt: Raster


class PrintPlain(Call, frozen=True, tag="print_plain"):
    """ReceiptPrinter.print_plain."""

    slip: PlainSlip


class OpenCamera(Call, frozen=True, tag="open_camera"):
    """DocumentCamera.open."""


class NextPreview(Call, frozen=True, tag="next_preview"):
    """DocumentCamera.preview."""


class TakePicture(Call, frozen=True, tag="take_picture"):
    """DocumentCamera.capture."""

    insist: bool


class CalibrateCamera(Call, frozen=True, tag="calibrate_camera"):
    """PlateCamera.calibrate."""


class CloseCamera(Call, frozen=True, tag="close_camera"):
    """DocumentCamera.close."""


class OpenScanner(Call, frozen=True, tag="open_scanner"):
    """CodeScanner.open."""


class ScanCode(Call, frozen=True, tag="scan_code"):
    """CodeScanner.scan."""


class CloseScanner(Call, frozen=True, tag="close_scanner"):
    """CodeScanner.close."""


class AskDocumentPrinter(Call, frozen=True, tag="ask_document_printer"):
    """DocumentPrinter.status."""


class PrintDocument(Call, frozen=True, tag="print_document"):
    """DocumentPrinter.print_document."""

    pdf: bytes

    def __repr__(self) -> str:
        return "PrintDocument(<secret>)"


class SwitchLight(Call, frozen=True, tag="switch_light"):
    """Fittings.light."""

    light: Light
    shines: bool


class AskContacts(Call, frozen=True, tag="ask_contacts"):
    """Fittings.contacts."""


class AwaitContacts(Call, frozen=True, tag="await_contacts"):
    """Fittings.await_change."""

    known: frozenset[Contact]


class OpenPad(Call, frozen=True, tag="open_pad"):
    """SignaturePad.open."""


class NextPoints(Call, frozen=True, tag="next_points"):
    """SignaturePad.points."""


class ClosePad(Call, frozen=True, tag="close_pad"):
    """SignaturePad.close."""


AnyCall = (
    ReadCard
    | AskPlate
    | AskModule
    | ResetModule
    | ReadChipCard
    | AskSlot
    | AskPrinter
    | PrintReceipt
    | PrintPlain
    | OpenCamera
    | NextPreview
    | TakePicture
    | CalibrateCamera
    | CloseCamera
    | OpenScanner
    | ScanCode
    | CloseScanner
    | AskDocumentPrinter
    | PrintDocument
    | SwitchLight
    | AskContacts
    | AwaitContacts
    | OpenPad
    | NextPoints
    | ClosePad
)


class _ReadingOnWire(msgspec.Struct, frozen=True):
    status: CardReadStatus
    card: dict[str, Any] | None = None
    detail: str | None = None

    def __repr__(self) -> str:
        return "_ReadingOnWire(<secret>)"


# A date and a literal word are both text in msgpack, which one annotation may not mix; so the card's twin takes the text.
_CardOnWire = msgspec.defstruct("_CardOnWire", list({**typing.get_type_hints(IdCard), "valid_until": str}.items()), frozen=True)
_LONG_TERM = "long_term"


def _bare(value: object) -> object:
    if isinstance(value, Secret):
        return value.reveal()  # the socket is the kiosk's own, and the frame lives in memory only
    raise NotImplementedError(f"{type(value).__name__} does not travel")


def _dressed(kind: Any, value: object) -> object:  # noqa: ANN401 - msgspec hands over the annotation itself
    if typing.get_origin(kind) is Secret:
        return Secret(msgspec.convert(value, typing.get_args(kind)[0]))
    raise NotImplementedError(f"{kind} does not travel")


_encoder = msgspec.msgpack.Encoder(enc_hook=_bare)
_call_decoder: msgspec.msgpack.Decoder[AnyCall] = msgspec.msgpack.Decoder(AnyCall)

T = typing.TypeVar("T")


def encoded(value: object) -> bytes:
    """Return a call or an outcome as bytes."""
    return _encoder.encode(value)


@contextlib.contextmanager
def _one_error() -> Iterator[None]:
    """Let words that are no UTF-8 be what all else that cannot be decoded is; the library has a kind of its own for them."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(f"no text: {error.reason}") from None


def decoded_call(payload: bytes) -> AnyCall:
    """Return the call that `payload` holds. Raises msgspec.DecodeError when it holds none."""
    with _one_error():
        return _call_decoder.decode(payload)


def decoded(payload: bytes, kind: type[T]) -> T:
    """Return the outcome of type `kind`. Raises msgspec.ValidationError or msgspec.DecodeError when it is something else."""
    with _one_error():
        return msgspec.msgpack.decode(payload, type=kind, dec_hook=_dressed)


def decoded_reading(payload: bytes) -> CardReading:
    """Return the outcome of ReadCard, whose card has a date or a word in one place."""
    reading = decoded(payload, _ReadingOnWire)
    if reading.card is None:
        return CardReading(reading.status, None, reading.detail)
    fields = msgspec.structs.asdict(msgspec.convert(reading.card, _CardOnWire, dec_hook=_dressed))
    until = fields["valid_until"]
    if until != _LONG_TERM:
        fields["valid_until"] = msgspec.convert(until, typing.get_type_hints(IdCard)["valid_from"])
    return CardReading(reading.status, IdCard(**fields), reading.detail)


class _ChipReadingOnWire(msgspec.Struct, frozen=True):
    status: ChipReadStatus
    card: dict[str, Any] | None = None
    detail: str | None = None

    def __repr__(self) -> str:
        return "_ChipReadingOnWire(<secret>)"


_CHIP_CARDS: dict[ChipCardKind, type[ChipCard]] = {
    ChipCardKind.SOCIAL_SECURITY: SocialSecurityCard,
    ChipCardKind.CONTACTLESS: ContactlessUid,
    ChipCardKind.BANK: BankCardSeen,
}


def decoded_chip_reading(payload: bytes) -> ChipReading:
    """Return the outcome of ReadChipCard, whose card says itself what it is."""
    reading = decoded(payload, _ChipReadingOnWire)
    if reading.card is None:
        return ChipReading(reading.status, None, reading.detail)
    kind = msgspec.convert(reading.card.get("kind"), ChipCardKind)
    return ChipReading(reading.status, msgspec.convert(reading.card, _CHIP_CARDS[kind], dec_hook=_dressed), reading.detail)


def send_frame(line: socket.socket, kind: Kind, payload: bytes, deadline: Deadline) -> None:
    """Send one frame whole. Raises TimeoutError when the other end does not take it in time, OSError when it is gone."""
    line.settimeout(max(0.001, deadline.remaining_s))
    line.sendall(_HEADER.pack(len(payload), kind.value) + payload)


def receive_frame(line: socket.socket, deadline: Deadline) -> tuple[Kind, bytes]:
    """Return the next frame.

    Raises:
        TimeoutError: it did not come whole in time.
        OSError: the other end is gone, or sends no frames.
    """
    length, kind = _HEADER.unpack(_receive(line, _HEADER.size, deadline))
    if length > FRAME_LIMIT_BYTES or kind not in {known.value for known in Kind}:
        raise ConnectionError("the other end does not speak in frames")
    return Kind(kind), _receive(line, length, deadline)


def _receive(line: socket.socket, length: int, deadline: Deadline) -> bytes:
    whole = bytearray(length)
    view = memoryview(whole)
    while view:
        line.settimeout(max(0.001, deadline.remaining_s))
        came = line.recv_into(view)
        if not came:
            raise ConnectionResetError("the other end hung up")
        view = view[came:]
    return bytes(whole)


def is_hung_up(line: socket.socket) -> bool:
    """Whether the other end has gone; what it has sent before stays to be read, and counts as still there."""
    line.settimeout(0)
    try:
        return line.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
