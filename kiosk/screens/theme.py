"""The one theme that every widget listens to: a change of mode is a change of its properties."""

from dataclasses import replace
from pathlib import Path
from typing import Protocol
from weakref import WeakSet

from kivy.event import EventDispatcher
from kivy.properties import ObjectProperty

from kiosk.flow.display import Display, Scale
from kiosk.screens.tokens import LIGHT, PALETTES, TYPE, Palette, Panel, Weight
from kiosk.screens.typeset import Fonts, Setter
from sync.contract.words import Language

_MARGIN = 56
_ELDER_LEAST = 104
_SHORT_SCALE, _COMPACT_SCALE = 1.45, 1.25


def _set_by(display: Display) -> tuple[object, ...]:
    return display.language, display.scale, display.reach, display.elder


def _laid_out(glass: Panel, display: Display) -> Panel:
    """Return how pages are laid out on a glass: rail, columns and two bars beside each other want Chinese in normal type.

    Large type, and words in letters, which run longer, have one bar and whole lines on a tall wide panel, as on a short one; and on a short
    one they have what they have on a compact one.
    """
    is_longer = display.elder or display.scale is not Scale.NORMAL or display.language is not Language.ZH
    return replace(glass, laid_low=True) if is_longer and not (glass.is_upright or glass.is_compact) else glass


class Listener(Protocol):
    """Something that has colours."""

    def paint(self, palette: Palette) -> None:
        """Take the colours."""


class Theme(EventDispatcher):
    """Colours, type and lengths, as this panel and this resident want them.

    Parts listen and are painted anew when `palette` changes. A change of scale or language makes other lines and sizes: `apply`
    says so, and the page is set anew.
    """

    palette: Palette = ObjectProperty(LIGHT)

    def __init__(self, panel: Panel, fonts_folder: Path) -> None:
        super().__init__()
        self._glass = panel
        self.panel = panel
        self.fonts = Fonts(fonts_folder)
        self.display = Display()
        self._listeners: WeakSet[Listener] = WeakSet()
        self._setters: dict[tuple[Language, Weight], Setter] = {}

    def listen(self, listener: Listener) -> None:
        """Have something painted anew at every change of palette, for as long as it lives.

        Kivy's own `bind` compares a new listener with all others, and thousands come and go with the pages.
        """
        self._listeners.add(listener)

    def on_palette(self, _: object, palette: Palette) -> None:
        """Have all that listen painted: Kivy calls this at a change."""
        for listener in list(self._listeners):
            listener.paint(palette)

    def apply(self, display: Display) -> bool:
        """Take over what the resident chose; tells whether texts must be set anew."""
        before, self.display = self.display, display
        self.panel = _laid_out(self._glass, display)
        self.palette = PALETTES[display.theme]
        return _set_by(before) != _set_by(display)

    @property
    def language(self) -> Language:
        """What the resident reads."""
        return self.display.language

    @property
    def scale(self) -> float:
        """By how much type grows; on a short panel less than asked for, or a page would hold no sentence."""
        wanted = float(self.display.scale)
        if not self._glass.is_short:
            return wanted
        return min(wanted, _COMPACT_SCALE if self._glass.is_compact else _SHORT_SCALE)

    @property
    def is_large(self) -> bool:
        """Whether this is the large-type mode: one question a page, fewer things at once."""
        return self.display.elder or self.display.scale is not Scale.NORMAL

    @property
    def margin(self) -> int:
        """Left and right of a page."""
        return self.px(36 if self.panel.is_short else _MARGIN)

    def high_enough(self, units: float) -> float:
        """Return the height of a control in units: in the elder mode nothing that is pressed is lower than 25 mm, but for keys.

        A small panel has no room for that but on its home.
        """
        return max(units, _ELDER_LEAST) if self.display.elder and not self._glass.is_compact else units

    def px(self, units: float) -> int:
        """Return whole pixels of a length in units of the drawings (0.248 mm)."""
        return self.panel.px(units)

    def key_px(self, units: float) -> int:
        """Return whole pixels of a height among keys."""
        return self.panel.px(units * self.panel.key_share)

    def type_px(self, role: str) -> int:
        """Return the size of a type role."""
        kind = TYPE[role]
        mm = kind.compact_mm if self.panel.is_short else kind.mm
        return self.panel.px_of_mm(mm * (self.scale if kind.grows else 1.0))

    def normal_px(self, role: str) -> int:
        """Return the size that a type role has while nobody asked for larger type."""
        kind = TYPE[role]
        return self.panel.px_of_mm(kind.compact_mm if self.panel.is_short else kind.mm)

    def line_px(self, role: str) -> int:
        """Return the distance of two lines of a type role."""
        return round(self.type_px(role) * TYPE[role].line)

    def setter(self, weight: Weight, language: Language | None = None) -> Setter:
        """Return what sets text of a weight; in the resident's language, unless another is named."""
        key = (language or self.language, weight)
        if key not in self._setters:
            self._setters[key] = Setter(self.fonts, *key)
        return self._setters[key]
