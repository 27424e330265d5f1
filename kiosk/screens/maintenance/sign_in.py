"""Signing in: the staff card, then six digits; or a one-time code without a card. It says that a lost line does not matter."""

from collections.abc import Callable

from kiosk.flow.events.technician import DigitErased, DigitTyped
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import CODE_DIGITS, Upkeep
from kiosk.maintenance.sign_in import SignInStatus
from kiosk.screens.components.cards import CHOSEN, SURFACE, Card, IconBox, Tint, banner
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.shape import Fill, Look, Shape
from kiosk.screens.components.text import Text
from kiosk.screens.entry.beside import Beside
from kiosk.screens.entry.keys import FIGURE, FUNCTION, Key
from kiosk.screens.maintenance.frame import UpkeepPage, foot, is_tight, primary
from kiosk.screens.page import Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette
from kiosk.screens.typeset import Span


class SignInPage(UpkeepPage):
    """Card, digits, and how many tries are left."""

    title_key = "upkeep.sign_in"

    def sheet(self, kiosk: Kiosk) -> Sheet:
        work, stage = kiosk.visit, self.stage
        if not isinstance(work, Upkeep):
            return Sheet(())
        typed = len(work.typed.reveal())
        asked = stage.say("upkeep.type_pin" if work.has_card else "upkeep.type_code")
        body: list[Block] = [_stations(stage, work), Text(stage, asked, "h2", centred=True), _Slots(stage, typed)]
        said = [told] if (told := _told(stage, work)) is not None else []
        said.append(banner(stage, Tint.INFO, "wifi_off", stage.say("upkeep.works_offline"), stage.say("upkeep.works_offline_more")))
        body += [_keypad(stage), *said] if stage.theme.panel.is_upright else [*said, _keypad(stage)]  # beside each other, when across
        if is_tight(stage):
            body = [self._beside(work, asked, told)]
        act: Part = primary(stage, stage.say("upkeep.enter"), "login")
        if work.busy is not None:
            act = awaiting(stage, "hourglass_top", stage.say("upkeep.judging"))
        return Sheet(body, foot=foot(stage, act, note=stage.say("upkeep.sign_in_closes"), leaves=True), gap=26)

    def _beside(self, work: Upkeep, asked: str, told: Part | None) -> Part:
        """The keypad at the right; at the left the card, the digits, and the one thing to be said."""
        stage = self.stage
        card = stage.say("upkeep.card_read" if work.has_card else "upkeep.card_or_none")
        icon, offline = "check" if work.has_card else "badge", stage.say("upkeep.works_offline")
        more = None if stage.theme.panel.is_compact else stage.say("upkeep.works_offline_more")
        said = told or banner(stage, Tint.INFO, "wifi_off", offline, more)
        roomy = stage.theme.panel.is_roomy
        parts: list[Part] = [_station(stage, icon, stage.say("upkeep.station_card"), card, chosen=False, down=28 if roomy else 12)]
        if work.door.status in (SignInStatus.OPEN, SignInStatus.WRONG):  # else digits are not taken, and why needs the room
            parts += [Text(stage, asked, "item", centred=True), _Slots(stage, len(work.typed.reveal()))]
        parts.append(said)
        return Beside(stage, Column(stage, parts, gap=26 if roomy else 12), _keypad(stage), 760 if roomy else 560)


def _stations(stage: Stage, work: Upkeep) -> Part:
    card = stage.say("upkeep.card_read" if work.has_card else "upkeep.card_or_none")
    code = stage.say("upkeep.six_digits")
    return Row(
        stage,
        [
            _station(stage, "check" if work.has_card else "badge", stage.say("upkeep.station_card"), card, chosen=False),
            _station(stage, "pin", stage.say("upkeep.station_code"), code, chosen=True),
        ],
        gap=26,
        even=True,
    )


def _station(stage: Stage, icon: str, title: str, text: str, *, chosen: bool, down: float = 28) -> Part:
    words = Column(stage, [Text(stage, title, "item"), Text(stage, text, "caption", ink="ink2")], grows=True)
    inside = Row(stage, [IconBox(stage, icon, Tint.PRI, 84), words], gap=24, level=True)
    return Card(stage, inside, look=CHOSEN if chosen else SURFACE, across=28, down=down)


class _Slots(Part):
    """Six boxes; a dot stands for a digit, and the next one is framed."""

    def __init__(self, stage: Stage, typed: int) -> None:
        super().__init__(stage)
        self._typed = typed
        self._boxes = [Shape(self.canvas.before, stage.theme, 18) for _ in range(CODE_DIGITS)]
        self._dots = [Shape(self.canvas, stage.theme, 13) for _ in range(typed)]
        self._caret = Fill(self.canvas)

    def height_for(self, width: int) -> int:
        del width
        return self.stage.px(96 if self.stage.theme.panel.is_short else 112)

    def arrange(self) -> None:
        px = self.stage.px
        gap, dot = px(26 if int(self.width) > px(720) else 12), px(26)
        box = min(px(96), (int(self.width) - (CODE_DIGITS - 1) * gap) // CODE_DIGITS)
        left = int(self.x) + (int(self.width) - CODE_DIGITS * box - (CODE_DIGITS - 1) * gap) // 2
        height = int(self.height)
        for place, shape in enumerate(self._boxes):
            shape.place(left + place * (box + gap), int(self.y), box, height)
        for place, shape in enumerate(self._dots):
            shape.place(left + place * (box + gap) + (box - dot) // 2, int(self.y) + (height - dot) // 2, dot, dot)
        if self._typed < CODE_DIGITS:
            self._caret.place(left + self._typed * (box + gap) + box // 2 - px(3), int(self.y) + px(28), px(6), height - px(56))

    def paint(self, palette: Palette) -> None:
        for place, shape in enumerate(self._boxes):
            shape.paint(palette, Look("surface", "pri", 5) if place == self._typed else Look("surface", "ctl", 3))
        for shape in self._dots:
            shape.paint(palette, Look("ink", outlined=False))
        self._caret.paint(palette, "pri" if self._typed < CODE_DIGITS else None)


class _Tall(Part):
    """A key of the pad's height."""

    def __init__(self, stage: Stage, key: Key) -> None:
        super().__init__(stage, grows=True)
        self._key = key
        self.add_widget(key)

    def height_for(self, width: int) -> int:
        del width
        panel = self.stage.theme.panel
        return self.stage.px(132 if panel.is_upright else 84 if panel.is_short else 116)

    def arrange(self) -> None:
        self._key.place(int(self.x), int(self.y), int(self.width), int(self.height))


def _keypad(stage: Stage) -> Part:
    def digit(name: str) -> Part:
        return _Tall(stage, Key(stage, name, _sends(stage, name), test_id=f"digit-{name}", kind=FIGURE))

    clear = Key(stage, stage.say("upkeep.clear"), lambda: stage.send(DigitErased(everything=True)), test_id="digits-clear", kind=FUNCTION)
    erase = Key(
        stage,
        "",
        lambda: stage.send(DigitErased()),
        test_id="digit-erase",
        label=stage.say("keyboard.delete"),
        kind=FUNCTION,
        icon="backspace",
    )
    across, down, gap = (24, 18, 12) if stage.theme.panel.is_short else (58, 30, 20)
    rows = [Row(stage, [digit(name) for name in line], gap=20, even=True) for line in ("123", "456", "789")]
    rows.append(Row(stage, [_Tall(stage, clear), digit("0"), _Tall(stage, erase)], gap=20, even=True))
    return Card(stage, Column(stage, rows, gap=gap), look=Look("bed"), across=across, down=down)


def _sends(stage: Stage, name: str) -> Callable[[], None]:
    return lambda: stage.send(DigitTyped(name))


def _told(stage: Stage, work: Upkeep) -> Part | None:
    door = work.door
    match door.status:
        case SignInStatus.WRONG:
            text = [Span(stage.say("upkeep.tries_left", left=door.tries_left))]
            return banner(stage, Tint.WARN, "warning", stage.say("upkeep.wrong"), text)
        case SignInStatus.LOCKED:
            text = [Span(stage.say("upkeep.locked_more"))]
            return banner(stage, Tint.ERR, "lock_clock", stage.say("upkeep.locked", minutes=-(-door.wait_s // 60)), text)
        case SignInStatus.NOBODY:
            return banner(stage, Tint.ERR, "group_off", stage.say("upkeep.nobody_known"), stage.say("upkeep.nobody_known_more"))
        case SignInStatus.STORAGE_FAULT:
            return banner(stage, Tint.ERR, "sd_card_alert", stage.say("upkeep.cannot_note"), stage.say("upkeep.cannot_note_more"))
        case SignInStatus.OPEN | SignInStatus.SIGNED_IN:
            return None
