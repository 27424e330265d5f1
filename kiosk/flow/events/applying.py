"""What a resident does in an application: answers, papers, signature, review, slip."""

from typing import Any

from msgspec import Struct

from kiosk.flow.visit import Ink
from sync.contract.names import MaterialId


class ConsentTicked(Struct, frozen=True):
    agreed: bool


class FieldEntered(Struct, frozen=True):
    field: str


class FieldLeft(Struct, frozen=True):
    """The keyboard went away."""


class AnswerGiven(Struct, frozen=True):
    """The answer as it stands now: text, bool, or a tuple of choices; "" or None takes it back."""

    field: str
    value: Any

    def __repr__(self) -> str:
        return f"AnswerGiven({self.field!r}, <secret>)"


class HelperWanted(Struct, frozen=True):
    """I hand in for somebody else."""


class CardSkipped(Struct, frozen=True):
    """That card is not here: name and number are entered by hand."""


class RowAdded(Struct, frozen=True):
    field: str


class RowOpened(Struct, frozen=True):
    field: str
    place: int


class RowRemoved(Struct, frozen=True):
    field: str
    place: int


class CapturePressed(Struct, frozen=True):
    """Take the picture now."""


class RetakePressed(Struct, frozen=True):
    pass


class PageAdded(Struct, frozen=True):
    """The paper has one more page."""


class PaperSkipped(Struct, frozen=True):
    """An optional paper that the resident does not have."""


class MarkMade(Struct, frozen=True):
    """What stands on the sheet now is a mark in place of a signature."""


class SignerAway(Struct, frozen=True):
    """The member of the family who should sign now is not here."""


class AnotherWanted(Struct, frozen=True):
    """Another matter, with the same card and papers."""


class EarlierPaperUsed(Struct, frozen=True):
    """A paper of an earlier application of the same visit stands for this one; by its place among those offered."""

    place: int


class OfferTaken(Struct, frozen=True):
    """What a paper says to this question is the answer."""

    field: str


class OfferLeft(Struct, frozen=True):
    """What a paper says to this question is not wanted."""

    field: str


class Inked(Struct, frozen=True):
    """The signature as it stands now."""

    ink: Ink


class PadInked(Struct, frozen=True):
    """The signature as it stands now on the pad beside the glass."""

    token: int
    ink: Ink


class ReviewChanged(Struct, frozen=True):
    """Change something from the review: one page of the form, one paper, or the signature (neither)."""

    page: int | None = None
    material: MaterialId | None = None


class ReprintPressed(Struct, frozen=True):
    pass


class Rated(Struct, frozen=True):
    level: int  # 1 very dissatisfied to 5 very satisfied, GB/T 39734-2020


ApplyingEvent = (
    ConsentTicked | HelperWanted | CardSkipped | FieldEntered | FieldLeft | AnswerGiven | RowAdded | RowOpened | RowRemoved
    | OfferTaken | OfferLeft | CapturePressed | RetakePressed | PageAdded | PaperSkipped | EarlierPaperUsed | Inked | PadInked
    | MarkMade | SignerAway | ReviewChanged | ReprintPressed | Rated | AnotherWanted
)  # fmt: skip
