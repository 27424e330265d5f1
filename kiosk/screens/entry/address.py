"""An address step by step: district, street, community, road, door; outside the town province, city, county and a line.

A pick leads to the next step; only the door is typed. Names outside the town are many, so they lie in leaves by their initials.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence

from kiosk.input_method import address_steps as steps
from kiosk.input_method.initials import leaves
from kiosk.regions import Region
from kiosk.screens.components.part import Part
from kiosk.screens.components.shape import Fill
from kiosk.screens.entry.keyboard import Keyboard
from kiosk.screens.entry.keys import DONE, FIGURE, FUNCTION, Bed, Cell, Key, KeyKind
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight
from sync.contract.address import FAR_STEPS, WRITTEN

_BETWEEN, _MUCH = 12, 1.25
_SHOWN = 10
_SHOWN_BESIDE = 8  # where the deck stands beside the field, and the glass is low
_LONG_NAME = 9  # letters; 双江拉祜族佤族布朗族傣族自治县 has fifteen
_SHORT = 4
_NAME = KeyKind("key", "pressed", "ink", "toggle")
_LONG = KeyKind("key", "pressed", "ink", "caption")
_ON = KeyKind("pri", "pri_pressed", "onpri", "toggle", Weight.BOLD)
_STEP = KeyKind("function_key", "ctl", "ink", "caption")
Typing = Callable[[str, int], Keyboard]
"""Begin the keyboard with a text and its longest length."""


class AddressDeck(Part):
    """The steps above, the names of one step below; what is in no list is written."""

    def __init__(  # noqa: PLR0913 - facts by name, not an order to remember
        self,
        stage: Stage,
        region: Region,
        value: Mapping[str, str],
        *,
        here: str,
        reaches_far: bool,
        card_address: str | None,
        typing: Typing,
        changed: Callable[[dict[str, str]], None],
        reshaped: Callable[[], None],
        done: Callable[[], None],
    ) -> None:
        super().__init__(stage)
        self.value = dict(value)
        self.step = steps.next_step(region, self.value)
        self.keyboard: Keyboard | None = None
        self._region = region
        self._here = region.way_to(here)
        self._reaches_far = reaches_far
        self._card_address = card_address
        self._typing = typing
        self._changed = changed
        self._reshaped = reshaped
        self._done = done
        self._leaf = 0
        self._shown = _SHOWN if stage.theme.panel.is_upright else _SHOWN_BESIDE
        self._fill = Fill(self.canvas.before)
        self._rows: list[Part] = []
        self._build()

    @property
    def before(self) -> str:
        """What stands before the step that is written now, for the field above."""
        return "".join(text for step, text in self.value.items() if step not in (self.step, WRITTEN))

    def goes_on(self) -> bool:
        """Go from a written road to the door; tells whether there was such a way."""
        if self.step != "road" or not self.value.get("road"):
            return False
        self._turn("door")
        return True

    def typed(self, text: str) -> None:
        """Take over what the keyboard holds."""
        self._take(self.step, text)

    def empty(self) -> None:
        """Begin again."""
        self.value = {}
        self._changed({})
        self._turn("district")

    def height_for(self, width: int) -> int:
        return sum(row.height_for(width) for row in self._rows)

    def arrange(self) -> None:
        x, top, width = int(self.x), int(self.top), int(self.width)
        self._fill.place(x, int(self.y), width, int(self.height))
        for row in self._rows:
            height = min(row.height_for(width), top - int(self.y))
            row.place(x, top - height, width, height)
            top -= height

    def paint(self, palette: Palette) -> None:
        self._fill.paint(palette, "bed")

    # What is done

    def _take(self, step: str, text: str) -> None:
        self.value = steps.chosen_at(self._region, self.value, step, text)
        self._changed(dict(self.value))

    def _choose(self, name: str) -> None:
        self._take(self.step, name)
        self._turn(steps.next_step(self._region, self.value))

    def _live_here(self) -> None:
        self.value = dict(self._here)
        self._changed(dict(self.value))
        self._turn("road")

    def _as_card(self) -> None:
        self.value = {WRITTEN: self._card_address or ""}
        self._changed(dict(self.value))
        self._done()

    def _write(self) -> None:
        self.value = {}
        self._changed({})
        self._turn(WRITTEN)

    def _go_far(self) -> None:
        self.value = {}
        self._changed({})
        self._turn("province")

    def _show_leaf(self, leaf: int) -> None:
        self._leaf = leaf
        self._build()
        self._reshaped()

    def _turn(self, step: str) -> None:
        self.step, self._leaf = step, 0
        self._build()
        self._reshaped()

    def _more(self) -> None:
        names = steps.choices(self._region, self.value, self.step)
        self._leaf = (self._leaf + 1) % -(-len(names) // self._shown)
        self._build()
        self._reshaped()

    # What is drawn

    def _build(self) -> None:
        for row in self._rows:
            if row.parent is not None:
                row.parent.remove_widget(row)
        self.keyboard = None
        names = steps.choices(self._region, self.value, self.step)
        self._rows = [self._steps()]
        if self.step == "door":
            self._rows.append(self._door())
        elif names and self.step in FAR_STEPS:
            self._rows.append(self._far_names(names))
        elif names:
            self._rows.append(self._names(names))
        else:
            self.keyboard = self._typing(self.value.get(self.step, ""), steps.LONGEST.get(self.step, 30))
            self._rows.append(self.keyboard)
        for row in self._rows:
            if row.parent is not None:
                row.parent.remove_widget(row)
            self.add_widget(row)
        if self.width:
            self.arrange()

    def _steps(self) -> Bed:
        """The steps with what was chosen: pressing one goes back to it."""
        say = self.stage.say
        if self.step == WRITTEN:
            back = Key(self.stage, say("form.address_pick"), lambda: self._turn("district"), test_id="address-pick", kind=_NAME)
            return Bed(self.stage, [Cell(back, 0, 20, 1040)], rows=1, row_units=84, bottom=0)
        shown = steps.steps_of(self._region, self.value, is_far=self.step in FAR_STEPS)
        faces = [_short(self.value.get(step, "")) or say(f"form.address_{step}") for step in shown]
        cells, left = [], 20.0
        for step, face, wide in zip(shown, faces, _widths(faces), strict=True):
            key = Key(
                self.stage,
                face,
                lambda step=step: self._turn(step),  # type: ignore[misc]
                test_id=f"address-step-{step}",
                label=say(f"form.address_{step}"),
                kind=_ON if step == self.step else _STEP,
            )
            cells.append(Cell(key, 0, left, wide))
            left += wide + _BETWEEN
        return Bed(self.stage, cells, rows=1, row_units=84, bottom=0)

    def _names(self, names: tuple[str, ...]) -> Bed:
        shown = names[self._leaf * self._shown : (self._leaf + 1) * self._shown]
        return self._bed([], shown, self._foot(more=len(names) > self._shown))

    def _far_names(self, names: tuple[str, ...]) -> Bed:
        """Names by initial: a row of letters above, those of one leaf below."""
        by_letter = leaves(names, self._shown)
        tabs = [
            Key(
                self.stage,
                letters,
                lambda leaf=leaf: self._show_leaf(leaf),  # type: ignore[misc]
                test_id=f"address-leaf-{leaf}",
                kind=_ON if leaf == self._leaf else FUNCTION,
            )
            for leaf, (letters, _) in enumerate(by_letter)
        ]
        say = self.stage.say
        foot = [
            Key(self.stage, say("form.address_in_town"), self.empty, test_id="address-pick", kind=FUNCTION, icon="home_pin"),
            Key(self.stage, say("form.address_none"), self._none, test_id="address-none", kind=FUNCTION, icon="keyboard"),
        ]
        return self._bed(tabs if len(tabs) > 1 else [], by_letter[self._leaf][1], foot)

    def _bed(self, tabs: list[Key], names: tuple[str, ...], foot: list[Key]) -> Bed:
        wide = (1040 - 12 * (len(tabs) - 1)) / max(1, len(tabs))
        cells = [Cell(tab, 0, 20 + place * (wide + 12), wide) for place, tab in enumerate(tabs)]
        above = 1 if tabs else 0
        cells += [Cell(self._name(name), above + place // 2, 20 if place % 2 == 0 else 546, 514) for place, name in enumerate(names)]
        rows = above + -(-len(names) // 2)
        for place, key in enumerate(foot):
            alone = place == len(foot) - 1 and place % 2 == 0
            cells.append(Cell(key, rows + place // 2, 20 if place % 2 == 0 else 546, 1040 if alone else 514))
        return Bed(self.stage, cells, rows=rows + -(-len(foot) // 2), row_units=94)

    def _name(self, name: str) -> Key:
        usual = _LONG if len(name) > _LONG_NAME else _NAME
        kind = _ON if self.value.get(self.step) == name else usual
        return Key(self.stage, name, lambda: self._choose(name), test_id=f"address-{name}", kind=kind)

    def _foot(self, *, more: bool) -> list[Key]:
        say = self.stage.say
        keys: list[Key] = []
        if more:
            keys.append(Key(self.stage, say("form.address_more"), self._more, test_id="address-more", kind=FUNCTION))
        if self.step == "district" and self._here:
            keys.append(Key(self.stage, say("form.address_here"), self._live_here, test_id="address-here", kind=FUNCTION, icon="home_pin"))
        if self.step == "district" and self._card_address:
            keys.append(Key(self.stage, say("form.address_card"), self._as_card, test_id="address-card", kind=FUNCTION, icon="id_card"))
        if self.step == "district" and self._reaches_far:
            keys.append(Key(self.stage, say("form.address_far"), self._go_far, test_id="address-far", kind=FUNCTION, icon="map"))
        else:
            keys.append(Key(self.stage, say("form.address_none"), self._none, test_id="address-none", kind=FUNCTION, icon="keyboard"))
        return keys

    def _none(self) -> None:
        """Not in the list: a road is written in its place, anything above it makes the address a written one."""
        if self.step == "road":
            self._rows = self._rows[:1]
            self.keyboard = self._typing(self.value.get("road", ""), steps.LONGEST["road"])
            for row in [child for child in self.children if child is not self._rows[0]]:
                self.remove_widget(row)
            self._rows.append(self.keyboard)
            if self.keyboard.parent is not None:
                self.keyboard.parent.remove_widget(self.keyboard)
            self.add_widget(self.keyboard)
            self._reshaped()
        else:
            self._write()

    def _door(self) -> Bed:
        say = self.stage.say
        cells = [Cell(self._press_key(figure, FIGURE), place // 3, 20 + place % 3 * 212, 200) for place, figure in enumerate("123456789")]
        cells.append(Cell(self._press_key("0", FIGURE), 3, 232, 200))
        cells += [Cell(self._press_key(word, _NAME), row, left, 200) for word, row, left in zip(
            steps.DOOR_KEYS, (0, 1, 2, 3, 3), (656, 656, 656, 20, 444), strict=True
        )]  # fmt: skip
        delete = Key(self.stage, "", self._delete, test_id="key-delete", kind=FUNCTION, icon="backspace", label=say("keyboard.delete"))
        cells += [
            Cell(delete, 0, 868, 192),
            Cell(Key(self.stage, say("keyboard.clear"), lambda: self._take("door", ""), test_id="key-clear", kind=FUNCTION), 1, 868, 192),
            Cell(Key(self.stage, say("keyboard.done"), self._done, test_id="key-done", kind=DONE), 2, 868, 192, rows=2),
        ]
        return Bed(self.stage, cells, rows=4, row_units=112)

    def _press_key(self, text: str, kind: KeyKind) -> Key:
        return Key(self.stage, text, lambda: self._take("door", self.value.get("door", "") + text), test_id=f"door-{text}", kind=kind)

    def _delete(self) -> None:
        door = self.value.get("door", "")
        ending = next((word for word in steps.DOOR_KEYS if door.endswith(word)), door[-1:])
        self._take("door", door.removesuffix(ending))


def _widths(faces: Sequence[str]) -> list[float]:
    """Return how wide the steps are, in units: evenly, or by their letters where one is much longer than the others."""
    room = 1040 - _BETWEEN * (len(faces) - 1)
    letters = [sum(1.0 if unicodedata.east_asian_width(char) in "WF" else 0.58 for char in face) + 1.2 for face in faces]
    even = max(letters) * len(faces) <= sum(letters) * _MUCH
    return [room / len(faces) if even else room * count / sum(letters) for count in letters]


def _short(name: str) -> str:
    """Return a name as it stands among the steps: the whole of it is in the field above."""
    return name if len(name) <= _SHORT + 1 else name[:_SHORT] + "…"
