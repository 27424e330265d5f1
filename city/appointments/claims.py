"""Whose a time is: the holder's of a card, or of a slip's code. Of either, and of a mobile number, a keyed digest is all that is kept."""

import hmac
from dataclasses import dataclass, field

from city import here
from city.onewindow.masks import Mask, masked
from city.onewindow.people import person_of
from sync.contract.appointments import BookQuestion
from sync.contract.booking_code import is_code, new_code
from sync.contract.formats import is_mobile


@dataclass(frozen=True, slots=True)
class Claim:
    """Who asks for a time, or for what they have.

    Attributes:
        person: The digest of a card's number or of a mobile number; empty where only the code is known.
        key: The digest of a slip's code; empty for the holder of a card.
        code: The code itself, on its way to a slip.
        called: The masked name, or the masked number, that the window sees.
    """

    person: str = ""
    key: str = ""
    code: str = field(default="", repr=False)
    called: str = ""

    @property
    def is_somebody(self) -> bool:
        """Whether it names anybody at all."""
        return bool(self.person or self.key)

    @property
    def finds(self) -> dict[str, str]:
        """What a booked time must have to be theirs. A mobile number alone opens nothing: it is written on doors and in address books."""
        return {"slip_key": self.key} if self.key else {"person": self.person, "slip_key": ""}


def by_card(id_number: str, name: str = "") -> Claim:
    """Return the claim of a card's holder."""
    return Claim(person=person_of(id_number), called=masked(name, Mask.NAME))


def by_slip(code: str) -> Claim:
    """Return the claim of whoever has a slip; nobody's where the code cannot be one."""
    return Claim(key=_digest("code", code), code=code) if is_code(code) else Claim()


def by_number(mobile: str) -> Claim:
    """Return the claim of whoever books with a mobile number, under a fresh code."""
    if not is_mobile(mobile):
        return Claim()
    code = new_code()
    return Claim(_digest("mobile", mobile), _digest("code", code), code, masked(mobile, Mask.PHONE))


def claim_of(question: BookQuestion) -> Claim:
    """Return whose the time would be."""
    if question.code:
        return by_slip(question.code)
    return by_card(question.id_number, question.name) if question.id_number else by_number(question.mobile)


def claim_with(id_number: str, code: str) -> Claim:
    """Return who asks for what they have."""
    return by_slip(code) if code else by_card(id_number)


def _digest(kind: str, text: str) -> str:
    """Digest under the key of the people; the kind keeps a number of one kind from ever being taken for one of another."""
    return hmac.digest(here.keys().people, f"{kind}:{text}".encode(), "sha256").hex()
