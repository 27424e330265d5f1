"""A few words with an icon before them, in the middle of their place."""

from kiosk.screens.components.part import Part
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight


class Marked(Part):
    """Icon and words on one line in the middle, or with the words on several where the place is narrower than they are."""

    def __init__(
        self, stage: Stage, icon: str, text: Text, *, icon_units: float = 46, gap: float = 18, least: float = 0, grows: bool = False
    ) -> None:
        super().__init__(stage, grows=grows)
        self._gap = stage.px(gap)
        self._least = stage.px(least)
        self._icon = Icon(stage, icon, icon_units, ink="ink2")
        self._text = text
        self.add_widget(self._icon)
        self.add_widget(text)

    def width_wanted(self) -> int:
        return self._icon.width_wanted() + self._gap + self._text.width_wanted()

    def height_for(self, width: int) -> int:
        return max(self._least, self._icon.height_for(width), self._text.height_for(self._words(width)))

    def arrange(self) -> None:
        icon, words = self._icon.width_wanted(), self._words(int(self.width))
        left = int(self.x) + max(0, (int(self.width) - icon - self._gap - words) // 2)
        y, height = int(self.y), int(self.height)
        self._icon.place(left, y, icon, height)
        self._text.place(left + icon + self._gap, y, words, height)

    def _words(self, width: int) -> int:
        return max(1, min(self._text.width_wanted(), width - self._icon.width_wanted() - self._gap))


def awaiting(stage: Stage, icon: str, text: str) -> Part:
    """Return the plain text that stands where the button would be while a device is awaited."""
    role = "body" if stage.theme.panel.is_compact and stage.theme.is_large else "item"
    return Marked(stage, icon, Text(stage, text, role, weight=Weight.MEDIUM, ink="ink2"), least=120, grows=True)
