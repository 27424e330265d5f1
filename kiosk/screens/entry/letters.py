"""The keyboard: pinyin, figures and common words, for one field at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.input_method import composition as composing
from kiosk.input_method.composition import Composition
from kiosk.input_method.engine import SEPARATOR, Candidate, Engine
from kiosk.screens.components.part import Part
from kiosk.screens.entry.candidates import CandidateBar
from kiosk.screens.entry.common_words import WordGrid
from kiosk.screens.entry.keys import DONE, FIGURE, FUNCTION, LETTER, SPACE, Bed, Cell, Key, KeyKind
from kiosk.screens.entry.tabs import TabFace, Tabs
from kiosk.screens.stage import Stage

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_KEY, _PITCH = 93, 105.3
_TALL = 626  # what figures and common words have below the tabs


class Tab(StrEnum):
    """Ways of entering text."""

    PINYIN = "pinyin"
    FIGURES = "figures"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class TextField:
    """What the keyboard must know of the field it types into."""

    first: Engine  # while the field is empty: a name begins with a surname
    engine: Engine
    longest: int
    words: tuple[str, ...]  # common words, in order
    is_name: bool = False
    marks: tuple[str, ...] = ("-", "号", "楼", "单元", "室")


class Keyboard(Part):
    """Composes text for a field and tells about every change; `done` is its one filled key."""

    def __init__(self, stage: Stage, changed: Callable[[Composition], None], done: Callable[[], None]) -> None:
        super().__init__(stage)
        self.composition = Composition()
        self._field: TextField | None = None
        self._changed = changed
        self._done = done
        self._tab = Tab.PINYIN
        self._is_latin = False
        self._is_upper = False
        say = stage.say
        self._tabs = Tabs(
            stage,
            [TabFace(Tab.PINYIN, "keyboard", say("keyboard.pinyin")), TabFace(Tab.FIGURES, "dialpad", say("keyboard.figures")),
             TabFace(Tab.WORDS, "list_alt", say("keyboard.words"))],
            lambda name: self.turn(Tab(name)),
        )  # fmt: skip
        self._bar = CandidateBar(stage, self._choose, self._more)
        self._letters: dict[str, Key] = {}
        self._language_key = self._key(say("keyboard.latin"), self._switch, "language", FUNCTION)
        self._part_key = self._key(say("keyboard.part"), self._part, "part", FUNCTION)
        self._mark_key = self._key("-", lambda: self._insert(self._mark_key.label), "mark", FUNCTION)
        self._letter_bed = self._make_letters()
        self._figure_bed: Bed | None = None
        self._grid: WordGrid | None = None
        self.add_widget(self._tabs)

    # What the field asks

    def begin(self, field: TextField, text: str) -> None:
        """Type into another field, behind what it holds."""
        self._field = field
        self.composition = Composition(text)
        self._is_latin = self._is_upper = False
        self._figure_bed = self._grid = None
        self._mark_key.say("·" if field.is_name else field.marks[0])
        self._face()
        self.turn(Tab.PINYIN)

    def empty(self) -> None:
        """Clear the field."""
        self._take(composing.cleared(self.composition))

    def settle(self) -> None:
        """Leave the field: what is being typed becomes its first word."""
        if self._field is not None:
            self._take(composing.settled(self.composition, self._field.engine, self._field.longest))

    def turn(self, tab: Tab) -> None:
        """Show another way of entering."""
        self._tab = tab
        self._tabs.show(tab)
        for part in (self._bar, self._letter_bed, self._figure_bed, self._grid):
            if part is not None and part.parent is not None:
                self.remove_widget(part)
        for part in self._below():
            self.add_widget(part)
        self._offer()
        if self.width:
            self.arrange()

    # Layout

    def height_for(self, width: int) -> int:
        return self._tabs.height_for(width) + self.stage.px(CandidateBar.UNITS) + self._letter_bed.height_for(width)

    def arrange(self) -> None:
        x, top, width = int(self.x), int(self.top), int(self.width)
        tabs = self._tabs.height_for(width)
        self._tabs.place(x, top - tabs, width, tabs)
        top -= tabs
        below = self._below()
        for part in below:
            height = part.height_for(width) if part is not below[-1] else top - int(self.y)
            part.place(x, top - height, width, height)
            top -= height

    def _below(self) -> Sequence[Part]:
        match self._tab:
            case Tab.PINYIN:
                return self._bar, self._letter_bed
            case Tab.FIGURES:
                self._figure_bed = self._figure_bed or self._make_figures()
                return (self._figure_bed,)
            case Tab.WORDS:
                words = self._field.words if self._field else ()
                self._grid = self._grid or WordGrid(self.stage, words, self._insert, self._delete, self._done)
                return (self._grid,)

    def _make_letters(self) -> Bed:
        say = self.stage.say
        cells: list[Cell] = []
        for row, (letters, left) in enumerate(zip(_ROWS, (20, 63, 157), strict=True)):
            for place, letter in enumerate(letters):
                self._letters[letter] = self._key(letter, lambda letter=letter: self._type(letter), letter, LETTER)  # type: ignore[misc]
                cells.append(Cell(self._letters[letter], row, left + place * _PITCH, _KEY))
        cells += [
            Cell(self._part_key, 2, 20, 125),
            Cell(self._key("", self._delete, "delete", FUNCTION, icon="backspace", label=say("keyboard.delete")), 2, 894, 166),
            Cell(self._key(say("keyboard.figures"), lambda: self.turn(Tab.FIGURES), "figures", FUNCTION), 3, 20, 130),
            Cell(self._language_key, 3, 162, 150),
            Cell(self._mark_key, 3, 324, 100),
            Cell(self._key(say("keyboard.space"), self._space, "space", SPACE), 3, 436, 404),
            Cell(self._key(say("keyboard.done"), self._done, "done", DONE), 3, 852, 208),
        ]
        return Bed(self.stage, cells, rows=4, row_units=104)

    def _make_figures(self) -> Bed:
        say = self.stage.say
        marks = ("·",) if self._field is None or self._field.is_name else self._field.marks
        cells = [
            Cell(self._key(mark, lambda mark=mark: self._insert(mark), f"mark-{place}", FUNCTION), place, 20, 168)  # type: ignore[misc]
            for place, mark in enumerate(marks[1:] if len(marks) > 1 else marks)
        ]
        for place, figure in enumerate("123456789"):
            key = self._digit(figure)
            cells.append(Cell(key, place // 3, 200 + place % 3 * 224, 212))
        cells.append(Cell(self._digit("0"), 3, 424, 212))
        cells.append(Cell(self._key(marks[0], lambda: self._insert(marks[0]), "mark", FUNCTION), 3, 200, 212))
        cells += [
            Cell(self._key("", self._delete, "delete", FUNCTION, icon="backspace", label=say("keyboard.delete")), 0, 872, 188),
            Cell(self._key(say("keyboard.clear"), self.empty, "clear", FUNCTION), 1, 872, 188),
            Cell(self._key(say("keyboard.done"), self._done, "done", DONE), 2, 872, 188, rows=2),
            Cell(self._key(say("keyboard.pinyin"), lambda: self.turn(Tab.PINYIN), "pinyin", FUNCTION), 3, 648, 212),
        ]
        row = (_TALL - 46 - 3 * 12) / 4
        return Bed(self.stage, cells, rows=4, row_units=row)

    def _digit(self, figure: str) -> Key:
        return Key(self.stage, figure, lambda: self._insert(figure), test_id=f"digit-{figure}", kind=FIGURE)

    def _key(self, text: str, act: Callable[[], None], name: str, kind: KeyKind, *, icon: str | None = None, label: str = "") -> Key:
        return Key(self.stage, text, act, test_id=f"key-{name}", kind=kind, icon=icon, label=label)

    # What keys do

    def _type(self, letter: str) -> None:
        if self._field is None:
            return
        if self._is_latin:
            self._insert(letter.upper() if self._is_upper else letter)
        else:
            self._take(composing.typed(self.composition, letter, self._engine(self._field)))

    def _part(self) -> None:
        if self._is_latin:
            self._is_upper = not self._is_upper
            self._face()
        elif self._field is not None:
            self._take(composing.typed(self.composition, SEPARATOR, self._engine(self._field)))

    def _switch(self) -> None:
        self.settle()
        self._is_latin = not self._is_latin
        self._is_upper = False
        self._face()
        self._offer()

    def _space(self) -> None:
        if self.composition.candidates:
            self._choose(self.composition.candidates[0])
        elif self._is_latin:
            self._insert(" ")

    def _choose(self, candidate: Candidate) -> None:
        if self._field is not None:
            self._take(composing.chosen(self.composition, candidate, self._field.engine, self._field.longest))

    def _more(self) -> None:
        self.composition = composing.turned(self.composition, self._bar.slots)
        self._offer()

    def _insert(self, text: str) -> None:
        if self._field is not None:
            self._take(composing.inserted(self.composition, text, self._field.engine, self._field.longest))

    def _delete(self) -> None:
        if self._field is not None:
            self._take(composing.deleted(self.composition, self._engine(self._field)))

    def _engine(self, field: TextField) -> Engine:
        return field.engine if self.composition.text else field.first

    def _take(self, composition: Composition) -> None:
        self.composition = composition
        self._offer()
        self._changed(composition)

    def _offer(self) -> None:
        offered = composing.offered(self.composition, self._bar.slots)
        more = len(composing.pages(self.composition.candidates, self._bar.slots)) > 1
        hint = "keyboard.none" if self.composition.letters else "keyboard.hint_latin" if self._is_latin else "keyboard.hint"
        self._bar.offer(offered, more=more, hint=self.stage.say(hint))

    def _face(self) -> None:
        for letter, key in self._letters.items():
            key.say(letter.upper() if self._is_upper else letter)
        self._part_key.say(self.stage.say("keyboard.lower" if self._is_upper else "keyboard.upper" if self._is_latin else "keyboard.part"))
        self._language_key.say(self.stage.say("keyboard.chinese" if self._is_latin else "keyboard.latin"))
