"""The review: everything once more, and the way to change anything."""

from collections.abc import Sequence

from kivy.graphics import Color, Rectangle, SmoothLine

from kiosk.flow.events.applying import ReviewChanged
from kiosk.flow.offering import offers_on
from kiosk.flow.signers import ink_of, signers
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Review
from kiosk.flow.visit import Ink, Visit
from kiosk.screens.components.buttons import SOFT, Button
from kiosk.screens.components.cards import Tint, banner
from kiosk.screens.components.lists import KeyValue
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.shape import Look, Shape
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.entry.offer import offer_strip
from kiosk.screens.frame import Head, back_button, next_button, step_at
from kiosk.screens.page import Page, Sheet
from kiosk.screens.pixels import texture_of
from kiosk.screens.services import spaced
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette
from kiosk.screens.typeset import Span
from kiosk.screens.wording import answer_said, long_date, masked_id
from peripherals.secret import Secret
from sync.contract.answers import fields_asked, materials_asked, pages_asked
from sync.contract.item import Door

_KEYS, _SHORT_KEYS = 264, 220
"""Units for the questions, beside their answers; and for the few words about a person, in a column beside another."""
_FEW, _LEAST_EM = 2, 4
"""So many pictures may stand beside their name, if it has the width of so many characters."""


class ReviewPage(Page):
    """All answers by page, the papers, the signature, and how things stand with the line."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.application, kiosk.line_up

    def sheet(self, kiosk: Kiosk) -> Sheet:
        view, visit = kiosk.view, kiosk.application
        if visit is None or not isinstance(view, Review):
            return Sheet(())
        stage = self.stage
        head = Head(
            stage, stage.say("review.title"), step=step_at(visit.item, "check"), about=visit.item.name.said_in(stage.theme.language)
        )
        body: list[Block] = []
        if view.trouble is not None:
            body.append(
                banner(
                    stage,
                    Tint.ERR,
                    "error",
                    stage.say(f"review.trouble_{view.trouble}"),
                    stage.say(f"review.trouble_{view.trouble}_more", staff=spaced(stage, kiosk.place.staff)),
                )
            )
        if visit.card is not None:
            body.append(_applicant(stage, visit))
        body += [_page(stage, kiosk, visit, place) for place in pages_asked(visit.item, visit.answers)]
        papers = _papers(stage, visit)
        if papers is not None:
            body.append(papers)
        if not kiosk.line_up:
            body.append(banner(stage, Tint.WARN, "cloud_off", stage.say("review.offline"), stage.say("review.offline_more")))
        body.append(banner(stage, Tint.PRI, "lock", None, stage.say("review.sealed")))
        return Sheet(
            body,
            head=head,
            actions=[
                back_button(stage),
                next_button(stage, stage.say("review.hand_in" if visit.item.door is Door.CATALOGUE else "review.send"), icon="send"),
            ],
        )


def _title(stage: Stage, icon: str, text: str | Sequence[Span], change: Button | None) -> Part:
    parts: list[Part] = [Icon(stage, icon, 44, ink="pri"), Text(stage, text, "h2", grows=True)]
    if change is not None:
        parts.append(change)
    return Row(stage, parts, gap=18, level=True)


def _change(stage: Stage, event: ReviewChanged, test_id: str) -> Button:
    return Button(
        stage,
        stage.say("review.change"),
        event,
        test_id=test_id,
        kind=SOFT,
        icon="edit",
        role="toggle",
        height=84,
        icon_units=38,
        across=28,
        radius=24,
    )


def _applicant(stage: Stage, visit: Visit) -> Block:
    card = visit.card.reveal() if visit.card is not None else None
    rows: list[Part] = []
    if card is not None:
        sex = stage.say(f"review.sex_{card.sex}") if card.sex else None
        person = "\u3000".join(part for part in (card.name or card.name_latin, sex, card.ethnic_group) if part)
        known = (
            ("name", person), ("birth_date", long_date(stage, card.birth_date) if card.birth_date else None),
            ("id_number", masked_id(card.id_number) if card.id_number else None), ("address", card.address),
        )  # fmt: skip
        keys = _SHORT_KEYS if stage.theme.panel.is_roomy else _KEYS  # else the number's last figures stand on a line of their own
        rows = [KeyValue(stage, stage.say(f"review.{key}"), [Span(value)], column=keys) for key, value in known if value]
    lock = Row(
        stage, [Icon(stage, "lock", 34, ink="ink2"), Text(stage, stage.say("review.from_card"), "caption", ink="ink2")], gap=8, level=True
    )
    head = Row(
        stage,
        [Icon(stage, "person", 44, ink="pri"), Text(stage, stage.say("review.applicant"), "h2", grows=True), lock],
        gap=18,
        level=True,
    )
    return Rows(stage, rows, head=head, ruled=False, down=24, gap=2)


def _page(stage: Stage, kiosk: Kiosk, visit: Visit, place: int) -> Block:
    page = visit.item.pages[place]
    language = stage.theme.language
    offers = {offer.field: offer for offer in offers_on(visit, place)}
    rows: list[Part] = []
    for field in fields_asked(page, visit.answers):
        said = answer_said(stage, field, visit.answers, kiosk.community.plan, kiosk.community.providers)
        row: Part = KeyValue(stage, field.label.said_in(language), [Span(said)], column=_KEYS)
        if (offer := offers.get(field.name)) is not None:  # together, so that what is said of an answer never stands on another leaf
            strip = offer_strip(stage, offer, answer_said(stage, field, {field.name: offer.value.reveal()}))
            row = Column(stage, [row, strip, Gap(stage, 8)], gap=8)
        rows.append(row)
    head = _title(stage, "edit_note", [Span(page.title.said_in(language))], _change(stage, ReviewChanged(page=place), f"change-{place}"))
    return Rows(stage, rows, head=head, ruled=False, down=24, gap=2)


def _papers(stage: Stage, visit: Visit) -> Block | None:
    """The papers with their pages, and the signature."""
    language = stage.theme.language
    lines: list[Part] = []
    for material in materials_asked(visit.item, visit.answers):
        pages = visit.pages_of(material)
        if not pages and not material.required:
            continue
        change = _change(stage, ReviewChanged(material=material.id), f"change-{material.id}")
        lines.append(
            Shown(stage, "photo_library", [Span(material.name.said_in(language))], [Thumbnail(stage, page.jpeg) for page in pages], change)
        )
    if visit.item.signed:
        change = _change(stage, ReviewChanged(), "change-signature")
        lines.append(Shown(stage, "signature", stage.say("review.signature"), _signatures(stage, visit), change))
        lines += _family(stage, visit)
    return Rows(stage, lines, down=24, gap=14) if lines else None


def _signatures(stage: Stage, visit: Visit) -> list[Part]:
    """The first signature, small."""
    return [InkThumbnail(stage, ink_of(visit, one)) for one in signers(visit)[:1]]


def _family(stage: Stage, visit: Visit) -> list[Part]:
    """How many of the family have signed, where they do."""
    family = [one for one in signers(visit) if one.member is not None]
    if not family:
        return []
    signed = sum(ink_of(visit, one).is_enough for one in family)
    return [Text(stage, stage.say("review.family_signed", count=signed, of=len(family)), "body", ink="ink2")]


class Shown(Part):
    """What was photographed or signed: in one row where its name fits beside few pictures, else the pictures under their name."""

    def __init__(self, stage: Stage, icon: str, text: str | Sequence[Span], pictures: Sequence[Part], change: Button) -> None:
        super().__init__(stage)
        self._is_few = len(pictures) <= _FEW and not stage.theme.is_large
        self._title = Text(stage, text, "item" if self._is_few else "h2", grows=True)
        self._icon, self._change = Icon(stage, icon, 44, ink="pri"), change
        self._pictures = tuple(pictures)
        self._gap, self._between, self._below = stage.px(18), stage.px(16), stage.px(10)
        for part in (self._icon, self._title, *self._pictures, change):
            self.add_widget(part)

    def height_for(self, width: int) -> int:
        pictures = max((picture.height_for(picture.width_wanted()) for picture in self._pictures), default=0)
        is_row = self.is_row(width)
        title = self._title.height_for(max(1, self._room(width, beside=is_row)))
        line = max(title, self._icon.height_for(width), self._change.height_for(self._change.width_wanted()))
        return max(line, pictures) if is_row or not pictures else line + self._below + pictures

    def is_row(self, width: int) -> bool:
        """Tell whether all of it stands in one row at this width: no word of its name breaks, and no line of it is a stub."""
        room = self._room(width, beside=True)
        least = min(self._title.width_wanted(), _LEAST_EM * self.stage.theme.type_px("item"))
        return self._is_few and room >= least and not self._title.cuts_words(room)

    def _room(self, width: int, *, beside: bool) -> int:
        """Return what is left for the name in its line, in pixels."""
        others = [self._icon, self._change, *(self._pictures if beside else ())]
        return width - sum(part.width_wanted() + self._gap for part in others)

    def arrange(self) -> None:
        left, bottom, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        is_row = self.is_row(width)
        under = 0 if is_row else max((picture.height_for(picture.width_wanted()) for picture in self._pictures), default=0)
        line = height - under - (self._below if under else 0)
        room = max(1, self._room(width, beside=is_row))
        across = [(self._icon, self._icon.width_wanted()), (self._title, room)]
        across += [(picture, picture.width_wanted()) for picture in (self._pictures if is_row else ())]
        x = left
        for part, wide in (*across, (self._change, self._change.width_wanted())):
            tall = min(line, part.height_for(wide))
            part.place(x, bottom + height - line + (line - tall) // 2, wide, tall)
            x += wide + self._gap
        x = left
        for picture in () if is_row else self._pictures:
            picture.place(x, bottom, picture.width_wanted(), under)
            x += picture.width_wanted() + self._between


class Thumbnail(Part):
    """A kept page of a paper, small."""

    def __init__(self, stage: Stage, jpeg: Secret[bytes], units: float = 108) -> None:
        super().__init__(stage)
        self._side = stage.px(units)
        self._frame = Shape(self.canvas.before, stage.theme, 14)
        with self.canvas:
            Color(1, 1, 1, 1)
            self._rectangle = Rectangle(texture=texture_of(jpeg, self._side), size=(0, 0))

    def width_wanted(self) -> int:
        return self._side

    def height_for(self, width: int) -> int:
        del width
        return self._side

    def arrange(self) -> None:
        x, y = int(self.x), int(self.y)
        self._frame.place(x, y, self._side, self._side)
        inner = self._side - 2 * self.stage.px(10)
        across, down = self._rectangle.texture.size
        fit = min(inner / across, inner / down)
        size = (round(across * fit), round(down * fit))
        self._rectangle.size = size
        self._rectangle.pos = (x + (self._side - size[0]) // 2, y + (self._side - size[1]) // 2)

    def paint(self, palette: Palette) -> None:
        self._frame.paint(palette, Look("sunk", "line", 3))


class InkThumbnail(Part):
    """The signature, small."""

    def __init__(self, stage: Stage, ink: Ink, across: float = 320, down: float = 108) -> None:
        super().__init__(stage)
        self._size = stage.px(across), stage.px(down)
        self._ink = ink
        self._frame = Shape(self.canvas.before, stage.theme, 14)
        with self.canvas:
            self._colour = Color(0, 0, 0, 1)
            self._strokes = [SmoothLine(width=max(1.2, stage.px(2.2)), cap="round", joint="round") for _ in ink.strokes]

    def width_wanted(self) -> int:
        return self._size[0]

    def height_for(self, width: int) -> int:
        del width
        return self._size[1]

    def arrange(self) -> None:
        x, y = int(self.x), int(self.y)
        width, height = self._size
        self._frame.place(x, y, width, height)
        points = [point for stroke in self._ink.strokes for point in stroke]
        if not points:
            return
        left, top = min(p[0] for p in points), min(p[1] for p in points)
        across, down = max(max(p[0] for p in points) - left, 1.0), max(max(p[1] for p in points) - top, 1.0)
        air = self.stage.px(20)
        fit = min((width - 2 * air) / across, (height - 2 * air) / down)
        start_x, start_y = x + (width - across * fit) / 2, y + (height + down * fit) / 2
        for line, stroke in zip(self._strokes, self._ink.strokes, strict=True):
            line.points = [value for px, py, _ in stroke for value in (start_x + (px - left) * fit, start_y - (py - top) * fit)]

    def paint(self, palette: Palette) -> None:
        self._frame.paint(palette, Look("sunk", "line", 3))
        self._colour.rgba = palette.colour("ink")
