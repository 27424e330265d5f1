"""The tabs above the keys."""

from collections.abc import Callable, Sequence

from kiosk.screens.components.part import Part
from kiosk.screens.components.press import Pressable
from kiosk.screens.components.shape import Fill, Look, Shape
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.entry.keys import key_type_px
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight
from peripherals.values import dataclass

_GAP = 16


@dataclass(frozen=True, slots=True)
class TabFace:
    """A tab's stable name, its icon and its words."""

    name: str
    icon: str
    text: str


class _Tab(Pressable):
    def __init__(self, stage: Stage, face: TabFace, act: Callable[[], None]) -> None:
        super().__init__(stage, test_id=f"tab-{face.name}", label=face.text, act=act)
        self.is_on = False
        self._shape = Shape(self.canvas.before, stage.theme, 24)
        self._icon = Icon(stage, face.icon, 40)
        self._text = Text(stage, face.text, "toggle", weight=Weight.MEDIUM, centred=True, size_px=key_type_px(stage, "toggle"))
        self.add_widget(self._icon)
        self.add_widget(self._text)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(x, y, width, height)
        text, beside = self._text.width_wanted(), self._icon.width_wanted() + self.stage.px(_GAP)
        has_room = beside + text <= width  # the words alone tell what a tab is
        self._icon.opacity = float(has_room)
        left = x + (width - text - beside * has_room) // 2
        self._icon.place(left, y, self._icon.width_wanted(), height)
        self._text.place(left + beside * has_room, y, text, height)

    def words_wanted(self) -> int:
        """Return how wide the words are, with a little air."""
        return self._text.width_wanted() + self.stage.px(_GAP)

    def paint(self, palette: Palette) -> None:
        on = Look("prisoft", "pri", 3)
        self._shape.paint(palette, Look("pressed", outlined=False) if self.is_down else on if self.is_on else Look(None, outlined=False))
        self._icon.ink = self._text.ink = "onprisoft" if self.is_on else "ink"
        self._icon.paint(palette)
        self._text.paint(palette)


class Tabs(Part):
    """One row; exactly one is on."""

    UNITS = 118

    def __init__(self, stage: Stage, faces: Sequence[TabFace], turn: Callable[[str], None]) -> None:
        super().__init__(stage)
        self._fill = Fill(self.canvas.before)
        self._tabs = {face.name: _Tab(stage, face, lambda name=face.name: turn(name)) for face in faces}  # type: ignore[misc]
        for tab in self._tabs.values():
            self.add_widget(tab)

    def show(self, name: str) -> None:
        """Mark the tab that is on."""
        for own, tab in self._tabs.items():
            tab.is_on = own == name
            tab.paint(self.stage.theme.palette)

    def height_for(self, width: int) -> int:
        del width
        return self.stage.theme.key_px(self.UNITS)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._fill.place(x, y, width, height)
        margin, gap, tall = self.stage.px(24), self.stage.px(12), self.stage.theme.key_px(84)
        room = width - 2 * margin - gap * (len(self._tabs) - 1)
        wanted = [tab.words_wanted() for tab in self._tabs.values()]
        share = room // len(wanted)
        # Evenly, unless a longer word would stand over: then each has its own width and a share of what is left.
        spare = max(0, room - sum(wanted)) // len(wanted)
        left = x + margin
        for tab, words in zip(self._tabs.values(), wanted, strict=True):
            wide = share if max(wanted) <= share else words + spare
            tab.place(left, y + (height - tall) // 2, wide, tall)
            left += wide + gap

    def paint(self, palette: Palette) -> None:
        self._fill.paint(palette, "surface")
