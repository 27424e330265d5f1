"""The row of other errands on the home screen, below the items."""

from kiosk.flow.errands import ErrandKind
from kiosk.flow.events import ErrandChosen
from kiosk.screens.components.cards import PressCard
from kiosk.screens.components.part import Gap, Part, Row
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight

ICONS: dict[ErrandKind, str] = {ErrandKind.NOTICES: "campaign"}


def errand_rows(stage: Stage) -> list[Part]:
    """Return what can be chosen beside the items, in rows that fit the width."""
    across = 2 if stage.theme.is_large else 4
    cells: list[Part] = [_errand(stage, kind) for kind in ErrandKind]
    rows: list[Part] = []
    for start in range(0, len(cells), across):
        row = cells[start : start + across]
        row += [Gap(stage) for _ in range(across - len(row))]
        rows.append(Row(stage, row, gap=20, even=True))
    return rows


def _errand(stage: Stage, kind: ErrandKind) -> Part:
    name = stage.say(f"home.errand_{kind}")
    words = Text(stage, name, "body", weight=Weight.MEDIUM, centred=True)
    inside = Row(
        stage, [Gap(stage, grows=True), Icon(stage, ICONS[kind], 46, ink="pri"), words, Gap(stage, grows=True)], gap=12, level=True
    )
    return PressCard(stage, inside, ErrandChosen(kind), test_id=f"errand-{kind}", label=name, height=96, across=14, down=16, radius=30)
