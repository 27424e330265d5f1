"""A change of paper, a drawing a step; the printer's own sensors turn the page."""

from kiosk.flow.state import Kiosk
from kiosk.flow.technician import PaperChange, Upkeep
from kiosk.maintenance.supplies import PaperStep
from kiosk.screens.components.cards import Card, Tint, banner
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Column, Gap, Part
from kiosk.screens.components.text import Text
from kiosk.screens.entry.beside import Beside
from kiosk.screens.maintenance.frame import UpkeepPage, foot, is_tight, primary
from kiosk.screens.page import Sheet
from kiosk.screens.picture import Picture
from kiosk.screens.typeset import Span

_PICTURE_TIGHT, _PICTURE_ROOMY = 430, 860
"""Units across, beside the words."""


class PaperChangePage(UpkeepPage):
    """What to do now, how it looks, and what the printer says."""

    title_key = "supplies.change"

    def sheet(self, kiosk: Kiosk) -> Sheet:
        work, view, stage = kiosk.visit, kiosk.view, self.stage
        if not isinstance(work, Upkeep) or not isinstance(view, PaperChange):
            return Sheet(())
        number = list(PaperStep).index(view.step) + 1
        head = stage.say("supplies.step", number=number, count=len(PaperStep), what=stage.say(f"supplies.step_{view.step}"))
        tight = is_tight(stage)
        what: list[Part] = [Text(stage, [Span(head)], "h2" if tight else "h1")]
        if view.has_failed:
            what.append(banner(stage, Tint.ERR, "report", stage.say("supplies.failed"), stage.say("supplies.failed_more")))
        how = Text(stage, stage.say(f"supplies.step_{view.step}_more"), "item" if tight else "lead")
        heard: list[Part] = []
        if view.status is not None:
            tint = Tint.OK if view.status.can_print else Tint.INFO
            said = stage.say("supplies.printer_says", what=stage.say(f"maintenance.receipt_printer_{view.status}"))
            heard.append(banner(stage, tint, "print", None, [Span(said)]))
        picture = Card(stage, Picture(stage, f"paper-{view.step}"), down=10)
        body: list[Block] = [*what, picture, how, *heard]
        if tight:  # no leaf is as high as the drawing with anything above it
            seen = Column(stage, [picture, *heard], gap=16)
            across = _PICTURE_ROOMY if stage.theme.panel.is_roomy else _PICTURE_TIGHT
            body = [Beside(stage, Column(stage, [*what, how, Gap(stage, grows=True)], gap=16), seen, across)]
        act: Part = primary(stage, stage.say("supplies.over" if view.step is PaperStep.DONE else "supplies.next"), "arrow_forward")
        if work.busy is not None:
            act = awaiting(stage, "hourglass_top", stage.say("supplies.printing"))
        return Sheet(body, foot=foot(stage, act, note=stage.say("upkeep.closes")), gap=22)
