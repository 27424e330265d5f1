"""The paper of a case, wherever the case is shown: the way to it, and what became of it, said as it is."""

from kiosk.flow.case_sheets import CaseSheet, SheetStage, paper_of
from kiosk.flow.events.choosing import CasePaperWanted
from kiosk.flow.state import Kiosk
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import Tint, banner
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Part
from kiosk.screens.components.spinner import Spinner
from kiosk.screens.proofs import trouble_said
from kiosk.screens.services import spaced
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from sync.contract.progress import CaseProgress
from sync.contract.proofs import CasePaper


def sheet_parts(stage: Stage, kiosk: Kiosk, case: CaseProgress, sheet: CaseSheet | None) -> list[Block]:
    """Return the way to the paper of a case, or where it is; nothing while there is none."""
    paper = paper_of(case)
    if paper is None:
        return []
    whole = kiosk.place.pages
    if sheet is None:
        return [_way(stage, stage.say(f"progress.sheet_{paper.name.lower()}" if whole else "progress.sheet_slip"), on_slip=False)]
    match sheet.stage:
        case SheetStage.ASKING | SheetStage.PRINTING | SheetStage.SLIP_PRINTING:
            return [banner(stage, Tint.PRI, Spinner(stage), stage.say("progress.sheet_printing"))]
        case SheetStage.PRINTED | SheetStage.SLIP_PRINTED:
            return [banner(stage, Tint.OK, "task_alt", stage.say("progress.sheet_printed"))]
        case SheetStage.SLIP_NOT_PRINTED:
            return [_not(stage, stage.say("progress.sheet_slip_not")), _way(stage, stage.say("progress.sheet_again"), on_slip=True)]
        case SheetStage.NOT_PRINTED | SheetStage.NOT_TOLD:
            said = stage.say("progress.sheet_not_told", staff=spaced(stage, kiosk.place.staff))
            why = said if sheet.stage is SheetStage.NOT_TOLD else trouble_said(stage, sheet.printer, sheet.end)
            ways = [_way(stage, stage.say("progress.sheet_again"), on_slip=False)]
            if paper is not CasePaper.ONCE_ONLY:  # that one has its slip beside
                ways.append(_way(stage, stage.say("progress.sheet_slip"), on_slip=True))
            return [_not(stage, why), *ways]


def _not(stage: Stage, why: str) -> Part:
    return banner(stage, Tint.WARN, "print_disabled", stage.say("progress.sheet_not"), why)


def _way(stage: Stage, text: str, *, on_slip: bool) -> Part:
    return Button(
        stage, text, CasePaperWanted(on_slip), test_id="case-slip" if on_slip else "case-paper", kind=SECONDARY,
        icon="receipt_long" if on_slip else "print", role="toggle", weight=Weight.MEDIUM, height=96, icon_units=42,
    )  # fmt: skip
