"""Admission (准入): a terminal shows the one-time code that an operator gave out, and its new public key; people decide the rest.

The code only opens the conversation. Both sides compute six words from the code, the key and the authority that each of them sees;
read out over the telephone, they show whether somebody sits on the line between.
"""

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qs, urlencode

import msgspec

from sync.contract.names import SYMBOLS, TerminalId

CODE_SYMBOLS: Final = 12
CODE_LIFE: Final = timedelta(minutes=30)
CODE_TRIES: Final = 5
CERTIFICATE_LIFE: Final = timedelta(days=90)
RENEW_AFTER: Final = CERTIFICATE_LIFE * 2 / 3
WORDS: Final = 6

_LINK: Final = "bianmin-enrol:1?"
_MISREAD: Final = str.maketrans("OIL", "011")
_FIRST: Final = "红绿白黑黄紫木石竹玉雪春秋东西大"
_SECOND: Final = "山河桥灯船马鸟花门钟琴鱼月星塔田"


class AdmissionCodeError(ValueError):
    """This is no admission code."""


class EnrolState(StrEnum):
    """How far an admission is, as the terminal is told."""

    COMPARE = "compare"  # read the six words to the operator; ask again
    ADMITTED = "admitted"  # here is the certificate


class EnrolRequest(msgspec.Struct, frozen=True):
    """POST to `routes.ENROLMENT_PATH`, signed (RFC 9421) with the key that it brings: who sends it holds the secret half.

    Sending it again asks how far things are.
    """

    terminal: TerminalId
    code: str
    public_key: bytes  # Ed25519, 32 bytes


class EnrolAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the city says to a code that is right."""

    state: EnrolState
    place: str = ""
    certificate: str | None = None  # PEM, once admitted


class CertificateState(StrEnum):
    """What the city says to a terminal that asks for a certificate."""

    VALID = "valid"
    AWAITING_APPROVAL = "awaiting-approval"  # the old one is over; a person has to agree


class CertificateAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer of `routes.CERTIFICATE_PATH`."""

    state: CertificateState
    certificate: str | None = None  # PEM


class AdmissionLink(msgspec.Struct, frozen=True):
    """What the square on the operator's screen says."""

    url: str
    terminal: TerminalId
    code: str
    authority: str  # SHA-256 of the city's CA certificate (DER), hexadecimal

    def text(self) -> str:
        """Return it as the square holds it."""
        return _LINK + urlencode({"city": self.url, "terminal": self.terminal, "code": self.code, "ca": self.authority})


def new_code() -> str:
    """Return a fresh code: 60 random bits in symbols that can be read aloud."""
    return "".join(secrets.choice(SYMBOLS) for _ in range(CODE_SYMBOLS))


def shown_code(code: str) -> str:
    """Return a code in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def read_code(text: str) -> str:
    """Return the code that somebody typed: hyphens, spaces, small letters and O, I, L are forgiven.

    Raises:
        AdmissionCodeError: It cannot be one.
    """
    code = "".join(letter for letter in text.upper() if letter not in "- \t\n").translate(_MISREAD)
    if len(code) != CODE_SYMBOLS or any(letter not in SYMBOLS for letter in code):
        raise AdmissionCodeError(f"an admission code has {CODE_SYMBOLS} letters and digits, such as K7QM-3D9X-WV4F")
    return code


def read_link(text: str) -> AdmissionLink | None:
    """Return what a square says, None if it is no such square.

    Raises:
        AdmissionCodeError: It is one, and not whole.
    """
    if not text.startswith(_LINK):
        return None
    said = {name: values[0] for name, values in parse_qs(text[len(_LINK) :]).items()}
    try:
        return AdmissionLink(said["city"], TerminalId(said["terminal"]), read_code(said["code"]), said["ca"])
    except KeyError as error:
        raise AdmissionCodeError(f"the square lacks {error}; show it again") from error


def six_words(code: str, public_key: bytes, authority: bytes) -> tuple[str, ...]:
    """Return the words that both sides must see alike: 48 bits over the code, the terminal's key and the city's CA certificate in DER."""
    parts = (code.encode(), public_key, hashlib.sha256(authority).digest())
    digest = hashlib.sha256(b"bianmin-words-1" + b"".join(len(part).to_bytes(2) + part for part in parts)).digest()
    return tuple(_FIRST[byte >> 4] + _SECOND[byte & 15] for byte in digest[:WORDS])
