"""A change of paper, a drawing a step; the printer's own sensors turn the page."""

from kiosk.flow.state import Kiosk
from kiosk.flow.technician import PaperChange, Upkeep
from kiosk.maintenance.supplies import PaperStep
from kiosk.screens.components.cards import Card, Tint, banner
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Part
from kiosk.screens.components.text import Text
from kiosk.screens.maintenance.frame import UpkeepPage, foot, primary
from kiosk.screens.page import Sheet
from kiosk.screens.picture import Picture
from kiosk.screens.typeset import Span


class PaperChangePage(UpkeepPage):
    """What to do now, how it looks, and what the printer says."""

    title_key = "supplies.change"

    def sheet(self, kiosk: Kiosk) -> Sheet:
        work, view, stage = kiosk.visit, kiosk.view, self.stage
        if not isinstance(work, Upkeep) or not isinstance(view, PaperChange):
            return Sheet(())
        number = list(PaperStep).index(view.step) + 1
        head = stage.say("supplies.step", number=number, count=len(PaperStep), what=stage.say(f"supplies.step_{view.step}"))
        body: list[Block] = [
            Text(stage, [Span(head)], "h1"),
            Card(stage, Picture(stage, f"paper-{view.step}"), down=10),
            Text(stage, stage.say(f"supplies.step_{view.step}_more"), "lead"),
        ]
        if view.has_failed:
            body.insert(1, banner(stage, Tint.ERR, "report", stage.say("supplies.failed"), stage.say("supplies.failed_more")))
        if view.status is not None:
            tint = Tint.OK if view.status.can_print else Tint.INFO
            said = stage.say("supplies.printer_says", what=stage.say(f"maintenance.receipt_printer_{view.status}"))
            body.append(banner(stage, tint, "print", None, [Span(said)]))
        act: Part = primary(stage, stage.say("supplies.over" if view.step is PaperStep.DONE else "supplies.next"), "arrow_forward")
        if work.busy is not None:
            act = awaiting(stage, "hourglass_top", stage.say("supplies.printing"))
        return Sheet(body, foot=foot(stage, act, note=stage.say("upkeep.closes")), gap=22)
