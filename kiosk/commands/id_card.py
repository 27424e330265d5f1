"""`kiosk id-card`: read a card, look after the module behind the plate, decode a dump. For technicians, support and scripts."""

import argparse
import binascii
import contextlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from drivers.id_card_reader import SamIdCardReader
from drivers.regions import region_name
from drivers.roaming_reader import find_reader
from drivers.sam.data import TEXT_BYTES, card_blocks
from drivers.sam.fields import FieldTrouble, decode_card
from drivers.sam.frames import BAUD_COMMANDS, Damage, ReplyParser
from drivers.serial_ports import serial_ports
from kiosk.commands.answer import Answer, Commands, add_command
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardKind, CardReadStatus, IdCard, ModuleReport
from peripherals.secret import Secret

READY = "ready"
"""What a module is that is well, beside the statuses of CardReadStatus that it may have instead."""

_AUTO = "auto"
_DUMP_LIMIT_BYTES = 1_000_000


def register(commands: Commands) -> None:
    """Add `id-card read`, `module`, `status`, `reset`, `baud` and `fields`."""
    parser = commands.add_parser("id-card", help="the ID-card reader", description="Read ID cards and look after their reader.")
    words = parser.add_subparsers(required=True, metavar="COMMAND")

    read = add_command(words, "read", _read, "wait for a card and read it", "kiosk id-card read --port /dev/ttyUSB0 --timeout 20 --json")
    _add_port(read)
    read.add_argument("--timeout", type=_seconds, default=20.0, metavar="S", help="how long to wait for a card (20)")
    read.add_argument("--newest-address", action="store_true", help="also read the address that was written later than the card")

    for name, run, help_ in (
        ("module", _module, "ask the security module for its number"),
        ("status", _status, "ask the security module whether it is well"),
        ("reset", _reset, "start the security module afresh, and see that it is well"),
        ("baud", _change_baud, "have the security module talk at another rate, and follow it there"),
    ):
        more = " --to 57600" if name == "baud" else ""
        command = add_command(words, name, run, help_, f"kiosk id-card {name} --port /dev/ttyUSB0{more}")
        _add_port(command)
        command.add_argument("--timeout", type=_seconds, default=8.0, metavar="S", help="how long to wait for it (8)")
        if name == "baud":
            command.add_argument("--to", type=int, choices=sorted(BAUD_COMMANDS), required=True, help="the new rate")

    fields = add_command(words, "fields", _fields, "decode a dump of a card's answer", "kiosk id-card fields --hex answer.hex")
    fields.add_argument(
        "--hex", type=Path, required=True, metavar="FILE", help="hexadecimal: a whole answer, its data, or its 256 bytes of text"
    )


def _add_port(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", required=True, help="the serial port, or `auto` to ask each port for a module")
    parser.add_argument(
        "--baud", type=_rate, default=115200, metavar="N", help=f"{', '.join(map(str, BAUD_COMMANDS))}, or `auto` to try them all (115200)"
    )


def _rate(word: str) -> int | str:
    if word == _AUTO or (word.isascii() and word.isdecimal() and int(word) in BAUD_COMMANDS):
        return word if word == _AUTO else int(word)
    raise argparse.ArgumentTypeError(f"must be one of {', '.join(map(str, BAUD_COMMANDS))}, or auto")


def _seconds(word: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (value := float(word)) <= 3600:  # false for NaN, too
            return value
    raise argparse.ArgumentTypeError("must be seconds, more than 0 and up to 3600")


def _reader(asked: argparse.Namespace, deadline: Deadline) -> SamIdCardReader | None:
    if _AUTO not in (asked.port, asked.baud):
        return SamIdCardReader(asked.port, asked.baud)
    rates = tuple(BAUD_COMMANDS) if asked.baud == _AUTO else (asked.baud,)
    return find_reader(serial_ports() if asked.port == _AUTO else (asked.port,), deadline, rates)


def _no_reader(asked: argparse.Namespace) -> Answer:
    if asked.port == _AUTO:
        return _failure(CardReadStatus.ABSENT, "no serial port has a security module behind it")
    if not Path(asked.port).exists():
        return _failure(CardReadStatus.ABSENT, "there is no such port")
    return _failure(CardReadStatus.SILENT, "no security module answers there at any rate")


def _failure(status: CardReadStatus, detail: str | None) -> Answer:
    return Answer({"status": status, "detail": detail}, f"{status}: {detail}" if detail else status, done=False)


def _read(asked: argparse.Namespace) -> Answer:
    def read(reader: SamIdCardReader, deadline: Deadline) -> Answer:
        reading = reader.read(deadline, newest_address=asked.newest_address)
        return _failure(reading.status, reading.detail) if reading.card is None else _card_answer(reading.card, reading.detail)

    return _with_reader(asked, read)


def _module(asked: argparse.Namespace) -> Answer:
    return _with_reader(asked, lambda reader, deadline: _of_module(reader.module(deadline), CardReadStatus.READ))


def _status(asked: argparse.Namespace) -> Answer:
    def ask(reader: SamIdCardReader, deadline: Deadline) -> Answer:
        report = reader.health(deadline)
        if report.status is not CardReadStatus.READ:
            return _failure(report.status, report.detail)
        return Answer({"status": READY}, READY)

    return _with_reader(asked, ask)


def _reset(asked: argparse.Namespace) -> Answer:
    return _with_reader(asked, lambda reader, deadline: _of_module(reader.reset(deadline), READY))


def _change_baud(asked: argparse.Namespace) -> Answer:
    return _with_reader(asked, lambda reader, deadline: _of_module(reader.change_baud(asked.to, deadline), READY, baud=asked.to))


def _with_reader(asked: argparse.Namespace, work: Callable[[SamIdCardReader, Deadline], Answer]) -> Answer:
    deadline = Deadline.after(asked.timeout)
    reader = _reader(asked, deadline)
    if reader is None:
        return _no_reader(asked)
    try:
        return work(reader, deadline)
    finally:
        reader.close()


def _of_module(report: ModuleReport, well: str, **more: int) -> Answer:
    if report.module_id is None:
        return _failure(report.status, report.detail)
    return Answer({"status": well, "module_id": report.module_id, **more}, " ".join((report.module_id, *map(str, more.values()))))


def _fields(asked: argparse.Namespace) -> Answer:
    try:
        with asked.hex.open("rb") as dump:
            raw = dump.read(_DUMP_LIMIT_BYTES)
    except OSError as error:
        return _failure(CardReadStatus.CORRUPT, f"{asked.hex}: {error.strerror}")
    try:
        decoded = binascii.unhexlify(re.sub(rb"\s+|0[xX]|[,:;-]", b"", raw))
    except ValueError:
        return _failure(CardReadStatus.CORRUPT, f"{asked.hex}: not hexadecimal")
    card = _card_of_dump(decoded)
    return _card_answer(card) if isinstance(card, IdCard) else _failure(CardReadStatus.CORRUPT, f"{asked.hex}: {card}")


def _card_of_dump(dump: bytes) -> IdCard | FieldTrouble | str:
    """Return the card in a bare text block, in the data of an answer, or in the first answer on a recorded line that holds one."""
    if len(dump) == TEXT_BYTES:
        return decode_card(dump, has_photo=False)
    candidates = [dump]
    damage: list[Damage] = []
    for found in ReplyParser().feed(dump):
        if isinstance(found, Damage):
            damage.append(found)
        else:
            candidates.append(found.data)
    for data in candidates:
        if (blocks := card_blocks(data)) is not None:
            return decode_card(blocks.text, has_photo=bool(blocks.photo))
    return f"holds no card ({damage[0]})" if damage else "holds no card: neither an answer, nor its data, nor 256 bytes of text"


def _card_answer(card: IdCard, detail: str | None = None) -> Answer:
    body = card_body(card)
    lines = [f"{name:22}{value}" for name, value in body.items() if value is not None]
    if detail is None:
        return Answer({"status": CardReadStatus.READ, "card": body}, "\n".join(lines))
    return Answer({"status": CardReadStatus.READ, "card": body, "detail": detail}, "\n".join((*lines, f"{'detail':22}{detail}")))


def card_body(card: IdCard) -> dict[str, Any]:
    """Return the card's fields under their stable names. They are personal: this is for the eyes of who asked, and no log."""

    def plain(value: Secret[str] | None) -> str | None:
        return None if value is None else value.reveal()

    return {
        "kind": card.kind,
        "name": card.name.reveal() or None,
        "name_latin": plain(card.name_latin),
        "sex": card.sex,
        "ethnic_code": card.ethnic_code,
        "ethnic_group": card.ethnic_group,
        "birth_date": card.birth_date.reveal().isoformat(),
        "address": plain(card.address),
        "newest_address": plain(card.newest_address),
        "id_number": card.id_number.reveal(),
        "issuer": card.issuer,
        "valid_from": card.valid_from.isoformat(),
        "valid_until": card.valid_until if isinstance(card.valid_until, str) else card.valid_until.isoformat(),
        "nationality": card.nationality,
        "travel_permit_number": plain(card.travel_permit_number),
        "times_issued": card.times_issued,
        "earlier_number": plain(card.earlier_number),
        "has_photo": card.has_photo,
        "region": _region_of(card),
    }


def _region_of(card: IdCard) -> str | None:
    """Return where the number was given out; a foreigner's number begins with no region."""
    return None if card.kind is CardKind.FOREIGNER else region_name(card.id_number.reveal()[:6])
