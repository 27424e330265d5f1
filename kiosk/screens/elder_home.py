"""Home in the elder mode (长者模式): five choices, what stands behind them, never more than four at once, and no shop among them."""

from collections.abc import Callable, Sequence

from kiosk.flow.errands import ErrandKind
from kiosk.flow.events import Event
from kiosk.flow.events.choosing import CategoryOpened, ErrandChosen, ItemChosen, ShelfOpened
from kiosk.flow.events.glass import BackPressed, ElderChosen
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Home, Shelf
from kiosk.screens.components.buttons import CALL, SECONDARY, Button, switch
from kiosk.screens.components.cards import SURFACE, IconBox, PressCard, Tint
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Column, Gap, Inset, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.errands import ICONS as ERRAND_ICONS
from kiosk.screens.errands import offered
from kiosk.screens.frame import Head, staff_button
from kiosk.screens.page import Sheet
from kiosk.screens.services import ICONS, categories, listed
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import PRIMARY_LIFT
from kiosk.screens.typeset import Span
from sync.contract.item import Category, ItemPackage

MOST = 4
"""So many choices stand on one leaf."""
SHELVES: dict[Shelf, tuple[Category, ...]] = {
    Shelf.ALLOWANCES: (Category.ELDERLY, Category.DISABILITY, Category.RELIEF),
    Shelf.MEDICAL: (Category.INSURANCE,),
}
_HERO = Look("pri", lift=PRIMARY_LIFT, outlined=False)
_HERO_DOWN = Look("pri_pressed", outlined=False)
_SHELF_ICONS = {
    Shelf.ALLOWANCES: ("payments", Tint.GLAZE),
    Shelf.MEDICAL: ("health_and_safety", Tint.INFO),
    Shelf.OTHER: ("apps", Tint.CLAY),
}
_ON_THE_HOME = frozenset({ErrandKind.FITTING, ErrandKind.PROGRESS})


def elder_sheet(stage: Stage, kiosk: Kiosk) -> Sheet:
    """Return the elder home, or what is open of it."""
    view = kiosk.view if isinstance(kiosk.view, Home) else Home()
    if view.category is not None:
        title = stage.say(f"home.category_{view.category}")
        return _list(stage, title, _items(stage, kiosk, (view.category,)))
    match view.shelf:
        case None:
            return _home(stage, kiosk)
        case Shelf.OTHER:
            return _list(stage, stage.say("home.shelf_other"), _others(stage, kiosk))
        case shelf:
            return _list(stage, stage.say(f"home.shelf_{shelf}"), _items(stage, kiosk, SHELVES[shelf]))


def _home(stage: Stage, kiosk: Kiosk) -> Sheet:
    choices = _choices(stage, kiosk)
    upright = stage.theme.panel.is_upright
    hero = _hero(stage)
    first, rest = ([hero], choices) if upright else ([hero, choices[0]], choices[1:])
    across = 2 if upright else 3
    gap = 16 if stage.theme.panel.is_short else 26
    rows: list[Block] = [Row(stage, first, gap=gap, grows=True, even=stage.theme.panel.is_compact)]
    rows += [Row(stage, rest[start : start + across], gap=gap, even=True, grows=True) for start in range(0, len(rest), across)]
    head = Head(
        stage, stage.say("home.elder_title"), lead=stage.say("home.elder_lead") if upright else None, role="greeting" if upright else "h1"
    )
    return Sheet(rows, head=head, foot=_foot(stage), gap=gap)


def _choices(stage: Stage, kiosk: Kiosk) -> list[Part]:
    """Return the four beside the first: those with nothing behind them are not there."""
    codes = {item.category for item in kiosk.items}
    shelves = [shelf for shelf in (Shelf.ALLOWANCES, Shelf.MEDICAL) if codes & set(SHELVES[shelf])]
    tiles = [_shelf(stage, shelf) for shelf in shelves]
    tiles.append(
        _tile(
            stage, "fact_check", Tint.PRI, stage.say("home.errand_progress"), stage.say("home.elder_progress_more"),
            ErrandChosen(ErrandKind.PROGRESS), "errand-progress",
        )
    )  # fmt: skip
    return [*tiles, _shelf(stage, Shelf.OTHER)]


def _hero(stage: Stage) -> Part:
    title, more = stage.say("home.elder_fits"), stage.say("home.elder_fits_more")
    compact = stage.theme.panel.is_compact
    lines: list[Part] = [Text(stage, title, "h2", ink="onpri")]
    if not compact:
        lines.append(Text(stage, more, "body", ink="onpri"))
    icon = Icon(stage, "tips_and_updates", 76 if compact else 110, ink="onpri")
    inside = Row(stage, [icon, Column(stage, lines, grows=True)], gap=16 if compact else 34, level=True)
    return PressCard(
        stage, inside, ErrandChosen(ErrandKind.FITTING), test_id="errand-fitting", label=f"{title} {more}",
        look=_HERO, pressed=_HERO_DOWN,
        across=24 if compact else 44, down=12 if compact else 26, height=118 if compact else 184, grows=True,
    )  # fmt: skip


def _shelf(stage: Stage, shelf: Shelf) -> Part:
    icon, tint = _SHELF_ICONS[shelf]
    name, more = stage.say(f"home.shelf_{shelf}"), stage.say(f"home.shelf_{shelf}_more")
    return _tile(stage, icon, tint, name, more, ShelfOpened(shelf), f"shelf-{shelf}")


def _tile(stage: Stage, icon: str, tint: Tint, name: str, more: str, act: Event, test_id: str) -> Part:
    """Return one large choice: icon and name, and what is behind it."""
    upright = stage.theme.panel.is_upright
    if stage.theme.panel.is_compact:  # the name says enough where there is no room for more
        title = Text(stage, [Span(name)], "item", grows=True)
        inside: Part = Row(stage, [IconBox(stage, icon, tint, 76), title], gap=16, level=True)
        return PressCard(stage, inside, act, test_id=test_id, label=f"{name} {more}", across=18, down=12, height=118, grows=True)
    title = Text(stage, [Span(name)], "item", grows=True)
    head = Row(stage, [IconBox(stage, icon, tint, 124 if upright else 96), title], gap=24, level=True)
    words = Text(stage, [Span(more)], "caption", ink="ink2")
    inside = Column(stage, [Gap(stage, grows=True), head, Gap(stage, 14), words, Gap(stage, grows=True)])
    return PressCard(stage, inside, act, test_id=test_id, label=f"{name} {more}", across=32, down=20, height=152, radius=36, grows=True)


def _list(stage: Stage, title: str, rows: Sequence[Part]) -> Sheet:
    """Return choices under one another, with the one way back."""
    back = Button(stage, stage.say("home.elder_back"), BackPressed(), test_id="back", kind=SECONDARY, icon="arrow_back", grows=True)
    panel = stage.theme.panel
    most = MOST if panel.is_upright else 1 if panel.is_compact else 2  # a wide panel holds two columns
    return Sheet(rows, head=Head(stage, title), actions=[back], finish=False, most=most)


def _items(stage: Stage, kiosk: Kiosk, wanted: tuple[Category, ...]) -> list[Part]:
    return [_item(stage, item) for item in listed(kiosk.items) if item.category in wanted]


def _item(stage: Stage, item: ItemPackage) -> Part:
    language = stage.theme.language
    name = item.name.said_in(language)
    _, tint = ICONS[item.category]
    return _line(stage, item.icon, tint, name, item.short.said_in(language), ItemChosen(item.code), f"item-{item.code}")


def _others(stage: Stage, kiosk: Kiosk) -> list[Part]:
    """Return all drawers, and what can be done here beside the items."""
    lines: list[Part] = [
        _line(
            stage, *ICONS[category], stage.say(f"home.category_{category}"), stage.say("home.count", count=count),
            CategoryOpened(category), f"category-{category}",
        )
        for category, count in categories(kiosk.items)
    ]  # fmt: skip
    lines += [
        _line(stage, ERRAND_ICONS[kind], Tint.SUNK, stage.say(f"home.errand_{kind}"), "", ErrandChosen(kind), f"errand-{kind}")
        for kind in offered(kiosk)
        if kind not in _ON_THE_HOME
    ]
    return lines


def _line(stage: Stage, icon: str, tint: Tint, name: str, more: str, act: Event, test_id: str) -> Part:
    panel = stage.theme.panel
    words: list[Part] = [Text(stage, [Span(name)], "item")]
    if more and not panel.is_compact:
        words.append(Text(stage, [Span(more)], "caption", ink="ink2"))
    parts = [
        IconBox(stage, icon, tint, 68 if panel.is_compact else 100),
        Column(stage, words, grows=True),
        Icon(stage, "chevron_right", 50),
    ]
    inside = Row(stage, parts, gap=16 if panel.is_compact else 28, level=True)
    height = 184 if panel.is_upright else 112 if panel.is_compact else 152
    return PressCard(stage, inside, act, test_id=test_id, label=name, look=SURFACE, down=14 if panel.is_short else 22, height=height)


def _foot(stage: Stage) -> Part:
    """Return the way to a person, large, and below it what is said aloud, the language, and the way back to the usual home."""
    upright, compact = stage.theme.panel.is_upright, stage.theme.panel.is_compact
    staff = staff_button(
        stage, kind=CALL, height=152 if upright else 104 if compact else 120, role="toggle" if compact else "h2", grows=True
    )
    rest: list[Part] = [
        _small(stage, stage.say("home.elder_language"), stage.open_display, "display", "translate"),
        switch(stage, stage.say("home.elder"), ElderChosen(on=False), test_id="elder", on=True, icon="elderly", height=104),
    ]
    if stage.read_aloud is not None:
        rest.insert(0, _small(stage, stage.say("glass.read_elder"), stage.read_aloud, "read-aloud", "volume_up"))
    if upright:
        return Inset(stage, Column(stage, [Row(stage, [staff]), Row(stage, rest, gap=20, even=True)], gap=20), across=56, down=28)
    return Inset(stage, Row(stage, [*rest, staff], gap=14 if compact else 18), across=36, down=12)


def _small(stage: Stage, text: str, act: Callable[[], None], test_id: str, icon: str) -> Button:
    return Button(
        stage,
        text,
        act,
        test_id=test_id,
        kind=SECONDARY,
        icon=icon,
        role="toggle",
        height=104,
        across=16,
        gap=12,
        icon_units=42,
        grows=True,
    )
