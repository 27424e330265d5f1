"""Home on a small panel: two ways in, six choices, and behind the last of them all the rest. Fewer things, not smaller ones."""

from kiosk.flow.errands import ErrandKind
from kiosk.flow.events import Event
from kiosk.flow.events.choosing import CategoryOpened, ErrandChosen, ShelfOpened
from kiosk.flow.events.glass import ElderChosen
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Shelf
from kiosk.screens.components.buttons import CALL, SECONDARY, Button
from kiosk.screens.components.cards import IconBox, PressCard, Tint
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Inset, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.frame import staff_button
from kiosk.screens.services import ICONS
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import PRIMARY_LIFT, Weight
from kiosk.screens.typeset import Span
from sync.contract.item import Category
from sync.contract.words import Language

_FIRST = (Category.INSURANCE, Category.ELDERLY, Category.RELIEF, Category.RESIDENCE)
_MOST_BESIDE = 8
_SEARCH = Look("surface", "ctl", 3)


def is_small_home(stage: Stage, errands: int) -> bool:
    """Whether this home is shown: on a small panel; on a wider low one in large type, or where letters run too long for many errands."""
    panel, theme = stage.theme.panel, stage.theme
    many = errands > _MOST_BESIDE and theme.language is not Language.ZH
    return panel.is_compact or (panel.is_short and (theme.is_large or many))


def compact_blocks(stage: Stage, kiosk: Kiosk) -> list[Block]:
    """Return three rows of choices."""
    has = {item.category for item in kiosk.items}
    tiles = [
        _tile(stage, *ICONS[one], stage.say(f"home.category_{one}"), CategoryOpened(one), f"category-{one}") for one in _FIRST if one in has
    ]
    tiles.append(
        _tile(stage, "fact_check", Tint.PRI, stage.say("home.errand_progress"), ErrandChosen(ErrandKind.PROGRESS), "errand-progress")
    )
    tiles.append(_tile(stage, "apps", Tint.INFO, stage.say("home.more"), ShelfOpened(Shelf.OTHER), "shelf-other"))
    rows: list[Block] = [Row(stage, _ways_in(stage), gap=16, grows=True)] if kiosk.items else []
    return rows + [Row(stage, tiles[start : start + 3], gap=16, even=True, grows=True) for start in range(0, len(tiles), 3)]


def compact_foot(stage: Stage) -> Part:
    """Return language and size behind one button each, the elder mode, and the way to a person."""
    parts: list[Part] = [
        _small(stage, stage.say("glass.display"), "text_increase", "display"),
        Button(
            stage, stage.say("home.elder"), ElderChosen(on=True), test_id="elder", kind=SECONDARY, icon="elderly", role="toggle",
            weight=Weight.MEDIUM, height=104, across=16, gap=12, icon_units=42, grows=True,
        ),
        staff_button(stage, kind=CALL, height=104, role="item", grows=True),
    ]  # fmt: skip
    if stage.read_aloud is not None:
        read = Button(
            stage, stage.say("glass.read_aloud"), stage.read_aloud, test_id="read-aloud", kind=SECONDARY, icon="volume_up", role="toggle",
            weight=Weight.MEDIUM, height=104, across=16, gap=12, icon_units=42, grows=True,
        )  # fmt: skip
        parts.insert(1, read)
    return Inset(stage, Row(stage, parts, gap=14), across=36, down=12)


def _ways_in(stage: Stage) -> list[Part]:
    fits, search = stage.say("home.elder_fits"), stage.say("home.errand_search")
    words = Text(stage, fits, "item", ink="onpri", grows=True)
    hero = PressCard(
        stage, Row(stage, [Icon(stage, "tips_and_updates", 66, ink="onpri"), words], gap=20, level=True), ErrandChosen(ErrandKind.FITTING),
        test_id="errand-fitting", label=fits, look=Look("pri", lift=PRIMARY_LIFT, outlined=False),
        pressed=Look("pri_pressed", outlined=False), across=26, down=12, height=108, grows=True,
    )  # fmt: skip
    inside = Row(stage, [Icon(stage, "search", 50, ink="pri"), Text(stage, search, "item")], gap=16, level=True)
    find = PressCard(
        stage, inside, ErrandChosen(ErrandKind.SEARCH), test_id="errand-search", label=search, look=_SEARCH, across=26, down=12, height=108
    )
    return [hero, find]


def _tile(stage: Stage, icon: str, tint: Tint, name: str, act: Event, test_id: str) -> Part:
    words = Text(stage, [Span(name)], "item", grows=True)
    inside = Row(stage, [IconBox(stage, icon, tint, 72), words], gap=18, level=True)
    return PressCard(stage, inside, act, test_id=test_id, label=name, across=22, down=12, height=108, grows=True)


def _small(stage: Stage, text: str, icon: str, test_id: str) -> Button:
    return Button(
        stage, text, stage.open_display, test_id=test_id, kind=SECONDARY, icon=icon, role="toggle", weight=Weight.MEDIUM, height=104,
        across=16, gap=12, icon_units=42, grows=True,
    )  # fmt: skip
