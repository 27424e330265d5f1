"""Two parts side by side, for a glass that is wider than high."""

from kiosk.screens.components.part import Part
from kiosk.screens.stage import Stage

_LEAST, _COMPACT_LEAST = 460, 400
"""Units: on a short panel no more than this is kept for what stands at the left."""


class Beside(Part):
    """Takes the height that is left over: one part of a fixed width at the right, the other with what remains at the left."""

    GAP = 40

    def __init__(self, stage: Stage, left: Part, right: Part, right_units: float) -> None:
        super().__init__(stage, grows=True)
        self._left = left
        self._right = right
        self._right_units = right_units
        for part in (left, right):
            if part.parent is not None:
                part.parent.remove_widget(part)
            self.add_widget(part)

    def height_for(self, width: int) -> int:
        del width
        return 1

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        wanted, gap = self.stage.px(self._right_units), self.stage.px(self.GAP)
        if self.stage.theme.panel.is_short:
            gap = gap // 2
            right = min(
                wanted, max(width // 2, width - gap - self.stage.px(_COMPACT_LEAST if self.stage.theme.panel.is_compact else _LEAST))
            )
        else:
            right = min(wanted, width // 2 if width < wanted * 1.3 else width)
        left = width - right - gap
        self._left.place(x, y, left, height)
        tall = min(height, self._right.height_for(right)) if not self._right.grows else height
        self._right.place(x + width - right, y + height - tall, right, tall)
