"""The community's notices: the list, one of them whole, and the card that shows them while nobody is there."""

from collections.abc import Sequence

from kiosk.flow.errands import NoticeList, NoticeShown
from kiosk.flow.events.choosing import NoticeOpened
from kiosk.flow.reading import shown
from kiosk.flow.state import Kiosk
from kiosk.screens.components.cards import RAISED, Badge, Card, IconBox, Tint, banner
from kiosk.screens.components.lists import ListLine, PressLine, Rule
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.frame import Head, back_button
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span
from sync.contract.notices import Notice, NoticeKind

ICONS: dict[NoticeKind, tuple[str, Tint]] = {
    NoticeKind.POWER: ("bolt", Tint.GLAZE),
    NoticeKind.WATER: ("water_drop", Tint.INFO),
    NoticeKind.GAS: ("local_fire_department", Tint.CLAY),
    NoticeKind.HEATING: ("heat", Tint.CLAY),
    NoticeKind.HEALTH: ("vaccines", Tint.INFO),
    NoticeKind.MEALS: ("soup_kitchen", Tint.CLAY),
    NoticeKind.ACTIVITY: ("event", Tint.PRI),
    NoticeKind.POLICY: ("policy", Tint.PRI),
    NoticeKind.SAFETY: ("report", Tint.WARN),
    NoticeKind.OTHER: ("campaign", Tint.PRI),
}

IDLE_NOTICES = 3
"""How many are shown while nobody is there; the others are in the list."""


class NoticeListPage(Page):
    """All notices; touching one opens it."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, shown(kiosk)

    def sheet(self, kiosk: Kiosk) -> Sheet:
        if not isinstance(kiosk.view, NoticeList):
            return Sheet(())
        stage, notices = self.stage, shown(kiosk)
        lead = stage.say("notices.lead", count=len(notices)) if notices else None
        head = Head(stage, stage.say("notices.title"), lead=lead)
        body: list[Block] = [Rows(stage, [_line(stage, notice) for notice in notices])] if notices else [_nothing(stage)]
        touch = awaiting(stage, "touch_app", stage.say("notices.touch_one")) if notices else None
        return Sheet(body, head=head, actions=[back_button(stage), *([touch] if touch else [])])


class NoticePage(Page):
    """One notice in large type."""

    def sheet(self, kiosk: Kiosk) -> Sheet:
        view, stage = kiosk.view, self.stage
        if not isinstance(view, NoticeShown):
            return Sheet(())
        notice = next((known for known in kiosk.community.notices if known.id == view.notice), None)
        if notice is None:  # taken back by the city while it was read
            gone = banner(stage, Tint.INFO, "info", stage.say("notices.gone"))
            return Sheet([gone], head=Head(stage, stage.say("notices.title")), actions=[back_button(stage)])
        language = stage.theme.language
        icon, tint = ICONS[notice.kind]
        title = Row(
            stage,
            [IconBox(stage, icon, tint, 112), Text(stage, [Span(notice.title.said_in(language))], "h1", grows=True)],
            gap=30,
            level=True,
        )
        paragraphs: list[Part] = [Text(stage, [Span(line)], "lead") for line in notice.text.said_in(language).split("\n") if line.strip()]
        until = stage.say("notices.until", month=notice.valid_until.month, day=notice.valid_until.day)
        source = Text(stage, [Span(f"{notice.publisher.said_in(language)}\u3000{until}")], "lead", ink="ink2")
        by = Row(stage, [Icon(stage, "verified", 44, ink="ink2"), source], gap=14, level=True)
        body: list[Block] = [title, by, Rows(stage, paragraphs, ruled=False, gap=26, down=40)]
        return Sheet(body, actions=[back_button(stage, text=stage.say("notices.all"))], gap=34)


def idle_card(stage: Stage, notices: Sequence[Notice], most: int = IDLE_NOTICES) -> Part:
    """Return the card of the newest notices, to be read from two metres; nothing on it moves."""
    language = stage.theme.language
    count = Text(stage, stage.say("notices.count", count=len(notices)), "caption", ink="ink2")
    parts: list[Part] = [Row(stage, [Text(stage, stage.say("notices.title"), "h2", grows=True), count], level=True)]
    for place, notice in enumerate(notices[:most]):
        icon, tint = ICONS[notice.kind]
        heading: list[Part] = [Text(stage, [Span(notice.title.said_in(language))], "h2", grows=True)]
        if not stage.theme.is_large:
            heading.append(Text(stage, [Span(notice.publisher.said_in(language))], "caption", ink="ink2"))
        words = Column(
            stage,
            [Row(stage, heading, gap=20, level=True), Text(stage, [Span(notice.short.said_in(language))], "body", ink="ink2")],
            grows=True,
        )
        if place:
            parts.append(Rule(stage))
        parts.append(Row(stage, [IconBox(stage, icon, tint, 96), words], gap=28, top=True))
    return Card(stage, Column(stage, parts, gap=22), look=RAISED, across=36, down=32, radius=36)


def _line(stage: Stage, notice: Notice) -> Part:
    language = stage.theme.language
    icon, tint = ICONS[notice.kind]
    end: list[Part] = []
    if notice.urgent and not stage.theme.is_large:
        end.append(Badge(stage, stage.say("notices.urgent"), Tint.WARN, icon="priority_high"))
    end.append(Icon(stage, "chevron_right", 44))
    title = notice.title.said_in(language)
    line = ListLine(
        stage,
        icon=icon,
        tint=tint,
        title=[Span(title)],
        text=[Span(notice.short.said_in(language))],
        end=end,
        height=130,
        box=92,
        text_role="body",
    )
    return PressLine(stage, line, NoticeOpened(notice.id), test_id=f"notice-{notice.id}", label=title)


def _nothing(stage: Stage) -> Part:
    return banner(stage, Tint.PRI, "notifications", stage.say("notices.none"), stage.say("notices.none_more"))
