"""The keyboard: pinyin, Latin, Korean, handwriting, figures and common words, for one field at a time."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from kiosk.input_method import code_points, hangul
from kiosk.input_method import composition as composing
from kiosk.input_method.code_points import CodePoints
from kiosk.input_method.composition import Composition
from kiosk.input_method.engine import LETTERS, SEPARATOR, Candidate, Engine
from kiosk.input_method.handwriting import Recogniser
from kiosk.screens.components.part import Part
from kiosk.screens.entry.candidates import CandidateBar
from kiosk.screens.entry.common_words import WordGrid
from kiosk.screens.entry.figure_keys import FigureActs, code_bed, figure_bed
from kiosk.screens.entry.keys import Bed
from kiosk.screens.entry.letters import PAIRS, LetterActs, LetterBed, Script, face_of
from kiosk.screens.entry.tabs import TabFace, Tabs
from kiosk.screens.entry.writing import WritingBed
from kiosk.screens.stage import Stage
from peripherals.values import dataclass


class Tab(StrEnum):
    """Ways of entering text; the first three are scripts. `CODE` is behind a key, and Latin is too where the language is Chinese."""

    PINYIN = "pinyin"
    LATIN = "latin"
    HANGUL = "hangul"
    WRITING = "writing"
    FIGURES = "figures"
    WORDS = "words"
    CODE = "code"


_LETTERS = (Tab.PINYIN, Tab.LATIN, Tab.HANGUL)
_ICONS = {Tab.WRITING: "draw", Tab.FIGURES: "dialpad", Tab.WORDS: "list_alt"}


@dataclass(frozen=True, slots=True)
class TextField:
    """What the keyboard must know of the field it types into."""

    first: Engine  # while the field is empty: a name begins with a surname
    engine: Engine
    longest: int
    words: tuple[str, ...]  # common words, in order
    is_name: bool = False
    marks: tuple[str, ...] = ("-", "号", "楼", "单元", "室")

    @property
    def own_marks(self) -> tuple[str, ...]:
        """The marks that make sense in it."""
        return ("·",) if self.is_name else self.marks


class Keyboard(Part):
    """Composes text for a field and tells about every change; `done` is its one filled key. Without a recogniser there is no pad."""

    def __init__(
        self, stage: Stage, changed: Callable[[Composition], None], done: Callable[[], None], recogniser: Recogniser | None = None
    ) -> None:
        super().__init__(stage)
        self.composition = Composition()
        self._field: TextField | None = None
        self._changed = changed
        self._done = done
        self._recogniser = recogniser
        self._own, self._other = PAIRS[stage.theme.language]
        self._script = self._own
        self._is_upper = False
        self._codes = CodePoints()
        self._tab = Tab(self._own)
        self._has_tab = tuple(dict.fromkeys((Tab(self._own), Tab.PINYIN)))
        self._tabs = Tabs(stage, self._faces(), lambda name: self.turn(Tab(name)))
        self._bar = CandidateBar(stage, self._choose, self._more)
        self.letters = LetterBed(
            stage,
            LetterActs(self._type, self._part, self._delete, lambda: self.turn(Tab.FIGURES), self._switch, self._insert, self._space, done),
        )
        self._figures: Bed | None = None
        self._code: Bed | None = None
        self._writing: WritingBed | None = None
        self._grid: WordGrid | None = None
        self.add_widget(self._tabs)

    def _faces(self) -> list[TabFace]:
        writing = [Tab.WRITING] if self._recogniser is not None else []
        tabs = [*self._has_tab, *writing, Tab.FIGURES, Tab.WORDS]
        return [TabFace(tab, _ICONS.get(tab, "keyboard"), self.stage.say(f"keyboard.tab_{tab}")) for tab in tabs]

    # What the field asks

    def begin(self, field: TextField, text: str) -> None:
        """Type into another field, behind what it holds."""
        self._field = field
        self.composition = Composition(text)
        self._figures = self._grid = None
        self.letters.mark(field.own_marks[0])
        self.turn(Tab(self._own))

    def empty(self) -> None:
        """Clear the field."""
        self._take(composing.cleared(self.composition))

    def settle(self) -> None:
        """Leave the field: what is being typed becomes its first word."""
        if self._field is not None:
            self._take(composing.settled(self.composition, self._engine(self._field), self._field.longest))

    def turn(self, tab: Tab) -> None:
        """Show another way of entering."""
        if self.composition.letters:
            self.settle()
        if self._writing is not None:
            self._writing.empty()
        self._tab = tab
        if tab in _LETTERS:
            self._write(Script(tab))
        self._tabs.show(Tab.FIGURES if tab is Tab.CODE else tab)
        for part in (self._bar, self.letters, self._figures, self._grid, self._writing, self._code):
            if part is not None and part.parent is not None:
                self.remove_widget(part)
        for part in self._below():
            self.add_widget(part)
        self._offer()
        if self.width:
            self.arrange()

    # Layout

    def height_for(self, width: int) -> int:
        return self._tabs.height_for(width) + self.stage.theme.key_px(CandidateBar.UNITS) + self.letters.height_for(width)

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
            case Tab.PINYIN | Tab.LATIN | Tab.HANGUL:
                return self._bar, self.letters
            case Tab.WRITING:
                return (self._written(),)
            case Tab.FIGURES:
                marks = self._field.own_marks if self._field else ("-",)
                self._figures = self._figures or figure_bed(self.stage, self._figure_acts(self._insert), marks)
                return (self._figures,)
            case Tab.WORDS:
                words = self._field.words if self._field else ()
                self._grid = self._grid or WordGrid(self.stage, words, self._insert, self._delete, self._done)
                return (self._grid,)
            case Tab.CODE:
                self._code = self._code or code_bed(self.stage, self._figure_acts(self._type))
                return self._bar, self._code

    def _written(self) -> WritingBed:
        if self._recogniser is None:
            raise RuntimeError("the pad is shown without a recogniser")
        self._writing = self._writing or WritingBed(self.stage, self._recogniser, self._insert, self._delete, self._done)
        return self._writing

    def _figure_acts(self, insert: Callable[[str], None]) -> FigureActs:
        return FigureActs(insert, self._delete, self.empty, lambda: self.turn(Tab(self._own)), lambda: self.turn(Tab.CODE), self._done)

    # What keys do

    def _type(self, letter: str) -> None:
        if self._field is None:
            return
        if self._tab is Tab.CODE:
            self._take(composing.typed(self.composition, letter, self._codes, code_points.FIGURES))
            return
        face = face_of(letter, self._script, upper=self._is_upper)
        match self._script:
            case Script.PINYIN:
                self._take(composing.typed(self.composition, letter, self._engine(self._field)))
            case Script.LATIN:
                self._insert(face)
            case Script.HANGUL:
                self._take(composing.rewritten(self.composition, hangul.typed(self.composition.text, face), self._field.longest))
                self._raise(upper=False)

    def _part(self) -> None:
        if self._script is not Script.PINYIN:
            self._raise(upper=not self._is_upper)
        elif self._field is not None:
            self._take(composing.typed(self.composition, SEPARATOR, self._engine(self._field), LETTERS + SEPARATOR))

    def _switch(self) -> None:
        self.settle()
        self._write(self._other if self._script is self._own else self._own)
        self._tabs.show(Tab(self._script) if Tab(self._script) in self._has_tab else Tab(self._own))
        self._offer()

    def _space(self) -> None:
        if self.composition.candidates:
            self._choose(self.composition.candidates[0])
        elif self._script is not Script.PINYIN:
            self._insert(" ")

    def _choose(self, candidate: Candidate) -> None:
        if self._field is not None:
            engine = self._codes if self._tab is Tab.CODE else self._field.engine
            self._take(composing.chosen(self.composition, candidate, engine, self._field.longest))

    def _more(self) -> None:
        self.composition = composing.turned(self.composition, self._bar.slots)
        self._offer()

    def _insert(self, text: str) -> None:
        if self._field is None:
            return
        self._take(composing.inserted(self.composition, text, self._field.engine, self._field.longest))
        if self._script is Script.LATIN and self._tab in _LETTERS:
            self._raise(upper=_begins_word(self.composition.text))

    def _delete(self) -> None:
        if self._field is None:
            return
        if self._script is Script.HANGUL and self._tab in _LETTERS:
            text = hangul.deleted(self.composition.text)
            self._take(composing.rewritten(self.composition, text, len(text)))
        else:
            self._take(composing.deleted(self.composition, self._engine(self._field)))

    def _engine(self, field: TextField) -> Engine:
        if self._tab is Tab.CODE:
            return self._codes
        return field.engine if self.composition.text else field.first

    def _take(self, composition: Composition) -> None:
        self.composition = composition
        self._offer()
        self._changed(composition)

    def _offer(self) -> None:
        offered = composing.offered(self.composition, self._bar.slots)
        more = len(composing.pages(self.composition.candidates, self._bar.slots)) > 1
        self._bar.offer(offered, more=more, hint=self.stage.say(self._hint()))

    def _hint(self) -> str:
        if self._tab is Tab.CODE:
            return "keyboard.hint_code"
        return "keyboard.none" if self.composition.letters else f"keyboard.hint_{self._script}"

    # Faces

    def _write(self, script: Script) -> None:
        self._script = script
        self._is_upper = script is Script.LATIN and _begins_word(self.composition.text)
        self.letters.face(script, upper=self._is_upper)

    def _raise(self, *, upper: bool) -> None:
        if upper != self._is_upper:
            self._is_upper = upper
            self.letters.face(self._script, upper=upper)


def _begins_word(text: str) -> bool:
    """Whether the next letter is a capital by itself: names and streets are written so."""
    return not text or text.endswith(" ")
