"""Where fuzzing begins, by target, and what it has found: one file each in `finds/TARGET/`, named by what was wrong."""

from collections.abc import Iterator
from pathlib import Path

from drivers.calls import PrintReceipt, ReadCard, encoded
from peripherals.receipt_printer import Raster
from peripherals.virtual.document_printer import message
from peripherals.virtual.signature_pad import scribble
from tests.drivers.sam import vectors

FINDS = Path(__file__).with_name("finds")

_RECORDS = bytes.fromhex("02 9000 02 9000 14 0110 110000D156000005 1234567890ABCDEF 9000 05 0A01329000".replace(" ", ""))
"""What a card says in turn, each behind its length: selected, selected, a number, a sex."""

SEEDS: dict[str, tuple[bytes, ...]] = {
    "id_frames": (vectors.FIND_OK, vectors.MODULE_ID, vectors.ADDRESS_OK, vectors.RESYNC, vectors.BAD_CHECK, vectors.SILLY_LENGTH),
    "id_data": (b"\x01\x00\x04\x00" + bytes(1280), b"\x01\x00\x04\x00\x00\x00" + bytes(1280), vectors.MODULE_ID[10:26]),
    "id_fields": (vectors.RESIDENT_TEXT, vectors.RESIDENT_TEXT[:248] + b"J\x00" + vectors.RESIDENT_TEXT[250:]),
    "chip_answers": (_RECORDS, b"\x02\x90\x00" * 8, b"\x02\x61\x10\x02\x6a\x82\x02\x69\x82"),
    "chip_records": (bytes.fromhex("0A0132"), bytes.fromhex("081231313031303131393930303330373836373000")),
    "printer_status_bytes": (b"\x12\x12\x12\x12", b"\x10\x00\x00\x00\x16\x12\x1a\x72", b"\x00\x03\x11\x13"),
    "printer_raster": (b"\x10\x04\x01" + bytes(93), b"\x10\x10\x14\x08" * 24),
    "scanner_input": (b"BM1:ABCD2345:01912345-6789-7abc-8def-0123456789ab\r\n", b"\x02]Q1\xe5\xa5\xbd\x03", b"https://example.com/\r"),
    "ipp_answers": (
        message(0, 1, 4, ((0x23, "printer-state", (3,)), (0x44, "printer-state-reasons", ("media-low", "none")))),
        message(0x0406, 2, 2, ((0x21, "job-id", (7,)), (0x23, "job-state", (9,)))),
    ),
    "camera_stream": (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xda\x00\x02xyz\xff\x00\xff\xd9", b"--b\r\n\r\n\xff\xd8\xff\xd9"),
    "pad_lines": (scribble()[:120], b"*,4095,4095,1\r*,5000,1,1\n"),
    "worker_calls": (encoded(ReadCard(1.0, newest_address=True)), encoded(PrintReceipt(2.0, Raster(8, 2, b"\x01\x02")))),
}


def finds(target: str) -> Iterator[bytes]:
    """Yield what was ever found for a target."""
    for path in sorted((FINDS / target).glob("*")):
        yield path.read_bytes()
