"""The top of every page and its ground: the paper, the mark of the service, and the status bar with line, date and time."""

from datetime import datetime

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture

from kiosk.flow.state import Kiosk
from kiosk.screens.components.cards import Badge, Tint
from kiosk.screens.components.part import Gap, Part, Row
from kiosk.screens.components.text import Text
from kiosk.screens.marks import mark
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight, rgba
from kiosk.screens.typeset import Span


class Ground(Part):
    """The paper of a page: a gradient of two colours, as a strip one pixel wide."""

    _STEPS = 64

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._texture = Texture.create(size=(1, self._STEPS), colorfmt="rgba")
        self._texture.mag_filter = self._texture.min_filter = "nearest"  # the colours are nearer than a step; blending costs time
        with self.canvas:
            Color(1, 1, 1, 1)
            self._rectangle = Rectangle(texture=self._texture, size=(0, 0))

    def arrange(self) -> None:
        self._rectangle.pos = self.pos
        self._rectangle.size = self.size

    def paint(self, palette: Palette) -> None:
        bottom, top = rgba(palette.bg_bottom), rgba(palette.bg_top)
        pixels = bytes(
            round((low + (high - low) * step / (self._STEPS - 1)) * 255)
            for step in range(self._STEPS)
            for low, high in zip(bottom, top, strict=True)
        )
        self._texture.blit_buffer(pixels, colorfmt="rgba", bufferfmt="ubyte")
        self._rectangle.texture = self._texture
        self.canvas.ask_update()


class Mark(Part):
    """The mark of the service."""

    def __init__(self, stage: Stage, units: float = 60) -> None:
        super().__init__(stage)
        self._side = stage.px(units)
        with self.canvas:
            Color(1, 1, 1, 1)
            self._rectangle = Rectangle(size=(self._side, self._side))

    def width_wanted(self) -> int:
        return self._side

    def height_for(self, width: int) -> int:
        del width
        return self._side

    def arrange(self) -> None:
        self._rectangle.pos = (int(self.x), int(self.y) + (int(self.height) - self._side) // 2)

    def paint(self, palette: Palette) -> None:
        bare = bool(palette.outline)
        self._rectangle.texture = mark(self._side, "#000000" if bare else "#0B5748", "#FFE100" if bare else "#E7A534", "#FFFFFF")


class Status(Part):
    """Community, line, date and time. Nothing here is touched; only its words change."""

    is_unread = True

    def __init__(self, stage: Stage, *, bare: bool = False) -> None:
        super().__init__(stage)
        self._bare = bare
        self._said: tuple[object, ...] = ()
        self._row: Row | None = None

    def show(self, kiosk: Kiosk) -> None:
        """Take over place, line and minute."""
        said = (kiosk.place.community, kiosk.line_up, kiosk.now, kiosk.display.scale, kiosk.display.language)
        if said == self._said:
            return
        self._said = said
        if self._row is not None:
            self.remove_widget(self._row)
        self._row = self._build(kiosk)
        self.add_widget(self._row)
        if self.width:
            self.place(int(self.x), int(self.y), int(self.width), int(self.height))

    def height_for(self, width: int) -> int:
        del width
        least, air = (72, 14) if self.stage.theme.panel.is_short else (100, 30)
        return max(self.stage.px(least), self.stage.theme.line_px("badge") + self.stage.px(air))

    def arrange(self) -> None:
        if self._row is not None:
            margin = self.stage.theme.margin
            self._row.place(int(self.x) + margin, int(self.y), int(self.width) - 2 * margin, int(self.height))

    def _build(self, kiosk: Kiosk) -> Row:
        stage = self.stage
        large = stage.theme.is_large
        community = kiosk.place.community if large else stage.say("glass.service", community=kiosk.place.community)
        parts: list[Part] = [Mark(stage), Text(stage, [Span(community)], "body", weight=Weight.BOLD), Gap(stage, grows=True)]
        if not self._bare:
            online = kiosk.line_up
            parts.append(
                Badge(
                    stage,
                    stage.say("glass.online" if online else "glass.offline"),
                    Tint.OK if online else Tint.WARN,
                    icon="cloud_done" if online else "cloud_off",
                )
            )
            if not large:
                parts.append(Text(stage, day_short(stage, kiosk.now), "body", weight=Weight.MEDIUM))
            parts.append(Text(stage, clock(kiosk.now), "body", weight=Weight.MEDIUM))
        return Row(stage, parts, gap=22, level=True)


def clock(now: datetime) -> str:
    """Return the time in minutes."""
    return f"{now.hour}:{now.minute:02d}"


def day_short(stage: Stage, now: datetime) -> str:
    """Return month, day and weekday, short."""
    return stage.say("glass.day_short", month=now.month, day=now.day, weekday=stage.say(f"glass.weekday_{now.isoweekday()}"))
