"""The row of other errands on the home screen, below the items."""

from kiosk.flow.browsing import shown
from kiosk.flow.errands import ErrandKind
from kiosk.flow.events.choosing import ErrandChosen
from kiosk.flow.state import Kiosk
from kiosk.screens.components.cards import PressCard
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from sync.contract.item import Door
from sync.contract.words import Language

ICONS: dict[ErrandKind, str] = {
    ErrandKind.FITTING: "tips_and_updates",
    ErrandKind.SEARCH: "search",
    ErrandKind.PROGRESS: "fact_check",
    ErrandKind.APPOINTMENTS: "event_available",
    ErrandKind.PROOFS: "workspace_premium",
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
        ErrandKind.APPOINTMENTS: bool(kiosk.community.windows),
        ErrandKind.PROOFS: kiosk.place.pages and bool(kiosk.community.proofs),
        ErrandKind.REPORT: kiosk.behind(Door.GRID) is not None and kiosk.community.plan is not None,
        ErrandKind.NOTICES: True,
        ErrandKind.SERVICES: bool(shown(kiosk)),
        ErrandKind.BILLS: bool(kiosk.community.utilities),
    }
    return [kind for kind in ErrandKind if has[kind]]


def errand_rows(stage: Stage, kiosk: Kiosk, *, grows: bool = False) -> list[Part]:
    """Return what can be chosen beside the items, in rows that fit the width."""
    kinds = offered(kiosk)
    in_chinese = stage.theme.language is Language.ZH  # letters run longer
    is_narrow = stage.theme.is_large or not stage.theme.panel.is_upright
    is_many = len(kinds) > _MANY and in_chinese and not is_narrow
    across = 2 if is_narrow else 5 if is_many else 4 if in_chinese else 3
    if not stage.theme.panel.is_upright and in_chinese and len(kinds) > 2 * _HIGHEST:
        across = 3
    cells: list[Part] = [_errand(stage, kind, stacked=is_many) for kind in kinds]
    rows: list[Part] = []
    for start in range(0, len(cells), across):
        row = cells[start : start + across]
        row += [Gap(stage) for _ in range(across - len(row))]
        rows.append(Row(stage, row, gap=20, even=True, grows=grows))
    return rows


_HIGHEST = 4  # rows beside the drawers of a wide panel
_MANY = 8
"""More than two rows of four would push the home screen onto a second leaf."""


def _errand(stage: Stage, kind: ErrandKind, *, stacked: bool) -> Part:
    name = stage.say(f"home.errand_{kind}")
    words, icon = Text(stage, name, "body", weight=Weight.MEDIUM, centred=True), Icon(stage, ICONS[kind], 46, ink="pri")
    inside: Part = (
        Column(stage, [icon, words], gap=2)
        if stacked
        else Row(stage, [Gap(stage, grows=True), icon, words, Gap(stage, grows=True)], gap=12, level=True)
    )
    return PressCard(
        stage, inside, ErrandChosen(kind), test_id=f"errand-{kind}", label=name, height=96, across=14, down=14 if stacked else 16, radius=30
    )
