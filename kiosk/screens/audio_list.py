"""The audio mode's page: whatever is on the glass as one list, never a grid, with what is being said and the keys to go through it.

It is made from the same spots that ears meet, so every page and every question has it without doing anything. A touch on a line says
it, and a second one acts; the keys below do what the keypad's do.
"""

from collections.abc import Callable, Sequence

from kivy.input.motionevent import MotionEvent

from kiosk.flow.events.glass import StaffWanted
from kiosk.screens.components.buttons import CALL, Button, Kind
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.press import Pressable
from kiosk.screens.components.shape import Fill, Look, Shape
from kiosk.screens.components.text import Text
from kiosk.screens.stage import Stage
from kiosk.screens.status import Ground
from kiosk.screens.tokens import Palette, Weight
from kiosk.screens.typeset import Span
from kiosk.voice.spot import Role, Spot
from peripherals.values import dataclass

_AT_ONCE = 6
_GAP, _AIR = 10, 20
_BESIDE = 0.42
"""The share of a wide glass that the keys take."""
_LEAST_UNITS, _MOST_UNITS = 92, 150
_KEY = Kind(Look("maint", "onmaint", 3), Look("maint_icon", outlined=False), "onmaint", down_ink="maint")
_OK = Kind(Look("glaze", outlined=False), Look("onmaint", outlined=False), "onglaze_fill", down_ink="maint")
_SMALLER = ("item", "body", "note")


@dataclass(frozen=True, slots=True)
class Hands:
    """What a finger may do: press a key of the keypad, or touch the line at a place."""

    key: Callable[[int], None]
    touch: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Keys:
    """The keypad's keys by what they do, as `ears` numbers them."""

    up: int
    down: int
    ok: int
    where: int
    again: int
    speed: int
    loudness: int
    dark: int
    page: int
    end: int


class Line(Pressable):
    """One thing of the page: its number, its name, and how it stands."""

    def __init__(self, stage: Stage, spot: Spot, place: int, room: tuple[int, int], act: Callable[[], None]) -> None:
        super().__init__(stage, test_id=f"listed-{place}", label=spot.label, act=act)
        self.is_here = False
        self._shape = Shape(self.canvas.before, stage.theme, 24)
        self._number = Text(stage, [Span(str(place + 1))], "body", ink="ink2", weight=Weight.BOLD)
        self._across = stage.px(_AIR)
        self._least = min(stage.px(_MOST_UNITS), max(stage.px(_LEAST_UNITS), room[1] // _AT_ONCE - stage.px(_GAP)))
        self._number_px = max(self._number.width_wanted(), stage.px(44))
        state = _state(stage, spot)
        inner = self._inner(room[0])
        roles = [role for role in _SMALLER if _high(stage, spot, state, role, inner) <= room[1]]
        role = roles[0] if roles else _SMALLER[-1]
        words: list[Part] = [Text(stage, [Span(spot.label)], role, weight=_weight(spot))]
        if state:
            words.append(Text(stage, [Span(state)], "note", ink="ink2"))
        self._words = Column(stage, words, gap=2)
        self.add_widget(self._number)
        self.add_widget(self._words)

    def height_for(self, width: int) -> int:
        return max(self._least, self._words.height_for(self._inner(width)) + 2 * self.stage.px(_GAP))

    def turn(self, *, here: bool) -> None:
        """Mark the line that ears are at."""
        if here != self.is_here:
            self.is_here = here
            self.paint(self.stage.theme.palette)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._shape.place(x, y, width, height)
        self._number.place(x + self._across, y, self._number_px, height)
        inner = self._inner(width)
        words = self._words.height_for(inner)
        self._words.place(x + 2 * self._across + self._number_px, y + (height - words) // 2, inner, words)

    def paint(self, palette: Palette) -> None:
        rest = Look("surface", "focus", 8) if self.is_here else Look("surface")
        self._shape.paint(palette, Look("pressed") if self.is_down else rest)

    def _inner(self, width: int) -> int:
        return max(1, width - 3 * self._across - self._number_px)


class AudioList(Part):
    """Covers the glass while the visit is for ears. `show` is told the things on the page, where ears are, and what is being said."""

    is_unread = True  # it is what is read, and not read itself

    def __init__(self, stage: Stage, hands: Hands, keys: Keys) -> None:
        super().__init__(stage)
        self._hands = hands
        self._spots: tuple[Spot, ...] = ()
        self._leaves: list[list[tuple[Line, tuple[int, int, int, int]]]] = []
        self._leaf = 0
        self._at: int | None = None
        self._ground = Ground(stage)
        self._mode = Text(stage, stage.say("voice.list"), "body", ink="ink2", weight=Weight.MEDIUM)
        self._hint = Text(stage, stage.say("voice.touch"), "note", ink="ink2")
        self._title = Text(stage, [Span("")], "h2")
        self._count = Text(stage, [Span("")], "note", ink="ink2", centred=True)
        self._bed = Bed(stage, hands, keys)
        for part in (self._ground, self._mode, self._hint, self._title, self._count, self._bed):
            self.add_widget(part)

    @property
    def here(self) -> Line | None:
        """The line that ears are at."""
        return next((line for line in self.lines if line.is_here), None)

    @property
    def lines(self) -> list[Line]:
        """The lines on the leaf that is shown."""
        return [line for line, _ in self._leaves[self._leaf]] if self._leaves else []

    def show(self, spots: Sequence[Spot], at: int | None, said: str) -> None:
        """Take over the page's things, the place, and what is being said."""
        self._bed.say(said)
        fresh = tuple(spots)
        if fresh != self._spots:
            self._spots = fresh
            title = next((spot.label for spot in fresh if spot.is_title), "")
            self._title.say([Span(title)])
            self._at = at
            self.arrange()
        else:
            self._at = at
            self._turn_to(at)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        super().on_touch_down(touch)
        return True  # what is under it can't be touched

    def arrange(self) -> None:
        if not self.width:
            return
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._ground.place(x, y, width, height)
        upright = self.stage.theme.panel.is_upright
        side = width if upright else round(width * _BESIDE)
        bed = self._bed.height_for(width) if upright else height
        self._bed.place(x + width - side, y, side, bed)
        margin = self.stage.theme.margin
        left, across = x + margin, (width if upright else width - side) - 2 * margin
        top = y + height - self.stage.px(_AIR)
        for part in (self._mode, self._title, self._hint):
            high = part.height_for(across) if part is not self._title or self._title.plain else 0
            part.place(left, top - high, across, high)
            top -= high
        foot = (y + bed if upright else y) + self.stage.px(_GAP)
        count = self.stage.theme.line_px("note")
        self._count.place(left, foot, across, count)
        self._break(left, foot + count + self.stage.px(_GAP), across, top - self.stage.px(_GAP))

    def _break(self, left: int, bottom: int, across: int, top: int) -> None:
        """Make the lines and share them out: six at once, or as many as there is room for."""
        for line in self.lines:
            self.remove_widget(line)
        gap = self.stage.px(_GAP)
        self._leaves = [[]]
        room = top - bottom
        y = top
        for place, spot in enumerate(self._spots):
            line = Line(self.stage, spot, place, (across, room), lambda place=place: self._hands.touch(place))  # type: ignore[misc]
            high = line.height_for(across)
            if self._leaves[-1] and (y - high < bottom or len(self._leaves[-1]) == _AT_ONCE):
                self._leaves.append([])
                y = top
            self._leaves[-1].append((line, (left, y - high, across, high)))
            y -= high + gap
        self._leaf = -1
        self._turn_to(self._at)

    def _turn_to(self, at: int | None) -> None:
        counts = [len(leaf) for leaf in self._leaves]
        leaf = next((one for one in range(len(counts)) if (at or 0) < sum(counts[: one + 1])), 0)
        if leaf != self._leaf:
            for line in self.lines if self._leaf >= 0 else ():
                self.remove_widget(line)
            self._leaf = leaf
            for line, box in self._leaves[leaf]:
                self.add_widget(line)
                line.place(*box)
        first = sum(counts[:leaf])
        for place, line in enumerate(self.lines):
            line.turn(here=at == first + place)
        facts = {"first": first + 1, "last": first + len(self.lines), "count": len(self._spots)}
        self._count.say([Span(self.stage.say("voice.leaf", **facts) if self.lines else "")])


class Bed(Part):
    """What is being said, and the keys: dark in every palette, so that it is found by whoever sees a little."""

    def __init__(self, stage: Stage, hands: Hands, keys: Keys) -> None:
        super().__init__(stage)
        self._fill = Fill(self.canvas.before)
        self._head = Text(stage, stage.say("voice.saying"), "note", ink="onmaint2")
        self._said = ""
        self._words: Text | None = None
        upright = stage.theme.panel.is_upright

        high, icon_units = (104, 44) if upright else (70, 34)

        def key(name: str, number: int, icon: str, kind: Kind = _KEY) -> Button:
            return Button(
                stage, stage.say(f"voice.{name}"), lambda: hands.key(number), test_id=f"audio-{name.replace('_', '-')}", kind=kind,
                icon=icon, stacked=upright, role="caption", weight=Weight.MEDIUM, height=high, icon_units=icon_units, across=8, gap=8,
                grows=True,
            )  # fmt: skip

        moves = [
            key("again", keys.again, "replay"),
            key("up", keys.up, "arrow_upward"),
            key("ok", keys.ok, "check", _OK),
            key("down", keys.down, "arrow_downward"),
            key("where", keys.where, "help"),
        ]
        more = [
            key("faster", keys.speed, "speed"),
            key("louder", keys.loudness, "volume_up"),
            key("screen_off", keys.dark, "visibility_off"),
            key("see_page", keys.page, "article"),
            key("end", keys.end, "hearing_disabled"),
        ]
        staff = Button(
            stage, stage.call, StaffWanted(), test_id="audio-staff", kind=CALL, icon="support_agent", role="caption",
            weight=Weight.BOLD, height=high, icon_units=icon_units, across=8, gap=8, grows=True,
        )  # fmt: skip
        every = [*moves, *more, staff]
        lines = [every[:5], every[5:8], every[8:]] if upright else [[moves[1], moves[3]], [moves[2], moves[0]], [moves[4], more[0]],
                 more[1:3], more[3:5], [staff]]  # fmt: skip
        self._keys = Column(stage, [Row(stage, line, gap=_GAP, even=True) for line in lines], gap=_GAP)
        for part in (self._head, self._keys):
            self.add_widget(part)

    def say(self, said: str) -> None:
        """Show what is being said."""
        if said != self._said:
            self._said = said
            if self.width:
                self.arrange()

    def height_for(self, width: int) -> int:
        air = self.stage.px(_AIR)
        words = self.stage.theme.line_px("note") + 3 * self.stage.theme.line_px("body")
        return words + self._keys.height_for(width - 2 * self.stage.theme.margin) + 3 * air

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        self._fill.place(x, y, width, height)
        margin, air = self.stage.theme.margin, self.stage.px(_AIR)
        across = width - 2 * margin
        keys = self._keys.height_for(across)
        self._keys.place(x + margin, y + air, across, keys)
        head = self.stage.theme.line_px("note")
        self._head.place(x + margin, y + height - air - head, across, head)
        self._put_words(x + margin, y + 2 * air + keys, across, height - 3 * air - keys - head)

    def paint(self, palette: Palette) -> None:
        self._fill.paint(palette, "maint")

    def _put_words(self, x: int, y: int, across: int, room: int) -> None:
        """Set the caption as large as it fits; what is longer than that stands whole in its line, and ends in dots here."""
        if self._words is not None:
            self.remove_widget(self._words)
        said = self._said
        text = Text(self.stage, [Span(said)], _SMALLER[0], ink="onmaint")
        for role in _SMALLER[1:]:
            if text.height_for(across) <= room:
                break
            text = Text(self.stage, [Span(said)], role, ink="onmaint")
        while text.height_for(across) > room and len(said) > 1:
            said = said[: -max(1, len(said) // 12)]
            text = Text(self.stage, [Span(f"{said}…")], _SMALLER[-1], ink="onmaint")
        high = min(room, text.height_for(across))
        self._words = text
        self.add_widget(text)
        text.place(x, y + room - high, across, high)


def _state(stage: Stage, spot: Spot) -> str:
    """Return what a thing is and how it stands; a value that others may not see is not there."""
    if spot.role in (Role.TEXT, Role.KEY):
        return ""
    words = [stage.say(f"voice.role_{spot.role}")]
    if spot.is_on is not None:
        words.append(stage.say("voice.on" if spot.is_on else "voice.off"))
    if spot.role is Role.FIELD and not spot.is_secret:
        words.append(spot.value or stage.say("voice.empty"))
    return " · ".join(words)


def _weight(spot: Spot) -> Weight:
    """What is only read stands lighter than what can be done."""
    return Weight.MEDIUM if spot.role is Role.TEXT else Weight.BOLD


def _high(stage: Stage, spot: Spot, state: str, role: str, across: int) -> int:
    label = Text(stage, [Span(spot.label)], role, weight=_weight(spot))
    note = Text(stage, [Span(state)], "note").height_for(across) if state else 0
    return label.height_for(across) + note + 2 * stage.px(_GAP) + stage.px(2)
