"""The community's map on the glass: drawn once at its size, touched anywhere, with the chosen place marked."""

from collections.abc import Callable, Sequence

from kivy.graphics import Color, Line, Rectangle
from kivy.graphics.texture import Texture
from kivy.input.motionevent import MotionEvent
from PIL import Image, ImageDraw

from kiosk.screens.components.press import Pressable
from kiosk.screens.components.shape import Fill, Look, Shape
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.entry.keys import key_type_px
from kiosk.screens.marks import to_texture
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette
from kiosk.screens.typeset import Span
from sync.contract.places import GridMap, Place, Point, place_at

_FINE = 2  # drawn larger and scaled down, so that edges are smooth
_PIN = 92
_OF_GRID = 0.84  # of its grid's width a name takes at most


class PlanPicture(Pressable):
    """The map; a touch chooses the place under it. Where there is no grid, nothing is chosen."""

    def __init__(self, stage: Stage, plan: GridMap, chosen: Place | None, choose: Callable[[Place], None]) -> None:
        super().__init__(stage, test_id="map", label=stage.say("places.map"), act=self._press_middle)
        self._plan = plan
        self._chosen = chosen
        self._choose = choose
        self._drawn_for: tuple[str, int, int] | None = None
        with self.canvas.before:
            Color(1, 1, 1, 1)
            self._rectangle = Rectangle(size=(0, 0))
            self._edge_colour = Color(0, 0, 0, 0)
            self._edge = Line(width=1, close=True)
        # Grids of a small map are as large as they are in every size of type.
        size = (
            min(key_type_px(stage, "badge"), stage.theme.normal_px("caption"))
            if stage.theme.panel.is_short
            else key_type_px(stage, "badge")
        )
        said = [grid.name.said_in(stage.theme.language) for grid in plan.grids]
        self._names = [
            (grid.outline, Text(stage, [Span(name)], "badge", ink="ink2", centred=True, size_px=size))
            for grid, name in zip(plan.grids, told_apart(said) if stage.theme.panel.is_short else said, strict=True)
        ]
        self._pin = Icon(stage, "place", _PIN, ink="err")
        self._plates = [(name, Fill(self.canvas)) for _, name in self._names]
        self._halo = Shape(self.canvas, stage.theme, _PIN / 2)
        for _, name in self._names:
            self.add_widget(name)
        self.add_widget(self._pin)

    def show(self, chosen: Place | None) -> None:
        """Mark another place."""
        self._chosen = chosen
        if self.width:
            self.arrange()
            self.paint(self.stage.theme.palette)

    def press_at(self, at: Point) -> None:
        """Choose a point of the map, as a finger does."""
        place = place_at(self._plan, at)
        if place is not None:
            self._choose(place)

    def height_for(self, width: int) -> int:
        return round(width * self._plan.height / self._plan.width)

    def on_touch_up(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        if self.contains(*touch.pos) and self.get_root_window() is not None:
            self.press_at(self._point(*touch.pos))
        return True

    def arrange(self) -> None:
        for outline, name in self._names:
            across = round(_width(outline) * self.width / self._plan.width * _OF_GRID)
            width = min(name.width_wanted(), across)  # a longer name takes two lines, and keeps off its neighbour's
            height = name.height_for(width)
            x, y = self._on_glass(_middle(outline))
            name.place(x - width // 2, y - height // 2, width, height)
        side = self.stage.px(_PIN)
        x, y = self._on_glass(self._chosen.at) if self._chosen else (-10 * side, 0)
        self._pin.place(x - side // 2, y - side // 12, side, side)
        for name, plate in self._plates:
            name.opacity = 0 if name.collide_point(*self._pin.center) else 1  # no letters inside the pin
            plate.place(int(name.x), int(name.y), int(name.width), int(name.height))
        self._halo.place(int(self._pin.x), int(self._pin.y), side, side)

    def paint(self, palette: Palette) -> None:
        wanted = (palette.name.value, int(self.width), int(self.height))
        if self.width and wanted != self._drawn_for:
            self._drawn_for = wanted
            self._rectangle.texture = drawn(self._plan, int(self.width), int(self.height), palette)
        self._rectangle.pos, self._rectangle.size = self.pos, self.size
        grid = next((grid for grid in self._plan.grids if self._chosen and grid.code == self._chosen.grid), None)
        self._edge_colour.rgba = palette.colour("pri") if grid else (0, 0, 0, 0)
        self._edge.width = max(1.5, self.stage.px(5) / 2)
        self._edge.points = [value for at in grid.outline for value in self._on_glass(at)] if grid else []
        for _, plate in self._plates:  # ways are as light as letters in high contrast
            plate.paint(palette, "surface" if palette.outline else None)
        self._halo.paint(palette, Look("surface", outlined=False))  # the edge of the chosen grid is as dark as the pin that may stand on it
        self._pin.ink = "err"
        self._pin.paint(palette)

    def _press_middle(self) -> None:
        self.press_at((self._plan.width // 2, self._plan.height // 2))

    def _on_glass(self, at: Point) -> tuple[int, int]:
        x = int(self.x) + round(at[0] * self.width / self._plan.width)
        return x, int(self.top) - round(at[1] * self.height / self._plan.height)

    def _point(self, x: float, y: float) -> Point:
        across = (x - self.x) / max(1, self.width) * self._plan.width
        down = (self.top - y) / max(1, self.height) * self._plan.height
        return round(across), round(down)


def told_apart(names: Sequence[str]) -> list[str]:
    """Return the words of each name that not all of them have in its place: a small map has room for a grid's number, not for "grid"."""
    words = [name.split() for name in names]
    if len({len(one) for one in words}) != 1:
        return list(names)
    own = [place for place, same in enumerate(zip(*words, strict=True)) if len(set(same)) > 1]
    return [" ".join(one[place] for place in own) or name for one, name in zip(words, names, strict=True)]


def drawn(plan: GridMap, width: int, height: int, palette: Palette) -> Texture:
    """Return the map as a picture of this size, in these colours."""
    fine = width * _FINE, height * _FINE
    image = Image.new("RGB", fine, palette.bed)
    draw = ImageDraw.Draw(image)

    def on_paper(points: Sequence[Point]) -> list[tuple[float, float]]:
        return [(x * fine[0] / plan.width, y * fine[1] / plan.height) for x, y in points]

    thin = max(2, round(fine[0] / 400))
    for grid in plan.grids:
        draw.polygon(on_paper(grid.outline), fill=palette.surface)
    for ground in plan.grounds:
        outline = palette.line if palette.outline else None
        draw.polygon(on_paper(ground.outline), fill=palette.infosoft if ground.is_water else palette.oksoft, outline=outline)
    for way in plan.ways:
        draw.line(on_paper(way.points), fill=palette.function_key if not palette.outline else palette.line, width=thin * 5, joint="curve")
    for grid in plan.grids:
        ring = on_paper(grid.outline)
        draw.line([*ring, ring[0]], fill=palette.ctl, width=thin, joint="curve")
    for spot in plan.spots:
        ((x, y),) = on_paper([spot.at])
        draw.rounded_rectangle((x - 5 * thin, y - 4 * thin, x + 5 * thin, y + 4 * thin), radius=thin, fill=palette.line)
    return to_texture(image.resize((width, height), Image.Resampling.BOX))


def _middle(outline: Sequence[Point]) -> Point:
    return sum(x for x, _ in outline) // len(outline), sum(y for _, y in outline) // len(outline)


def _width(outline: Sequence[Point]) -> int:
    return max(x for x, _ in outline) - min(x for x, _ in outline)
