"""Idle: the terminal is alive, and any touch starts."""

from kiosk.flow.events.glass import GlassTouched
from kiosk.flow.reading import shown
from kiosk.flow.state import Kiosk
from kiosk.screens.components.cards import RAISED, Badge, Card, IconBox, PressCard, Tint
from kiosk.screens.components.marked import Marked
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.notices import IDLE_NOTICES, idle_card
from kiosk.screens.page import Page, Sheet
from kiosk.screens.picture import Picture
from kiosk.screens.services import ICONS, categories, listed, spaced
from kiosk.screens.stage import Stage
from kiosk.screens.status import Mark, clock
from kiosk.screens.tokens import PRIMARY_LIFT, Weight
from kiosk.screens.typeset import Span
from kiosk.texts import say
from sync.contract.words import Language

_ROOF = 0.63
"""How high the palace's top stands above the picture's lower edge, of the picture's width."""

_SKY = 128
"""Units from the upper edge of the glass to the time."""


class IdlePage(Page):
    """Clock, the palace in the snow, what can be done here, and the invitation. Nothing moves."""

    is_bare = True
    is_kept = True

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.now, kiosk.items, shown(kiosk), kiosk.line_up, kiosk.place

    def show(self, kiosk: Kiosk) -> None:
        self.kiosk = kiosk
        facts = self.facts(kiosk)
        if facts == self._facts and self._parts:
            return
        self._facts = facts
        for part in self._parts:
            self.remove_widget(part)
        self._parts = []
        panel = self.stage.theme.panel
        self.place(0, 0, panel.width_px, panel.height_px)
        if panel.is_upright:
            self._upright(kiosk)
        else:
            self._across(kiosk)

    def sheet(self, kiosk: Kiosk) -> Sheet:
        del kiosk
        return Sheet(())

    def _upright(self, kiosk: Kiosk) -> None:
        px, width, height = self.stage.px, int(self.width), int(self.height)
        margin = px(48)
        inner = width - 2 * margin
        foot = _foot(self.stage, kiosk)
        foot_height = foot.height_for(inner)
        self._put(foot, margin, px(36), inner, foot_height)
        start = _start(self.stage)
        start_height = max(px(220), start.height_for(inner))
        bottom = px(36) + foot_height + px(30)
        start_bottom = bottom
        bottom += start_height + px(36)
        theme = self.stage.theme
        clock_height = max(theme.line_px("clock"), 2 * theme.line_px("h2")) + px(12)
        room = int(self.top) - px(_SKY) - clock_height - bottom  # in the largest type fewer notices stand under the time
        offer = _offer(self.stage, kiosk, room=room, width=inner) or Gap(self.stage)
        offer_height = offer.height_for(inner)
        offer_bottom = bottom
        bottom += offer_height
        picture_bottom = bottom - px(150)  # the card lies on the snow
        self._put_picture(0, picture_bottom, width, height - picture_bottom)
        self._put(offer, margin, offer_bottom, inner, offer_height)
        self._put(start, margin, start_bottom, inner, start_height)
        self._put_sky(kiosk, margin, inner, roof=picture_bottom + round(width * _ROOF))

    def _across(self, kiosk: Kiosk) -> None:
        px, width, height = self.stage.px, int(self.width), int(self.height)
        short, compact = self.stage.theme.panel.is_short, self.stage.theme.panel.is_compact
        margin, gap = px(28 if short else 48), px(28 if short else 40)
        left = round(width * (0.46 if compact else 0.5 if short else 0.54))
        self._put_picture(0, 0, left, height)
        inner = width - left - gap - margin
        start, foot = _start(self.stage, grows=True), _foot(self.stage, kiosk)
        between = px(18 if short else 30)
        room = height - 2 * margin - start.height_for(inner) - foot.height_for(inner) - 2 * between
        offer = _offer(self.stage, kiosk, room=room, width=inner)
        parts: list[Part] = [start, foot] if offer is None else [offer, start, foot]
        column = Column(self.stage, parts, gap=18 if short else 30)
        self._put(column, left + gap, margin, inner, height - 2 * margin)
        self._put_sky(kiosk, margin, left - 2 * margin)

    def _put_picture(self, x: int, y: int, width: int, height: int) -> None:
        if not self.stage.theme.palette.outline:
            self._put(Picture(self.stage, "palace", night="palace-night", covers=True), x, y, width, height)

    def _put_sky(self, kiosk: Kiosk, x: int, width: int, *, roof: int = 0) -> None:
        """Name, line and time; where the palace reaches up to it (`roof`), the time stands on a plate of its own."""
        px, stage = self.stage.px, self.stage
        community = kiosk.place.community
        service = community if stage.theme.is_large or stage.theme.panel.is_compact else stage.say("glass.service", community=community)
        name = Text(stage, [Span(service)], "body", weight=Weight.BOLD)
        online = kiosk.line_up
        badge = Badge(
            stage,
            stage.say("glass.online" if online else "glass.offline"),
            Tint.OK if online else Tint.WARN,
            icon="cloud_done" if online else "cloud_off",
        )
        row = Row(stage, [Mark(stage), name, Gap(stage, grows=True), badge], gap=20, level=True)
        height = max(px(60), row.height_for(width))
        self._put(row, x, int(self.top) - px(56) - height // 2, width, height)
        now = kiosk.now
        weekday = stage.say(f"home.long_weekday_{now.isoweekday()}")
        day = Column(
            stage,
            [
                Text(stage, stage.say("home.day", month=now.month, day=now.day), "h2", weight=Weight.MEDIUM),
                Text(stage, weekday, "h2", weight=Weight.MEDIUM),
            ],
        )
        time: Part = Row(stage, [Text(stage, clock(now), "clock"), day], gap=40, level=True)
        across = time.width_wanted()
        if int(self.top) - px(_SKY) - time.height_for(across) < roof and not stage.theme.palette.outline:
            time, across = Card(stage, time, across=28, down=6, radius=32), across + 2 * px(28)
        time_height = time.height_for(across)
        self._put(time, x + px(10), int(self.top) - px(_SKY) - time_height, min(across, width - px(10)), time_height)


def _offer(stage: Stage, kiosk: Kiosk, *, room: int | None = None, width: int = 0) -> Part | None:
    """The community's notices, as many as there is room for; without any, what can be done here. A touch anywhere starts.

    None where there is no room at all: it stands on the next screen as well. Nor before the items are read: a terminal does not say that it
    can do nothing.
    """
    notices = shown(kiosk)
    for count in range(min(len(notices), IDLE_NOTICES), 0, -1):
        card = idle_card(stage, notices, count)
        if room is None or card.height_for(width) <= room:
            return card
    if not kiosk.items:
        return None
    offer = _what_is_done_here(stage, kiosk)
    return offer if room is None or offer.height_for(width) <= room else None


def _what_is_done_here(stage: Stage, kiosk: Kiosk) -> Part:
    title = Row(
        stage,
        [
            Text(stage, stage.say("home.offer"), "h2", grows=True),
            Text(stage, stage.say("home.offer_count", count=len(listed(kiosk.items))), "caption", ink="ink2"),
        ],
        level=True,
    )
    narrow = stage.theme.is_large or stage.theme.panel.is_compact
    across = 3 if narrow and stage.theme.language is Language.EN else 4  # a long word stays whole
    short = stage.theme.panel.is_short
    cells: list[Part] = []
    for category, _ in categories(kiosk.items):
        icon, tint = ICONS[category]
        name = Text(stage, stage.say(f"home.category_{category}"), "body", weight=Weight.MEDIUM, centred=True)
        cells.append(Column(stage, [IconBox(stage, icon, tint, 64 if short or across < 4 else 96), Gap(stage, 8), name]))
    rows: list[Part] = []
    for start in range(0, len(cells), across):
        row = cells[start : start + across]
        row += [Gap(stage) for _ in range(across - len(row))]
        rows.append(Row(stage, row, gap=12, even=True))
    return Card(
        stage,
        Column(stage, [title, Gap(stage, 4), *rows], gap=10 if short else 18),
        look=RAISED,
        across=36,
        down=18 if short else 32,
        radius=36,
    )


def _start(stage: Stage, *, grows: bool = False) -> PressCard:
    words = Column(
        stage,
        [
            Text(stage, stage.say("home.start"), "h1", ink="onpri"),
            _start_elsewhere(stage),
        ],
        grows=True,
    )
    short = stage.theme.panel.is_short
    inside = Row(stage, [Icon(stage, "touch_app", 72 if short else 110, ink="onpri"), words], gap=24 if short else 40, level=True)
    return PressCard(
        stage, inside, GlassTouched(), test_id="start", label=stage.say("home.start"), look=Look("pri", lift=PRIMARY_LIFT, outlined=False),
        pressed=Look("pri_pressed", outlined=False), across=32 if short else 56,
        down=20 if short else 34, radius=48, grows=grows,
    )  # fmt: skip


def _start_elsewhere(stage: Stage) -> Part:
    """Return the invitation in the other two languages; side by side, or on a small panel and in large type one under the other."""
    one, other = (
        Text(stage, say("home.start", language), "lead", ink="onpri", language=language)
        for language in Language
        if language is not stage.theme.language
    )
    if stage.theme.panel.is_short or stage.theme.is_large:
        return Column(stage, [one, other])
    return Row(stage, [one, Text(stage, "·", "lead", ink="onpri"), other], gap=28)


def _foot(stage: Stage, kiosk: Kiosk) -> Part:
    text = [Span(stage.say("home.help", staff=spaced(stage, kiosk.place.staff), hotline=kiosk.place.hotline))]
    return Marked(stage, "contact_support", Text(stage, text, "caption", ink="ink2"), icon_units=40, gap=16)
