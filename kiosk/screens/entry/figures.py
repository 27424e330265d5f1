"""The pad for figures: telephone, identity and card numbers, money."""

from collections.abc import Callable

from kiosk.input_method import editing
from kiosk.input_method.editing import FigureKind
from kiosk.screens.components.part import Part
from kiosk.screens.components.shape import Look, Shape
from kiosk.screens.entry.keys import DONE, FIGURE, FUNCTION, Bed, Cell, Key
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette

_NAMES = {"X": "x", "B": "b", ".": "point"}


class FigurePad(Part):
    """Ten figures, the keys that a kind of figures needs besides, and the way back. `done` is left out where the page has it."""

    def __init__(
        self, stage: Stage, kind: FigureKind, longest: int, changed: Callable[[str], None], done: Callable[[], None] | None
    ) -> None:
        super().__init__(stage)
        self.value = ""
        self._kind = kind
        self._longest = longest
        self._changed = changed
        self._bed = self._make_narrow() if done is None else self._make(done)
        self._shape = Shape(self.canvas.before, stage.theme, 32 if done is None else 0)
        self.add_widget(self._bed)

    def begin(self, value: str) -> None:
        """Go on behind what the field holds."""
        self.value = value

    def empty(self) -> None:
        """Clear the field."""
        self._take("")

    def height_for(self, width: int) -> int:
        return self._bed.height_for(width)

    def arrange(self) -> None:
        box = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(*box)
        self._bed.place(*box)

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, Look("bed", outlined=False))

    def _make(self, done: Callable[[], None]) -> Bed:
        cells = [Cell(self._digit(figure), place // 3, 20 + place % 3 * 264, 252) for place, figure in enumerate("123456789")]
        cells.append(Cell(self._digit("0"), 3, 284, 252))
        cells += [Cell(self._extra(extra), 3, 20 + place * 528, 252) for place, extra in enumerate(editing.keys(self._kind))]
        cells += [
            Cell(self._delete_key(), 0, 812, 248),
            Cell(self._clear_key(), 1, 812, 248),
            Cell(Key(self.stage, self.stage.say("keyboard.done"), done, test_id="key-done", kind=DONE), 2, 812, 248, rows=2),
        ]
        return Bed(self.stage, cells, rows=4, row_units=132)

    def _make_narrow(self) -> Bed:
        cells = [Cell(self._digit(figure), place // 3, 28 + place % 3 * 346, 332) for place, figure in enumerate("123456789")]
        cells.append(Cell(self._digit("0"), 3, 374, 332))
        extra = editing.keys(self._kind)[:1]  # of the kinds that a page without a keyboard asks for, none has two
        if extra:
            cells += [Cell(self._extra(extra), 3, 28, 160), Cell(self._clear_key(), 3, 200, 160)]
        else:
            cells.append(Cell(self._clear_key(), 3, 28, 332))
        cells.append(Cell(self._delete_key(), 3, 720, 332))
        return Bed(self.stage, cells, rows=4, row_units=140, gap=20, top=28, bottom=28)

    def _digit(self, figure: str) -> Key:
        return Key(self.stage, figure, lambda: self._press(figure), test_id=f"digit-{figure}", kind=FIGURE)

    def _extra(self, extra: str) -> Key:
        return Key(self.stage, extra, lambda: self._press(extra), test_id=f"digit-{_NAMES[extra]}", kind=FIGURE)

    def _delete_key(self) -> Key:
        label = self.stage.say("keyboard.delete")
        return Key(
            self.stage,
            "",
            lambda: self._take(editing.deleted(self.value)),
            test_id="key-delete",
            kind=FUNCTION,
            icon="backspace",
            label=label,
        )

    def _clear_key(self) -> Key:
        return Key(self.stage, self.stage.say("keyboard.clear"), self.empty, test_id="key-clear", kind=FUNCTION)

    def _press(self, key: str) -> None:
        self._take(editing.pressed(self._kind, self.value, key, self._longest))

    def _take(self, value: str) -> None:
        if value != self.value:
            self.value = value
            self._changed(value)
