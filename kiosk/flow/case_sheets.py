"""The paper of a case that is taken home, and how far it is, wherever a case is shown."""

from enum import StrEnum

from peripherals.document_printer import DocumentPrinterStatus, JobEnd
from peripherals.values import dataclass
from sync.contract.progress import CaseProgress, CaseState
from sync.contract.proofs import CasePaper


class SheetStage(StrEnum):
    """How far the paper is; printed is said when the printer's job has ended well."""

    ASKING = "asking"
    PRINTING = "printing"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    NOT_TOLD = "not_told"  # no line, or the city does not give it out
    SLIP_PRINTING = "slip_printing"
    SLIP_PRINTED = "slip_printed"
    SLIP_NOT_PRINTED = "slip_not_printed"


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """A paper on its way. `printer` and `end` say why pages did not come out."""

    stage: SheetStage
    printer: DocumentPrinterStatus | None = None
    end: JobEnd | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether the city is being asked, or paper is on its way."""
        return self.stage in (SheetStage.ASKING, SheetStage.PRINTING, SheetStage.SLIP_PRINTING)


_PAPERS = {
    CaseState.TO_CORRECT: CasePaper.ONCE_ONLY,
    CaseState.NOT_ACCEPTED: CasePaper.NON_ACCEPTANCE,
    CaseState.CLOSED: CasePaper.RESULT,
}


def paper_of(case: CaseProgress) -> CasePaper | None:
    """Return the paper that a case has come to and that is worth taking home."""
    return _PAPERS.get(case.state)
