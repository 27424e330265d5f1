"""What lies over a page: are you still there, your card, help, really leave; and size, colours and language."""

from collections.abc import Callable, Sequence
from typing import assert_never

from kivy.input.motionevent import MotionEvent

from kiosk.flow.display import Display, Scale
from kiosk.flow.display import Theme as ThemeName
from kiosk.flow.events.glass import LanguageChosen, LeaveConfirmed, OverlayClosed, ScaleChosen, StillHerePressed, ThemeChosen
from kiosk.flow.state import Kiosk
from kiosk.flow.views import CallStage, CardLeft, LeaveAsked, Medium, Overlay, StaffCalled, StillThere
from kiosk.screens.components.buttons import CLEAR, PRIMARY, SECONDARY, Button, Choice, Segmented
from kiosk.screens.components.cards import RAISED, Card, IconBox, Tint, banner
from kiosk.screens.components.part import Column, Gap, Inset, Part, Row
from kiosk.screens.components.shape import Fill
from kiosk.screens.components.spinner import Ring
from kiosk.screens.components.text import Text
from kiosk.screens.services import spaced
from kiosk.screens.stage import Stage
from kiosk.screens.status import Ground, Status
from kiosk.screens.tokens import Palette
from kiosk.screens.typeset import Span
from sync.contract.words import Language

_WHOLE_S = 30
_INSIDE = 0.62
"""Of a ring's width, what is free for words under its number."""

_LANGUAGES = ((Language.ZH, "中文"), (Language.EN, "English"), (Language.KO, "한국어"))


class Cover(Part):
    """Covers the whole glass; what is under it can't be touched."""

    def show(self, kiosk: Kiosk) -> None:
        """Take over what may change while it is up."""

    def on_touch_down(self, touch: MotionEvent) -> bool:
        super().on_touch_down(touch)
        return True


class Dialog(Cover):
    """A card over a scrim: one sentence, one line, one primary."""

    def __init__(
        self, stage: Stage, icon: str, tint: Tint, title: str | Sequence[Span], text: str | Sequence[Span], parts: Sequence[Part]
    ) -> None:
        super().__init__(stage)
        self._scrim = Fill(self.canvas.before)
        self._title = Text(stage, title, "h1" if not stage.theme.panel.is_short else "h2")
        self._text = Text(stage, text, "lead", ink="ink2")
        words = Column(stage, [self._title, self._text], gap=14, grows=True)
        head = Row(stage, [IconBox(stage, icon, tint, 96 if stage.theme.panel.is_short else 132, disc=True), words], gap=36, top=True)
        short = stage.theme.panel.is_short
        inside = Column(stage, [head, Gap(stage, 4 if short else 20), *parts], gap=14 if short else 22)
        self._card = Card(stage, inside, look=RAISED, across=48, down=26 if short else 48, radius=36)
        self.add_widget(self._card)

    def say(self, title: Sequence[Span], text: Sequence[Span]) -> None:
        """Change the words in place."""
        self._title.say(title)
        self._text.say(text)
        if self.width:
            self.arrange()

    def arrange(self) -> None:
        px = self.stage.px
        self._scrim.place(0, 0, int(self.width), int(self.height))
        width = min(int(self.width) - 2 * px(56), px(968))
        height = self._card.height_for(width)
        # On an upright panel the dialog stands low, where every hand reaches.
        bottom = min(px(420), (int(self.height) - height) // 2) if self.height > self.width else (int(self.height) - height) // 2
        self._card.place((int(self.width) - width) // 2, max(px(20), bottom), width, height)

    def paint(self, palette: Palette) -> None:
        if palette.name is ThemeName.LIGHT:
            self._scrim.paint(palette, "ink", 0.62)
        else:
            self._scrim.paint(palette, "bg_bottom", 0.82)


class StaffCover(Dialog):
    """Where help is, and how far the call is; the words follow the call while the dialog is up."""

    def __init__(self, stage: Stage, kiosk: Kiosk) -> None:
        title, text = _staff_said(stage, kiosk)
        super().__init__(stage, "support_agent", Tint.GLAZE, title, text, [_close(stage, stage.say("overlay.go_on"))])

    def show(self, kiosk: Kiosk) -> None:
        """Take over how far the call is."""
        self.say(*_staff_said(self.stage, kiosk))


class StillThereCover(Cover):
    """A question, a countdown, one green button; a touch anywhere else counts as yes."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._ground = Ground(stage)
        self._status = Status(stage)
        upright, short = stage.theme.panel.is_upright, stage.theme.panel.is_short
        roomy = upright and not stage.theme.is_large  # large words leave less for the dial
        across = 270 if stage.theme.panel.is_compact and stage.theme.is_large else 360 if short else 420
        self._ring = Ring(stage, 636 if roomy else 460 if upright else across, thick=34 if upright else 26)
        self._number = Text(
            stage,
            [Span("0")],
            "countdown",
            centred=True,
            size_px=None if roomy else round(stage.theme.type_px("countdown") * 0.66),
        )
        self._unit = Text(stage, stage.say("overlay.seconds"), "item", centred=True)
        title = Text(stage, stage.say("overlay.still_there"), "h1" if stage.theme.panel.is_compact else "greeting", centred=True)
        lead = Text(stage, stage.say("overlay.still_there_more"), "lead", ink="ink2", centred=True)
        note = banner(stage, Tint.INFO, "shield_lock", None, stage.say("overlay.cleared"))
        stay = Button(
            stage,
            stage.say("overlay.still_here"),
            StillHerePressed(),
            test_id="still-here",
            icon="back_hand",
            role="h2" if short else "h1",
            height=120 if short else 184,
            icon_units=80,
            radius=40,
        )
        leave = Button(
            stage,
            stage.say("overlay.clear_and_end"),
            LeaveConfirmed(),
            test_id="leave-confirm",
            kind=SECONDARY,
            icon="logout",
            height=104 if short else 124,
        )
        self._dial = _Dial(stage, self._ring, self._number, self._unit)
        if upright:
            self._content: Part = Column(
                stage,
                [
                    title,
                    Gap(stage, 10),
                    lead,
                    Gap(stage, grows=True),
                    self._dial,
                    Gap(stage, grows=True),
                    note,
                    Gap(stage, 30),
                    stay,
                    Gap(stage, 10),
                    leave,
                ],
                gap=10,
            )
        elif (
            stage.theme.panel.is_compact or stage.theme.is_large
        ):  # what happens else stands under the countdown: beside it there is no height for it
            side = Column(stage, [title, lead, Gap(stage, grows=True), stay, Gap(stage, 8), leave], gap=10, grows=True)
            self._content = Row(stage, [Column(stage, [self._dial, Gap(stage, grows=True), note], grows=True), side], gap=48)
        else:
            side = Column(stage, [title, lead, Gap(stage, grows=True), note, Gap(stage, 10), stay, leave], gap=18, grows=True)
            self._content = Row(stage, [self._dial, side], gap=80)
        for part in (self._ground, self._status, self._content):
            self.add_widget(part)

    def show(self, kiosk: Kiosk) -> None:
        self._status.show(kiosk)
        if isinstance(kiosk.overlay, StillThere):
            self._number.say([Span(str(kiosk.overlay.seconds_left))])
            self._ring.show(min(1.0, kiosk.overlay.seconds_left / _WHOLE_S))

    def arrange(self) -> None:
        width, height = int(self.width), int(self.height)
        margin, px = self.stage.theme.margin, self.stage.px
        self._ground.place(0, 0, width, height)
        top = height - self._status.height_for(width)
        self._status.place(0, top, width, height - top)
        low = px(28 if self.stage.theme.panel.is_short else 70)
        self._content.place(margin, low, width - 2 * margin, top - px(16 if self.stage.theme.panel.is_short else 60) - low)

    def on_touch_up(self, touch: MotionEvent) -> bool:
        if super().on_touch_up(touch):
            return True
        if touch.grab_current is None and not touch.grab_list:
            self.stage.send(StillHerePressed())
        return True


class _Dial(Part):
    """The number in the middle of its ring, and of what it is the number: below it in the ring, or under the ring in large type."""

    def __init__(self, stage: Stage, ring: Ring, number: Text, unit: Text) -> None:
        super().__init__(stage)
        self._ring, self._number, self._unit = ring, number, unit
        self._is_under = stage.theme.is_large
        for part in (ring, number, unit):
            self.add_widget(part)

    def width_wanted(self) -> int:
        return self._ring.width_wanted()

    def height_for(self, width: int) -> int:
        return self._ring.height_for(width) + (self._unit.height_for(width) if self._is_under else 0)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        if self._is_under:
            under = self._unit.height_for(width)
            self._unit.place(x, y, width, under)
            self._ring.place(x, y + under, width, height - under)
            self._number.place(x, y + under, width, height - under)
            return
        self._ring.place(x, y, width, height)
        across = min(width, round(self._ring.width_wanted() * _INSIDE))  # longer words take two lines, and keep off the ring
        number, unit = self._number.height_for(across), self._unit.height_for(across)
        air = round(number * 0.2)  # above the figures, in their line
        bottom = y + (height - number - unit + air) // 2
        left = x + (width - across) // 2
        self._unit.place(left, bottom, across, unit)
        self._number.place(left, bottom + unit, across, number)


def cover_for(stage: Stage, overlay: Overlay, kiosk: Kiosk) -> Cover:
    """Return what lies over the page."""
    match overlay:
        case StillThere():
            return StillThereCover(stage)
        case CardLeft(Medium.SOCIAL):
            return Dialog(stage, "credit_card", Tint.WARN, stage.say("overlay.chip_left"), stage.say("overlay.chip_left_more"), [])
        case CardLeft():
            return Dialog(stage, "badge", Tint.WARN, stage.say("overlay.card_left"), stage.say("overlay.card_left_more"), [])
        case StaffCalled():
            return StaffCover(stage, kiosk)
        case LeaveAsked():
            leave = Button(
                stage,
                stage.say("overlay.clear_and_end"),
                LeaveConfirmed(),
                test_id="leave-confirm",
                kind=CLEAR,
                icon="delete_sweep",
                height=112,
            )
            return Dialog(
                stage,
                "logout",
                Tint.ERR,
                stage.say("overlay.leave"),
                stage.say("overlay.leave_more"),
                [_close(stage, stage.say("overlay.stay")), leave],
            )
        case _:
            assert_never(overlay)


def _staff_said(stage: Stage, kiosk: Kiosk) -> tuple[list[Span], list[Span]]:
    """Return what is true of the call now, and where help is in any case."""
    called = kiosk.overlay.stage if isinstance(kiosk.overlay, StaffCalled) else CallStage.NO_LINE
    staff = spaced(stage, kiosk.place.staff)
    title = stage.say(f"overlay.staff_{called}", staff=staff)
    text = stage.say("overlay.staff_more" if called is CallStage.NO_LINE else "overlay.staff_or", hotline=kiosk.place.hotline, staff=staff)
    return [Span(title)], [Span(text)]


def _close(stage: Stage, text: str) -> Button:
    return Button(stage, text, OverlayClosed(), test_id="overlay-close", kind=PRIMARY, height=120)


class _Named(Part):
    """A choice beside its name: as wide as the names of all choices let it be, or its own."""

    GAP = 32

    def __init__(self, stage: Stage, name: Text, choice: Segmented, aside_px: int) -> None:
        super().__init__(stage)
        self._name, self._choice, self._aside = name, choice, aside_px
        for part in (name, choice):
            self.add_widget(part)

    def height_for(self, width: int) -> int:
        aside = self._aside_in(width)
        return max(self._name.height_for(aside), self._choice.height_for(width - aside - self.stage.px(self.GAP)))

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        aside, gap = self._aside_in(width), self.stage.px(self.GAP)
        self._name.place(x, y, aside, height)
        self._choice.place(x + aside + gap, y, width - aside - gap, height)

    def _aside_in(self, width: int) -> int:
        return max(1, min(self._aside, width - self._choice.width_wanted() - self.stage.px(self.GAP)))


def display_cover(stage: Stage, display: Display, close: Callable[[], None]) -> Cover:
    """Return the choice of size, colours and language."""
    short = stage.theme.panel.is_short
    height = 96 if short else 112
    sizes = Segmented(
        stage,
        [
            Choice(stage.say(f"overlay.scale_{scale.name.lower()}"), ScaleChosen(scale), f"scale-{scale}", display.scale is scale)
            for scale in Scale
        ],
        height=height,
    )
    colours = Segmented(
        stage,
        [Choice(stage.say(f"overlay.theme_{theme}"), ThemeChosen(theme), f"theme-{theme}", display.theme is theme) for theme in ThemeName],
        height=height,
    )
    languages = Segmented(
        stage,
        [
            Choice(name, LanguageChosen(language), f"language-{language}", display.language is language, language)
            for language, name in _LANGUAGES
        ],
        height=height,
    )
    named = [
        (Text(stage, stage.say(f"overlay.{key}"), "item"), choice)
        for key, choice in (("size", sizes), ("colours", colours), ("language", languages))
    ]
    aside = max(name.width_wanted() for name, _ in named)
    parts: list[Part] = []
    for name, choice in named:
        stacked = stage.theme.panel.is_upright  # a wide panel has no height for both
        parts += [name, choice, Gap(stage, 4)] if stacked else [_Named(stage, name, choice, aside)]
    done = Button(stage, stage.say("overlay.display_done"), close, test_id="display-close", kind=PRIMARY, height=104 if short else 120)
    return Dialog(
        stage,
        "text_increase",
        Tint.PRI,
        stage.say("overlay.display"),
        stage.say("overlay.display_more"),
        [*parts, Inset(stage, done, down=6)],
    )
