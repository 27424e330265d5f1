"""Another matter in the same visit: what goes on with it, and the drawers once more."""

from kiosk.flow.carried import Continuing, NextMatter
from kiosk.flow.state import Kiosk
from kiosk.screens.components.cards import Tint, banner
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block
from kiosk.screens.frame import Head
from kiosk.screens.home import drawer_sheet, drawer_tiles
from kiosk.screens.page import Page, Sheet
from kiosk.screens.typeset import Span


class NextMatterPage(Page):
    """The drawers, or one of them; ending is always there."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit, kiosk.items

    def sheet(self, kiosk: Kiosk) -> Sheet:
        view, errand, stage = kiosk.view, kiosk.visit, self.stage
        if not isinstance(view, NextMatter) or not isinstance(errand, Continuing):
            return Sheet(())
        if view.category is not None:
            return drawer_sheet(stage, kiosk, view.category, finish=True)
        until = errand.carried.until
        names = [paper.name.said_in(stage.theme.language) for paper in errand.carried.papers]
        papers = "、".join(names) if stage.theme.language.value == "zh" else ", ".join(names)
        kept = stage.say("done.another_kept_papers", papers=papers) if names else stage.say("done.another_kept")
        lasts = stage.say("done.another_until", time=f"{until:%H:%M}")
        body: list[Block] = [banner(stage, Tint.PRI, "badge", lasts, [Span(kept)]), *drawer_tiles(stage, kiosk)]
        head = Head(stage, stage.say("done.another_title"), lead=stage.say("done.another_lead"))
        return Sheet(body, head=head, actions=[awaiting(stage, "touch_app", stage.say("home.touch_one"))])
