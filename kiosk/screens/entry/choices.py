"""A choice as large buttons, all of them in sight."""

import time
from collections.abc import Callable, Sequence

from kiosk.screens.components.buttons import CHOSEN, SECONDARY, Button, Kind
from kiosk.screens.components.part import Part
from kiosk.screens.components.shape import Look
from kiosk.screens.components.text import Text
from kiosk.screens.entry.field import Filled
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from kiosk.screens.typeset import Span
from kiosk.voice.spot import Role
from peripherals.values import dataclass

_GUARD_S = 0.3
_HEIGHT = 100
_FEW, _FEW_LOW = 4, 2  # so many may stand one under another, each on a line; a small panel has no more height
_MANY, _LOW = 4, 70  # so many options stay in sight on a small panel only when they are lower
_WRONG = Kind(Look("surface", "err", 5), Look("pressed", "err", 5), "ink")


@dataclass(frozen=True, slots=True)
class Offer:
    """One option: its stable name, what it says, and the answer that it stands for."""

    name: str
    text: str
    value: str | bool


class ChoiceGrid(Part):
    """Options in as few rows as their words allow. With `many` each is a switch of its own."""

    def __init__(
        self, stage: Stage, field: str, offers: Sequence[Offer], chosen: Callable[[str | bool], None], *, large: bool = False
    ) -> None:
        super().__init__(stage)
        self._field = field
        self._offers = tuple(offers)
        self._chosen = chosen
        short = stage.theme.panel.is_short
        self._height = (112 if short else 152) if large else 84 if short else _HEIGHT
        self._most = 2 if large else 4
        self._gap = stage.px(8 if stage.theme.panel.is_compact else 10 if short else 16)
        if stage.theme.panel.is_compact and len(self._offers) > _MANY:
            self._height = _LOW
        self._on: frozenset[str | bool] = frozenset()
        self._wrong = False
        self._pressed_at: dict[str, float] = {}
        self._buttons: list[Button] = []
        self._measures = [Text(stage, [Span(offer.text)], "toggle", weight=Weight.BOLD).width_wanted() for offer in self._offers]
        self._build()

    def mark(self, on: frozenset[str | bool]) -> None:
        """Show which are chosen."""
        if on != self._on:
            self._on = on
            self._build()

    def show(self, filled: Filled) -> bool:
        """Show whether a choice is missing."""
        if filled.is_wrong != self._wrong:
            self._wrong = filled.is_wrong
            self._build()
        return False

    def height_for(self, width: int) -> int:
        heights = self._row_heights(width)
        return sum(heights) + (len(heights) - 1) * self._gap

    def arrange(self) -> None:
        x, top, width = int(self.x), int(self.top), int(self.width)
        columns = self._columns(width)
        wide = (width - (columns - 1) * self._gap) // columns
        for row, tall in enumerate(self._row_heights(width)):
            for column, button in enumerate(self._buttons[row * columns : (row + 1) * columns]):
                button.place(x + column * (wide + self._gap), top - tall, wide, tall)
            top -= tall + self._gap

    def _row_heights(self, width: int) -> list[int]:
        """Return how high each row is: all alike, but on a small panel only those are higher that have words on two lines."""
        columns = self._columns(width)
        wide = (width - (columns - 1) * self._gap) // columns
        wanted = [max(self.stage.px(self._height), button.height_for(wide)) for button in self._buttons]
        rows = [max(wanted[start : start + columns]) for start in range(0, len(wanted), columns)]
        return rows if self.stage.theme.panel.is_compact else [max(rows, default=0)] * len(rows)

    def _columns(self, width: int) -> int:
        """Return the most columns in which every option, with its check mark, has its words on one line; many go in two all the same."""
        if self.stage.theme.panel.is_compact and len(self._offers) > _FEW + 1:
            return 3  # on two lines where they must: what is above and below them needs the height
        needed = max(self._measures) + self.stage.px(42 + 18 + 44)
        for columns in range(min(self._most, len(self._offers)), 1, -1):
            rows = -(-len(self._offers) // columns)
            fewer = columns > 2 and -(-len(self._offers) // (columns - 1)) == rows
            if needed * columns + self._gap * (columns - 1) <= width and not fewer:
                return columns
        return 2 if len(self._offers) > (_FEW_LOW if self.stage.theme.panel.is_compact else _FEW) else 1

    def _build(self) -> None:
        for button in self._buttons:
            self.remove_widget(button)
        self._buttons = [self._button(offer) for offer in self._offers]
        for button in self._buttons:
            self.add_widget(button)
        if self.width:
            self.arrange()

    def _button(self, offer: Offer) -> Button:
        on = offer.value in self._on
        kind = CHOSEN if on else _WRONG if self._wrong else SECONDARY
        button = Button(
            self.stage, [Span(offer.text)], lambda: self._press(offer), test_id=f"option-{self._field}-{offer.name}", kind=kind,
            icon="check" if on else None, role="toggle", weight=Weight.BOLD if on else Weight.MEDIUM,
            height=self._height, icon_units=42, across=22,
        )  # fmt: skip
        button.spoken, button.is_on = Role.OPTION, on
        return button

    def _press(self, offer: Offer) -> None:
        """Choose; a second press at once is a trembling hand, also after the button was drawn anew."""
        now = time.monotonic()
        if now - self._pressed_at.get(offer.name, -1.0) >= _GUARD_S:
            self._pressed_at[offer.name] = now
            self._chosen(offer.value)
