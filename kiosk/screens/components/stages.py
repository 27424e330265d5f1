"""The stages of a case, one under another."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from kiosk.screens.components.part import Column, Part
from kiosk.screens.components.shape import Fill, Look, Shape
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight


class StageState(StrEnum):
    """How far one stage of the case is."""

    DONE = "done"
    UNDER_WAY = "under_way"
    TO_COME = "to_come"


@dataclass(frozen=True, slots=True)
class CaseStage:
    """One stage: what, and when or how."""

    state: StageState
    title: str
    text: str
    icon: str = "check"


class _Disc(Part):
    _FILL: ClassVar = {StageState.DONE: "pri", StageState.UNDER_WAY: "glaze", StageState.TO_COME: "sunk"}
    _INK: ClassVar = {StageState.DONE: "onpri", StageState.UNDER_WAY: "onglaze_fill", StageState.TO_COME: "ink2"}

    def __init__(self, stage: Stage, case: CaseStage) -> None:
        super().__init__(stage)
        self._state = case.state
        self._side = stage.px(68)
        self._shape = Shape(self.canvas.before, stage.theme, 34)
        icon = {StageState.DONE: "check", StageState.UNDER_WAY: case.icon, StageState.TO_COME: "more_horiz"}[case.state]
        self._icon = Icon(stage, icon, 40)
        self.add_widget(self._icon)

    def width_wanted(self) -> int:
        return self._side

    def height_for(self, width: int) -> int:
        del width
        return self._side

    def arrange(self) -> None:
        y = int(self.top) - self._side
        self._shape.place(int(self.x), y, self._side, self._side)
        self._icon.place(int(self.x), y, self._side, self._side)

    def paint(self, palette: Palette) -> None:
        self._shape.paint(palette, Look(self._FILL[self._state], outlined=self._state is StageState.TO_COME))
        self._icon.ink = self._INK[self._state]
        self._icon.paint(palette)


class StageList(Part):
    """Stages of a case, one under another, joined by a line."""

    def __init__(self, stage: Stage, stages: Sequence[CaseStage]) -> None:
        super().__init__(stage)
        self._gap = stage.px(26)
        self._indent = stage.px(68 + 28)
        self._rows: list[tuple[_Disc, Column]] = []
        self._links = [Fill(self.canvas) for _ in stages[1:]]
        for case in stages:
            weight = Weight.MEDIUM if case.state is StageState.TO_COME else Weight.BOLD
            words = Column(stage, [Text(stage, case.title, "item", weight=weight), Text(stage, case.text, "body", ink="ink2")], gap=2)
            disc = _Disc(stage, case)
            self._rows.append((disc, words))
            self.add_widget(disc)
            self.add_widget(words)

    def height_for(self, width: int) -> int:
        heights = [max(disc.height_for(0), words.height_for(width - self._indent)) for disc, words in self._rows]
        return sum(heights) + self._gap * (len(heights) - 1)

    def arrange(self) -> None:
        x, top, width = int(self.x), int(self.top), int(self.width)
        thick, air = self.stage.px(8), self.stage.px(10)
        for place, (disc, words) in enumerate(self._rows):
            side = disc.height_for(0)
            words_height = words.height_for(width - self._indent)
            height = max(side, words_height)
            disc.place(x, top - side, side, side)
            words.place(x + self._indent, top - words_height, width - self._indent, words_height)
            if place < len(self._links):
                bottom = top - height - self._gap + air
                self._links[place].place(x + (side - thick) // 2, bottom, thick, max(0, top - side - air - bottom))
            top -= height + self._gap

    def paint(self, palette: Palette) -> None:
        for link in self._links:
            link.paint(palette, "line")
