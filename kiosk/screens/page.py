"""A page: what a screen puts into the frame, and when it is set anew."""

from collections.abc import Sequence
from typing import Protocol

from kiosk.flow.state import Kiosk
from kiosk.screens.components.pages import Block, Pages
from kiosk.screens.components.part import Part
from kiosk.screens.frame import AssistRow, Bar, Head, Rail, action_row, assist_parts, has_rail
from kiosk.screens.stage import Stage
from kiosk.screens.status import Ground, Status
from peripherals.values import dataclass

_REACH_TOP = 1290
"""Units above the lower edge of the glass within which everything can be reached from a wheelchair."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is put into the frame. `foot` stands in for both bars; `deck`, such as a keyboard, for the bottom bar alone."""

    body: Sequence[Block]
    head: Head | None = None
    actions: Sequence[Part] = ()
    finish: bool = True
    middle: Part | None = None  # stands in for size and contrast in the assist bar
    foot: Part | None = None
    deck: Part | None = None
    gap: float = 22
    most: int | None = None  # so many blocks at most stand on a leaf


class HeadBar(Protocol):
    """What stands at the top of the glass: a part that follows the state by itself."""

    x: float
    y: float

    def show(self, kiosk: Kiosk) -> None:
        """Take over what it says."""

    def height_for(self, width: int) -> int:
        """Return its height."""

    def place(self, x: int, y: int, width: int, height: int) -> None:
        """Take this place."""


class Page(Part):
    """One screen. A subclass says in `sheet` what it puts into the frame, and in `facts` on what that depends."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.kiosk: Kiosk | None = None
        self.leaf = 0
        self._facts: object = None
        self._ground = Ground(stage)
        self._status = self.head_bar()
        self._parts: list[Part] = []
        self.body: Pages | None = None
        self.add_widget(self._ground)
        self.add_widget(self._status)

    is_bare = False  # no line, date and time in the status bar: the page says them itself
    is_kept = False  # holds nothing of a resident, and is used again
    is_lively = False  # draws all the time, like a camera picture

    def head_bar(self) -> "HeadBar":
        """Return what stands at the top of the glass."""
        return Status(self.stage, bare=self.is_bare)

    def facts(self, kiosk: Kiosk) -> object:
        """Return what the page shows; the same facts are not set anew."""
        return kiosk.view, kiosk.visit

    def sheet(self, kiosk: Kiosk) -> Sheet:
        """Return what is put into the frame."""
        raise NotImplementedError

    def is_changed_by(self, kiosk: Kiosk) -> bool:
        """Whether showing this state puts other controls into the frame."""
        return self.facts(kiosk) != self._facts

    def show(self, kiosk: Kiosk) -> None:
        """Show this state: the status bar always, the sheet when its facts changed."""
        self.kiosk = kiosk
        self._status.show(kiosk)
        facts = self.facts(kiosk)
        if facts != self._facts or not self._parts:
            self._facts = facts
            self._fill(self.sheet(kiosk))

    def leave(self) -> None:
        """Another page comes: stop what runs. The page is not used again."""

    def set_anew(self) -> None:
        """Fill the frame again for the same state, after something of the screen's own changed."""
        if self.kiosk is not None:
            self._fill(self.sheet(self.kiosk))

    def arrange(self) -> None:
        self._ground.place(int(self.x), int(self.y), int(self.width), int(self.height))
        status = self._status.height_for(int(self.width))
        self._status.place(int(self.x), int(self.top) - status, int(self.width), status)

    def _fill(self, sheet: Sheet) -> None:
        for part in self._parts:
            self.remove_widget(part)
        self._parts = []
        if not self.width:
            panel = self.stage.theme.panel
            self.place(0, 0, panel.width_px, panel.height_px)
        bottom = self._put_bars(sheet)
        self._put_body(sheet, bottom)

    def _put(self, part: Part, x: int, y: int, width: int, height: int) -> None:
        self._parts.append(part)
        self.add_widget(part)
        part.place(x, y, width, height)

    def _put_bars(self, sheet: Sheet) -> int:
        """Put the bars; returns the height where the body may begin."""
        width = int(self.width)
        if sheet.foot is not None:
            height = sheet.foot.height_for(width)
            self._put(Bar(self.stage, sheet.foot), 0, 0, width, height)
            return height
        assist = assist_parts(self.stage, finish=sheet.finish, middle=sheet.middle)
        if self.stage.theme.panel.is_upright:
            rows: list[Part] = [AssistRow(self.stage, assist)]
            if sheet.deck is not None:
                rows.insert(0, sheet.deck)
            elif sheet.actions:
                rows.insert(0, action_row(self.stage, sheet.actions))
            heights = [row.height_for(width) for row in rows]
            self._put(Bar(self.stage, _Stack(self.stage, rows)), 0, 0, width, sum(heights))
            return sum(heights)
        row = action_row(self.stage, [*assist, *sheet.actions])
        height = row.height_for(width)
        self._put(Bar(self.stage, row), 0, 0, width, height)
        if sheet.deck is not None:
            deck = sheet.deck.height_for(width)
            self._put(sheet.deck, 0, height, width, deck)
            height += deck
        return height

    def _put_body(self, sheet: Sheet, bottom: int) -> None:
        px = self.stage.px
        left, width = self.stage.theme.margin, int(self.width) - 2 * self.stage.theme.margin
        top = int(self._status.y)
        air = px(14 if self.stage.theme.panel.is_short else 24)
        body = list(sheet.body)
        if sheet.head is not None:
            if sheet.head.on_first_leaf is not None:
                body.insert(0, sheet.head.on_first_leaf)
            if sheet.head.step is not None and has_rail(self.stage):
                rail = px(380)
                self._put(Rail(self.stage, sheet.head.step, sheet.head.about), left, bottom + air, rail, top - bottom - air)
                left, width = left + rail + px(40), width - rail - px(40)
            height = sheet.head.height_for(width)
            top -= height
            self._put(sheet.head, left, top, width, height)
            top -= px(12 if self.stage.theme.panel.is_short else 22)
        if self.stage.theme.display.reach and self.stage.theme.panel.is_upright:
            # What would not fit on any leaf then, and lie under the keys, stands higher instead.
            tallest = max((block.least_for(width) for block in body if isinstance(block, Part)), default=0)
            top = min(top, max(px(_REACH_TOP), bottom + air + tallest))
        self.body = Pages(self.stage, body, gap=sheet.gap, leaf=self.leaf, most=sheet.most, turned=self._on_turned)
        self._put(self.body, left, bottom + air, width, max(1, top - bottom - air))

    def _on_turned(self, leaf: int) -> None:
        self.leaf = leaf


class _Stack(Part):
    """Bars one on another."""

    def __init__(self, stage: Stage, rows: Sequence[Part]) -> None:
        super().__init__(stage)
        self._rows = tuple(rows)
        for row in self._rows:
            self.add_widget(row)

    def height_for(self, width: int) -> int:
        return sum(row.height_for(width) for row in self._rows)

    def arrange(self) -> None:
        top = int(self.top)
        for row in self._rows:
            height = row.height_for(int(self.width))
            row.place(int(self.x), top - height, int(self.width), height)
            top -= height
