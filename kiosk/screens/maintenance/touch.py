"""Five crosses to touch, and the question whether a finger is where it should be now."""

from kivy.graphics import Color, Line
from kivy.input.motionevent import MotionEvent

from kiosk.flow.events.technician import TargetTouched
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import TouchTargets, TouchTrial, Upkeep
from kiosk.maintenance.touching import TARGETS
from kiosk.screens.components.cards import Card, Tint, banner
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Column, Gap, Part
from kiosk.screens.components.text import Text
from kiosk.screens.maintenance.frame import UpkeepPage, foot, primary
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette
from kiosk.screens.typeset import Span

_ARM_MM = 9.0
_BETWEEN = 0.13
"""Share of the glass above the words, which stand between the upper crosses and the middle one."""


class TouchTargetsPage(Page):
    """One cross at a time, on a glass with nothing else to touch."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._cross = _Cross(stage)
        self.add_widget(self._cross)

    def sheet(self, kiosk: Kiosk) -> Sheet:
        view, stage = kiosk.view, self.stage
        if not isinstance(view, TouchTargets):
            return Sheet(())
        number = len(view.touched) + 1
        body: list[Block] = [Gap(stage, _BETWEEN * stage.theme.panel.height_px / stage.theme.panel.unit_px)]
        if view.has_failed:
            missed = "—" if view.missed_mm is None else f"{view.missed_mm:.1f}"
            body.append(banner(stage, Tint.ERR, "report", stage.say("touch.failed", missed=missed), stage.say("touch.failed_more")))
        title = stage.say("touch.cross", number=number, count=len(TARGETS))
        body.append(
            Card(stage, Column(stage, [Text(stage, [Span(title)], "h1"), Text(stage, stage.say("touch.cross_more"), "lead")], gap=12))
        )
        return Sheet(body, foot=Text(stage, "", "caption"), gap=22)

    def show(self, kiosk: Kiosk) -> None:
        """Show the cross that is next."""
        super().show(kiosk)
        if isinstance(kiosk.view, TouchTargets):
            self.remove_widget(self._cross)  # to the top: what the page is filled with comes later
            self.add_widget(self._cross)
            self._cross.aim(TARGETS[len(kiosk.view.touched)], (int(self.width), int(self.height)))

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Take the touch as the cross's, wherever it is: that is what is measured."""
        panel = self.stage.theme.panel
        at = (touch.x / max(1, self.width), touch.y / max(1, self.height))
        self.stage.send(TargetTouched(at, panel.width_px * panel.pitch_mm, panel.height_px * panel.pitch_mm))
        return True


class _Cross(Part):
    """Two thin lines and a ring."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        with self.canvas:
            self._colour = Color(0, 0, 0, 1)
            self._lines = [Line(width=2) for _ in range(3)]

    def aim(self, target: tuple[float, float], size: tuple[int, int]) -> None:
        """Stand at a share of the glass."""
        arm = _ARM_MM / self.stage.theme.panel.pitch_mm
        x, y = target[0] * size[0], target[1] * size[1]
        self._lines[0].points = (x - arm, y, x + arm, y)
        self._lines[1].points = (x, y - arm, x, y + arm)
        self._lines[2].circle = (x, y, arm / 2)
        self.paint(self.stage.theme.palette)

    def paint(self, palette: Palette) -> None:
        self._colour.rgba = palette.colour("err")


class TouchTrialPage(UpkeepPage):
    """Whoever can press the button has a panel that can be used."""

    title_key = "touch.title"

    def sheet(self, kiosk: Kiosk) -> Sheet:
        work, view, stage = kiosk.visit, kiosk.view, self.stage
        if not isinstance(work, Upkeep) or not isinstance(view, TouchTrial):
            return Sheet(())
        missed = f"{view.missed_mm:.1f}"
        if view.is_kept:
            told = banner(stage, Tint.OK, "task_alt", stage.say("touch.kept"), stage.say("touch.kept_more", missed=missed))
        else:
            told = banner(
                stage, Tint.INFO, "timer", stage.say("touch.trial", seconds=view.seconds_left), stage.say("touch.trial_more", missed=missed)
            )
        act: Part = primary(stage, stage.say("touch.over" if view.is_kept else "touch.keep"), "check")
        return Sheet([told], foot=foot(stage, act, note=stage.say("upkeep.closes")), gap=22)
