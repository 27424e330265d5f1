"""A slip that did not come out is printed by itself once the printer can, whatever it is about; never more than a few times a visit."""

from kiosk.flow.case_sheets import SheetStage
from kiosk.flow.desk_errands import BookedShown, MineShown, SlipStage
from kiosk.flow.errands import CaseShown, NoticePaper, OnceOnly, PaidShown, PayCode, ProofPaper
from kiosk.flow.events.applying import ReprintPressed
from kiosk.flow.events.choosing import CasePaperWanted
from kiosk.flow.hand_in import RESUMED_AT_MOST
from kiosk.flow.state import Kiosk
from kiosk.flow.views import View


def wanted(state: Kiosk) -> ReprintPressed | CasePaperWanted | None:
    """Return what a hand would press to have the slip on the glass printed after all; None when none is missing or it was tried enough."""
    return None if state.resumed >= RESUMED_AT_MOST else _missing(state.view)


def _missing(view: View) -> ReprintPressed | CasePaperWanted | None:
    match view:
        case BookedShown(SlipStage.NOT_PRINTED) | PayCode(paper=ProofPaper.NOT_PRINTED) | OnceOnly(paper=NoticePaper.NOT_PRINTED):
            return ReprintPressed()
        case PaidShown(paper=ProofPaper.NOT_PRINTED):
            return ReprintPressed()
        case MineShown(paper=SlipStage.NOT_PRINTED):
            return ReprintPressed()
        case CaseShown(sheet=sheet) if sheet is not None and sheet.stage is SheetStage.SLIP_NOT_PRINTED:
            return CasePaperWanted(on_slip=True)
        case _:
            return None
