"""What an application holds, from choosing its item to going home."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from kiosk.flow.carried import Carried
from peripherals.secret import Secret
from peripherals.values import dataclass
from sync.contract.application import Applicant
from sync.contract.item import ItemPackage, Material
from sync.contract.names import ApplicationId, CaseNumber, MaterialId, ReceiptNumber
from sync.contract.progress import CaseProgress

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Said:
    """What the print on a page says to one question; offered to the resident, and never handed in as such."""

    field: str
    value: Secret[str]


@dataclass(frozen=True, slots=True)
class PaperPicture:
    """One kept page: a flat JPEG in memory. `earlier` is the application of the same visit that it was photographed for, if it was."""

    material: MaterialId
    page: int
    jpeg: Secret[bytes]
    earlier: ApplicationId | None = None
    says: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Ink:
    """Strokes on a sheet: points of (x mm, y mm, ms since the first touch), the origin top left."""

    width_mm: float = 0.0
    height_mm: float = 0.0
    strokes: tuple[tuple[tuple[float, float, int], ...], ...] = field(default=(), repr=False)
    on_pad: bool = False  # written on the pad beside the glass
    is_mark: bool = False  # a cross that the machine drew for hands that cannot sign (画押)

    @property
    def is_enough(self) -> bool:
        """Whether this may stand for a signature: longer than half a second and wider than 10 mm, all strokes together."""
        points = [point for stroke in self.strokes for point in stroke]
        if len(points) < 2:
            return False
        across = [x for x, _, _ in points]
        down = [y for _, y, _ in points]
        lasted_ms = max(t for _, _, t in points) - min(t for _, _, t in points)
        return lasted_ms >= 500 and max(max(across) - min(across), max(down) - min(down)) >= 10


@dataclass(frozen=True, slots=True)
class FamilyInk:
    """What a member of the family put down, by their number; `is_absent` says that they are not here."""

    id_number: Secret[str]
    ink: Ink = Ink()
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Durably stored. `case_number` is there once the city's signed receipt is, `complete` once the city has every picture too."""

    application_id: ApplicationId
    number: ReceiptNumber
    at: datetime
    case_number: CaseNumber | None = None
    complete: bool = False
    time_is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Visit:
    """An application: one resident and one item, from choosing it to going home. `token` tells its answers from an earlier one's."""

    token: int
    item: ItemPackage
    agreed_at: datetime | None = None
    card: Secret[Applicant] | None = None  # only the fields that the item may read
    answers: Mapping[str, Any] = field(default_factory=lambda: NOTHING, repr=False)
    papers: tuple[PaperPicture, ...] = ()
    ink: Ink = Ink()
    changing: bool = False  # came from the review and returns there
    completes: CaseProgress | None = None  # the case of which this brings what was missing (补正)
    handed_in: HandedIn | None = None
    fitness: Mapping[str, Any] = field(default_factory=lambda: NOTHING, repr=False)  # what was answered before the form
    cardless: bool = False  # somebody else hands in, and the applicant's card is not here
    helper: Secret[Applicant] | None = None  # name and number of who hands in for the applicant
    helper_ink: Ink = Ink()
    family_inks: tuple[FamilyInk, ...] = ()
    witness: Secret[Applicant] | None = None  # name and number of who saw a mark being made
    unwitnessed: bool = False  # nobody was there to see it
    carried: Carried | None = None  # from an earlier application of the same visit
    unwanted: frozenset[str] = frozenset()  # questions at which the resident does not want what a paper says

    @property
    def is_helped(self) -> bool:
        """Whether somebody hands in for the applicant."""
        return self.item.helping is not None and self.item.helping.question.name in self.answers

    @property
    def applicant_signs(self) -> bool:
        """Whether the applicant signs on the glass: always, unless a helper says that they are not here."""
        present = self.item.helping.present if self.item.helping is not None and self.is_helped else None
        return present is None or self.answers.get(present) is not False

    def pages_of(self, material: Material) -> tuple[PaperPicture, ...]:
        """Return the kept pages of one paper, in order."""
        return tuple(sorted((paper for paper in self.papers if paper.material == material.id), key=lambda paper: paper.page))
