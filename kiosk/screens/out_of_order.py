"""Out of order: what does not work, where it does, and that nothing is lost."""

from kiosk.flow.state import Kiosk
from kiosk.flow.views import Fault, OutOfOrder
from kiosk.screens.components.buttons import CALL
from kiosk.screens.components.cards import Tint, banner
from kiosk.screens.components.lists import ListLine
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Inset, Row
from kiosk.screens.components.text import Text
from kiosk.screens.frame import staff_button
from kiosk.screens.page import Page, Sheet
from kiosk.screens.picture import Picture
from kiosk.screens.services import spaced
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span


class OutOfOrderPage(Page):
    """The terminal rests; three ways to go on elsewhere."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.place, kiosk.suspended

    def sheet(self, kiosk: Kiosk) -> Sheet:
        view, place = kiosk.view, kiosk.place
        if not isinstance(view, OutOfOrder):
            return Sheet(())
        stage = self.stage
        body: list[Block] = []
        if not stage.theme.palette.outline and not stage.theme.is_large and stage.theme.panel.is_upright:
            body.append(Picture(stage, "resting"))
        body += [
            Text(stage, stage.say("overlay.resting"), "greeting", centred=True),
            Text(stage, _why(stage, kiosk, view.fault), "lead", ink="ink2", centred=True),
            Rows(
                stage,
                [
                    ListLine(
                        stage,
                        icon="directions_walk",
                        tint=Tint.PRI,
                        title=[Span(stage.say("overlay.go_to", staff=spaced(stage, place.staff)))],
                        text=stage.say("overlay.go_to_more"),
                        box=96,
                        height=150,
                        text_role="body",
                    ),
                    ListLine(
                        stage,
                        icon="call",
                        tint=Tint.GLAZE,
                        title=[Span(stage.say("overlay.call", hotline=place.hotline))],
                        text=stage.say("overlay.call_more"),
                        box=96,
                        height=150,
                        text_role="body",
                    ),
                ],
                down=16,
            ),
            banner(stage, Tint.OK, "verified_user", stage.say("overlay.nothing_lost"), stage.say("overlay.nothing_lost_more")),
            Text(
                stage,
                [Span(stage.say("overlay.for_technicians", fault=view.fault.name, terminal=place.terminal))],
                "caption",
                ink="ink2",
                centred=True,
            ),
        ]
        foot = Inset(stage, Row(stage, [staff_button(stage, kind=CALL, height=140, role="h2", grows=True)]), across=56, down=28)
        return Sheet(body, foot=foot, gap=26)


def _why(stage: Stage, kiosk: Kiosk, fault: Fault) -> str:
    """Return why it rests: in operations' own words, where they gave some."""
    said = "" if kiosk.suspended is None or fault is not Fault.SUSPENDED else kiosk.suspended.said_in(stage.theme.language)
    return said or stage.say(f"overlay.fault_{fault}")
