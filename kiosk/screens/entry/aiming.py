"""How good the picture would be now: three chips, and the one hint that matters most."""

from collections.abc import Sequence
from enum import StrEnum

from kiosk.screens.components.cards import Tint
from kiosk.screens.components.part import Part
from kiosk.screens.components.shape import Look, Shape
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight
from kiosk.screens.typeset import Span
from peripherals.document_camera import PaperHint


class Verdict(StrEnum):
    """What a chip says."""

    OPEN = "open"  # cannot be told yet
    BAD = "bad"
    OK = "ok"


_DISC, _PAD, _BESIDE = 84, 30, 24
"""Units of a hint's sign, before it, and beside the words."""

_QUALITIES = ("corners", "light", "sharp")
_FAILED = {
    PaperHint.CORNER_HIDDEN: 0, PaperHint.TOO_SMALL: 0, PaperHint.TOO_DARK: 1, PaperHint.TOO_BRIGHT: 1, PaperHint.GLARE: 1,
    PaperHint.BLURRED: 2, PaperHint.GOOD: 3,
}  # fmt: skip
_LOOKS = {Verdict.OPEN: (Tint.SUNK, "more_horiz"), Verdict.BAD: (Tint.WARN, "error"), Verdict.OK: (Tint.OK, "check_circle")}
_SIGNS = {
    PaperHint.CAMERA_ABSENT: (Tint.ERR, "videocam_off"), PaperHint.CAMERA_STALLED: (Tint.ERR, "videocam_off"),
    PaperHint.NO_PAPER: (Tint.INFO, "description"),
    PaperHint.GOOD: (Tint.PRI, "front_hand"),
}  # fmt: skip


def verdicts(hint: PaperHint) -> tuple[Verdict, ...]:
    """Return what the three chips say. Hints are worst first, so everything before the one that is given is in order."""
    failed = _FAILED.get(hint)
    if failed is None:
        return (Verdict.OPEN,) * 3
    return tuple(Verdict.OK if place < failed else Verdict.BAD if place == failed else Verdict.OPEN for place in range(3))


_TITLES = (
    *(f"problem.paper_{hint}" for hint in PaperHint),
    *(f"capture.{key}" for key in ("ready", "taken", "taken_poor", "refused", "enough")),
)
_DOS = (
    *(f"problem.paper_{hint}_do" for hint in PaperHint),
    *(f"capture.{key}" for key in ("ready_do", "taken_do", "taken_poor_do", "insist", "enough_do", "enough_skip")),
)
"""Every title of a hint, and everything it says to do: what the page of a camera asks `HintCard` to show."""


def _highest(text: Text, keys: Sequence[str], width: int) -> int:
    """Return the height of the longest of these texts, measured with one that is not shown."""
    heights = []
    for key in keys:
        text.say([Span(text.stage.say(key, call=text.stage.call))])
        heights.append(text.height_for(width))
    return max(heights)


class _Chip(Part):
    def __init__(self, stage: Stage, quality: str) -> None:
        super().__init__(stage)
        self._quality = quality
        self._tint = Tint.SUNK
        self._shape = Shape(self.canvas.before, stage.theme, 24)
        self._icon = Icon(stage, "more_horiz", 42)
        self._text = Text(stage, [Span("")], "body", weight=Weight.MEDIUM, centred=True)
        self.add_widget(self._icon)
        self.add_widget(self._text)
        self.show(Verdict.OPEN)

    def show(self, verdict: Verdict) -> None:
        """Say another verdict."""
        self._tint, icon = _LOOKS[verdict]
        ending = "" if verdict is Verdict.OPEN else f"_{verdict}"
        self._icon.show(icon)
        self._text.say([Span(self.stage.say(f"capture.{self._quality}{ending}"))])
        self._icon.ink = self._text.ink = self._tint.ink
        if self.width:
            self.arrange()
            self.paint(self.stage.theme.palette)

    def height_for(self, width: int) -> int:
        del width
        return max(self.stage.px(88), self.stage.theme.line_px("body") + self.stage.px(24))

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(x, y, width, height)
        icon, gap = self._icon.width_wanted(), self.stage.px(14)
        text = self._text.width_wanted()
        if icon + gap + text > width - self.stage.px(16):  # large type: the tint and the words are enough
            icon = gap = 0
        left = x + (width - icon - gap - text) // 2
        self._icon.opacity = 1 if icon else 0
        self._icon.place(left, y, icon, height)
        self._text.place(left + icon + gap, y, text, height)

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, Look(self._tint.fill))
        self._icon.paint(palette)
        self._text.paint(palette)


class Chips(Part):
    """All corners, good light, sharp letters."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._chips = [_Chip(stage, quality) for quality in _QUALITIES]
        for chip in self._chips:
            self.add_widget(chip)

    def show(self, hint: PaperHint) -> None:
        """Say how it stands."""
        for chip, verdict in zip(self._chips, verdicts(hint), strict=True):
            chip.show(verdict)

    def height_for(self, width: int) -> int:
        return self._chips[0].height_for(width)

    def arrange(self) -> None:
        gap = self.stage.px(18)
        share = (int(self.width) - 2 * gap) // 3
        for place, chip in enumerate(self._chips):
            chip.place(int(self.x) + place * (share + gap), int(self.y), share, int(self.height))


class HintCard(Part):
    """One hint: what is, and what to do. While the picture is about to take itself, the seconds stand in the disc."""

    def __init__(self, stage: Stage) -> None:
        panel = stage.theme.panel
        super().__init__(stage, grows=panel.is_compact or (panel.is_short and stage.theme.is_large))
        self._tint = Tint.INFO
        self._shape = Shape(self.canvas.before, stage.theme, 28)
        self._disc = Shape(self.canvas.before, stage.theme, 42)
        self._icon = Icon(stage, "info", 50)
        self._number = Text(stage, [Span("")], "h2", ink="onpri", centred=True)
        self._title = Text(stage, [Span("")], "item")
        self._do = Text(stage, [Span("")], "body")
        self._is_counting = False
        self._tallest: dict[int, int] = {}
        for part in (self._icon, self._number, self._title, self._do):
            self.add_widget(part)

    def show(self, hint: PaperHint, *, title: str = "", do: str = "", tint: Tint | None = None, icon: str = "", count: int = 0) -> None:
        """Show a hint of the camera, or with `title` and `do` something else."""
        own_tint, own_icon = _SIGNS.get(hint, (Tint.WARN, "open_with"))
        self._tint = tint or own_tint
        self._icon.show(icon or own_icon)
        self._is_counting = count > 0
        self._number.say([Span(str(count) if count else "")])
        self._title.say([Span(title or self.stage.say(f"problem.paper_{hint}"))])
        self._do.say([Span(do or self.stage.say(f"problem.paper_{hint}_do", call=self.stage.call))])
        for part in (self._icon, self._title, self._do):
            part.ink = self._tint.ink
        if self.width:
            self.arrange()
            self.paint(self.stage.theme.palette)

    def height_for(self, width: int) -> int:
        """Return the height of the longest hint: what is seen by the camera changes often, and the page is not to jump with it.

        On a small panel, and on a low one in large type, the hint takes what is left beside the picture instead.
        """
        if self.grows:
            return self.stage.px(_DISC)
        if width not in self._tallest:
            inner = width - self.stage.px(_PAD + _DISC + 2 * _BESIDE)
            title, do = Text(self.stage, [Span("")], "item"), Text(self.stage, [Span("")], "body")
            self._tallest[width] = _highest(title, _TITLES, inner) + _highest(do, _DOS, inner) + self.stage.px(44)
        return self._tallest[width]

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(x, y, width, height)
        side, pad, beside = self.stage.px(_DISC), self.stage.px(_PAD), self.stage.px(_BESIDE)
        middle = y + (height - side) // 2
        self._disc.place(x + pad, middle, side, side)
        self._icon.opacity = 0 if self._is_counting else 1
        self._icon.place(x + pad, middle, side, side)
        self._number.place(x + pad, middle, side, side)
        left = x + pad + side + beside
        inner = x + width - beside - left
        title, do = self._title.height_for(inner), self._do.height_for(inner)
        top = y + (height + title + do) // 2
        self._title.place(left, top - title, inner, title)
        self._do.place(left, top - title - do, inner, do)

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, Look(self._tint.fill))
        self._disc.paint(palette, Look("pri", outlined=False) if self._is_counting else Look(None, outlined=False))
        for part in (self._icon, self._number, self._title, self._do):
            part.paint(palette)
