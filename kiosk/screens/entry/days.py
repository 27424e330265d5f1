"""The day's columns: year, month and day, each with a key that adds and one that takes away."""

from collections.abc import Callable
from datetime import date

from kiosk.input_method import day as days
from kiosk.input_method.day import DayChoice, DayPart
from kiosk.screens.components.part import Part
from kiosk.screens.components.shape import Fill, Look, Shape
from kiosk.screens.components.text import Text
from kiosk.screens.entry.keys import DONE, FUNCTION, SPACE, Bed, Cell, Key, key_type_px
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight
from kiosk.screens.typeset import Span


class _Drum(Part):
    """The value of one column."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._shape = Shape(self.canvas.before, stage.theme, 18)
        self._text = Text(stage, [Span("")], "h1", weight=Weight.BOLD, centred=True, size_px=key_type_px(stage, "h1"))
        self.add_widget(self._text)

    def say(self, text: str) -> None:
        """Show another value."""
        self._text.say([Span(text)])

    def arrange(self) -> None:
        box = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(*box)
        self._text.narrow(box[2] - 2 * self.stage.px(10))
        self._text.place(*box)

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, Look("surface", "pri", 4))


class DayPad(Part):
    """Three columns; years go by ten as well. `done` takes the day that is shown, also when nothing was turned."""

    def __init__(
        self, stage: Stage, choice: DayChoice, today: date, changed: Callable[[str], None], done: Callable[[], None] | None
    ) -> None:
        super().__init__(stage)
        self.choice = choice
        self._today_is = today
        self._changed = changed
        self._drums = {part: _Drum(stage) for part in DayPart}
        self._fill = Fill(self.canvas.before)
        self._bed = self._make(done)
        self.add_widget(self._bed)
        self._show()

    @property
    def value(self) -> str:
        """The day as an answer."""
        return self.choice.day.isoformat()

    def height_for(self, width: int) -> int:
        return self._bed.height_for(width)

    def arrange(self) -> None:
        box = int(self.x), int(self.y), int(self.width), int(self.height)
        self._fill.place(*box)
        self._bed.place(*box)

    def paint(self, palette: Palette) -> None:
        self._fill.paint(palette, "bed")

    def _make(self, done: Callable[[], None] | None) -> Bed:
        cells = [
            Cell(self._turner(DayPart.YEAR, 10, self.stage.say("form.years_on")), 0, 20, 164),
            Cell(self._turner(DayPart.YEAR, -10, self.stage.say("form.years_back")), 2, 20, 164),
        ]
        left = 196.0
        for part, width in ((DayPart.YEAR, 300), (DayPart.MONTH, 270), (DayPart.DAY, 270)):
            cells += [
                Cell(self._turner(part, 1, icon="add"), 0, left, width),
                Cell(self._drums[part], 1, left, width),
                Cell(self._turner(part, -1, icon="remove"), 2, left, width),
            ]
            left += width + 12
        if done is not None:
            today = Key(self.stage, self.stage.say("form.today"), self._today, test_id="date-today", kind=SPACE)
            cells += [
                Cell(today, 3, 20, 466),
                Cell(Key(self.stage, self.stage.say("keyboard.done"), done, test_id="key-done", kind=DONE), 3, 498, 562),
            ]
        return Bed(self.stage, cells, rows=4, row_units=124)

    def _turner(self, part: DayPart, by: int, text: str = "", *, icon: str | None = None) -> Key:
        direction = "plus" if by > 0 else "minus"
        name = f"date-{part}-{direction}" if abs(by) == 1 else f"date-decade-{direction}"
        label = text or self.stage.say(f"form.{part}_{direction}")
        return Key(self.stage, text, lambda: self._turn(part, by), test_id=name, kind=FUNCTION, icon=icon, label=label)

    def _turn(self, part: DayPart, by: int) -> None:
        self._take(days.turned(self.choice, part, by))

    def _today(self) -> None:
        self._take(DayChoice(min(max(self._today_is, self.choice.earliest), self.choice.latest), self.choice.earliest, self.choice.latest))

    def _take(self, choice: DayChoice) -> None:
        self.choice = choice
        self._show()
        self._changed(self.value)

    def _show(self) -> None:
        day = self.choice.day
        for part, number in ((DayPart.YEAR, day.year), (DayPart.MONTH, day.month), (DayPart.DAY, day.day)):
            self._drums[part].say(self.stage.say(f"form.{part}_shown", number=number))
