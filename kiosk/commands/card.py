"""`kiosk card`: read a social security card, or recognise another chip. For technicians, support and scripts."""

import argparse
import contextlib
import threading
from pathlib import Path
from typing import Any, assert_never

from drivers.chip_card_reader import PcscChipCardReader
from drivers.regions import region_name
from kiosk.commands.answer import Answer, Commands, add_command
from peripherals.card_reader import BankCardSeen, ChipCard, ChipReading, ChipReadStatus, ContactlessUid, SocialSecurityCard
from peripherals.deadline import Deadline

_GRACE_S = 2.0  # for an outcome that was nearly there at the deadline


def register(commands: Commands) -> None:
    """Add `card read`."""
    parser = commands.add_parser("card", help="the chip-card reader (PC/SC)", description="Read social security cards and other chips.")
    words = parser.add_subparsers(required=True, metavar="COMMAND")
    read = add_command(words, "read", _read, "wait for a chip card and read it", "kiosk card read --timeout 20 --json")
    read.add_argument("--reader", metavar="NAME", help="a reader's name, or a part of it; any reader when left out")
    read.add_argument("--service", type=Path, metavar="SOCKET", help="the card service's socket; the machine's own pcscd when left out")
    read.add_argument("--timeout", type=_seconds, default=20.0, metavar="S", help="how long to wait for a card (20)")


def _seconds(word: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (value := float(word)) <= 3600:  # false for NaN, too
            return value
    raise argparse.ArgumentTypeError("must be seconds, more than 0 and up to 3600")


def _read(asked: argparse.Namespace) -> Answer:
    reading = bounded(PcscChipCardReader(asked.reader, asked.service and asked.service.absolute()), asked.timeout)
    match reading.card:
        case SocialSecurityCard() | ContactlessUid() as card if reading.status is ChipReadStatus.READ:
            body = card_body(card)
            return Answer(
                {"status": reading.status, "card": body},
                "\n".join(f"{name:16}{value}" for name, value in body.items() if value is not None),
            )
        case card:
            kind = {"kind": card.kind} if isinstance(card, BankCardSeen) else {}
            detail = f"{reading.status}: {reading.detail}" if reading.detail else reading.status
            return Answer({"status": reading.status, "detail": reading.detail, **kind}, detail, done=False)


def bounded(reader: PcscChipCardReader, seconds: float) -> ChipReading:
    """Read, and come back even when the service or the card never does: its calls cannot be interrupted, only left behind."""
    readings: list[ChipReading] = []

    def read() -> None:
        readings.append(reader.read(Deadline.after(seconds)))
        reader.close()

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    reading.join(seconds + _GRACE_S)
    return readings[0] if readings else ChipReading(ChipReadStatus.SILENT, detail="the card or the card service does not answer")


def card_body(card: ChipCard) -> dict[str, Any]:
    """Return the card's fields under their stable names. They are personal: this is for the eyes of who asked, and no log."""
    match card:
        case SocialSecurityCard():
            return {
                "kind": card.kind,
                "id_number": card.id_number.reveal(),
                "name": card.name.reveal(),
                "sex": card.sex,
                "birth_date": None if card.birth_date is None else card.birth_date.reveal().isoformat(),
                "card_number": None if card.card_number is None else card.card_number.reveal(),
                "issuing_region": card.issuing_region,
                "issue_date": None if card.issue_date is None else card.issue_date.isoformat(),
                "valid_until": None if card.valid_until is None else card.valid_until.isoformat(),
                "spec_version": card.spec_version,
                "issuing_region_name": None if card.issuing_region is None else region_name(card.issuing_region),
            }
        case ContactlessUid():
            return {"kind": card.kind, "uid": card.uid.reveal()}
        case BankCardSeen():
            return {"kind": card.kind}
        case _:
            assert_never(card)
