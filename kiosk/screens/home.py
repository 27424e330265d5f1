"""Home: choose what to do. First what most people need, then the drawers, then a few more that are used often."""

from collections.abc import Sequence
from datetime import datetime

from kiosk.flow.display import Theme as ThemeName
from kiosk.flow.events.choosing import CategoryOpened, ItemChosen
from kiosk.flow.events.glass import BackPressed, ElderChosen, FinishPressed, LanguageChosen, ReachChosen, ThemeChosen
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Home
from kiosk.screens.compact_home import compact_blocks, compact_foot, is_small_home
from kiosk.screens.components.buttons import CALL, SECONDARY, Button, Choice, Segmented, switch
from kiosk.screens.components.cards import SURFACE, Badge, Card, IconBox, PressCard, Tint
from kiosk.screens.components.lists import ListLine, PressLine, listing
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Gap, Inset, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.elder_home import elder_sheet
from kiosk.screens.entry.beside import Beside
from kiosk.screens.errands import errand_rows, offered
from kiosk.screens.frame import Head, staff_button
from kiosk.screens.page import Page, Sheet
from kiosk.screens.services import ICONS, categories, limit_said, listed
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import PRIMARY_LIFT, Weight
from kiosk.screens.typeset import Span
from sync.contract.item import Category, ItemPackage
from sync.contract.words import Language

_LANGUAGES = ((Language.ZH, "中文"), (Language.EN, "English"), (Language.KO, "한국어"))
_DRAWERS_UNITS, _OFTEN_BESIDE = 1072, 3
"""On a tall wide panel: the width of the drawers, four beside each other, and how many items stand below them."""

_HERO = Look("pri", lift=PRIMARY_LIFT, outlined=False)
_HERO_DOWN = Look("pri_pressed", outlined=False)


class HomePage(Page):
    """The home screen, or one drawer of it."""

    is_kept = True

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.items, offered(kiosk), _part_of_day(kiosk.now), kiosk.display

    def show(self, kiosk: Kiosk) -> None:
        if self.kiosk is not None and self.kiosk.view != kiosk.view:
            self.leaf = 0  # another drawer begins at its beginning
        super().show(kiosk)

    def sheet(self, kiosk: Kiosk) -> Sheet:
        if kiosk.display.elder:
            return elder_sheet(self.stage, kiosk)
        category = kiosk.view.category if isinstance(kiosk.view, Home) else None
        if category is not None:
            return drawer_sheet(self.stage, kiosk, category)
        if self.stage.theme.panel.is_short and isinstance(kiosk.view, Home) and kiosk.view.shelf is not None:
            return elder_sheet(self.stage, kiosk)
        head = Head(
            self.stage, self.stage.say(f"home.{_part_of_day(kiosk.now)}"), lead=self.stage.say("home.lead"),
            role="h1" if self.stage.theme.is_large else "greeting",
        )  # fmt: skip
        if is_small_home(self.stage, len(offered(kiosk))):
            head = Head(self.stage, self.stage.say(f"home.{_part_of_day(kiosk.now)}"))
            return Sheet(compact_blocks(self.stage, kiosk), head=head, foot=compact_foot(self.stage), gap=16)
        if self.stage.theme.panel.is_roomy:
            return Sheet([_side_by_side(self.stage, kiosk)], foot=_foot(self.stage, kiosk))
        return Sheet(_blocks(self.stage, kiosk), head=head, foot=_foot(self.stage, kiosk))


def _part_of_day(now: datetime) -> str:
    if now.hour < 5 or now.hour >= 18:
        return "evening"
    return "morning" if now.hour < 12 else "afternoon"


def _blocks(stage: Stage, kiosk: Kiosk) -> list[Block]:
    ordered = listed(kiosk.items)
    blocks: list[Block] = [_hero(stage, item) for item in ordered[:1]]
    blocks += drawer_tiles(stage, kiosk)
    if stage.theme.panel.is_short:
        errands = Column(stage, errand_rows(stage, kiosk), gap=14)
        return [Row(stage, [Column(stage, _parts(blocks), gap=14), errands], gap=28, even=True, top=True)]
    if stage.theme.display.reach:
        return [*blocks, *errand_rows(stage, kiosk)]  # the drawers lead everywhere, and everything stays low
    often = ordered[1 : _rows(stage, len(offered(kiosk))) + 1]
    if often and stage.theme.is_large:
        lines = [_item_line(stage, item) for item in often]
        return [*blocks, *errand_rows(stage, kiosk), Rows(stage, lines, head=_often_head(stage), down=20)]
    if often:
        blocks.append(_often(stage, often, gap=22))
    return [*blocks, *errand_rows(stage, kiosk)]


def _side_by_side(stage: Stage, kiosk: Kiosk) -> Part:
    """All of a tall wide home on one leaf: greeting, first matter and errands, and beside them the drawers and what is used most."""
    ordered = listed(kiosk.items)
    hello = [
        Text(stage, stage.say(f"home.{_part_of_day(kiosk.now)}"), "h1"),
        Text(stage, stage.say("home.lead"), "note", ink="ink2"),
    ]
    matters = [_hero(stage, item) for item in ordered[:1]]
    left = Column(stage, [Column(stage, hello), *matters, *errand_rows(stage, kiosk, grows=True)], gap=20)
    drawers = _parts(drawer_tiles(stage, kiosk))
    often = [_often(stage, ordered[1 : _OFTEN_BESIDE + 1], gap=12)] if ordered[1:] else []
    return Beside(stage, left, Column(stage, [*drawers, *often], gap=20), _DRAWERS_UNITS)


def _often_head(stage: Stage) -> Part:
    title, limit = Text(stage, stage.say("home.most_used"), "h2", grows=True), Text(stage, stage.say("home.limit"), "caption", ink="ink2")
    return Row(stage, [title, limit], level=True)


def _often(stage: Stage, items: Sequence[ItemPackage], *, gap: float) -> Part:
    """Return what is used most, under its own words."""
    lines = [_item_line(stage, item) for item in items]
    return Column(stage, [Inset(stage, _often_head(stage), across=8), Card(stage, listing(stage, lines), down=6)], gap=gap)


def _parts(blocks: list[Block]) -> list[Part]:
    return [block for block in blocks if isinstance(block, Part)]


def _rows(stage: Stage, errands: int) -> int:
    """Return how many items are shown below the drawers; other languages run longer than Chinese, and more errands take a second row."""
    return (3 if stage.theme.language is Language.ZH else 2) - (errands > 4)


def _hero(stage: Stage, item: ItemPackage) -> Part:
    """The one matter that most people come for, as the pine card of the page."""
    language = stage.theme.language
    words = Column(
        stage,
        [
            Text(stage, [Span(item.name.said_in(language))], "h2", ink="onpri"),
            Text(stage, [Span(item.short.said_in(language))], "body", ink="onpri"),
        ],
        grows=True,
    )
    limit = Text(stage, limit_said(stage, item.limit), "caption", ink="onpri", weight=Weight.MEDIUM)
    short, roomy = stage.theme.panel.is_short, stage.theme.panel.is_roomy
    parts: list[Part] = [Icon(stage, item.icon, 84, ink="onpri"), words]
    if not (stage.theme.is_large or roomy):  # beside the drawers its name needs the whole card
        parts.append(limit)
    parts.append(Icon(stage, "chevron_right", 50, ink="onpri"))
    return PressCard(
        stage, Row(stage, parts, gap=28, level=True), ItemChosen(item.code), test_id=f"item-{item.code}", label=item.name.said_in(language),
        look=_HERO, pressed=_HERO_DOWN, height=124 if short else 156, across=36, down=10 if short else 22, grows=roomy,
    )  # fmt: skip


def drawer_tiles(stage: Stage, kiosk: Kiosk) -> list[Block]:
    """Return the drawers as tiles."""
    drawers = categories(kiosk.items)
    across = 2 if stage.theme.is_large else 4
    tiles: list[Part] = [_tile(stage, category, count) for category, count in drawers]
    rows: list[Block] = []
    for start in range(0, len(tiles), across):
        row = tiles[start : start + across]
        row += [Gap(stage) for _ in range(across - len(row))]
        rows.append(Row(stage, row, gap=20, even=True))
    return rows


def _tile(stage: Stage, category: Category, count: int) -> Part:
    icon, tint = ICONS[category]
    name = stage.say(f"home.category_{category}")
    counted = stage.say("home.count", count=count)
    if stage.theme.is_large:
        words = Column(stage, [Text(stage, name, "item"), Text(stage, counted, "caption", ink="ink2")], grows=True)
        inside: Part = Row(stage, [IconBox(stage, icon, tint, 92), words], gap=14, level=True)
    else:
        words = Column(stage, [Text(stage, name, "item", centred=True), Text(stage, counted, "caption", ink="ink2", centred=True)])
        inside = Column(stage, [IconBox(stage, icon, tint, 84 if stage.theme.panel.is_upright else 64), Gap(stage, 8), words])
    return PressCard(
        stage,
        inside,
        CategoryOpened(category),
        test_id=f"category-{category}",
        label=f"{name} {counted}",
        across=14 if not stage.theme.is_large else 26,
        down=20 if stage.theme.panel.is_upright else 12,
        height=120 if stage.theme.panel.is_short else 0,
        radius=30,
    )


def _item_line(stage: Stage, item: ItemPackage) -> Part:
    language = stage.theme.language
    _, tint = ICONS[item.category]
    end: list[Part] = [] if stage.theme.is_large else [Badge(stage, limit_said(stage, item.limit), Tint.SUNK)]
    end.append(Icon(stage, "chevron_right", 44))
    name, roomy = item.name.said_in(language), stage.theme.panel.is_roomy
    line = ListLine(
        stage, icon=item.icon, tint=tint, title=[Span(name)], text=[Span(item.short.said_in(language))], end=end, beside=roomy,
        height=92 if roomy else 116, box=64 if roomy else 80,
    )  # fmt: skip
    return PressLine(stage, line, ItemChosen(item.code), test_id=f"item-{item.code}", label=name)


def drawer_sheet(stage: Stage, kiosk: Kiosk, category: Category, *, finish: bool = False) -> Sheet:
    """Return one drawer, open."""
    items = [item for item in listed(kiosk.items) if item.category is category]
    cards: list[Block] = [_item_card(stage, item) for item in items]
    head = Head(stage, stage.say(f"home.category_{category}"), lead=stage.say("home.drawer_lead", count=len(items)))
    back = Button(stage, stage.say("home.all"), BackPressed(), test_id="back", kind=SECONDARY, icon="arrow_back", across=40)
    return Sheet(cards, head=head, actions=[back, awaiting(stage, "touch_app", stage.say("home.touch_one"))], finish=finish)


def _item_card(stage: Stage, item: ItemPackage) -> Part:
    language = stage.theme.language
    _, tint = ICONS[item.category]
    name = item.name.said_in(language)
    short = stage.theme.panel.is_short
    facts = Row(
        stage,
        [
            Badge(stage, limit_said(stage, item.limit), Tint.SUNK, icon="hourglass_top"),
            Badge(stage, fee_said(stage, item), Tint.OK, icon="payments"),
        ],
        gap=14,
    )
    words = Column(
        stage,
        [
            Text(stage, [Span(name)], "h2"),
            Text(stage, [Span(item.short.said_in(language))], "body", ink="ink2"),
            *([] if short else [Gap(stage, 16), facts]),
        ],
        grows=True,
    )
    inside = Row(
        stage,
        [IconBox(stage, item.icon, tint, 72 if short else 112), words, Icon(stage, "chevron_right", 50)],
        gap=20 if short else 30,
        level=True,
    )
    return PressCard(
        stage, inside, ItemChosen(item.code), test_id=f"item-{item.code}", label=name, look=SURFACE, down=16 if short else 34, height=104
    )


def fee_said(stage: Stage, item: ItemPackage) -> str:
    """Return what it costs, in words."""
    return stage.say("home.free") if item.fee_fen == 0 else stage.say("home.fee", yuan=f"{item.fee_fen / 100:.2f}")


def _foot(stage: Stage, kiosk: Kiosk) -> Part:
    """Language, size, contrast and reach at hand height, and the way to a person below them."""
    display = kiosk.display
    languages = Segmented(
        stage,
        [
            Choice(name, LanguageChosen(language), f"language-{language}", display.language is language, language)
            for language, name in _LANGUAGES
        ],
        grows=stage.theme.is_large,
    )
    contrast_on = display.theme is ThemeName.CONTRAST
    switches: list[Part] = [
        switch(stage, stage.say("home.elder"), ElderChosen(on=True), test_id="elder", on=False, icon="elderly"),
        switch(
            stage,
            stage.say("home.contrast"),
            ThemeChosen(ThemeName.LIGHT if contrast_on else ThemeName.CONTRAST),
            test_id="contrast",
            on=contrast_on,
            icon="contrast",
        ),
    ]
    if stage.theme.panel.is_upright:
        switches.append(
            switch(
                stage, stage.say("home.reach"), ReachChosen(not display.reach), test_id="reach", on=display.reach, icon="accessible_forward"
            )
        )
    staff = staff_button(stage, kind=CALL, height=116, role="h2", grows=True)
    end = Button(
        stage,
        stage.say("home.end"),
        FinishPressed(),
        test_id="finish",
        kind=SECONDARY,
        icon="logout",
        role="toggle",
        weight=Weight.MEDIUM,
        icon_units=42,
    )
    if not stage.theme.panel.is_upright:
        return Inset(stage, Row(stage, [languages, *switches, staff], gap=18), across=40, down=20)
    shared = Row(stage, switches, gap=18, even=True, grows=True)
    rows: list[Part] = (
        [Row(stage, [languages]), Row(stage, [shared])] if stage.theme.is_large else [Row(stage, [languages, shared], gap=18)]
    )
    return Inset(stage, Column(stage, [*rows, Row(stage, [end, staff], gap=18)], gap=20), across=48, down=28)
