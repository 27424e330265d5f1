"""The stages of a case, one under another."""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar

from kiosk.screens.components.pages import Rows
from kiosk.screens.components.part import Column, Part
from kiosk.screens.components.shape import Fill, Look, Shape
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight
from peripherals.values import dataclass


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


class _StageRow(Part):
    """One stage, with the line that leads to the next below it."""

    def __init__(self, stage: Stage, case: CaseStage, *, is_last: bool) -> None:
        super().__init__(stage)
        tight = stage.theme.panel.is_compact and stage.theme.is_large
        self._gap = 0 if is_last else stage.px(10 if tight else 26)
        self._indent = stage.px(68 + 28)
        weight = Weight.MEDIUM if case.state is StageState.TO_COME else Weight.BOLD
        self._words = Column(
            stage,
            [Text(stage, case.title, "item", weight=weight), Text(stage, case.text, "caption" if tight else "body", ink="ink2")],
            gap=2,
        )
        self._disc = _Disc(stage, case)
        self._link = None if is_last else Fill(self.canvas)
        self.add_widget(self._disc)
        self.add_widget(self._words)

    def height_for(self, width: int) -> int:
        return max(self._disc.height_for(0), self._words.height_for(width - self._indent)) + self._gap

    def arrange(self) -> None:
        x, bottom, top, width = int(self.x), int(self.y), int(self.top), int(self.width)
        side, words = self._disc.height_for(0), self._words.height_for(width - self._indent)
        self._disc.place(x, top - side, side, side)
        self._words.place(x + self._indent, top - words, width - self._indent, words)
        if self._link is not None:
            thick, air = self.stage.px(8), self.stage.px(10)
            self._link.place(x + (side - thick) // 2, bottom + air, thick, max(0, top - side - bottom - 2 * air))

    def paint(self, palette: Palette) -> None:
        if self._link is not None:
            self._link.paint(palette, "line")


def stage_rows(stage: Stage, stages: Sequence[CaseStage]) -> Rows:
    """Return the stages of a case, one under another, joined by a line; a full page may be turned between two."""
    rows = [_StageRow(stage, case, is_last=case is stages[-1]) for case in stages]
    return Rows(stage, rows, ruled=False, down=30)
