"""What a read paper may offer to a form. Pure.

Print that was read by a machine is a suggestion: it is shown beside the field with where it comes from, a person takes it or not, and
no answer is filled in, changed or refused because of it. So only what stands behind a label that the item names, or has a check of its
own, is offered at all, only from lines that the reader was sure of, and only when the paper says one thing and not two.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum

from peripherals.paper_reader import PrintedLine
from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.contract.formats import is_bank_card, is_id_number
from sync.contract.item import Control

SURE_FROM = 0.90
"""The reader's own confidence below which a line offers nothing; wrong characters in the tests' papers were all below."""


class OfferKind(StrEnum):
    """What a value on a paper is."""

    ID_NUMBER = "id_number"  # with a right check character
    DATE = "date"
    MOBILE = "mobile"
    BANK_CARD = "bank_card"  # with a right Luhn sum


@dataclass(frozen=True, slots=True)
class Offer:
    """A value that stands on the paper; dates as YYYY-MM-DD."""

    kind: OfferKind
    value: Secret[str]
    confidence: float


_ID_NUMBER = re.compile(r"(?<![0-9])[1-9]\d{16}[0-9Xx](?![0-9])")
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})(?!\d)")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_BANK_CARD = re.compile(r"(?<!\d)\d(?:[ ]?\d){15,18}(?!\d)")
_FIGURES = re.compile(r"\d[\d ]*[\dXx]?")
_MONEY = re.compile(r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d+)(\.\d{1,2})?(?![\d,])")
_ENDS = re.compile(r"[,，。;；]|\s{2,}")
_SAME_ROW = 0.012  # of the picture's height: a label and what is filled in beside it
_LONGEST_TEXT = 60


def offers(lines: Iterable[PrintedLine]) -> tuple[Offer, ...]:
    """Return the values that stand on sure lines, each once, from top to bottom."""
    found: dict[tuple[OfferKind, str], Offer] = {}
    for line in lines:
        if line.confidence >= SURE_FROM:
            for kind, value in _values(_plain(line.text.reveal())):
                found.setdefault((kind, value), Offer(kind, Secret(value), line.confidence))
    return tuple(found.values())


def read_off(lines: Sequence[PrintedLine], control: Control, labels: Sequence[str], form: str | None = None) -> str | None:
    """Return what the paper says to one question, or None where it says nothing, or more than one thing.

    Args:
        lines: The paper's print, from top to bottom and left to right.
        control: The kind of the question.
        labels: What is printed before the value; without any, the whole paper is looked through for a value with its own check.
        form: The format that the question's rule asks for.
    """
    sure = [line for line in lines if line.confidence >= SURE_FROM]
    places = _behind(sure, labels) if labels else (_plain(line.text.reveal()) for line in sure)
    found = {value for place in places for value in _values_of(place, control, form, is_labelled=bool(labels))}
    return found.pop() if len(found) == 1 else None


def is_same(entered: object, read: str) -> bool:
    """Whether what was entered is what the paper says; blanks and width do not matter."""
    return isinstance(entered, str) and _squeezed(entered) == _squeezed(read)


def _behind(lines: Sequence[PrintedLine], labels: Sequence[str]) -> Iterator[str]:
    """Yield what stands behind each label: in its line, or, where the label ends it, in the next one of the same row."""
    patterns = [re.compile(r"\s*".join(map(re.escape, _squeezed(label))) + r"\s*(?:[:：]|\s|$)\s*", re.IGNORECASE) for label in labels]
    for place, line in enumerate(lines):
        text = _plain(line.text.reveal())
        found = next((match for pattern in patterns if (match := pattern.search(text))), None)
        if found is None:
            continue
        rest = text[found.end() :].strip()
        beside = lines[place + 1] if place + 1 < len(lines) else None
        if rest:
            yield rest
        elif beside is not None and abs(beside.y - line.y) <= _SAME_ROW and beside.x > line.x:
            yield _plain(beside.text.reveal()).strip()


def _values_of(text: str, control: Control, form: str | None, *, is_labelled: bool) -> Iterator[str]:
    """Yield the values in `text` that such a question could be answered with; behind a label the first one only."""
    match control:
        case Control.ID_NUMBER:
            found = _of_kind(text, OfferKind.ID_NUMBER)
        case Control.DATE:
            found = _of_kind(text, OfferKind.DATE)
        case Control.DIGITS if form == "mobile":
            found = _of_kind(text, OfferKind.MOBILE)
        case Control.DIGITS if form == "bank-card":
            found = _of_kind(text, OfferKind.BANK_CARD)
        case Control.DIGITS:
            found = ["".join(match[0].split()).upper() for match in _FIGURES.finditer(text)]
        case Control.MONEY:
            found = [match[1].replace(",", "") + (match[2] or "") for match in _MONEY.finditer(text)]
        case Control.TEXT:
            found = _words(text, form)
        case _:
            found = []
    yield from found[:1] if is_labelled else found


def _words(text: str, form: str | None) -> list[str]:
    """Return the words up to a mark, to a wide gap, or to the label of what stands in the same line."""
    first = _ENDS.split(text, maxsplit=1)[0]
    if form == "person-name":
        first = first.partition(" ")[0]
    elif ":" in first:
        first = first.partition(":")[0].rpartition(" ")[0]
    first = " ".join(first.split()).strip(" ():")
    return [first] if 0 < len(first) <= _LONGEST_TEXT else []


def _of_kind(text: str, wanted: OfferKind) -> list[str]:
    return [value for kind, value in _values(text) if kind is wanted]


def _values(text: str) -> Iterator[tuple[OfferKind, str]]:
    for match in _ID_NUMBER.finditer(text):
        if is_id_number(match[0].upper()):
            yield OfferKind.ID_NUMBER, match[0].upper()
    for match in _DATE.finditer(text):
        try:
            yield OfferKind.DATE, date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        except ValueError:
            continue  # no day of any calendar
    for match in _MOBILE.finditer(text):
        yield OfferKind.MOBILE, match[0]
    for match in _BANK_CARD.finditer(text):
        number = match[0].replace(" ", "")
        if is_bank_card(number) and not is_id_number(number):
            yield OfferKind.BANK_CARD, number


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _squeezed(text: str) -> str:
    return "".join(_plain(text).split()).casefold()
