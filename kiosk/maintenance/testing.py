"""The acceptance test of a terminal: what is tested, and what came of it. Values only, so that the flow may know them."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from kiosk.maintenance.finding import Verdict
from peripherals.values import dataclass

_NOTHING: Mapping[str, str | int] = MappingProxyType({})


class Probe(StrEnum):
    """What is tested, in the order in which a technician stands in front of it."""

    ID_CARD_READER = "id_card_reader"
    RECEIPT_PRINTER = "receipt_printer"
    DOCUMENT_CAMERA = "document_camera"


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One part's test: `saying` and `facts` become a sentence, as of a `Finding`; nothing of a card or a paper is in them."""

    probe: Probe
    verdict: Verdict
    saying: str
    facts: Mapping[str, str | int] = field(default_factory=lambda: _NOTHING)

    @property
    def text_key(self) -> str:
        """Key of the sentence that says what came of it."""
        return f"upkeep.{self.probe}_{self.saying}"


@dataclass(frozen=True, slots=True)
class AcceptanceSheet:
    """A whole test, as it is printed and kept."""

    terminal: str
    by: str
    at: datetime  # local, aware
    tested: tuple[ProbeResult, ...]

    def count(self, verdict: Verdict) -> int:
        """How many parts came out so."""
        return sum(one.verdict is verdict for one in self.tested)
