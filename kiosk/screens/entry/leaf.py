"""The questions of a page: as many as fit. What does not fit comes with the next press of the one filled button; nothing is swiped."""

from collections.abc import Mapping, Sequence

from kiosk.screens.components.part import Part
from kiosk.screens.stage import Stage


def packed(heights: Sequence[int], gap: int, room: int) -> list[list[int]]:
    """Lay parts of these heights out in groups that fit; a part that is too high for any has one to itself."""
    groups: list[list[int]] = []
    left = 0
    for place, height in enumerate(heights):
        if not groups or height > left:
            groups.append([])
            left = room
        groups[-1].append(place)
        left -= height + gap
    return groups


def window(heights: Sequence[int], gap: int, room: int, focus: int) -> range:
    """Return the run of parts around `focus` that fits: those before it first, for they say where one is, then those after."""
    first = last = focus
    used = heights[focus]
    while first > 0 and used + gap + heights[first - 1] <= room:
        first -= 1
        used += gap + heights[first]
    while last < len(heights) - 1 and used + gap + heights[last + 1] <= room:
        last += 1
        used += gap + heights[last]
    return range(first, last + 1)


class Leaf(Part):
    """Shows one group of questions, or those around the one that keys go to."""

    GAP = 34

    def __init__(
        self,
        stage: Stage,
        parts: Mapping[str, Part],
        *,
        group: int = 0,
        focus: str | None = None,
        one_each: bool = False,
        sunk: bool = False,
    ) -> None:
        super().__init__(stage, grows=True)
        self._parts = dict(parts)
        self._focus = focus
        self._one_each = one_each
        self._sunk = sunk
        self.group = group
        self.groups: list[list[str]] = [[name] for name in self._parts]

    @property
    def shown(self) -> Sequence[str]:
        """The names of what is in sight."""
        return [name for name, part in self._parts.items() if part.parent is self]

    def height_for(self, width: int) -> int:
        del width
        return 1

    def least_for(self, width: int) -> int:
        names = [self._focus] if self._focus in self._parts else list(self._parts)
        return max((self._parts[name].height_for(width) for name in names if name is not None), default=1)

    def follow(self, name: str) -> None:
        """Go to the group of a question."""
        self.group = next((place for place, group in enumerate(self.groups) if name in group), self.group)

    def arrange(self) -> None:
        width, room, gap = int(self.width), int(self.height), self.stage.px(self.GAP)
        names = list(self._parts)
        heights = [self._parts[name].height_for(width) for name in names]
        # One pixel of grace: what was packed by the same figures a moment ago must fit again.
        packs = [[place] for place in range(len(names))] if self._one_each else packed(heights, gap, room + 1)
        self.groups = [[names[place] for place in group] for group in packs]
        self.group = max(0, min(self.group, len(self.groups) - 1))
        if self._focus in names and not self._one_each:
            chosen = [names[place] for place in window(heights, gap, room, names.index(self._focus))]
        else:
            chosen = self.groups[self.group] if self.groups else []
        self._put(chosen, width, gap)

    def _put(self, chosen: Sequence[str], width: int, gap: int) -> None:
        for name, part in self._parts.items():
            if name not in chosen and part.parent is self:
                self.remove_widget(part)
        heights = [self._parts[name].height_for(width) for name in chosen]
        top = int(self.top)
        if self._sunk:
            top = min(top, int(self.y) + sum(heights) + gap * (len(heights) - 1))
        for name, height in zip(chosen, heights, strict=True):
            part = self._parts[name]
            if part.parent is not self:
                if part.parent is not None:
                    part.parent.remove_widget(part)
                self.add_widget(part)
            part.place(int(self.x), top - height, width, height)
            top -= height + gap
