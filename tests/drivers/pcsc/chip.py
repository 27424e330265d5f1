"""Social security chips that are not ours: the published answers, kept by cards that understand different ways of asking."""

from collections.abc import Iterable
from dataclasses import dataclass, field

APPLICATION = bytes.fromhex("7378312e73682ec9e7bbe1b1a3d5cf")
CONTACT = bytes.fromhex("3b6d000000814d22088660110816000001")

EF05 = tuple(
    map(
        bytes.fromhex,
        (
            "01 10 11 00 00 d1 56 00 00 05 12 34 56 78 90 ab cd ef",
            "02 01 31",
            "03 04 32 2e 30 30",
            "04 0c 11 00 00 00 00 00 00 00 00 00 00 00",
            "05 04 20 18 05 01",
            "06 04 20 38 05 01",
            "07 09 41 31 32 33 34 35 36 37 38",
        ),
    )
)
EF06 = tuple(
    map(
        bytes.fromhex,
        (
            "08 12 31 31 30 31 30 31 31 39 39 30 30 33 30 37 38 36 37 30",
            "09 1e b2 e2 ca d4 d4 b1" + "00" * 24,
            "4e 14" + "00" * 20,
            "0a 01 32",
            "0b 01 01",
            "0c 03 11 01 01",
            "0d 04 19 90 03 07",
        ),
    )
)
EF06_OF_1_0 = EF06[:2] + EF06[3:]


@dataclass
class Chip:
    """A chip with the two files. What it understands is set; what was asked of it is kept."""

    ef05: Iterable[bytes] = EF05
    ef06: Iterable[bytes] = EF06
    knows: frozenset[str] = frozenset({"tag", "number", "short"})
    select_way: int = 0x02
    application: bytes = APPLICATION
    counts_exactly: bool = False  # refuses a question that does not say how many bytes it wants
    says_behind_a_record: bytes = b"\x90\x00"
    hands_over_pieces: bool = False  # T=0: has the data fetched
    pin_for: frozenset[int] = frozenset()  # tags
    asked: list[bytes] = field(default_factory=list)
    _file: list[bytes] | None = None
    _waiting: bytes = b""
    _is_chosen: bool = False

    def __call__(self, command: bytes) -> bytes:
        self.asked.append(command)
        match command[1]:
            case 0xA4 if command[2] == 0x04:
                self._is_chosen = command[5:] == self.application
                return b"\x90\x00" if self._is_chosen else b"\x6a\x82"
            case 0xA4:
                return self._select(command)
            case 0xB2:
                return self._read(command)
            case 0xC0:
                return self._waiting + b"\x90\x00"
            case _:
                return b"\x6d\x00"

    def _files(self) -> dict[bytes, list[bytes]]:
        return {b"\xef\x05": list(self.ef05), b"\xef\x06": list(self.ef06)}

    def _select(self, command: bytes) -> bytes:
        if command[2] != self.select_way or command[5:] not in self._files():
            return b"\x6a\x86"
        self._file = self._files()[command[5:]]
        return b"\x90\x00"

    def _read(self, command: bytes) -> bytes:
        which, place, wanted = command[2], command[3], command[4]
        if place == 0 and "tag" in self.knows:
            found = [record for record in self._file or [] if record[0] == which]
        elif place == 4 and "number" in self.knows:
            found = (self._file or [])[which - 1 : which]
        elif place in {0x2C, 0x34} and "short" in self.knows:
            found = self._files()[bytes((0xEF, place >> 3))][which - 1 : which]
        else:
            return b"\x6a\x86"
        if not found:
            return b"\x6a\x83"
        if found[0][0] in self.pin_for:
            return b"\x69\x82"
        if self.counts_exactly and wanted != len(found[0]):
            return b"\x67\x00"
        if self.hands_over_pieces:
            self._waiting = found[0]
            return b"\x61" + bytes((len(found[0]),))
        return found[0] + self.says_behind_a_record


def with_record(records: Iterable[bytes], tag: int, value: bytes) -> tuple[bytes, ...]:
    """Return the records with another value under this tag."""
    return tuple(bytes((tag, len(value))) + value if record[0] == tag else record for record in records)


def without(records: Iterable[bytes], tag: int) -> tuple[bytes, ...]:
    """Return the records but this one."""
    return tuple(record for record in records if record[0] != tag)


__all__ = ["APPLICATION", "CONTACT", "EF05", "EF06", "EF06_OF_1_0", "Chip", "with_record", "without"]
