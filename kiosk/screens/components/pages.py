"""A body that never needs a swipe: what doesn't fit goes to a next leaf, turned by two large buttons."""

from collections.abc import Callable, Sequence

from kiosk.screens.components.buttons import SECONDARY, SOFT, Button, Kind
from kiosk.screens.components.cards import SURFACE, Card
from kiosk.screens.components.lists import Rule
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.text import Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight

_WIDE, _NEVER, _SIDE, _BETWEEN_TURNERS = 1000, 10_000, 168, 80
_BETWEEN = 32
"""Units: a landscape body wider than this holds two columns, so far apart; the buttons that turn leaves are `_SIDE` wide beside one."""


def _wide(stage: Stage) -> int:
    """Return above which width two columns stand beside each other: in large type, or on a small panel, a column needs all of it."""
    return _WIDE if not stage.theme.panel.is_compact else _NEVER


def _turner_units(stage: Stage) -> int:
    return 100 if not stage.theme.panel.is_short else 84


def freed(part: Part) -> Part:
    """Take a part out of where it was, so that it can be put elsewhere."""
    if part.parent is not None:
        part.parent.remove_widget(part)
    return part


class Rows:
    """A card of rows that may be cut between two rows when the page is full."""

    def __init__(
        self,
        stage: Stage,
        rows: Sequence[Part],
        *,
        head: Part | None = None,
        look: Look = SURFACE,
        gap: float = 0,
        ruled: bool = True,
        down: float = 20,
        whole: bool = False,
    ) -> None:
        self._stage = stage
        self._rows = tuple(rows)
        self._head = head
        self._look = look
        self._gap = gap
        self._ruled = ruled
        self._down = down
        self.whole = whole  # rather on the next leaf than cut

    def cards(self, width: int, room: int, full: int) -> list[Card]:
        """Return the rows as cards: the first no higher than `room`, the others no higher than `full`."""
        inner = width - 2 * self._stage.px(34)
        air = 2 * self._stage.px(self._down)
        between = self._stage.px(self._gap) + (Rule(self._stage).height_for(inner) + self._stage.px(self._gap) if self._ruled else 0)
        pieces: list[list[Part]] = [[self._head] if self._head else []]
        used = air + (self._head.height_for(inner) if self._head else 0)
        limit = room
        for row in self._rows:
            height = row.height_for(inner) + between
            if used + height > limit and any(part is not self._head for part in pieces[-1]):
                pieces.append([])
                used, limit = air, full
            pieces[-1].append(row)
            used += height
        return [self._card(piece) for piece in pieces]

    def _card(self, parts: Sequence[Part]) -> Card:
        inside: list[Part] = []
        for part in parts:
            freed(part)
            if self._ruled and inside and inside[-1] is not self._head:
                inside.append(Rule(self._stage))
            inside.append(part)
        return Card(self._stage, Column(self._stage, inside, gap=self._gap), look=self._look, down=self._down)


class OwnLeaf(Part):
    """A part that wants a whole leaf for itself, where there is more on the page."""

    def __init__(self, stage: Stage, inside: Part) -> None:
        super().__init__(stage, grows=True)
        self._inside = inside
        self.add_widget(freed(inside))

    def height_for(self, width: int) -> int:
        del width
        return self.stage.theme.panel.height_px

    def arrange(self) -> None:
        self._inside.place(int(self.x), int(self.y), int(self.width), int(self.height))


Block = Part | Rows


class Pages(Part):
    """Blocks one under another, over as many leaves as they need. `turned` is told when the resident turns a leaf."""

    def __init__(
        self,
        stage: Stage,
        blocks: Sequence[Block],
        *,
        gap: float = 22,
        leaf: int = 0,
        most: int | None = None,
        turned: Callable[[int], None] | None = None,
    ) -> None:
        super().__init__(stage, grows=True)
        self._blocks = tuple(blocks)
        self._gap = gap
        self._leaf = leaf
        self._most = most
        self._turned = turned
        self._is_turned = False  # there are several leaves, and buttons that turn them
        self.leaves = 1

    def height_for(self, width: int) -> int:
        room = 10**9
        parts = [part for block in self._blocks for part in (block.cards(width, room, room) if isinstance(block, Rows) else [block])]
        return (
            Column(self.stage, [], gap=self._gap).height_for(width)
            + sum(part.height_for(width) for part in parts)
            + self.stage.px(self._gap) * (len(parts) - 1)
        )

    def arrange(self) -> None:
        width, height = int(self.width), int(self.height)
        across, self._is_turned = 1, False
        columns = self._break(width, height)
        if len(columns) > 1 and not self.stage.theme.panel.is_upright and width > self.stage.px(_wide(self.stage)):
            across = 2
            columns = self._break(self._column_width(across), height)
        if len(columns) > across:
            self._is_turned = True
            columns = self._break_few(self._column_width(across), height - self._foot, across)
        leaves = [columns[start : start + across] for start in range(0, len(columns), across)]
        self.leaves = len(leaves)
        self._leaf = max(0, min(self._leaf, len(leaves) - 1))
        self._put(leaves[self._leaf], across)

    def turn(self, leaf: int) -> None:
        """Show another leaf."""
        self._leaf = leaf
        if self._turned is not None:
            self._turned(leaf)
        self.arrange()

    def _break_few(self, width: int, height: int, across: int) -> list[list[Part]]:
        """Break so that nothing is alone on the last leaf, if cutting a card that would rather stay whole saves that leaf."""
        columns = self._break(width, height)
        needed = -(-len(columns) // across)
        if len(columns) % across != 1 % across or len(columns[-1]) != 1:
            return columns
        closer = self._break(width, height, closely=True)
        if -(-len(closer) // across) < needed:
            return closer
        return self._break(width, height)  # once more: the rows are in the cards that were made last

    def _break(self, width: int, height: int, *, closely: bool = False) -> list[list[Part]]:
        gap = self.stage.px(self._gap)
        leaves: list[list[Part]] = [[]]
        room = height
        for block in self._blocks:
            parts: Sequence[Part] = [block] if isinstance(block, Part) else self._cards(block, width, room, height, closely=closely)
            for part in parts:
                wanted = part.height_for(width)
                if (wanted > room and leaves[-1]) or len(leaves[-1]) == self._most:
                    leaves.append([])
                    room = height
                leaves[-1].append(part)
                room -= wanted + gap
        return leaves

    def _cards(self, rows: Rows, width: int, room: int, full: int, *, closely: bool) -> list[Card]:
        # A card with room for less than a few rows starts on the next leaf, if the rows would fit there whole.
        whole = rows.cards(width, full, full)
        if (rows.whole or (room < full // 2 and not closely)) and len(whole) == 1 and whole[0].height_for(width) > room:
            return rows.cards(width, full, full)
        cards = rows.cards(width, room, full)
        if cards[0].height_for(width) <= room:
            return cards
        return rows.cards(width, full, full)  # not even its first row fits here: cut for where it goes, else that leaf is left half empty

    @property
    def _turns_beside(self) -> bool:
        """Whether the buttons that turn leaves stand at the right: in large type a low panel has width to spare, and no height."""
        least = 2 * _turner_units(self.stage) + _BETWEEN_TURNERS
        return self.stage.theme.panel.is_short and self.stage.theme.is_large and int(self.height) >= self.stage.px(least)

    @property
    def _foot(self) -> int:
        """What the turner takes of the height."""
        return self._turner_height() + self.stage.px(self._gap) if self._is_turned and not self._turns_beside else 0

    @property
    def _side(self) -> int:
        """What it takes of the width, where it stands beside the leaf."""
        return self.stage.px(_SIDE + self._gap) if self._is_turned and self._turns_beside else 0

    def _column_width(self, across: int) -> int:
        return (int(self.width) - self._side - (across - 1) * self.stage.px(_BETWEEN)) // across

    def _put(self, columns: list[list[Part]], across: int) -> None:
        for child in self.children[:]:
            self.remove_widget(child)
        if self._is_turned:
            x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
            if self._turns_beside:
                turner: Part = Column(self.stage, self._turner(self.leaves, stacked=True), gap=12)
                box = x + width - self.stage.px(_SIDE), y, self.stage.px(_SIDE), height
            else:
                turner, box = Row(self.stage, self._turner(self.leaves, stacked=False), gap=24), (x, y, width, self._turner_height())
            self.add_widget(turner)
            turner.place(*box)
        width = self._column_width(across)
        for place, parts in enumerate(columns):
            self._put_column(parts, int(self.x) + place * (width + self.stage.px(_BETWEEN)), width, self._foot)

    def _put_column(self, parts: list[Part], x: int, width: int, foot: int) -> None:
        room = int(self.height) - foot
        if len(parts) == 1 and parts[0].grows:  # a drawing alone takes what there is, also where that is less than it likes
            self.add_widget(freed(parts[0]))
            parts[0].place(x, int(self.y) + foot, width, room)
            return
        column = Column(self.stage, [freed(part) for part in parts], gap=self._gap)
        self.add_widget(column)
        block = room if any(part.grows for part in parts) else min(room, column.height_for(width))
        sunk = self.stage.theme.display.reach
        column.place(x, int(self.y) + foot if sunk else int(self.y) + int(self.height) - block, width, block)

    def _turner_height(self) -> int:
        return max(self.stage.px(_turner_units(self.stage)), self.stage.theme.line_px("toggle") + self.stage.px(24))

    def _turner(self, leaves: int, *, stacked: bool) -> list[Part]:
        stage, leaf = self.stage, self._leaf
        parts: list[Part] = []
        if leaf > 0:
            parts.append(self._turn_button("leaf_back", leaf - 1, SECONDARY, "arrow_upward", stacked=stacked))
        place = stage.say("glass.leaf", place=leaf + 1, count=leaves) if not stacked else f"{leaf + 1}/{leaves}"
        parts.append(Text(stage, place, "note", ink="ink2", centred=True))
        if leaf < leaves - 1:
            parts.append(self._turn_button("leaf_on", leaf + 1, SOFT, "arrow_downward", stacked=stacked))
        return parts

    def _turn_button(self, name: str, leaf: int, kind: Kind, icon: str, *, stacked: bool) -> Button:
        return Button(
            self.stage, self.stage.say(f"glass.{name}"), lambda: self.turn(leaf), test_id=name.replace("_", "-"), kind=kind, icon=icon,
            role="caption" if stacked else "toggle", weight=Weight.MEDIUM if stacked else None, stacked=stacked,
            height=_turner_units(self.stage), across=10 if stacked else 32, grows=True,
        )  # fmt: skip
