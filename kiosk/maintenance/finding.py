"""What one check found. The words stand in `kiosk/texts/maintenance.toml`, by check and saying; a test proves that none is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType

from peripherals.values import dataclass

_NOTHING: Mapping[str, str | int] = MappingProxyType({})


class Verdict(StrEnum):
    """Worst first."""

    FAULT = "fault"  # residents are turned away, or soon will be
    NOTICE = "notice"  # it works, and somebody should see to it
    GOOD = "good"
    SKIPPED = "skipped"  # not asked, because something before it failed


class Check(StrEnum):
    """The parts of a terminal that are looked at, in the order in which a technician would."""

    ID_CARD_READER = "id_card_reader"
    RECEIPT_PRINTER = "receipt_printer"
    DOCUMENT_CAMERA = "document_camera"
    LINE = "line"
    QUEUE = "queue"
    CLOCK = "clock"
    STORAGE = "storage"
    CERTIFICATE = "certificate"
    ITEMS = "items"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's outcome: `saying` and `facts` become a sentence, and never hold anything of a resident."""

    check: Check
    verdict: Verdict
    saying: str
    facts: Mapping[str, str | int] = field(default_factory=lambda: _NOTHING)

    @property
    def text_key(self) -> str:
        """Key of the sentence that says what was found."""
        return f"maintenance.{self.check}_{self.saying}"

    @property
    def remedy_key(self) -> str:
        """Key of what to do about it, one step a line; only what is not good has one."""
        return f"{self.text_key}_fix"


def worst(findings: Iterable[Finding]) -> Finding | None:
    """Return the first of the worst findings, or None when all is well."""
    order = [Verdict.FAULT, Verdict.NOTICE]
    wrong = (one for one in findings if one.verdict in order)
    return min(wrong, key=lambda one: order.index(one.verdict), default=None)
