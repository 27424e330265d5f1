"""Choosing a place: on the community's map, or by name from a list, grid first. Both need one finger and no dragging."""

from collections.abc import Callable
from functools import partial

from kiosk.screens.components.part import Part
from kiosk.screens.components.shape import Fill
from kiosk.screens.components.text import Text
from kiosk.screens.entry.keys import DONE, FUNCTION, LETTER, Bed, Cell, Key
from kiosk.screens.entry.plan import PlanPicture
from kiosk.screens.entry.tabs import TabFace, Tabs
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette
from peripherals.values import dataclass
from sync.contract.places import GridMap, Place, read_place

_ACROSS = 3
_ROWS = 5
_ON_A_LEAF = _ACROSS * _ROWS - 3  # the last row holds the ways on, back and out
_ROW_UNITS = 128
_WIDE_ROW_UNITS = 104
"""A glass that is wider than high has less height for keys."""


@dataclass(frozen=True, slots=True)
class _Choice:
    text: str
    act: Callable[[], None]
    test_id: str


class PlacePad(Part):
    """Two tabs, map and list; `done` closes the pad. Without a map there is only a word that says so."""

    def __init__(self, stage: Stage, plan: GridMap | None, value: str, changed: Callable[[str], None], done: Callable[[], None]) -> None:
        super().__init__(stage)
        self._plan = plan
        self._chosen = read_place(value)
        self._changed = changed
        self._done = done
        self._leaf = 0
        self._grid: str | None = None  # whose spots are listed
        self._fill = Fill(self.canvas.before)
        faces = (TabFace("map", "map", stage.say("places.map")), TabFace("list", "list", stage.say("places.list")))
        self._tabs = Tabs(stage, faces, self._turn)
        self._tab = "map" if plan is not None else "list"
        self._tabs.show(self._tab)
        self._inside: Part = self._make()
        self.add_widget(self._tabs)
        self.add_widget(self._inside)

    def height_for(self, width: int) -> int:
        del width
        stage = self.stage
        return self._tabs.height_for(0) + stage.theme.key_px(880 if stage.theme.panel.is_upright else 620)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._fill.place(x, y, width, height)
        tabs = self._tabs.height_for(width)
        self._tabs.place(x, y + height - tabs, width, tabs)
        self._inside.place(x, y, width, height - tabs)

    def paint(self, palette: Palette) -> None:
        self._fill.paint(palette, "bed")

    def _turn(self, name: str) -> None:
        self._tab, self._leaf, self._grid = name, 0, None
        self._tabs.show(name)
        self._renew()

    def _renew(self) -> None:
        self.remove_widget(self._inside)
        self._inside = self._make()
        self.add_widget(self._inside)
        if self.width:
            self.arrange()

    def _make(self) -> Part:
        if self._plan is None:
            return Text(self.stage, self.stage.say("places.no_map"), "item", centred=True)
        if self._tab == "map":
            return _OnMap(self.stage, PlanPicture(self.stage, self._plan, self._chosen, self._choose), self._done)
        return self._listed(self._plan)

    def _choose(self, place: Place) -> None:
        self._chosen = place
        if isinstance(self._inside, _OnMap):
            self._inside.picture.show(place)
        self._changed(place.text)

    # The list

    def _listed(self, plan: GridMap) -> Part:
        language = self.stage.theme.language
        if self._grid is None:
            choices = [_Choice(grid.name.said_in(language), partial(self._open, grid.code), f"grid-{grid.code}") for grid in plan.grids]
        else:
            spots = [spot for spot in plan.spots if spot.grid == self._grid]
            choices = [_Choice(spot.name.said_in(language), partial(self._choose_spot, spot.at), f"spot-{spot.id}") for spot in spots]
        shown = choices[self._leaf : self._leaf + _ON_A_LEAF]
        cells = [
            Cell(Key(self.stage, one.text, one.act, test_id=one.test_id, kind=LETTER), place // _ACROSS, 20 + place % _ACROSS * 350, 338)
            for place, one in enumerate(shown)
        ]
        last = _ROWS - 1
        if self._grid is not None:
            cells.append(
                Cell(
                    Key(self.stage, self.stage.say("places.other_grid"), lambda: self._open(None), test_id="grid-other", kind=FUNCTION),
                    last,
                    20,
                    338,
                )
            )
        if len(choices) > _ON_A_LEAF:
            cells.append(
                Cell(
                    Key(self.stage, self.stage.say("places.more"), lambda: self._more(len(choices)), test_id="places-more", kind=FUNCTION),
                    last,
                    370,
                    338,
                )
            )
        cells.append(Cell(_done_key(self.stage, self._done), last, 720, 338))
        row = _ROW_UNITS if self.stage.theme.panel.is_upright else _WIDE_ROW_UNITS
        return Bed(self.stage, cells, rows=_ROWS, row_units=row)

    def _open(self, grid: str | None) -> None:
        self._grid, self._leaf = grid, 0
        self._renew()

    def _more(self, count: int) -> None:
        self._leaf = self._leaf + _ON_A_LEAF if self._leaf + _ON_A_LEAF < count else 0
        self._renew()

    def _choose_spot(self, at: tuple[int, int]) -> None:
        if self._grid is not None:
            self._choose(Place(self._grid, at))


class _OnMap(Part):
    """The map as large as it fits, and the way out below it."""

    def __init__(self, stage: Stage, picture: PlanPicture, done: Callable[[], None]) -> None:
        super().__init__(stage)
        self.picture = picture
        self._key = _done_key(stage, done)
        self.add_widget(picture)
        self.add_widget(self._key)

    def arrange(self) -> None:
        px = self.stage.px
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        margin, key = px(24), self.stage.theme.key_px(108)
        room = height - key - 2 * px(16) - px(12)
        across = min(width - 2 * margin, round(room * (width - 2 * margin) / self.picture.height_for(width - 2 * margin)))
        down = self.picture.height_for(across)
        self.picture.place(x + (width - across) // 2, y + height - px(12) - down, across, down)
        self._key.place(x + margin, y + px(16), width - 2 * margin, key)


def _done_key(stage: Stage, done: Callable[[], None]) -> Key:
    return Key(stage, stage.say("keyboard.done"), done, test_id="key-done", kind=DONE)
