"""What a read paper may offer to a form, and whether it agrees with what was entered. Pure.

Print that was read by a machine is a suggestion: it is shown beside the field with where it comes from, a person takes it or not, and
no answer is filled in, changed or refused because of it. So only values that have a check of their own, or a shape that is hard to
mistake, are offered at all, and only from lines that the reader was sure of.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from peripherals.paper_reader import PrintedLine
from peripherals.secret import Secret

SURE_FROM = 0.90
"""The reader's own confidence below which a line offers nothing; wrong characters in the tests' papers were all below."""


class OfferKind(StrEnum):
    """What a value on a paper is."""

    ID_NUMBER = "id_number"  # with a right check character
    DATE = "date"
    MOBILE = "mobile"


@dataclass(frozen=True, slots=True)
class Offer:
    """A value that stands on the paper; dates as YYYY-MM-DD."""

    kind: OfferKind
    value: Secret[str]
    confidence: float


class Agreement(StrEnum):
    """How an entered value stands to the paper. DIFFERS is a reason to ask, never to refuse."""

    SAME = "same"
    DIFFERS = "differs"  # the paper has a value that is nearly the same
    NOT_SEEN = "not_seen"


_ID_NUMBER = re.compile(r"(?<![0-9])[1-9]\d{16}[0-9Xx](?![0-9])")
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})(?!\d)")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def offers(lines: Iterable[PrintedLine]) -> tuple[Offer, ...]:
    """Return the values that stand on sure lines, each once, from top to bottom."""
    found: dict[tuple[OfferKind, str], Offer] = {}
    for line in lines:
        if line.confidence >= SURE_FROM:
            for kind, value in _values(_plain(line.text.reveal())):
                found.setdefault((kind, value), Offer(kind, Secret(value), line.confidence))
    return tuple(found.values())


def agreement(entered: str, lines: Iterable[PrintedLine]) -> Agreement:
    """Say whether an entered value stands on the paper, whole, whatever stands around it; blanks and width do not matter."""
    wanted = _squeezed(entered)
    if not wanted:
        return Agreement.NOT_SEEN
    nearly = False
    for line in lines:
        text = _squeezed(line.text.reveal())
        if wanted in text:
            return Agreement.SAME
        nearly = nearly or _is_nearly_in(wanted, text)
    return Agreement.DIFFERS if nearly else Agreement.NOT_SEEN


def _values(text: str) -> Iterator[tuple[OfferKind, str]]:
    for match in _ID_NUMBER.finditer(text):
        number = match[0].upper()
        if _CHECKS[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11] == number[-1]:
            yield OfferKind.ID_NUMBER, number
    for match in _DATE.finditer(text):
        try:
            yield OfferKind.DATE, date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        except ValueError:
            continue  # no day of any calendar
    for match in _MOBILE.finditer(text):
        yield OfferKind.MOBILE, match[0]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _squeezed(text: str) -> str:
    return "".join(_plain(text).split()).casefold()


_SHORTEST_ALIKE = 4


def _is_nearly_in(wanted: str, text: str) -> bool:
    """Whether a stretch of the text is the value but for one character: of short values, most things would be."""
    size = len(wanted)
    if size < _SHORTEST_ALIKE:
        return False
    stretches = (text[at : at + size] for at in range(len(text) - size + 1))
    return any(sum(own != other for own, other in zip(wanted, stretch, strict=True)) == 1 for stretch in stretches)
