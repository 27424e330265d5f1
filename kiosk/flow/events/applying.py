"""What a resident does in an application: answers, papers, signature, review, slip."""

from dataclasses import dataclass
from typing import Any

from kiosk.flow.visit import Ink
from sync.contract.names import MaterialId


@dataclass(frozen=True, slots=True)
class ConsentTicked:
    agreed: bool


@dataclass(frozen=True, slots=True)
class FieldEntered:
    field: str


@dataclass(frozen=True, slots=True)
class FieldLeft:
    """The keyboard went away."""


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """The answer as it stands now: text, bool, or a tuple of choices; "" or None takes it back."""

    field: str
    value: Any

    def __repr__(self) -> str:
        return f"AnswerGiven({self.field!r}, <secret>)"


@dataclass(frozen=True, slots=True)
class HelperWanted:
    """I hand in for somebody else."""


@dataclass(frozen=True, slots=True)
class CardSkipped:
    """That card is not here: name and number are entered by hand."""


@dataclass(frozen=True, slots=True)
class RowAdded:
    field: str


@dataclass(frozen=True, slots=True)
class RowOpened:
    field: str
    place: int


@dataclass(frozen=True, slots=True)
class RowRemoved:
    field: str
    place: int


@dataclass(frozen=True, slots=True)
class CapturePressed:
    """Take the picture now."""


@dataclass(frozen=True, slots=True)
class RetakePressed:
    pass


@dataclass(frozen=True, slots=True)
class PageAdded:
    """The paper has one more page."""


@dataclass(frozen=True, slots=True)
class PaperSkipped:
    """An optional paper that the resident does not have."""


@dataclass(frozen=True, slots=True)
class MarkMade:
    """What stands on the sheet now is a mark in place of a signature."""


@dataclass(frozen=True, slots=True)
class SignerAway:
    """The member of the family who should sign now is not here."""


@dataclass(frozen=True, slots=True)
class AnotherWanted:
    """Another matter, with the same card and papers."""


@dataclass(frozen=True, slots=True)
class EarlierPaperUsed:
    """A paper of an earlier application of the same visit stands for this one; by its place among those offered."""

    place: int


@dataclass(frozen=True, slots=True)
class OfferTaken:
    """What a paper says to this question is the answer."""

    field: str


@dataclass(frozen=True, slots=True)
class OfferLeft:
    """What a paper says to this question is not wanted."""

    field: str


@dataclass(frozen=True, slots=True)
class Inked:
    """The signature as it stands now."""

    ink: Ink


@dataclass(frozen=True, slots=True)
class PadInked:
    """The signature as it stands now on the pad beside the glass."""

    token: int
    ink: Ink


@dataclass(frozen=True, slots=True)
class ReviewChanged:
    """Change something from the review: one page of the form, one paper, or the signature (neither)."""

    page: int | None = None
    material: MaterialId | None = None


@dataclass(frozen=True, slots=True)
class ReprintPressed:
    pass


@dataclass(frozen=True, slots=True)
class Rated:
    level: int  # 1 very dissatisfied to 5 very satisfied, GB/T 39734-2020


ApplyingEvent = (
    ConsentTicked | HelperWanted | CardSkipped | FieldEntered | FieldLeft | AnswerGiven | RowAdded | RowOpened | RowRemoved
    | OfferTaken | OfferLeft | CapturePressed | RetakePressed | PageAdded | PaperSkipped | EarlierPaperUsed | Inked | PadInked
    | MarkMade | SignerAway | ReviewChanged | ReprintPressed | Rated | AnotherWanted
)  # fmt: skip
