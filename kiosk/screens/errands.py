"""The row of other errands on the home screen, below the items."""

from kiosk.flow.browsing import shown
from kiosk.flow.errands import ErrandKind
from kiosk.flow.events import ErrandChosen
from kiosk.flow.state import Kiosk
from kiosk.screens.components.cards import PressCard
from kiosk.screens.components.part import Gap, Part, Row
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from sync.contract.item import Door
from sync.contract.words import Language

ICONS: dict[ErrandKind, str] = {
    ErrandKind.FITTING: "tips_and_updates",
    ErrandKind.SEARCH: "search",
    ErrandKind.PROGRESS: "fact_check",
    ErrandKind.REPORT: "add_location_alt",
    ErrandKind.NOTICES: "campaign",
    ErrandKind.SERVICES: "storefront",
    ErrandKind.BILLS: "receipt_long",
}


def offered(kiosk: Kiosk) -> list[ErrandKind]:
    """Return what can be done here now beside the items."""
    has = {
        ErrandKind.FITTING: bool(kiosk.items),
        ErrandKind.SEARCH: bool(kiosk.items),
        ErrandKind.PROGRESS: True,
        ErrandKind.REPORT: kiosk.behind(Door.GRID) is not None and kiosk.community.plan is not None,
        ErrandKind.NOTICES: True,
        ErrandKind.SERVICES: bool(shown(kiosk)),
        ErrandKind.BILLS: bool(kiosk.community.utilities),
    }
    return [kind for kind in ErrandKind if has[kind]]


def errand_rows(stage: Stage, kiosk: Kiosk) -> list[Part]:
    """Return what can be chosen beside the items, in rows that fit the width."""
    cells: list[Part] = [_errand(stage, kind) for kind in offered(kiosk)]
    across = 2 if stage.theme.is_large else 4 if stage.theme.language is Language.ZH else 3  # letters run longer than Chinese
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
