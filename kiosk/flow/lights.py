"""Which lights shine: it follows from what is shown, so that a light never points to where nothing is wanted any more."""

from kiosk.flow.case_sheets import CaseSheet, SheetStage
from kiosk.flow.desk_errands import BookedShown, CodeEntry, HolderCard, MineShown, SlipStage
from kiosk.flow.errands import CaseShown, FindCases, FindPaid, NoticePaper, OnceOnly, PaidShown, PayCode, ProofPaper
from kiosk.flow.fitting import awaits_card
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import StaffSignIn
from kiosk.flow.views import Capture, CardLeft, Done, Home, LayCard, Paper, StaffCalled
from peripherals.fittings import Light


def lights(state: Kiosk) -> frozenset[Light]:
    """Return the lights that show the way now; a terminal without one of them loses nothing that the glass does not say, too."""
    shining = set(_of_view(state))
    match state.overlay:
        case CardLeft():
            shining.add(Light.CARD)
        case StaffCalled():
            shining.add(Light.HELP)
        case _:
            pass
    return frozenset(shining)


def _of_view(state: Kiosk) -> tuple[Light, ...]:
    match state.view:
        case FindPaid(by_card=by_card):
            return ((Light.CARD,) if by_card else ()) + ((Light.SCANNER,) if state.place.scans else ())
        case FindCases() if state.place.scans:
            return (Light.CARD, Light.SCANNER)
        case CodeEntry() if state.place.scans:
            return (Light.SCANNER,)
        case LayCard() | FindCases() | HolderCard() | StaffSignIn():
            return (Light.CARD,)
        case Home() if awaits_card(state) is not None:
            return (Light.CARD,)
        case Capture():
            return (Light.CAMERA,)
        case Done(paper=Paper.PRINTING | Paper.PRINTED) | OnceOnly(paper=NoticePaper.PRINTING | NoticePaper.PRINTED):
            return (Light.PRINTER,)
        case BookedShown(paper=SlipStage.PRINTING | SlipStage.PRINTED) | MineShown(paper=SlipStage.PRINTING | SlipStage.PRINTED):
            return (Light.PRINTER,)
        case CaseShown(sheet=CaseSheet(SheetStage.SLIP_PRINTING | SheetStage.SLIP_PRINTED)):
            return (Light.PRINTER,)
        case PayCode(paper=ProofPaper.PRINTING | ProofPaper.PRINTED) | PaidShown(paper=ProofPaper.PRINTING | ProofPaper.PRINTED):
            return (Light.PRINTER,)
        case _:
            return ()
