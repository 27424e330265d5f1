"""What is fuzzed: each parser of what a device, a card or a camera may send, with the outcomes that it may have.

A target takes any bytes and returns nothing; whatever it raises is a find. Sources of input are made to look like the device's, so that
mutations get past the first check. The same targets are run by `tests/fuzz/test_targets.py` in `make test`, on the corpus, on every
find ever made and on what hypothesis thinks up, and by `make fuzz` with atheris for as long as one likes.
"""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date

from msgspec import DecodeError

from drivers.calls import decoded_call
from drivers.codes import code_of
from drivers.escpos.answers import Answers, verdict
from drivers.escpos.raster import bands, without_real_time
from drivers.ipp.messages import BadMessageError, answer
from drivers.ipp.states import job_state, printer_status
from drivers.mjpeg import JpegStream
from drivers.pad_forms import LinesForm
from drivers.pcsc.chips import read_chip
from drivers.pcsc.records import Record, record
from drivers.sam.data import CardBlocks, card_blocks, module_id
from drivers.sam.fields import FieldTrouble, decode_card, decode_newest_address
from drivers.sam.frames import PREAMBLE, Damage, Reply, ReplyParser, check_byte
from drivers.scanner_line import ScanParser
from kiosk.scanning import SlipCode, judged
from peripherals.card_reader import ChipReading, ChipReadStatus
from peripherals.document_printer import DocumentPrinterStatus
from peripherals.id_card_reader import IdCard
from peripherals.receipt_printer import PrinterStatus, Raster
from peripherals.signature_pad import PadPoint

Target = Callable[[bytes], None]


def _pieces(data: bytes) -> Iterator[bytes]:
    """Cut bytes into pieces whose sizes they say themselves, as a line does that comes in chunks."""
    at, size = 0, 1
    while at < len(data):
        yield data[at : at + size]
        at += size
        size = 1 + data[at % len(data)] % 37


def request_reply() -> bytes:
    """Return the shortest good frame."""
    body = b"\x00\x04\x00\x00\x90"
    return PREAMBLE + body + bytes((check_byte(body),))


def id_frames(data: bytes) -> None:
    """Whatever the pieces, the same replies come out, each with a right checksum and within its length."""
    whole = list(ReplyParser().feed(data))
    parser, cut = ReplyParser(), []
    for piece in _pieces(data):
        cut += list(parser.feed(piece))
    assert cut == whole
    for found in whole:
        assert isinstance(found, Reply | Damage)
        if isinstance(found, Reply):
            counted = (len(found.data) + 4).to_bytes(2, "big") + bytes((found.sw1, found.sw2, found.sw3)) + found.data
            assert check_byte(counted) in range(256)
    given_up = list(parser.give_up())  # what stands behind a frame that does not end
    assert all(isinstance(found, Reply | Damage) for found in given_up)
    assert not parser.is_inside_frame
    good = request_reply()
    assert list(parser.feed(good))[-1:] == list(ReplyParser().feed(good)), "and the next good frame is found"


def id_data(data: bytes) -> None:
    """Lengths that do not add up give nothing; those that do give a text of 256 bytes."""
    blocks = card_blocks(data)
    assert blocks is None or (isinstance(blocks, CardBlocks) and len(blocks.text) == 256)
    shown = module_id(data)
    assert shown is None or len(data) == 16


def id_fields(data: bytes) -> None:
    """A card or the name of the field that is wrong; a card's dates are dates, and its number has no space."""
    card = decode_card(data[:256].ljust(256, b"\x20\x00"[:1]), has_photo=False)
    assert isinstance(card, IdCard | FieldTrouble)
    if isinstance(card, IdCard):
        assert isinstance(card.birth_date.reveal(), date)
        assert card.valid_until == "long_term" or isinstance(card.valid_until, date)
        assert card.id_number.reveal().strip() == card.id_number.reveal() != ""
    address = decode_newest_address(data[:70])
    assert address is None or isinstance(address, str | FieldTrouble)


def chip_answers(data: bytes) -> None:
    """A card that answers anything at all is read, refused or found corrupt, after a bounded number of commands."""
    rest, asked = data, 0

    def transmit(_: bytes) -> bytes:
        nonlocal rest, asked
        asked += 1
        assert asked < 2000, "it is asked for ever"
        size = rest[0] % 64 if rest else 0
        said, rest = rest[1 : 1 + size], rest[1 + size :]
        return said

    reading = read_chip(b"\x3b\x6d\x00\x00", transmit)
    assert isinstance(reading, ChipReading)
    assert (reading.card is not None) or reading.status is not ChipReadStatus.READ


def chip_records(data: bytes) -> None:
    """A record says its own length."""
    found = record(data)
    assert isinstance(found, str) or (isinstance(found, Record) and len(found.value) == data[1])


def printer_status_bytes(data: bytes) -> None:
    """Whatever the pieces, the same answers come out, and four of them have one meaning."""
    whole, cut = Answers(), Answers()
    whole.take(data)
    for piece in _pieces(data):
        cut.take(piece)
    assert (whole.real_time, whole.turns) == (cut.real_time, cut.turns)
    for at in range(0, len(whole.real_time) - 3, 4):
        assert verdict(whole.real_time[at : at + 4]) in PrinterStatus


def printer_raster(data: bytes) -> None:
    """No picture holds a real-time command, and none loses a dot."""
    rows = data[: len(data) // 48 * 48]
    clean = without_real_time(rows)
    assert len(clean) == len(rows)
    assert all(own & was == was for own, was in zip(clean, rows, strict=True))
    for at in range(len(clean) - 1):
        assert not (clean[at] == 0x10 and clean[at + 1] in {0x04, 0x05, 0x14})
    for band in bands(Raster(384, len(rows) // 48, rows), 24):
        assert band.startswith(b"\x1d\x76\x30")


def scanner_input(data: bytes) -> None:
    """A code is text of bounded length or nothing; only a slip's own form is taken."""
    parser, at_s = ScanParser(), 0.0
    for piece in _pieces(data):
        at_s += piece[0] / 1000
        for found in (*parser.feed(piece, at_s), *parser.flush(at_s + 1)):
            code = None if found is None else code_of(found)
            if code is not None:
                slip = judged(code.text)
                assert not isinstance(slip, SlipCode) or len(code.text.reveal()) == 49


def ipp_answers(data: bytes) -> None:
    """An answer or a refusal, and then a status of the closed sets."""
    try:
        said = answer(data)
    except BadMessageError:
        return
    assert printer_status(said) in DocumentPrinterStatus
    job_state(said)


def camera_stream(data: bytes) -> None:
    """Whatever the pieces, the same pictures come out, each from its own beginning and none longer than it may be."""
    whole = JpegStream(4096).feed(data)
    stream, cut = JpegStream(4096), []
    for piece in _pieces(data):
        cut += stream.feed(piece)
    assert cut == whole
    assert all(picture.startswith(b"\xff\xd8\xff") and len(picture) <= 4096 + 2 for picture in whole)


def pad_lines(data: bytes) -> None:
    """Points within the pad, or None; whatever the pieces, of lines that have a length at all."""
    form = LinesForm()
    for piece in _pieces(data):
        for point in form.feed(piece):
            assert point is None or (isinstance(point, PadPoint) and 0 <= point.x <= 1 and 0 <= point.y <= 1)


def worker_calls(data: bytes) -> None:
    """A call or a refusal."""
    try:
        call = decoded_call(data)
    except DecodeError:
        return
    assert not dataclasses.is_dataclass(call)


TARGETS: dict[str, Target] = {
    target.__name__: target
    for target in (
        id_frames,
        id_data,
        id_fields,
        chip_answers,
        chip_records,
        printer_status_bytes,
        printer_raster,
        scanner_input,
        ipp_answers,
        camera_stream,
        pad_lines,
        worker_calls,
    )
}
