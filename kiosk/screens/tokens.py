"""The look in figures: colours by role, type by role, and lengths that are millimetres first.

Pure: nothing here knows Kivy. Lengths are written in units of the reference panel (21.5 inches upright, 1080 x 1920, 0.248 mm a
pixel), because the drawings are; `Panel.px` turns them into pixels of the panel at hand.
"""

from enum import StrEnum
from functools import cache

from kiosk.flow.display import Theme as ThemeName
from peripherals.values import dataclass

UNIT_MM = 0.248
"""One unit of the drawings: a pixel of the reference panel."""

Rgba = tuple[float, float, float, float]


@cache  # every part of every page asks, for few colours
def rgba(hexadecimal: str, alpha: float = 1.0) -> Rgba:
    """Return a colour written as #RRGGBB."""
    red, green, blue = (int(hexadecimal[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, alpha


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour role. `outline` is the border, in units, that a surface gets where a tint can't show it."""

    name: ThemeName
    bg_top: str
    bg_bottom: str
    surface: str
    sunk: str
    ink: str
    ink2: str
    ctl: str
    line: str
    pri: str
    onpri: str
    pri_pressed: str
    prisoft: str
    onprisoft: str
    glaze: str
    onglaze_fill: str  # on the glaze itself, which is light in every palette
    glazesoft: str
    onglaze: str
    glazebd: str
    ok: str
    oksoft: str
    warn: str
    warnsoft: str
    err: str
    errsoft: str
    info: str
    infosoft: str
    clay: str
    claysoft: str
    focus: str
    bed: str
    key: str
    function_key: str
    pressed: str  # a light control under the finger
    maint: str  # the technicians' head, and what stands on it
    onmaint: str
    onmaint2: str
    maint_icon: str
    outline: int = 0
    shadow: Rgba | None = (0.28, 0.21, 0.08, 1.0)
    shadow_strength: float = 1.0

    def colour(self, role: str, alpha: float = 1.0) -> Rgba:
        """Return the colour of a role."""
        return rgba(getattr(self, role), alpha)


LIGHT = Palette(
    name=ThemeName.LIGHT, bg_top="#F8F4EB", bg_bottom="#F1EADB", surface="#FFFFFF", sunk="#F1EBDE", ink="#1D2521", ink2="#414B45",
    ctl="#7D725E", line="#DDD3C0", pri="#0B5748", onpri="#FFFFFF", pri_pressed="#083F35", prisoft="#DCEBE4", onprisoft="#0A483B",
    glaze="#E7A534", onglaze_fill="#573A00", glazesoft="#FBEBC8", onglaze="#573A00", glazebd="#9C6A0C", ok="#124E2B", oksoft="#DCEEDF",
    warn="#6B4300", warnsoft="#FCEBC6", err="#8E1813", errsoft="#FBE4E0", info="#1B4C80", infosoft="#E0EAF4", clay="#7A3118",
    claysoft="#F8E4DA", focus="#0B3FD0", bed="#E6DDCB", key="#FFFFFF", function_key="#D3C8B2", pressed="#E4DCCB",
    maint="#1D2521", onmaint="#FFFFFF", onmaint2="#DCD6C8", maint_icon="#F0BC5A",
)  # fmt: skip

DARK = Palette(
    name=ThemeName.DARK, bg_top="#131A17", bg_bottom="#0E1412", surface="#1E2723", sunk="#29332E", ink="#F5F0E5", ink2="#C9CFC6",
    ctl="#8C978F", line="#37423C", pri="#7FD9BC", onpri="#04231B", pri_pressed="#A6E8D3", prisoft="#1D3F36", onprisoft="#BDEBDB",
    glaze="#F0BC5A", onglaze_fill="#3B2700", glazesoft="#43351A", onglaze="#FADFA6", glazebd="#F0BC5A", ok="#9ADDB0", oksoft="#1D3A28",
    warn="#F6CF83", warnsoft="#43351A", err="#FFB4AB", errsoft="#4B2321", info="#A9CBF0", infosoft="#1F3145", clay="#F3B59D",
    claysoft="#45281D", focus="#FFD84A", bed="#0E1412", key="#1E2723", function_key="#29332E", pressed="#37423C",
    maint="#1D2521", onmaint="#FFFFFF", onmaint2="#DCD6C8", maint_icon="#F0BC5A", shadow=(0.0, 0.0, 0.0,
    1.0), shadow_strength=4.0,
)  # fmt: skip

CONTRAST = Palette(
    name=ThemeName.CONTRAST, bg_top="#000000", bg_bottom="#000000", surface="#000000", sunk="#000000", ink="#FFFFFF", ink2="#FFFFFF",
    ctl="#FFFFFF", line="#FFFFFF", pri="#FFE100", onpri="#000000", pri_pressed="#FFFFFF", prisoft="#000000", onprisoft="#FFE100",
    glaze="#FFE100", onglaze_fill="#000000", glazesoft="#000000", onglaze="#FFE100", glazebd="#FFFFFF", ok="#FFFFFF", oksoft="#000000",
    warn="#FFE100", warnsoft="#000000", err="#FFE100", errsoft="#000000", info="#FFE100", infosoft="#000000", clay="#FFE100",
    claysoft="#000000", focus="#00E5FF", bed="#000000", key="#000000", function_key="#000000", pressed="#4D4400",
    maint="#000000", onmaint="#FFFFFF", onmaint2="#FFFFFF", maint_icon="#FFE100", outline=4,
    shadow=None,
)  # fmt: skip

PALETTES = {palette.name: palette for palette in (LIGHT, DARK, CONTRAST)}


@dataclass(frozen=True, slots=True)
class Lift:
    """A shadow: how far down, how soft, how dark (on light paper)."""

    down: int
    blur: int
    alpha: float
    role: str | None = None  # tinted by this role in the light palette


CARD_LIFT = Lift(4, 16, 0.08)
RAISED_LIFT = Lift(10, 36, 0.13)
PRIMARY_LIFT = Lift(8, 22, 0.26, "pri")
BAR_LIFT = Lift(-6, 24, 0.08)


class Weight(StrEnum):
    """Weights of type that are shipped."""

    REGULAR = "400"
    MEDIUM = "500"
    BOLD = "700"


@dataclass(frozen=True, slots=True)
class TypeRole:
    """One use of type, in millimetres."""

    mm: float
    compact_mm: float
    weight: Weight
    line: float  # line height in em
    grows: bool = True  # with the resident's scale


TYPE: dict[str, TypeRole] = {
    "caption": TypeRole(6.94, 6.8, Weight.REGULAR, 1.45),
    "badge": TypeRole(6.94, 6.8, Weight.MEDIUM, 1.45),
    "note": TypeRole(7.44, 6.8, Weight.REGULAR, 1.45),
    "body": TypeRole(7.94, 6.8, Weight.REGULAR, 1.5),
    "lead": TypeRole(8.43, 6.8, Weight.REGULAR, 1.55),
    "value": TypeRole(8.43, 6.8, Weight.MEDIUM, 1.5),
    "toggle": TypeRole(7.94, 7.0, Weight.MEDIUM, 1.2),
    "item": TypeRole(9.42, 7.5, Weight.BOLD, 1.35),
    "button": TypeRole(9.92, 8.2, Weight.BOLD, 1.2),
    "input": TypeRole(9.92, 9.2, Weight.MEDIUM, 1.25),
    "h2": TypeRole(9.92, 8.5, Weight.BOLD, 1.4),
    "h1": TypeRole(14.88, 10.2, Weight.BOLD, 1.3),
    "greeting": TypeRole(16.86, 10.2, Weight.BOLD, 1.25),
    "number": TypeRole(17.86, 12.2, Weight.BOLD, 1.25),
    "key": TypeRole(10.91, 9.2, Weight.MEDIUM, 1.0),
    "candidate": TypeRole(13.39, 10.2, Weight.MEDIUM, 1.0),
    "clock": TypeRole(41.66, 24.0, Weight.MEDIUM, 1.0, grows=False),
    "countdown": TypeRole(59.52, 34.0, Weight.BOLD, 1.05, grows=False),
}


_DRAWN_UNITS, _SHORT_UNITS, _COMPACT_UNITS = 1080, 860, 700
"""How many units the short side of a panel holds: drawn upright, on a wide one of 15 inches, on one of 10."""

_SHORT_KEYS, _COMPACT_KEYS = 0.86, 0.62


@dataclass(frozen=True, slots=True)
class Panel:
    """The glass as residents see it: its pixels, how wide one is, and by how many degrees the picture is turned on the display.

    `laid_low`: its pages are laid out as on the next lower one: those of a tall wide panel as on a short one, of a short as on a compact.
    """

    width_px: int
    height_px: int
    pitch_mm: float
    rotation: int = 0
    laid_low: bool = False

    @property
    def display_px(self) -> tuple[int, int]:
        """Width and height of the display itself, which may stand on its side."""
        return (self.height_px, self.width_px) if self.rotation % 180 else (self.width_px, self.height_px)

    @property
    def is_upright(self) -> bool:
        """Whether it is higher than wide."""
        return self.height_px > self.width_px

    @property
    def is_compact(self) -> bool:
        """Whether fewer things fit."""
        return self._is_small or (self.laid_low and self._is_low)

    @property
    def is_short(self) -> bool:
        """Whether a wide panel is so low that a page has no room for two bars and a rail beside its body."""
        return self._is_low or (self.laid_low and not self.is_upright)

    @property
    def is_roomy(self) -> bool:
        """Whether a wide panel is high enough for a rail beside a page's body."""
        return not (self.is_upright or self.is_short)

    @property
    def _is_low(self) -> bool:
        return not self.is_upright and self.height_px * self.pitch_mm < 220

    @property
    def _is_small(self) -> bool:
        return min(self.width_px, self.height_px) * self.pitch_mm < 180

    @property
    def unit_px(self) -> float:
        """Pixels of one unit: true to the millimetre, or larger on a panel that would else be mostly empty.

        A short panel stands on a counter, nearer to the eyes and the hand than a tall one: there a unit may be somewhat smaller, so
        that a page still holds a question and its keys.
        """
        true, short_side = UNIT_MM / self.pitch_mm, min(self.width_px, self.height_px)
        if self.is_short:
            return min(true, short_side / (_COMPACT_UNITS if self._is_small else _SHORT_UNITS))
        return max(true, short_side / _DRAWN_UNITS)

    @property
    def key_share(self) -> float:
        """How high keys are, of what is drawn: on a short panel the field stands beside them, and both have to be seen."""
        return 1.0 if not self.is_short else _COMPACT_KEYS if self._is_small else _SHORT_KEYS

    def px(self, units: float) -> int:
        """Return whole pixels of a length of the drawings."""
        return round(units * self.unit_px)

    def px_of_mm(self, mm: float) -> int:
        """Return whole pixels of a length in millimetres."""
        return self.px(mm / UNIT_MM)

    def mm(self, px: float) -> float:
        """Return the true length of some pixels."""
        return px * self.pitch_mm


REFERENCE = Panel(1080, 1920, UNIT_MM)


def contrast_ratio(one: str, other: str) -> float:
    """Return the WCAG contrast of two colours."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(hexadecimal: str) -> float:
    channels = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgba(hexadecimal)[:3])
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), channels, strict=True))
