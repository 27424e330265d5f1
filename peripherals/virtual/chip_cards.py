"""Invented chip cards for the virtual reader, written from the chip's side: what each answers to every command.

Nobody here exists. A social security card keeps its records in the order of its specification, asks to be asked again and hands
over in pieces as T=0 cards do, and shows without a PIN only the two files that real ones show.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import reduce
from operator import xor
from typing import Any

from peripherals.virtual.control import FaultTable

CARD_FAULTS = frozenset({"pin_wanted", "wrong_length", "half_answer", "no_status", "corrupt_date", "asks_again_for_ever"})
"""Faults of a chip: each spoils the next record that is read, or all until it is cleared."""

_APPLICATION = bytes.fromhex("73 78 31 2e 73 68 2e c9 e7 bb e1 b1 a3 d5 cf")
_MAKERS = bytes.fromhex("00 81 4d 22 08 86 60 11 08 16 00 00 01")  # of the chip, of its program, of the card; then a number
_T1_POWER_UP = b"\x3b\x8d\x81\x31\xfe\x45" + _MAKERS
_T1_POWER_UP += bytes((reduce(xor, _T1_POWER_UP[1:]),))  # a card that can do more than T=0 ends with a check byte
_DONE = b"\x90\x00"
_NO_FILE, _NO_RECORD, _NO_CURRENT_FILE, _PIN_WANTED = b"\x6a\x82", b"\x6a\x83", b"\x69\x86", b"\x69\x82"
_UNKNOWN_COMMAND, _UNKNOWN_CLASS, _WRONG_PARAMETERS, _NOT_SUPPORTED = b"\x6d\x00", b"\x6e\x00", b"\x6a\x86", b"\x6a\x81"
_SPEC_ONE, _SPECS = "1.00", ("1.00", "2.00", "3.00")
_NAME_BYTES, _NAME_MORE_BYTES = 30, 20


class BadChipCardError(ValueError):
    """A card that cannot be made: an unknown kind or field, or a value too long for its place."""


class ChipCard(ABC):
    """A card, and the reader's part of the conversation with it."""

    power_up: bytes

    def reset(self) -> None:  # noqa: B027 - most cards have nothing to forget
        """Forget what was chosen."""

    @abstractmethod
    def answer(self, command: bytes) -> bytes:
        """Return the answer to one command, status bytes included."""


@dataclass
class SocialSecurityChip(ChipCard):
    """Two files of records behind one application; T=0, or T=1 from specification 3.00 on."""

    files: dict[bytes, list[bytes]] = field(repr=False)
    faults: FaultTable
    is_t1: bool = False
    knows_tags: bool = True
    wants_pin: bool = False

    def __post_init__(self) -> None:
        self.power_up = _T1_POWER_UP if self.is_t1 else b"\x3b\x6d" + _MAKERS
        self.reset()

    def reset(self) -> None:
        """Forget the application, the file and what waits to be fetched."""
        self._is_chosen = False
        self._file: bytes | None = None
        self._waiting = b""

    def answer(self, command: bytes) -> bytes:
        """Answer SELECT, READ RECORD and GET RESPONSE; refuse everything else."""
        if len(command) < 4:
            return b"\x67\x00"
        if command[0] != 0x00:
            return _UNKNOWN_CLASS
        match command[1]:
            case 0xA4:
                return self._select(command)
            case 0xB2:
                return self._read(command)
            case 0xC0:
                return self._fetched(command[4] if len(command) > 4 else 0)
            case _:
                return _UNKNOWN_COMMAND

    def _select(self, command: bytes) -> bytes:
        name = command[5 : 5 + command[4]] if len(command) > 4 else b""
        if command[2] == 0x04:
            self.reset()
            self._is_chosen = name == _APPLICATION
            return self._about(b"\x6f\x11\x84\x0f" + name) if self._is_chosen else _NO_FILE
        if command[2] not in {0x00, 0x02}:
            return _WRONG_PARAMETERS
        if not self._is_chosen or name not in self.files:
            return _NO_FILE
        self._file = name
        return self._about(b"\x6f\x04\x83\x02" + name)

    def _about(self, data: bytes) -> bytes:
        """Offer what there is to say about the chosen: T=0 has it fetched, T=1 was not asked for it."""
        if self.is_t1:
            return _DONE
        self._waiting = data
        return bytes((0x61, len(data)))

    def _fetched(self, count: int) -> bytes:
        if not self._waiting:
            return b"\x69\x85"
        if count != len(self._waiting):
            return bytes((0x6C, len(self._waiting)))
        data, self._waiting = self._waiting, b""
        return data + _DONE

    def _read(self, command: bytes) -> bytes:
        which, place = command[2], command[3]
        file = bytes((0xEF, place >> 3)) if place >> 3 else self._file
        if not self._is_chosen or file is None:
            return _NO_CURRENT_FILE
        if file not in self.files:
            return _NO_FILE
        if file == b"\xef\x06" and (self.wants_pin or self.faults.take("pin_wanted")):
            return _PIN_WANTED
        records = self.files[file]
        if place & 0x07 == 0x04:
            found = records[which - 1] if 1 <= which <= len(records) else None
        elif place & 0x07 == 0x00 and self.knows_tags:
            found = next((record for record in records if record[0] == which), None)
        else:
            return _WRONG_PARAMETERS
        if found is None:
            return _NO_RECORD
        wanted = command[4] if len(command) > 4 else 0
        if not self.is_t1 and wanted != len(found):
            return bytes((0x6C, len(found)))
        return self._spoilt(found)

    def _spoilt(self, record: bytes) -> bytes:
        if self.faults.take("asks_again_for_ever"):
            return bytes((0x6C, len(record)))
        if self.faults.take("wrong_length"):
            return record[:1] + bytes((record[1] + 3,)) + record[2:] + _DONE
        if self.faults.take("half_answer"):
            return record[: len(record) // 2] + _DONE
        if self.faults.take("no_status"):
            return b"\x90"
        if record[0] in {0x05, 0x0D} and self.faults.take("corrupt_date"):
            return record[:2] + bytes.fromhex("20011399") + _DONE
        return record + _DONE


@dataclass
class StorageCard(ChipCard):
    """A contactless card that knows no commands; the reader itself says its number."""

    uid: bytes = field(repr=False)

    def __post_init__(self) -> None:
        self.power_up = bytes.fromhex("3b8f8001804f0ca000000306030001000000006a")

    def answer(self, command: bytes) -> bytes:
        """Answer the reader's own command for the number, and let everything else fail as a reader does."""
        if command[:4] == b"\xff\xca\x00\x00":
            return self.uid + _DONE
        return _NOT_SUPPORTED if command[:2] == b"\xff\xca" else b"\x63\x00"


@dataclass
class ApplicationCard(ChipCard):
    """A card with one application of its own, which says its name and would say more: a bank card, a work pass."""

    name: bytes
    power_up: bytes = bytes.fromhex("3b6800000073c84012009000")
    more: bytes = b"\x57\x08\x62\x00\x00\x00\x00\x00\x00\x00"

    def answer(self, command: bytes) -> bytes:
        """Answer SELECT of its application with a long story, and READ RECORD with its number."""
        if command[:4] == b"\x00\xa4\x04\x00":
            return bytes((0x61, len(self.more))) if command[5 : 5 + command[4]] == self.name else _NO_FILE
        if command[:2] in {b"\x00\xb2", b"\x00\xc0"}:
            return self.more + _DONE
        return _UNKNOWN_COMMAND if command[:1] == b"\x00" else _UNKNOWN_CLASS


_ZHOU: dict[str, Any] = {
    "id_number": "211202194605120024",
    "name": "周桂兰",
    "sex": "2",
    "birth_date": "19460512",
    "card_number": "A12345678",
    "issuing_region": "210100",
    "issue_date": "20180501",
    "valid_until": "20380501",
}

_WANG: dict[str, Any] = {
    "id_number": "510107199808200015",
    "name": "王小礼",
    "sex": "1",
    "birth_date": "19980820",
    "card_number": "B87654321",
    "issuing_region": "510100",
    "issue_date": "20200301",
    "valid_until": "20300301",
    "spec_version": "3.00",
}

DEMO_CHIP_CARDS: dict[str, dict[str, Any]] = {
    "zhou-guilan": _ZHOU | {"spec_version": "2.00"},
    "zhou-guilan-1": _ZHOU | {"spec_version": "1.00"},
    "zhou-guilan-3": _ZHOU | {"spec_version": "3.00"},
    "wang-xiaoli": _WANG,
    "long-name": _ZHOU | {"spec_version": "2.00", "name": "阿布都热合曼江样例买买提样例阿不都拉样例"},
    "pin": _ZHOU | {"spec_version": "3.00", "wants_pin": True},
    "storage": {"kind": "storage", "uid": "04A1B2C3D4E5F6"},
    "bank": {"kind": "application", "name_hex": "a000000333010101"},
    "other": {"kind": "application", "name_hex": "f04a5951"},
}
"""By name, for orders such as `{"do": "insert", "card": "zhou-guilan"}`."""


def chip_card(description: dict[str, Any], faults: FaultTable) -> ChipCard:
    """Make a card from an order's JSON; without a `kind` it is a social security card.

    Raises:
        BadChipCardError: something in it is unknown, missing or too long.
    """
    rest = dict(description)
    try:
        match rest.pop("kind", "social_security"):
            case "social_security":
                return _social_security(rest, faults)
            case "storage":
                return StorageCard(bytes.fromhex(rest["uid"]))
            case "application":
                return ApplicationCard(bytes.fromhex(rest["name_hex"]))
            case other:
                raise BadChipCardError(f"no kind {other!r}; known: social_security, storage, application")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadChipCardError(f"{type(error).__name__}: {error}") from error


def _social_security(fields: dict[str, Any], faults: FaultTable) -> SocialSecurityChip:
    spec = fields.pop("spec_version", "2.00")
    if spec not in _SPECS:
        raise BadChipCardError(f"spec_version is one of {', '.join(_SPECS)}")
    knows_tags, wants_pin = fields.pop("knows_tags", True), fields.pop("wants_pin", False)
    raw_name = fields["name"].encode("gb18030")
    if len(raw_name) > _NAME_BYTES + (0 if spec == _SPEC_ONE else _NAME_MORE_BYTES):
        raise BadChipCardError(f"a name of {len(raw_name)} bytes does not fit")
    holder = [(0x08, fields["id_number"].encode("ascii")), (0x09, raw_name[:_NAME_BYTES].ljust(_NAME_BYTES, b"\0"))]
    if spec != _SPEC_ONE:
        holder.append((0x4E, raw_name[_NAME_BYTES:].ljust(_NAME_MORE_BYTES, b"\0")))
    holder += [
        (0x0A, fields["sex"].encode("ascii")),
        (0x0B, b"\x01"),
        (0x0C, bytes.fromhex(fields["issuing_region"])),
        (0x0D, bytes.fromhex(fields["birth_date"])),
    ]
    card = [
        (0x01, bytes.fromhex(fields["issuing_region"]) + bytes.fromhex("00d15600000512345678900102")),
        (0x02, b"1"),
        (0x03, spec.encode("ascii")),
        (0x04, bytes.fromhex(fields["issuing_region"]).ljust(12, b"\0")),
        (0x05, bytes.fromhex(fields["issue_date"])),
        (0x06, bytes.fromhex(fields["valid_until"])),
        (0x07, fields["card_number"].encode("ascii")),
    ]
    files = {name: [bytes((tag, len(value))) + value for tag, value in rows] for name, rows in ((b"\xef\x05", card), (b"\xef\x06", holder))}
    return SocialSecurityChip(files, faults, is_t1=spec == _SPECS[-1], knows_tags=knows_tags, wants_pin=wants_pin)
