"""Whether something runs that is not to be broken off."""

from kiosk.flow import (
    booking,
    paying,
    proving,
)
from kiosk.flow.case_sheets import CaseSheet
from kiosk.flow.desk_errands import ProofShown
from kiosk.flow.errands import (
    CaseShown,
    NoticePaper,
    OnceOnly,
    PaidShown,
    PayCode,
    ProofPaper,
)
from kiosk.flow.state import Kiosk
from kiosk.flow.views import (
    Done,
    HandingIn,
    Paper,
)


def is_busy(state: Kiosk) -> bool:
    """Tell whether the visit must not be ended now: something is being stored, printed, paid or asked for."""
    match state.view:
        case HandingIn() | Done(paper=Paper.PRINTING) | OnceOnly(paper=NoticePaper.PRINTING) | PayCode(paper=ProofPaper.PRINTING):
            return True
        case PaidShown(paper=ProofPaper.PRINTING):
            return True
        case PayCode() as view:
            return paying.is_under_way(view)
        case ProofShown() as view:
            return proving.is_under_way(view)
        case CaseShown(sheet=CaseSheet() as sheet) | OnceOnly(sheet=CaseSheet() as sheet):
            return sheet.is_under_way
        case view:
            return booking.is_under_way(view)
