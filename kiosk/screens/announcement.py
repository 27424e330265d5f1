"""What the film of the screens begins with, and the strip below each of its pictures: that nothing in it is anybody's."""

from kiosk.flow.state import Kiosk
from kiosk.screens.components.cards import Card, Tint, banner
from kiosk.screens.components.part import Inset, Part
from kiosk.screens.components.shape import Fill
from kiosk.screens.components.text import Text
from kiosk.screens.frame import Head
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette
from kiosk.screens.typeset import Span


class AnnouncementPage(Page):
    """The film's first picture: where and when it was made, and that its data is invented."""

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, place = self.stage, kiosk.place
        made = [Span(f"{place.community}　{place.terminal}　{kiosk.now:%Y-%m-%d %H:%M}")]
        how = Text(stage, stage.say("recording.how"), "caption", ink="ink2", centred=True)
        return Sheet(
            [
                banner(stage, Tint.WARN, "movie", stage.say("recording.invented"), stage.say("recording.nobody")),
                Card(stage, Text(stage, made, "item")),
            ],
            head=Head(stage, stage.say("recording.title")),
            foot=Inset(stage, how, across=stage.theme.margin / stage.theme.panel.unit_px, down=20),
        )


class Strip(Part):
    """Stands below every picture, so that one that is cut out of the film still says what it is."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._ground = Fill(self.canvas.before)
        self._words = Text(stage, stage.say("recording.strip"), "caption", ink="onmaint", centred=True)
        self.add_widget(self._words)

    def height_for(self, width: int) -> int:
        return self._words.height_for(width) + self.stage.px(16)

    def arrange(self) -> None:
        box = int(self.x), int(self.y), int(self.width), int(self.height)
        self._ground.place(*box)
        self._words.place(*box)

    def paint(self, palette: Palette) -> None:
        self._ground.paint(palette, "maint")
