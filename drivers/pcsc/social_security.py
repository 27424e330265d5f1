"""Reads a social security card without a PIN: chooses its application, then its records, whatever order the card keeps them in.

A record is asked for by its tag, so that nothing is read that is not wanted. A card that does not know that way is read by record
number, and each record is told by the tag it carries; so the shift between cards of specification 1.0 and later ones does not
matter. No PIN is ever sent: three wrong ones would block the card.
"""

from collections.abc import Iterator

from drivers.pcsc.apdu import Answer, Command, Damage, Status, Transmit, ask
from drivers.pcsc.records import Record, record
from drivers.pcsc.social_security_fields import Tag, decode_card
from drivers.sam.fields import FieldTrouble
from peripherals.card_reader import ChipReading, ChipReadStatus
from peripherals.values import dataclass

APPLICATION = b"sx1.sh." + "社会保障".encode("gbk")
_MOST_RECORDS = 32


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the application: its name for staff, its identifier, and the records wanted from it with their usual lengths.

    The first record is one that every card has, so asking for it shows whether the card can be asked by tag.
    """

    name: str
    identifier: bytes
    wanted: dict[Tag, int]

    @property
    def short_place(self) -> int:
        """The second parameter that names the file itself and asks by record number."""
        return (self.identifier[1] & 0x1F) << 3 | 0x04


_FILES = (
    _File(
        "EF05",
        b"\xef\x05",
        {Tag.IDENTIFICATION: 16, Tag.SPEC_VERSION: 4, Tag.ISSUE_DATE: 4, Tag.VALID_UNTIL: 4, Tag.CARD_NUMBER: 9},
    ),
    _File("EF06", b"\xef\x06", {Tag.ID_NUMBER: 18, Tag.NAME: 30, Tag.NAME_CONTINUED: 20, Tag.SEX: 1, Tag.BIRTH_DATE: 4}),
)


class _StoppedError(Exception):
    """Carries an outcome out of the middle of a file; it never leaves this module."""

    def __init__(self, status: ChipReadStatus, detail: str) -> None:
        super().__init__()
        self.reading = ChipReading(status, detail=detail)


def read_social_security(transmit: Transmit) -> ChipReading | None:
    """Read the card; None when it is none."""
    chosen = ask(transmit, Command(b"\x00\xa4\x04\x00", APPLICATION))
    if isinstance(chosen, Damage):
        return ChipReading(ChipReadStatus.CORRUPT, detail=f"application: {chosen}")
    if chosen.status == Status.SECURITY_NOT_SATISFIED:
        return ChipReading(ChipReadStatus.NEEDS_PIN, detail="the card opens its application only with a PIN")
    if not chosen.is_done:
        return None
    records: dict[int, bytes] = {}
    try:
        for file in _FILES:
            records |= _records(transmit, file)
    except _StoppedError as stopped:
        return stopped.reading
    card = decode_card(records)
    if isinstance(card, FieldTrouble):
        return ChipReading(ChipReadStatus.CORRUPT, detail=str(card))
    return ChipReading(ChipReadStatus.READ, card)


def _records(transmit: Transmit, file: _File) -> dict[int, bytes]:
    is_open = any(_is_opened(transmit, file, way) for way in (0x02, 0x00))
    found = _by_tag(transmit, file) if is_open else None
    if found is None and is_open:
        found = _by_number(transmit, file, 0x04)
    if not found:
        found = _by_number(transmit, file, file.short_place)
    return {tag: value for tag, value in found.items() if tag in file.wanted}


def _is_opened(transmit: Transmit, file: _File, way: int) -> bool:
    return _heard(ask(transmit, Command(bytes((0x00, 0xA4, way, 0x00)), file.identifier)), file).is_done


def _by_tag(transmit: Transmit, file: _File) -> dict[int, bytes] | None:
    """Return the wanted records; None when the card does not know this way, or knows another thing by it."""
    found: dict[int, bytes] = {}
    for tag, usual_bytes in file.wanted.items():
        answer = _record(transmit, file, tag, 0x00)
        if answer.status == Status.WRONG_LENGTH:
            answer = _record(transmit, file, tag, 0x00, usual_bytes + 2)
        if answer.has_data:
            whole = _whole(answer.data, file, f"record {tag:02X}")
            if whole.tag != tag:
                return None
            found[tag] = whole.value
        elif not found:
            return None
    return found


def _by_number(transmit: Transmit, file: _File, place: int) -> dict[int, bytes]:
    return {each.tag: each.value for each in _one_after_another(transmit, file, place)}


def _one_after_another(transmit: Transmit, file: _File, place: int) -> Iterator[Record]:
    for number in range(1, _MOST_RECORDS + 1):
        answer = _record(transmit, file, number, place)
        for usual_bytes in sorted(set(file.wanted.values())):  # which record this is shows only once it was read
            if answer.status != Status.WRONG_LENGTH:
                break
            answer = _record(transmit, file, number, place, usual_bytes + 2)
        if answer.status == Status.WRONG_LENGTH:
            continue  # none of those that are wanted
        if not answer.has_data:
            return
        yield _whole(answer.data, file, f"record number {number}")


def _record(transmit: Transmit, file: _File, which: int, place: int, wanted: int = 0) -> Answer:
    return _heard(ask(transmit, Command(bytes((0x00, 0xB2, which, place)), wanted=wanted)), file)


def _heard(answer: Answer | Damage, file: _File) -> Answer:
    if isinstance(answer, Damage):
        raise _StoppedError(ChipReadStatus.CORRUPT, f"{file.name}: {answer}")
    if answer.wants_pin:
        raise _StoppedError(ChipReadStatus.NEEDS_PIN, f"{file.name} is read only with a PIN ({answer.status:04X})")
    return answer


def _whole(data: bytes, file: _File, which: str) -> Record:
    found = record(data)
    if isinstance(found, str):
        raise _StoppedError(ChipReadStatus.CORRUPT, f"{file.name}, {which}: {found}")
    return found
